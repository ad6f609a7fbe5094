//! What was made of every minute of every camera: how much was analysed or needed no judging, how much of it the
//! camera was blind, and how many persons were seen at once.
//!
//! Frames tell how long they stand for in MediaTime, and which minute that is in WallTime. A minute is told when a
//! later one has begun, or when nothing more came of it for a while. Judging goes on while a camera is blind, so a
//! second may be both; whoever reads takes it for blind. Nothing is told of minutes without a picture.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{
    BlindCause, CameraId, CameraMinute, Clock, CoverageSink, MediaTime, Moment, PersonCount, WallTime,
};
use anjian_ingest::{StopSignal, Vitals};
use metrics::counter;

use crate::metric;
use crate::sight::Blindness;

const MINUTE: Duration = Duration::from_secs(60);
/// How often finished minutes are looked for.
const ROUND: Duration = Duration::from_secs(5);
/// After so many rounds without a picture, a minute is finished although no later one has begun.
const QUIET_ROUNDS: u8 = 12;
/// Minutes kept for a camera while the sink refuses them; the oldest go first, counted.
const MINUTES_KEPT: usize = 240;
/// A picture shows what a camera sees for no longer than this.
const LONGEST_LOOK: Duration = Duration::from_secs(15);

const CAUSES: [BlindCause; 5] =
    [BlindCause::Black, BlindCause::Covered, BlindCause::Frozen, BlindCause::OutOfFocus, BlindCause::Moved];

/// One camera's account. The detection thread tells what was judged, the camera thread what is seen.
pub(crate) struct Account {
    camera: CameraId,
    longest_step: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Until then every frame was judged or held back.
    looked_until: Option<MediaTime>,
    blind_until: Option<MediaTime>,
    minutes: BTreeMap<WallTime, Parts>,
    newest: Option<WallTime>,
    quiet_rounds: u8,
}

#[derive(Debug, Default, Clone)]
struct Parts {
    analysed: Duration,
    gated: Duration,
    /// As in [`CAUSES`].
    blind: [Duration; CAUSES.len()],
    /// The most at once.
    persons: Option<PersonCount>,
}

impl Account {
    /// `longest_step`: a judged frame stands for the time since the one before, but for no longer than this.
    pub(crate) fn new(camera: CameraId, longest_step: Duration) -> Self {
        Self { camera, longest_step, state: Mutex::default() }
    }

    /// A frame was judged, and showed so many persons.
    pub(crate) fn judged(&self, at: Moment, persons: &PersonCount) {
        self.looked(at, |parts, part| {
            parts.analysed += part;
            parts.count(persons);
        });
    }

    /// A frame was held back: nobody is there, and nothing has moved.
    pub(crate) fn gated(&self, at: Moment) {
        self.looked(at, |parts, part| {
            parts.gated += part;
            parts.count(&PersonCount::default());
        });
    }

    fn looked(&self, at: Moment, add: impl FnMut(&mut Parts, Duration)) {
        let mut state = self.lock();
        let before = state.looked_until.replace(at.media);
        let lasted = before.map_or(Duration::ZERO, |before| at.media.since(before)).min(self.longest_step);
        state.spread(at.wall, lasted, add);
    }

    /// A picture was looked at, and showed nothing. What is noticed late counts from its beginning.
    pub(crate) fn blind(&self, at: Moment, blindness: Blindness) {
        let mut state = self.lock();
        let begun = blindness.since.media;
        let lasted = match state.blind_until.replace(at.media).filter(|told| *told >= begun) {
            Some(told) => at.media.since(told).min(LONGEST_LOOK),
            None => at.media.since(begun),
        };
        let index = CAUSES.iter().position(|cause| *cause == blindness.cause).unwrap_or_default();
        state.spread(at.wall, lasted, |parts, part| parts.blind[index] += part);
    }

    /// Minutes that are over.
    fn take_finished(&self) -> Vec<CameraMinute> {
        let mut state = self.lock();
        let open = state.newest.filter(|_| state.quiet_rounds < QUIET_ROUNDS);
        state.quiet_rounds = state.quiet_rounds.saturating_add(1);
        let all = std::mem::take(&mut state.minutes);
        let (open, finished) = all.into_iter().partition(|(minute, _)| Some(*minute) == open);
        state.minutes = open;
        self.worded(finished)
    }

    fn take_all(&self) -> Vec<CameraMinute> {
        let minutes = std::mem::take(&mut self.lock().minutes);
        self.worded(minutes)
    }

