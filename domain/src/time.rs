//! Two times that must never be mixed: [`MediaTime`] measures durations, [`WallTime`] says when.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::date_text;

/// Time in a source, from its beginning; the only time that measures durations.
///
/// Within one Run it never goes back, not even when a camera reconnects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaTime {
    nanos: u64,
}

impl MediaTime {
    /// The beginning of a source.
    pub const ZERO: Self = Self { nanos: 0 };

    /// `nanos` nanoseconds from the beginning (the unit of GStreamer's presentation time stamps).
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self { nanos }
    }

    /// `millis` milliseconds from the beginning.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { nanos: millis * 1_000_000 }
    }

    /// Nanoseconds from the beginning.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// Seconds from the beginning.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        Duration::from_nanos(self.nanos).as_secs_f64()
    }

    /// The time since `earlier`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }

    /// This time, `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self { nanos: self.nanos.saturating_add(nanos) }
    }
}

/// A moment in UTC, to the microsecond; written in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct WallTime(Timestamp);

impl WallTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// Cut to the microsecond, which is what the index stores.
    #[must_use]
    pub fn new(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(timestamp))
    }

    /// Microseconds since 1970; `None` outside the years -9999 to 9999.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        Timestamp::from_microsecond(micros).ok().map(Self)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The timestamp, for calendars and time zones.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// This moment, `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        self.0.checked_add(duration).map_or(self, Self::new)
    }

    /// This moment, `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        self.0.checked_sub(duration).map_or(self, Self::new)
    }

    /// This moment, so many microseconds later, or earlier when they are negative.
    #[must_use]
    pub fn shifted(self, micros: i64) -> Self {
        Self::from_micros(self.as_micros().saturating_add(micros)).unwrap_or(self)
    }

    /// The time since `earlier`; zero when `earlier` is later. For logs and schedules, never for rules.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.as_micros() - earlier.as_micros()).unwrap_or(0))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no moment: write date, time and offset from UTC as RFC 3339 has them, such as 2026-03-01T08:00:00+08:00 or \
     2026-03-01T00:00:00Z"
)]
pub struct WallTimeError(String);

impl FromStr for WallTime {
    type Err = WallTimeError;

    /// Reads every moment of RFC 3339, and one whose `+` a query turned into a blank.
    fn from_str(text: &str) -> Result<Self, WallTimeError> {
        let refuse = || WallTimeError(text.to_owned());
        let read = |text: &str| cut_fraction(text).parse();
        let read = read(text).or_else(|_| read(&with_plus(text).ok_or_else(refuse)?).map_err(|_| refuse()));
        read.map(Self::new)
    }
}

/// A second may have more digits than nanoseconds have; the index stores six.
fn cut_fraction(text: &str) -> Cow<'_, str> {
    const DIGITS: usize = 9;
    let cut = text.split_once('.').and_then(|(seconds, rest)| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (kept, offset) = (rest.get(..DIGITS)?, rest.get(digits..)?);
        (digits > DIGITS).then(|| format!("{seconds}.{kept}{offset}"))
    });
    cut.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A text whose offset lost its sign: no offset begins with a blank.
fn with_plus(text: &str) -> Option<String> {
    let (time, offset) = text.rsplit_once(' ')?;
    let is_offset =
        matches!(offset.as_bytes(), [a, b, b':', c, d] if [a, b, c, d].iter().all(|n| n.is_ascii_digit()));
    let has_time = time.contains(':');
    (is_offset && has_time).then(|| format!("{time}+{offset}"))
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        date_text(value)?.parse().map_err(de::Error::custom)
    }
}

/// One moment in both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// In the source.
    pub media: MediaTime,
    /// In the world.
    pub wall: WallTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_keeps_microseconds_and_round_trips() {
        let wall: WallTime = "2026-03-01T08:00:00.123456789+08:00".parse().unwrap();
        assert_eq!(wall.to_string(), "2026-03-01T00:00:00.123456Z");
        assert_eq!(WallTime::from_micros(wall.as_micros()), Some(wall));
    }

    #[test]
    fn every_moment_of_rfc_3339_is_read() {
        for text in [
            "2026-03-01T00:00:00Z",
            "2026-03-01t00:00:00z",
            "2026-03-01 00:00:00Z",
            "2026-03-01T08:00:00+08:00",
            "2026-03-01T08:00:00 08:00",
            "2026-02-28T23:30:00.000-00:30",
            "2026-03-01T00:00:00-00:00",
            "2026-03-01T00:00:00.0000000000Z",
        ] {
            let read = text.parse::<WallTime>().map(|wall| wall.to_string());
            assert_eq!(read.as_deref(), Ok("2026-03-01T00:00:00Z"), "{text}");
        }
        assert_eq!("2016-12-31T23:59:60Z".parse::<WallTime>().unwrap().to_string(), "2016-12-31T23:59:59Z");
        for text in
            ["", "2026-03-01", "2026-03-01T08:00:00", "2026-13-01T08:00:00Z", "08:00:00 08:00", "soon"]
        {
            let refusal = text.parse::<WallTime>().unwrap_err().to_string();
            assert!(refusal.contains("2026-03-01T08:00:00+08:00"), "{refusal}");
        }
    }

    #[test]
    fn durations_never_go_below_zero() {
        let early = MediaTime::from_millis(100);
        let late = MediaTime::from_millis(350);
        assert_eq!(late.since(early), Duration::from_millis(250));
        assert_eq!(early.since(late), Duration::ZERO);
    }
}
