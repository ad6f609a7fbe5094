//! A clock for tests: time passes when the test says so, or when somebody waits for it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Clock, WallTime};

/// How long a wait on a condition variable really takes, so that a thread that waits again and again leaves the
/// processor to others.
const GLANCE: Duration = Duration::from_millis(1);

/// A clock that stands still until it is moved. A sleeper moves it on by as much as it sleeps, and so does a thread that
/// waits with [`Clock::real_timeout`]: hours of waiting take no time.
///
/// [`ManualClock::advance`] moves both times, [`ManualClock::set`] only the one that people can set.
#[derive(Debug)]
pub struct ManualClock(Mutex<Times>);

#[derive(Debug, Clone, Copy)]
struct Times {
    now: WallTime,
    monotonic: Duration,
}

impl ManualClock {
    /// At `now`; [`Clock::monotonic`] begins at zero.
    #[must_use]
    pub const fn new(now: WallTime) -> Self {
        Self(Mutex::new(Times { now, monotonic: Duration::ZERO }))
    }

    /// Lets `duration` pass.
    pub fn advance(&self, duration: Duration) {
        let mut times = self.times();
        times.now = times.now.plus(duration);
        times.monotonic = times.monotonic.saturating_add(duration);
    }

    /// Sets the clock, forward or back, as a person or a time server does. No time passes.
    pub fn set(&self, now: WallTime) {
        self.times().now = now;
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> WallTime {
        self.times().now
    }

    fn monotonic(&self) -> Duration {
        self.times().monotonic
    }

    fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }

    fn real_timeout(&self, duration: Duration) -> Duration {
        self.advance(duration);
        GLANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleepers_move_both_times_and_people_only_one() {
        let clock = ManualClock::new(WallTime::EPOCH);
        let second = Duration::from_secs(1);
        assert_eq!((clock.now(), clock.monotonic()), (WallTime::EPOCH, Duration::ZERO));
        clock.advance(second);
        clock.sleep(second);
        assert!(clock.real_timeout(3600 * second) < second, "nothing really waits");
        assert_eq!((clock.now(), clock.monotonic()), (WallTime::EPOCH.plus(3602 * second), 3602 * second));
        clock.set(WallTime::EPOCH.minus(second));
        clock.advance(second);
        assert_eq!((clock.now(), clock.monotonic()), (WallTime::EPOCH, 3603 * second));
    }
}
