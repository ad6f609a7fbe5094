//! Deadlines: short terms count working days, longer ones calendar days (行政处罚法 85).

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::days::Calendar;

/// Longest term, in days.
const MAX_TERM_DAYS: u16 = 3_650;

/// A length of time in days, 1 to 3650, as a notice gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Term(u16);

/// Why a number of days is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} days are no term: use 1 to {MAX_TERM_DAYS}")]
pub struct TermError(u16);

/// How days are counted. The defaults are those of the law; a region may have its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counting {
    /// Terms of up to so many days count working days, longer ones calendar days.
    pub working_days_up_to: u16,
    /// What becomes of a term of calendar days that ends on a day off.
    pub last_day: LastDay,
}

/// What becomes of a term of calendar days that ends on a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    /// It ends there.
    Keep,
    /// It ends on the next working day.
    NextWorkingDay,
}

/// The last day of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The last day on which it can be kept.
    pub due: Date,
    /// Whether the calendar knows the holidays of all its days. If not, `due` may be too early.
    pub is_certain: bool,
}

impl Default for Counting {
    fn default() -> Self {
        Self { working_days_up_to: 7, last_day: LastDay::NextWorkingDay }
    }
}

impl Term {
    /// # Errors
    /// [`TermError`] for 0 and for more than ten years.
    pub const fn days(days: u16) -> Result<Self, TermError> {
        if days == 0 || days > MAX_TERM_DAYS { Err(TermError(days)) } else { Ok(Self(days)) }
    }

    /// How many days.
    #[must_use]
    pub const fn as_days(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Term {
    type Error = TermError;
    fn try_from(days: u16) -> Result<Self, TermError> {
        Self::days(days)
    }
}

impl From<Term> for u16 {
    fn from(term: Term) -> Self {
        term.0
    }
}

/// The deadline of a term that begins with what happens on `start`. That day itself does not count.
#[must_use]
pub fn deadline(calendar: &Calendar, counting: Counting, start: Date, term: Term) -> Deadline {
    let due = if term.0 <= counting.working_days_up_to {
        working_day(calendar, start, term.0)
    } else {
        let end = start.saturating_add(Span::new().days(i64::from(term.0)));
        match counting.last_day {
            LastDay::Keep => end,
            LastDay::NextWorkingDay if calendar.is_working_day(end) => end,
            LastDay::NextWorkingDay => working_day(calendar, end, 1),
        }
    };
    Deadline {
        due,
        is_certain: (start.year()..=due.year()).all(|year| calendar.years().any(|known| known == year)),
    }
}

/// The `count`-th working day after `start`. The last day that there is, if the calendar ends before.
fn working_day(calendar: &Calendar, start: Date, count: u16) -> Date {
    let later = start.series(Span::new().days(1)).skip(1).filter(|day| calendar.is_working_day(*day));
    later.take(usize::from(count)).last().unwrap_or(Date::MAX)
}