    fn worded(&self, minutes: BTreeMap<WallTime, Parts>) -> Vec<CameraMinute> {
        minutes.into_iter().flat_map(|(minute, parts)| parts.told(&self.camera, minute)).collect()
    }

    /// The sink refused a minute for now.
    fn put_back(&self, told: &CameraMinute) {
        let mut state = self.lock();
        let parts = state.minutes.entry(told.minute).or_default();
        parts.analysed += told.analysed;
        parts.gated += told.gated;
        if let Some(persons) = &told.persons {
            parts.count(persons);
        }
        if let Some(index) = CAUSES.iter().position(|cause| Some(*cause) == told.blind_cause) {
            parts.blind[index] += told.blind;
        }
        if state.minutes.len() > MINUTES_KEPT {
            state.minutes.pop_first();
            counter!(metric::MINUTES_LOST, "camera" => self.camera.to_string()).increment(1);
        }
    }

    /// The state is valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Gives the time before `end` to the minutes it lies in.
    fn spread(&mut self, end: WallTime, lasted: Duration, mut add: impl FnMut(&mut Parts, Duration)) {
        self.newest = Some(minute_of(end));
        self.quiet_rounds = 0;
        let (mut end, mut left) = (end, lasted);
        while !left.is_zero() {
            let mut minute = minute_of(end);
            if minute == end {
                minute = end.minus(MINUTE);
            }
            let part = left.min(end.since(minute));
            add(self.minutes.entry(minute).or_default(), part);
            left -= part;
            end = minute;
        }
    }
}

impl Parts {
    fn count(&mut self, persons: &PersonCount) {
        self.persons.get_or_insert_default().raise(persons);
    }

    /// One part with what was looked at, and one for each cause of blindness after the first.
    fn told(self, camera: &CameraId, minute: WallTime) -> Vec<CameraMinute> {
        let part = |blind: Duration, blind_cause| CameraMinute {
            camera: camera.clone(),
            minute,
            analysed: Duration::ZERO,
            gated: Duration::ZERO,
            // A clock that was set back lets a minute happen twice.
            blind: blind.min(MINUTE),
            blind_cause,
            persons: None,
        };
        let blind = CAUSES.into_iter().zip(self.blind).filter(|(_, lasted)| !lasted.is_zero());
        let mut parts: Vec<_> = blind.map(|(cause, lasted)| part(lasted, Some(cause))).collect();
        if parts.is_empty() {
            parts.push(part(Duration::ZERO, None));
        }
        parts[0].analysed = self.analysed.min(MINUTE);
        parts[0].gated = self.gated.min(MINUTE - parts[0].analysed);
        parts[0].persons = self.persons;
        parts
    }
}

fn minute_of(at: WallTime) -> WallTime {
    let micros = at.as_micros();
    WallTime::from_micros(micros - micros.rem_euclid(60_000_000)).unwrap_or(at)
}

/// The thread that carries minutes to the sink. It ends, with everything told, some time after `stop` was given and
/// `finish` is called.
pub(crate) struct CoverageCarrier {
    accounts: Vec<Arc<Account>>,
    sink: Arc<dyn CoverageSink>,
    thread: JoinHandle<()>,
}

impl CoverageCarrier {
    pub(crate) fn start(
        accounts: Vec<Arc<Account>>,
        sink: Arc<dyn CoverageSink>,
        clock: Arc<dyn Clock>,
        stop: StopSignal,
        vitals: Vitals,
    ) -> std::io::Result<Self> {
        let (rounds, carried) = (accounts.clone(), Arc::clone(&sink));
        let thread = std::thread::Builder::new().name("coverage".to_owned()).spawn(move || {
            vitals.keep_alive("coverage", &stop, || {
                while !stop.wait(&*clock, ROUND) {
                    for account in &rounds {
                        carry(account, account.take_finished(), carried.as_ref());
                    }
                }
            });
        })?;
        Ok(Self { accounts, sink, thread })
    }

    /// Tells what is left. The stop must have been given, and nothing be judged any more.
    pub(crate) fn finish(self) {
        if self.thread.join().is_err() {
            tracing::error!("the coverage thread died; see the log above");
        }
        for account in &self.accounts {
            carry(account, account.take_all(), self.sink.as_ref());
        }
    }
}

