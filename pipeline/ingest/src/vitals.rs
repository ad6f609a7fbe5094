//! Which threads live. Every thread that lasts runs under [`Vitals::keep_alive`]: a panic is noticed at once, logged with
//! its cause, counted, shown as long as it matters, and the thread's work begins again after a pause.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use metrics::counter;

use crate::StopSignal;

/// Times a thread panicked; label `thread`.
pub const THREAD_DEATHS: &str = "anjian_thread_deaths_total";

/// Before work begins again. Each further death within [`STEADY_AFTER`] doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A thread that has worked for so long since its last death is well again.
const STEADY_AFTER: Duration = Duration::from_secs(60);
/// Work that panics while the product stops is begun again so often, without a pause: what it holds must be kept.
const LAST_TRIES: u32 = 8;

/// The threads of one process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vitals {
    clock: Arc<dyn Clock>,
    deaths: Arc<Mutex<BTreeMap<String, Death>>>,
}

/// The newest death of a thread.
#[derive(Debug)]
struct Death {
    at: WallTime,
    cause: String,
    count: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Waits,
    /// Since then on the monotonic clock.
    WorksAgain(Duration),
    Gone,
}

/// A thread that is not well: it died, and is not back yet or not for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailing {
    /// Its name.
    pub thread: String,
    /// When it died last.
    pub died_at: WallTime,
    /// What the panic said.
    pub cause: String,
    /// How often it died since the process began.
    pub deaths: u32,
    /// Whether it works again, or will after a pause.
    pub is_restarted: bool,
}

impl Default for Vitals {
    fn default() -> Self {
        Self::new(SystemClock::shared())
    }
}

impl Vitals {
    /// Nobody died yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, deaths: Arc::default() }
    }

    /// Does `work` on this thread until it returns. When it panics, it is done again after a pause: 1 s at first, up to
    /// 60 s when it dies again and again. After `stop` nothing pauses, and work is begun again a few times only.
    pub fn keep_alive(&self, thread: &str, stop: &StopSignal, mut work: impl FnMut()) {
        let (mut pause, mut last_tries) = (FIRST_PAUSE, 0);
        loop {
            let begun = self.clock.monotonic();
            // What a panic leaves half done is behind locks that each user of takes as it is.
            let Err(payload) = catch_unwind(AssertUnwindSafe(&mut work)) else { return };
            if self.clock.monotonic().saturating_sub(begun) >= STEADY_AFTER {
                pause = FIRST_PAUSE;
            }
            last_tries += u32::from(stop.is_stopped());
            let state = if last_tries > LAST_TRIES { State::Gone } else { State::Waits };
            self.note(thread, text_of(payload.as_ref()), state);
            if last_tries > LAST_TRIES {
                return;
            }
            let _ = stop.wait(&*self.clock, pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.works_again(thread);
        }
    }

    /// A thread that could not be started, or whose death something else noticed.
    pub fn report_gone(&self, thread: &str, cause: &str) {
        self.note(thread, cause.to_owned(), State::Gone);
    }

    /// Threads that are not well, by name.
    #[must_use]
    pub fn ailing(&self) -> Vec<Ailing> {
        let now = self.clock.monotonic();
        let is_well = |death: &Death| matches!(death.state, State::WorksAgain(at) if now.saturating_sub(at) >= STEADY_AFTER);
        let deaths = self.lock();
        let ailing = deaths.iter().filter(|(_, death)| !is_well(death));
        ailing.map(|(thread, death)| death.told(thread)).collect()
    }

    fn note(&self, thread: &str, cause: String, state: State) {
        tracing::error!(thread, cause, "a thread died");
        counter!(THREAD_DEATHS, "thread" => thread.to_owned()).increment(1);
        let at = self.clock.now();
        let mut deaths = self.lock();
        let count = deaths.get(thread).map_or(0, |death| death.count) + 1;
        deaths.insert(thread.to_owned(), Death { at, cause, count, state });
    }

    fn works_again(&self, thread: &str) {
        tracing::info!(thread, "the thread works again");
        let now = self.clock.monotonic();
        if let Some(death) = self.lock().get_mut(thread) {
            death.state = State::WorksAgain(now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Death>> {
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Death {
    fn told(&self, thread: &str) -> Ailing {
        Ailing {
            thread: thread.to_owned(),
            died_at: self.at,
            cause: self.cause.clone(),
            deaths: self.count,
            is_restarted: !matches!(self.state, State::Gone),
        }
    }
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use anjian_domain::ManualClock;

    use super::*;

    fn vitals() -> (Arc<ManualClock>, Vitals) {
        let clock = Arc::new(ManualClock::new(WallTime::EPOCH));
        (Arc::clone(&clock), Vitals::new(clock))
    }

    #[test]
    fn a_death_is_noticed_and_the_work_goes_on() {
        let (clock, vitals) = vitals();
        let (stop, mut times) = (StopSignal::new(), 0);
        vitals.keep_alive("gate", &stop, || {
            times += 1;
            assert!(times > 2, "the test says so, time {times}");
        });
        assert_eq!(times, 3);
        let ailing = vitals.ailing();
        assert_eq!((ailing[0].thread.as_str(), ailing[0].deaths, ailing[0].is_restarted), ("gate", 2, true));
        assert!(ailing[0].cause.contains("time 2"), "{ailing:?}");
        clock.advance(STEADY_AFTER);
        assert_eq!(vitals.ailing(), [], "it has worked for long enough");
    }

    #[test]
    fn deaths_are_rarer_the_more_there_are() {
        let (clock, vitals) = vitals();
        let (stop, mut begun) = (StopSignal::new(), vec![]);
        vitals.keep_alive("gate", &stop, || {
            begun.push(clock.monotonic().as_secs());
            assert!(begun.len() >= 9, "the test says so");
        });
        let pauses: Vec<_> = begun.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn after_the_stop_it_is_tried_a_few_times_without_a_pause() {
        let (clock, vitals) = vitals();
        let (stop, mut times) = (StopSignal::new(), 0);
        stop.stop();
        vitals.keep_alive("evidence", &stop, || {
            times += 1;
            assert!(times < 1, "the test says so");
        });
        assert_eq!((times, clock.monotonic()), (LAST_TRIES + 1, Duration::ZERO));
        assert!(!vitals.ailing()[0].is_restarted);
    }
}
