//! Compares what arrived with what was stored. Pure.
//!
//! A recording that keeps less than half of what arrives must not look like one.

use std::time::Duration;

/// How long is counted before it is judged.
const WINDOW: Duration = Duration::from_secs(10);

/// With fewer pictures nothing is judged.
const PICTURES_MIN: u64 = 10;

/// What arrives and cannot be stored is lost, and nothing else says so.
pub(super) const TOO_LITTLE: &str = "less than half of the pictures that arrive can be recorded: check the camera's encoder, or restart the camera";

/// Counts of one connection.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Pictures stored so far.
    stored: u64,
    /// Counts at the beginning of the window, and when that was.
    began: Option<(u64, u64, Duration)>,
    is_short: bool,
}

impl Account {
    pub(super) const fn store(&mut self) {
        self.stored += 1;
    }

    /// Whether much less was stored than arrived.
    pub(super) const fn is_short(&self) -> bool {
        self.is_short
    }

    /// `arrived`: pictures of the connection so far.
    pub(super) fn check(&mut self, arrived: u64, now: Duration) {
        let (arrived_before, stored_before, since) = *self.began.get_or_insert((arrived, self.stored, now));
        let came = arrived.saturating_sub(arrived_before);
        if now.saturating_sub(since) < WINDOW || came < PICTURES_MIN {
            return;
        }
        self.is_short = (self.stored - stored_before) * 2 < came;
        self.began = Some((arrived, self.stored, now));
    }

    /// Nothing is recorded for a reason that is known: counting begins again.
    pub(super) const fn pause(&mut self) {
        (self.began, self.is_short) = (None, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_half_is_too_little_until_it_is_more_again() {
        let mut account = Account::default();
        let mut seconds = |from: u64, stored_of_ten: u64| {
            for second in from..from + 11 {
                (0..stored_of_ten).for_each(|_| account.store());
                account.check(second * 10, Duration::from_secs(second));
            }
            account.is_short()
        };
        assert_eq!(
            [seconds(0, 10), seconds(11, 4), seconds(22, 6), seconds(33, 0)],
            [false, true, false, true]
        );
        account.pause();
        assert!(!account.is_short());
    }

    #[test]
    fn few_pictures_are_counted_for_longer() {
        let mut account = Account::default();
        for picture in 0..30 {
            account.check(picture, Duration::from_secs(picture * 20));
            account.store();
        }
        assert!(!account.is_short());
    }
}
