//! How often a subscription sends: for each event, or by a report.

use anjian_domain::WallTime;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{ToSpan, Zoned};

use crate::worded::worded;

worded! {
    /// How often a subscription sends.
    pub enum Pace {
        /// A message for each event.
        AtOnce = "at_once", "即时", "At once";
        /// A report each full hour.
        Hourly = "hourly", "每小时", "Hourly";
        /// A report each morning about the day before.
        Daily = "daily", "每日", "Daily";
        /// A report each Monday morning about the week before.
        Weekly = "weekly", "每周", "Weekly";
    }
}

/// When daily and weekly reports leave.
const MORNING: Time = Time::constant(8, 0, 0, 0);

/// What a report is about, and when it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its beginning.
    pub from: WallTime,
    /// Its end, which is outside.
    pub to: WallTime,
    /// When the report leaves.
    pub due: WallTime,
}

impl Pace {
    /// The newest period whose report has to have left by now; `None` for [`Pace::AtOnce`].
    #[must_use]
    pub fn period(self, now: &Zoned) -> Option<Period> {
        let (end, due, length) = match self {
            Self::AtOnce => return None,
            Self::Hourly => {
                let hour = now.date().at(now.hour(), 0, 0, 0);
                (hour, hour, 1.hour())
            }
            Self::Daily => {
                let day = last_morning(now);
                (day.at(0, 0, 0, 0), day.to_datetime(MORNING), 1.day())
            }
            Self::Weekly => {
                let day = last_morning(now);
                let monday = day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days());
                (monday.at(0, 0, 0, 0), monday.to_datetime(MORNING), 1.week())
            }
        };
        let wall = |civil: DateTime| {
            let zoned = civil.to_zoned(now.time_zone().clone()).ok()?;
            Some(WallTime::new(zoned.timestamp()))
        };
        Some(Period { from: wall(end.saturating_sub(length))?, to: wall(end)?, due: wall(due)? })
    }
}

/// The newest day whose morning is over.
fn last_morning(now: &Zoned) -> Date {
    let back = i64::from(now.time() < MORNING);
    now.date().saturating_sub(back.days())
}
