//! Where the present comes from, and how threads let time pass.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::WallTime;

/// The present, and waiting for later. Tests put a [`ManualClock`](crate::ManualClock) in its place.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present moment in UTC. People and time servers set it: it may jump, and go back.
    fn now(&self) -> WallTime;

    /// The time since some fixed moment. It never goes back and does not follow what is done to [`Clock::now`]:
    /// deadlines and intervals are computed from it. Cheap enough for every packet.
    fn monotonic(&self) -> Duration;

    /// Lets `duration` pass.
    fn sleep(&self, duration: Duration);

    /// The real timeout for one wait on a condition variable that is to end after `duration` on this clock. Whoever
    /// waits looks at the clock again afterwards, and waits again if it is too early.
    fn real_timeout(&self, duration: Duration) -> Duration {
        duration
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The moment from which every [`SystemClock`] of this process counts.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's steady clock")]
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl SystemClock {
    /// The same, for what keeps a clock.
    #[must_use]
    pub fn shared() -> Arc<dyn Clock> {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> WallTime {
        WallTime::new(Timestamp::now())
    }

    fn monotonic(&self) -> Duration {
        BEGIN.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that really sleeps")]
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_clock_counts_on_while_it_sleeps() {
        let (first, second) = (SystemClock, SystemClock::shared());
        let before = first.monotonic();
        second.sleep(Duration::from_millis(2));
        assert!(second.monotonic() - before >= Duration::from_millis(2), "all of a process count alike");
        assert_eq!(first.real_timeout(Duration::from_secs(5)), Duration::from_secs(5));
        assert!(first.now() > WallTime::EPOCH);
    }
}