fn carry(account: &Account, minutes: Vec<CameraMinute>, sink: &dyn CoverageSink) {
    for minute in minutes {
        let Err(error) = sink.add_minute(&minute) else { continue };
        if error.kind.is_unavailable() {
            account.put_back(&minute);
        } else {
            counter!(metric::MINUTES_LOST, "camera" => minute.camera.to_string()).increment(1);
            tracing::error!(camera.id = %minute.camera, minute = %minute.minute, %error, "coverage lost");
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ErrorKind, Shortage, SinkError};

    use super::*;

    fn account() -> Account {
        Account::new("dock".parse().unwrap(), Duration::from_secs(1))
    }

    fn moment(media_ms: u64, wall: &str) -> Moment {
        Moment { media: MediaTime::from_millis(media_ms), wall: wall.parse().unwrap() }
    }

    /// Judges a frame every 200 ms; the parts are (media, wall, seconds).
    fn judge(account: &Account, parts: &[(u64, &str, u64)]) {
        for (media_s, wall, seconds) in parts {
            let wall: WallTime = wall.parse().unwrap();
            for step in 0..=seconds * 5 {
                let media = MediaTime::from_millis(media_s * 1000 + step * 200);
                account.judged(
                    Moment { media, wall: wall.plus(Duration::from_millis(step * 200)) },
                    &PersonCount::default(),
                );
            }
        }
    }

    fn told(minutes: &[CameraMinute]) -> Vec<(String, f64, f64)> {
        let line = |minute: &CameraMinute| {
            (
                minute.minute.to_string()[11..16].to_owned(),
                minute.analysed.as_secs_f64(),
                minute.blind.as_secs_f64(),
            )
        };
        minutes.iter().map(line).collect()
    }

    #[track_caller]
    fn check_judged(parts: &[(u64, &str, u64)], expected: &[(&str, f64)]) {
        let account = account();
        judge(&account, parts);
        let minutes = told(&account.take_all());
        let minutes: Vec<_> =
            minutes.iter().map(|(minute, analysed, _)| (minute.as_str(), *analysed)).collect();
        assert_eq!(minutes, expected);
    }

    #[test]
    fn time_goes_to_the_minutes_it_lies_in() {
        check_judged(
            &[(0, "2026-03-01T08:00:50Z", 90)],
            &[("08:00", 10.0), ("08:01", 60.0), ("08:02", 20.0)],
        );
        check_judged(&[(0, "2026-03-01T08:00:00Z", 60)], &[("08:00", 60.0)]);
    }

    #[test]
    fn an_outage_is_not_analysed_and_a_reconnect_may_change_the_clock() {
        // The first frame after a gap stands for no more than the longest step.
        check_judged(
            &[(0, "2026-03-01T08:00:00Z", 10), (30, "2026-03-01T08:00:30Z", 10)],
            &[("08:00", 21.0)],
        );
        // Set back by ninety seconds between two connections, forward by an hour between two others.
        check_judged(
            &[(0, "2026-03-01T08:02:00Z", 30), (35, "2026-03-01T08:01:00Z", 30)],
            &[("08:00", 1.0), ("08:01", 30.0), ("08:02", 30.0)],
        );
        check_judged(
            &[(0, "2026-03-01T08:00:00Z", 30), (31, "2026-03-01T09:00:10Z", 10)],
            &[("08:00", 30.0), ("09:00", 11.0)],
        );
        // The same minute twice is still a minute.
        check_judged(
            &[(0, "2026-03-01T08:00:00Z", 60), (61, "2026-03-01T08:00:01Z", 59)],
            &[("08:00", 60.0)],
        );
    }

    #[test]
    fn frames_far_apart_leave_part_of_the_time_unjudged() {
        let account = account();
        for second in (0..60).step_by(4) {
            let wall = moment(0, "2026-03-01T08:00:00Z").wall.plus(Duration::from_secs(second));
            let at = Moment { media: MediaTime::from_millis(second * 1000), wall };
            account.judged(at, &PersonCount::default());
        }
        assert_eq!(told(&account.take_all()), [("08:00".to_owned(), 14.0, 0.0)]);
    }

    #[test]
    fn what_was_held_back_is_neither_analysed_nor_missing() {
        let account = account();
        let begun = moment(0, "2026-03-01T08:00:00Z");
        for step in 0..=300_u32 {
            let passed = Duration::from_millis(200) * step;
            let at = Moment {
                media: MediaTime::from_millis(u64::from(step) * 200),
                wall: begun.wall.plus(passed),
            };
            if step % 25 == 0 { account.judged(at, &PersonCount::default()) } else { account.gated(at) }
        }
        let minutes = account.take_all();
        let [minute] = &minutes[..] else { panic!("{minutes:?}") };
        assert_eq!((minute.analysed.as_millis(), minute.gated.as_millis()), (2_400, 57_600));
    }

    #[test]
    fn the_most_persons_of_each_minute_are_kept_zone_by_zone() {
        let account = account();
        let dock: anjian_domain::ZoneId = "dock".parse().unwrap();
        let begun: WallTime = "2026-03-01T08:00:58Z".parse().unwrap();
        // Three persons once in 08:00, one of them in the dock; two in 08:01; then nothing moves any more.
        for (step, picture, in_dock) in
            [(0, 0, 0), (1, 3, 1), (2, 2, 0), (10, 2, 2), (11, 1, 1), (310, 0, 0), (311, 0, 0)]
        {
            let passed = Duration::from_millis(200) * step;
            let at =
                Moment { media: MediaTime::from_millis(u64::from(step) * 200), wall: begun.plus(passed) };
            let zones = [(dock.clone(), in_dock)].into();
            if picture > 0 { account.judged(at, &PersonCount { picture, zones }) } else { account.gated(at) }
        }
        let told = account.take_all();
        let most: Vec<_> =
            told.iter().map(|minute| minute.persons.clone().map(|most| (most.picture, most.zones))).collect();
        let zone = |persons| [(dock.clone(), persons)].into();
        assert_eq!(most, [Some((3, zone(2))), Some((1, zone(1))), Some((0, [].into()))]);
        // What the sink refuses is counted once more, not added.
        told.iter().for_each(|minute| account.put_back(minute));
        assert_eq!(account.take_all(), told);
    }

    #[test]
    fn blindness_counts_from_its_beginning_once() {
        let account = account();
        let since = moment(0, "2026-03-01T08:00:50Z");
        for second in 20..30 {
            let wall = since.wall.plus(Duration::from_secs(second));
            let at = Moment { media: MediaTime::from_millis(second * 1000), wall };
            account.blind(at, Blindness { cause: BlindCause::Moved, since });
        }
        // A plainer cause takes over: nothing is counted twice.
        let black = moment(27_000, "2026-03-01T08:01:17Z");
        let at = moment(32_000, "2026-03-01T08:01:22Z");
        account.blind(at, Blindness { cause: BlindCause::Black, since: black });
        let minutes = account.take_all();
        let blind: Vec<_> = minutes
            .iter()
            .map(|part| (part.minute.to_string()[14..16].to_owned(), part.blind.as_secs(), part.blind_cause))
            .collect();
        let (black, moved) = (Some(BlindCause::Black), Some(BlindCause::Moved));
        assert_eq!(
            blind,
            [("00".to_owned(), 10, moved), ("01".to_owned(), 3, black), ("01".to_owned(), 19, moved)]
        );
    }

    #[test]
    fn a_minute_is_told_when_it_is_over() {
        let account = account();
        judge(&account, &[(0, "2026-03-01T08:00:50Z", 20)]);
        assert_eq!(told(&account.take_finished()), [("08:00".to_owned(), 10.0, 0.0)]);
        for _ in 1..QUIET_ROUNDS {
            assert!(account.take_finished().is_empty(), "08:01 goes on");
        }
        assert_eq!(told(&account.take_finished()), [("08:01".to_owned(), 10.0, 0.0)], "nothing more came");
        assert!(account.take_all().is_empty(), "told once");
    }

    #[test]
    fn refused_minutes_are_told_later() {
        struct Full(Mutex<Vec<CameraMinute>>);
        impl CoverageSink for Full {
            fn add_minute(&self, minute: &CameraMinute) -> Result<(), SinkError> {
                let mut tries = self.0.lock().unwrap();
                tries.push(minute.clone());
                let kind = ErrorKind::Unavailable(Shortage::Room);
                let error = SinkError { message: "full".to_owned(), kind, source: None };
                if tries.len() == 1 { Err(error) } else { Ok(()) }
            }
        }
        let (account, sink) = (account(), Full(Mutex::default()));
        judge(&account, &[(0, "2026-03-01T08:00:00Z", 30)]);
        carry(&account, account.take_all(), &sink);
        carry(&account, account.take_all(), &sink);
        let tries = sink.0.lock().unwrap();
        assert_eq!(tries.len(), 2);
        assert_eq!(tries[0], tries[1]);
        assert!(account.take_all().is_empty());
    }
}
