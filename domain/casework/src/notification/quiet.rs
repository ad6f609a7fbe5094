//! Hours of the day in which messages wait.

use jiff::civil::Time;
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// Hours of the day in which messages wait; they may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Hours", into = "Hours")]
pub struct QuietHours {
    from: Time,
    to: Time,
}

/// Hours that are no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours begin and end at different times")]
pub struct UnfitHours;

#[derive(Serialize, Deserialize)]
struct Hours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// # Errors
    /// [`UnfitHours`] when both are the same.
    pub fn new(from: Time, to: Time) -> Result<Self, UnfitHours> {
        if from == to { Err(UnfitHours) } else { Ok(Self { from, to }) }
    }

    /// Their beginning and end.
    #[must_use]
    pub const fn bounds(&self) -> (Time, Time) {
        (self.from, self.to)
    }

    /// When they end; `None`: they are not now.
    #[must_use]
    pub fn end(&self, now: &Zoned) -> Option<Zoned> {
        let time = now.time();
        let is_over_midnight = self.to < self.from;
        let is_late = time >= self.from;
        let is_quiet = if is_over_midnight { is_late || time < self.to } else { is_late && time < self.to };
        let days = i64::from(is_over_midnight && is_late);
        let date = now.date().saturating_add(days.days());
        is_quiet.then(|| date.to_datetime(self.to).to_zoned(now.time_zone().clone()).ok()).flatten()
    }
}

impl TryFrom<Hours> for QuietHours {
    type Error = UnfitHours;
    fn try_from(hours: Hours) -> Result<Self, UnfitHours> {
        Self::new(hours.from, hours.to)
    }
}

impl From<QuietHours> for Hours {
    fn from(hours: QuietHours) -> Self {
        Self { from: hours.from, to: hours.to }
    }
}
