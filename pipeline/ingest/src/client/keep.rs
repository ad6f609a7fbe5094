//! When a session needs a word, and which. Pure.

use std::time::Duration;

/// Without packets for so long the camera is asked whether it is still there.
const SILENT: Duration = Duration::from_secs(2);

/// Reports of our own, without which some cameras stop.
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// A keep-alive at least this often.
const LONGEST: Duration = Duration::from_secs(25);

/// Keeps a session alive.
#[derive(Debug)]
pub(super) struct Keep {
    every: Duration,
    asked: Duration,
    reported: Duration,
    has_get_parameter: bool,
}

impl Keep {
    pub(super) fn new(timeout: Duration, has_get_parameter: bool, now: Duration) -> Self {
        let every = (timeout / 2).min(LONGEST).max(Duration::from_secs(1));
        Self { every, asked: now, reported: now, has_get_parameter }
    }

    /// The request that is due; `heard`: when the newest packet came.
    pub(super) fn due(&mut self, heard: Duration, now: Duration) -> Option<&'static str> {
        let is_silent = now.saturating_sub(heard) >= SILENT;
        let every = if is_silent { self.every.min(SILENT) } else { self.every };
        if now.saturating_sub(self.asked) < every {
            return None;
        }
        self.asked = now;
        Some(self.method())
    }

    /// A camera that does not know GET_PARAMETER is asked with OPTIONS at once.
    pub(super) fn hear(&mut self, status: u16) -> Option<&'static str> {
        if status == 200 || status == 401 || !self.has_get_parameter {
            return None;
        }
        self.has_get_parameter = false;
        Some(self.method())
    }

    /// Whether a report of our own is due.
    pub(super) fn is_report_due(&mut self, now: Duration) -> bool {
        let is_due = now.saturating_sub(self.reported) >= REPORT_EVERY;
        if is_due {
            self.reported = now;
        }
        is_due
    }

    const fn method(&self) -> &'static str {
        if self.has_get_parameter { "GET_PARAMETER" } else { "OPTIONS" }
    }
}

/// A receiver report that reports nothing but that somebody receives.
pub(super) const REPORT: [u8; 8] = [0x80, 201, 0, 1, 0, 0, 0, 2];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_timeout_serves_and_silence_is_asked_about() {
        let at = Duration::from_millis;
        let mut keep = Keep::new(at(2000), true, at(0));
        assert_eq!(keep.due(at(900), at(900)), None);
        assert_eq!(keep.due(at(1000), at(1000)), Some("GET_PARAMETER"));
        assert_eq!(keep.hear(200), None);
        assert_eq!(keep.hear(501), Some("OPTIONS"));
        assert_eq!(keep.hear(501), None);
        let mut keep = Keep::new(at(60_000), false, at(0));
        assert_eq!(keep.due(at(20_000), at(20_000)), None);
        assert_eq!(keep.due(at(20_000), at(22_000)), Some("OPTIONS"));
        assert_eq!(keep.due(at(20_000), at(23_000)), None);
        assert_eq!(keep.due(at(20_000), at(24_000)), Some("OPTIONS"));
        assert!(
            !keep.is_report_due(at(4_000)) && keep.is_report_due(at(5_000)) && !keep.is_report_due(at(5_001))
        );
    }
}
