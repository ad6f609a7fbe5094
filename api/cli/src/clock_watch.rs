//! Notices steps of the machine's clock, and marks the rows that a wrong clock dated.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::{Clock, WallTime};
use anjian_indexer::{ClockFault, ClockStep, Index, IndexError};

/// Below, time servers correct the clock without a step.
const STEP: Duration = Duration::from_secs(1);
/// A recorder believes a step only after some seconds, and places what it records by the old time until then.
const SETTLES_IN: Duration = Duration::from_secs(60);

/// Compares the clock with the monotonic one, look by look.
pub struct ClockWatch {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last: Look,
    /// When a step was seen last, on the monotonic clock.
    stepped_at: Option<Duration>,
    /// Faults whose rows may still arrive, and until when, on the monotonic clock.
    arriving: Vec<(ClockFault, Duration)>,
}

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
struct Look {
    wall: WallTime,
    monotonic: Duration,
}

impl ClockWatch {
    /// Begins to watch.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State { last: Look::now(&*clock), stepped_at: None, arriving: vec![] };
        Self { clock, state: Mutex::new(state) }
    }

    /// Whether the clock was not set for a while: what it says of the past can be compared with what is recorded.
    pub fn is_settled(&self) -> bool {
        let now = Look::now(&*self.clock);
        let state = self.state();
        let (last, stepped_at) = (state.last, state.stepped_at);
        let is_long_ago = |at| now.monotonic.saturating_sub(at) >= SETTLES_IN;
        now.step_since(last).is_none() && stepped_at.is_none_or(is_long_ago)
    }

    /// Notes a step since the last look, and marks what arrived since an earlier one. What could not be noted is noted with
    /// the next.
    ///
    /// # Errors
    /// When the index could not be written.
    pub async fn look(&self, index: &Index) -> Result<(), IndexError> {
        let now = Look::now(&*self.clock);
        let last = self.state().last;
        let step = now.step_since(last);
        if let Some(step) = step {
            self.state().stepped_at = Some(now.monotonic);
            let fault = note(index, step).await?;
            self.state().expect(fault, now.monotonic);
        }
        self.state().last = now;
        let arriving = self.state().arriving(now.monotonic);
        for fault in arriving {
            let (segments, violations) = index.mark_late(&fault).await?;
            if segments + violations > 0 {
                tracing::info!(segments, violations, "dated by the wrong clock, stored since: marked");
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expect(&mut self, fault: Option<ClockFault>, now: Duration) {
        let Some(fault) = fault else { return };
        self.arriving.retain(|(other, _)| !fault.undoes(other));
        let until = now + fault.late_for();
        self.arriving.push((fault, until));
    }

    fn arriving(&mut self, now: Duration) -> Vec<ClockFault> {
        self.arriving.retain(|(_, until)| now < *until);
        self.arriving.iter().map(|(fault, _)| fault.clone()).collect()
    }
}

/// Notes a step that happened while the product did not run, if what is stored shows one.
///
/// # Errors
/// When the index could not be read or written.
pub async fn note_missed_step(index: &Index) -> Result<(), IndexError> {
    if let Some(step) = index.missed_clock_step().await? {
        note(index, step).await?;
    }
    Ok(())
}

async fn note(index: &Index, step: ClockStep) -> Result<Option<ClockFault>, IndexError> {
    let found = index.note_clock_step(step).await?;
    let by = Duration::from_micros(step.step_us.unsigned_abs());
    let direction = if step.step_us > 0 { "forward" } else { "back" };
    match &found {
        None => tracing::warn!(?by, direction, "the clock was set"),
        Some(ClockFault { ahead_us, segments, violations, .. }) => {
            let wrong = Duration::from_micros(ahead_us.unsigned_abs());
            let text = "the clock was set: what it dated while it was wrong is marked";
            tracing::warn!(?by, direction, ?wrong, segments, violations, "{text}");
        }
    }
    Ok(found)
}

impl Look {
    fn now(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), monotonic: clock.monotonic() }
    }

    /// The step between two looks, if there was one.
    fn step_since(self, last: Self) -> Option<ClockStep> {
        let passed = self.monotonic.saturating_sub(last.monotonic);
        let step_us = self.wall.as_micros() - last.wall.plus(passed).as_micros();
        if Duration::from_micros(step_us.unsigned_abs()) < STEP {
            return None;
        }
        // A step forward may have happened right after the last look.
        let found = if step_us > 0 { self.wall.minus(passed) } else { self.wall };
        Some(ClockStep { found, step_us })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(wall_s: i64, monotonic_s: u64) -> Look {
        let wall = WallTime::from_micros(wall_s * 1_000_000).unwrap();
        Look { wall, monotonic: Duration::from_secs(monotonic_s) }
    }

    #[test]
    fn a_clock_settles_a_minute_after_a_step() {
        let clock = Arc::new(anjian_domain::ManualClock::new(WallTime::EPOCH));
        let watch = ClockWatch::new(clock.clone());
        clock.advance(Duration::from_secs(5));
        assert!(watch.is_settled());
        clock.set(WallTime::EPOCH.plus(Duration::from_secs(3_600)));
        assert!(!watch.is_settled(), "before anybody looked");
        let (last, stepped_at) = (Look::now(&*clock), Some(clock.monotonic()));
        *watch.state() = State { last, stepped_at, arriving: vec![] };
        clock.advance(SETTLES_IN / 2);
        assert!(!watch.is_settled());
        clock.advance(SETTLES_IN / 2);
        assert!(watch.is_settled());
    }

    #[test]
    fn steps_are_noticed_in_both_directions_and_drift_is_none() {
        let step = |wall_s, monotonic_s| {
            let step = look(wall_s, monotonic_s).step_since(look(1_000, 50))?;
            Some((step.found.as_micros() / 1_000_000, step.step_us / 1_000_000))
        };
        assert_eq!(step(1_010, 60), None);
        assert_eq!(step(4_610, 60), Some((4_600, 3_600)), "no earlier than the last look");
        assert_eq!(step(1_009, 60), Some((1_009, -1)));
        assert_eq!(step(-2_590, 60), Some((-2_590, -3_600)));
    }
}
