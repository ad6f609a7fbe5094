//! The one signal that ends threads: set once, wakes every sleeper.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

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

    /// Sleeps for `duration`, or until the signal; says whether the signal was given.
    #[must_use]
    pub fn wait(&self, duration: Duration) -> bool {
        let deadline = Instant::now() + duration;
        let mut is_stopped = self.0.is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_stopped {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.0.changed.wait_timeout(is_stopped, left);
            is_stopped = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        *is_stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_wakes_a_sleeper_at_once_and_for_good() {
        let signal = StopSignal::new();
        assert!(!signal.wait(Duration::ZERO));
        let sleeper = signal.clone();
        let thread = std::thread::spawn(move || sleeper.wait(Duration::from_secs(3600)));
        signal.stop();
        assert!(thread.join().unwrap());
        assert!(signal.is_stopped() && signal.wait(Duration::from_secs(3600)));
    }
}
