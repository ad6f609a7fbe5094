//! When a rule holds: days and hours in the site's time zone.

use std::fmt;

use anjian_domain::{WallTime, date_text};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Days and hours on the clock of the site, such as `{ days = ["mon", "fri"], from = "22:00", to = "06:00" }`.
///
/// `to` at or before `from` means the next day, so that `from = "22:00", to = "06:00"` is a night that belongs to
/// the day on which it begins, and `from = "00:00", to = "24:00"` is a whole day. On the days when the clocks
/// change, the hours are those that the clock on the wall shows: an hour that comes twice counts twice, one that is
/// skipped begins or ends at the jump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Schedule {
    /// Indexed from Monday.
    days: [bool; 7],
    from: Time,
    to: Time,
}

/// Why a table is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not a day.
    #[error("`days`: {0:?} is not a day: use mon, tue, wed, thu, fri, sat, sun")]
    Day(String),
    /// An empty list.
    #[error("`days` is empty, the rule would never hold: leave it out for every day")]
    NoDays,
    /// Not a time.
    #[error("`{key}`: {text:?} is not a time: use hours and minutes such as \"07:00\"")]
    Time {
        /// `from` or `to`.
        key: &'static str,
        /// As written.
        text: String,
    },
}

/// The schedule as it stands in the configuration.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "every_day")]
    days: Vec<String>,
    #[serde(deserialize_with = "date_text")]
    from: String,
    #[serde(deserialize_with = "date_text")]
    to: String,
}

const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn every_day() -> Vec<String> {
    DAY_NAMES.map(str::to_owned).to_vec()
}

impl Schedule {
    /// Whether the schedule holds at `wall` on the clocks of `time_zone`.
    #[must_use]
    pub fn holds(&self, wall: WallTime, time_zone: &TimeZone) -> bool {
        let now = wall.timestamp();
        let today = time_zone.to_datetime(now).date();
        // A night that began yesterday may still last.
        [today.yesterday().ok(), Some(today)]
            .into_iter()
            .flatten()
            .filter(|day| self.days[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())])
            .filter_map(|day| self.hours_of(day, time_zone))
            .any(|(from, to)| from <= now && now < to)
    }

    /// The time of day at which it begins and ends, when those are one: it lasts 24 hours, which is easily written and
    /// rarely meant. `None` too for a whole day from midnight on.
    #[must_use]
    pub fn same_begin_and_end(&self) -> Option<Time> {
        (self.from == self.to && self.from != Time::midnight()).then_some(self.from)
    }

    /// The hours that begin on `day`, as instants.
    fn hours_of(&self, day: Date, time_zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let last_day = if self.to <= self.from { day.checked_add(1.day()).ok()? } else { day };
        // Where the clock shows an hour twice, the schedule begins at the first and ends at the second.
        let from = time_zone.to_ambiguous_timestamp(day.to_datetime(self.from)).compatible().ok()?;
        let to = time_zone.to_ambiguous_timestamp(last_day.to_datetime(self.to)).later().ok()?;
        Some((from, to))
    }
}

fn weekday(name: &str) -> Result<Weekday, ScheduleError> {
    let position = DAY_NAMES.iter().position(|known| *known == name);
    let offset = position.and_then(|index| i8::try_from(index).ok());
    offset
        .and_then(|index| Weekday::from_monday_zero_offset(index).ok())
        .ok_or_else(|| ScheduleError::Day(name.to_owned()))
}

fn time(key: &'static str, text: &str) -> Result<Time, ScheduleError> {
    let invalid = || ScheduleError::Time { key, text: text.to_owned() };
    if key == "to" && text == "24:00" {
        return Ok(Time::midnight());
    }
    if text.len() < 5 || !text.is_ascii() || text.as_bytes()[2] != b':' {
        return Err(invalid());
    }
    text.parse().map_err(|_| invalid())
}

impl TryFrom<Written> for Schedule {
    type Error = ScheduleError;
    fn try_from(written: Written) -> Result<Self, ScheduleError> {
        if written.days.is_empty() {
            return Err(ScheduleError::NoDays);
        }
        let mut days = [false; 7];
        for name in &written.days {
            days[usize::from(weekday(name)?.to_monday_zero_offset().unsigned_abs())] = true;
        }
        Ok(Self { days, from: time("from", &written.from)?, to: time("to", &written.to)? })
    }
}

impl From<Schedule> for Written {
    fn from(schedule: Schedule) -> Self {
        let names = DAY_NAMES.iter().zip(schedule.days);
        let days = names.filter(|(_, holds)| *holds).map(|(name, _)| (*name).to_owned()).collect();
        let clock = |time: Time| time.strftime("%H:%M:%S").to_string();
        Self { days, from: clock(schedule.from), to: clock(schedule.to) }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = Written::from(self.clone());
        write!(f, "{} {} to {}", written.days.join(", "), written.from, written.to)
    }
}
