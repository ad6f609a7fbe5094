//! How long to wait before a camera is tried again. Pure.

use std::time::Duration;

use crate::Retry;

const FIRST: Duration = Duration::from_millis(500);

/// A camera must be back within 10 s of its return: this wait, and one attempt that times out.
const LONGEST: Duration = Duration::from_secs(5);

/// For faults that somebody has to correct.
const RARELY: Duration = Duration::from_secs(30);

/// Waits that double from half a second to five, until something works again.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self { next: FIRST }
    }

    /// Pictures came: the next fault is a new one.
    pub(crate) const fn reset(&mut self) {
        self.next = FIRST;
    }

    /// The wait after a fault.
    pub(crate) fn after(&mut self, retry: Retry) -> Duration {
        if retry == Retry::Rarely {
            return RARELY;
        }
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_seconds_and_begin_anew() {
        let mut backoff = Backoff::new();
        let mut waits_ms = || backoff.after(Retry::Soon).as_millis();
        assert_eq!(
            [waits_ms(), waits_ms(), waits_ms(), waits_ms(), waits_ms(), waits_ms()],
            [500, 1000, 2000, 4000, 5000, 5000]
        );
        assert_eq!(backoff.after(Retry::Rarely), Duration::from_secs(30));
        backoff.reset();
        assert_eq!(backoff.after(Retry::Soon), FIRST);
    }
}
