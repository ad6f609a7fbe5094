//! How late a deadline is. Computed from today, never stored.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When a deadline escalates, in calendar days. Each step escalates once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Steps {
    /// From so many days before the due day on it is due soon.
    pub soon_before_days: u16,
    /// So many days after the due day; 0 is the due day itself.
    pub after_days: Vec<u16>,
}

/// How late a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Lateness {
    /// There is time.
    InTime,
    /// The due day is near.
    DueSoon {
        /// Days until the due day.
        left_days: u32,
    },
    /// Today is the due day.
    DueToday,
    /// The due day is over.
    Overdue {
        /// Days since.
        days: u32,
    },
}

impl Default for Steps {
    /// Due soon two days before; then on the day itself, and 3 and 7 days later.
    fn default() -> Self {
        Self { soon_before_days: 2, after_days: vec![0, 3, 7] }
    }
}

impl Lateness {
    /// How late it is on `today` for what is due on `due`.
    #[must_use]
    pub fn on(today: Date, due: Date, steps: &Steps) -> Self {
        let left = (due - today).get_days();
        let days = left.unsigned_abs();
        match left {
            ..0 => Self::Overdue { days },
            0 => Self::DueToday,
            1.. if days <= u32::from(steps.soon_before_days) => Self::DueSoon { left_days: days },
            1.. => Self::InTime,
        }
    }

    /// Whether the due day is over.
    #[must_use]
    pub const fn is_overdue(self) -> bool {
        matches!(self, Self::Overdue { .. })
    }

    /// How many steps were reached: 0 while there is time, 1 when it is due soon, one more for each of
    /// `Steps::after_days`. The caller delivers for each step that it did not deliver for yet.
    #[must_use]
    pub fn reached(self, steps: &Steps) -> usize {
        let after = |passed: u32| steps.after_days.iter().filter(|days| u32::from(**days) <= passed).count();
        match self {
            Self::InTime => 0,
            Self::DueSoon { .. } => 1,
            Self::DueToday => 1 + after(0),
            Self::Overdue { days } => 1 + after(days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_escalates_step_by_step() {
        let (due, steps) = ("2026-03-10".parse().unwrap(), Steps::default());
        for (today, expected, reached) in [
            ("2026-03-07", Lateness::InTime, 0),
            ("2026-03-08", Lateness::DueSoon { left_days: 2 }, 1),
            ("2026-03-10", Lateness::DueToday, 2),
            ("2026-03-11", Lateness::Overdue { days: 1 }, 2),
            ("2026-03-13", Lateness::Overdue { days: 3 }, 3),
            ("2026-03-16", Lateness::Overdue { days: 6 }, 3),
            ("2026-03-17", Lateness::Overdue { days: 7 }, 4),
            ("2027-03-17", Lateness::Overdue { days: 372 }, 4),
        ] {
            let lateness = Lateness::on(today.parse().unwrap(), due, &steps);
            assert_eq!((lateness, lateness.reached(&steps)), (expected, reached), "{today}");
            assert_eq!(lateness.is_overdue(), today > "2026-03-10", "{today}");
        }
    }
}
