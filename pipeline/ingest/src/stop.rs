//! The one signal that ends threads: set once, wakes every sleeper.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::Clock;

/// Tells threads to end. Clones are the same signal.
#[derive(Debug, Clone, Default)]
pub struct StopSignal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_stopped: Mutex<bool>,
    changed: Condvar,
}

impl StopSignal {
    /// A signal that nobody has given yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the signal, for good; every [`StopSignal::wait`] returns at once.
    pub fn stop(&self) {
        *self.0.is_stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }

    /// Whether it was given.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.is_stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `duration` has passed on `clock`, or until the signal; says whether the signal was given.
    #[must_use]
    pub fn wait(&self, clock: &dyn Clock, duration: Duration) -> bool {
        let deadline = clock.monotonic().saturating_add(duration);
        let mut is_stopped = self.0.is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_stopped {
            let left = deadline.saturating_sub(clock.monotonic());
            if left.is_zero() {
                break;
            }
            let woken = self.0.changed.wait_timeout(is_stopped, clock.real_timeout(left));
            is_stopped = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        *is_stopped
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ManualClock, SystemClock, WallTime};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn stop_wakes_a_sleeper_at_once_and_for_good() {
        let signal = StopSignal::new();
        assert!(!signal.wait(&SystemClock, Duration::ZERO));
        let sleeper = signal.clone();
        let thread = std::thread::spawn(move || sleeper.wait(&SystemClock, HOUR));
        signal.stop();
        assert!(thread.join().unwrap());
        assert!(signal.is_stopped() && signal.wait(&SystemClock, HOUR));
    }

    #[test]
    fn a_wait_lasts_as_long_as_the_clock_says() {
        let (signal, clock) = (StopSignal::new(), ManualClock::new(WallTime::EPOCH));
        assert!(!signal.wait(&clock, HOUR));
        assert_eq!(clock.monotonic(), HOUR);
        signal.stop();
        assert!(signal.wait(&clock, HOUR));
        assert_eq!(clock.monotonic(), HOUR, "nothing is waited for any more");
    }
}
