//! Which days are worked.
//!
//! Without an entry a day is worked from Monday to Friday. Holidays and the weekend days that are worked for them come
//! from a file that the customer updates each year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

/// Longest holiday, in days: a longer one is a slip of the pen.
const MAX_HOLIDAY_DAYS: i32 = 31;

/// Which days are worked. The default knows weekends only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    /// Days off, with the name of the holiday.
    off: BTreeMap<Date, String>,
    /// Weekend days that are worked.
    work: BTreeSet<Date>,
}

/// A holiday as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// As people call it.
    pub name: String,
    /// The first day off.
    pub from: Date,
    /// The last day off.
    pub to: Date,
    /// Weekend days that are worked for it.
    pub work: Vec<Date>,
}

/// Why a calendar is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is no calendar.
    #[error("the calendar cannot be read: {0}")]
    Text(String),
    /// No year is named.
    #[error("the calendar covers no year: write years = [2026]")]
    NoYear,
    /// A holiday ends before it begins, or lasts too long.
    #[error("{name}: from {from} to {to} is no holiday: it has 1 to {MAX_HOLIDAY_DAYS} days")]
    Span {
        /// The holiday.
        name: String,
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// A holiday lies outside of the years that the calendar covers.
    #[error("{name}: {day} lies in none of the calendar's years")]
    Year {
        /// The holiday.
        name: String,
        /// The day.
        day: Date,
    },
    /// A day of another kind is named as worked.
    #[error(
        "{name}: {day} is no weekend day: only Saturdays and Sundays outside of holidays can be worked for it"
    )]
    Work {
        /// The holiday.
        name: String,
        /// The day.
        day: Date,
    },
}

impl Calendar {
    /// A calendar that knows the holidays of `years`.
    ///
    /// # Errors
    /// A [`CalendarError`] that names the holiday and the day.
    pub fn new(years: impl IntoIterator<Item = i16>, holidays: &[Holiday]) -> Result<Self, CalendarError> {
        let mut calendar = Self { years: years.into_iter().collect(), ..Self::default() };
        if calendar.years.is_empty() {
            return Err(CalendarError::NoYear);
        }
        for holiday in holidays {
            calendar.take_off(holiday)?;
        }
        for holiday in holidays {
            calendar.put_to_work(holiday)?;
        }
        Ok(calendar)
    }

    fn take_off(&mut self, holiday: &Holiday) -> Result<(), CalendarError> {
        let Holiday { name, from, to, .. } = holiday;
        let days = (*to - *from).get_days() + 1;
        if !(1..=MAX_HOLIDAY_DAYS).contains(&days) {
            return Err(CalendarError::Span { name: name.clone(), from: *from, to: *to });
        }
        if !self.covers(*from) && !self.covers(*to) {
            return Err(CalendarError::Year { name: name.clone(), day: *from });
        }
        let span = from.series(jiff::Span::new().days(1)).take_while(|day| day <= to);
        self.off.extend(span.map(|day| (day, name.clone())));
        Ok(())
    }

    fn put_to_work(&mut self, holiday: &Holiday) -> Result<(), CalendarError> {
        for day in &holiday.work {
            if !is_weekend(*day) || self.off.contains_key(day) {
                return Err(CalendarError::Work { name: holiday.name.clone(), day: *day });
            }
            self.work.insert(*day);
        }
        Ok(())
    }

    /// Whether a day is worked.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        !self.off.contains_key(&day) && (self.work.contains(&day) || !is_weekend(day))
    }

    /// The holiday that a day belongs to.
    #[must_use]
    pub fn holiday(&self, day: Date) -> Option<&str> {
        self.off.get(&day).map(String::as_str)
    }

    /// Whether the holidays of the day's year are known.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.years.contains(&day.year())
    }

    /// The years whose holidays are known, the earliest first.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
