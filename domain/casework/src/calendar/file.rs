//! The calendar as a text of TOML. `data/calendar-2026.toml` is an example.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

use super::days::{Calendar, CalendarError, Holiday};

const EXAMPLE: &str = include_str!("../../data/calendar-2026.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarText {
    years: Vec<i16>,
    #[serde(default)]
    holiday: Vec<HolidayText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayText {
    name: String,
    from: Day,
    to: Option<Day>,
    #[serde(default)]
    work: Vec<Day>,
}

struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let text = anjian_domain::date_text(value)?;
        let unreadable = |_| de::Error::custom(format!("{text:?} is no date: write 2026-10-01"));
        text.parse().map(Self).map_err(unreadable)
    }
}

impl From<HolidayText> for Holiday {
    fn from(text: HolidayText) -> Self {
        let from = text.from.0;
        let work = text.work.into_iter().map(|day| day.0).collect();
        Self { name: text.name, from, to: text.to.map_or(from, |day| day.0), work }
    }
}

impl Calendar {
    /// The calendar of 2026 that comes with the product. The customer replaces it each year.
    #[must_use]
    pub fn example() -> Self {
        Self::from_toml(EXAMPLE).expect("a test reads the example")
    }

    /// Reads `years = […]` and `[[holiday]]` with `name`, `from`, `to` and `work`. A holiday of one day has no `to`.
    ///
    /// # Errors
    /// [`CalendarError::Text`] with line and key, or what is wrong with a holiday.
    pub fn from_toml(text: &str) -> Result<Self, CalendarError> {
        let read: CalendarText =
            toml::from_str(text).map_err(|error| CalendarError::Text(error.to_string()))?;
        let holidays: Vec<Holiday> = read.holiday.into_iter().map(Holiday::from).collect();
        Self::new(read.years, &holidays)
    }
}
