//! When a file says that it was recorded: by its container, by its name, and by both together. Pure.

use std::str::FromStr;
use std::time::Duration;

use anjian_domain::{StartSource, WallTime};
use anjian_ingest::CreatedAt;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::name_time::NameTime;

/// Names are written to the second, and a moment before or after the container's time.
const ALIKE: Duration = Duration::from_secs(5);

/// A start as a person gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenStart {
    /// With its offset from UTC.
    Exact(WallTime),
    /// By the clock of the site.
    Local(DateTime),
}

impl FromStr for GivenStart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(exact) = text.parse() {
            return Ok(Self::Exact(exact));
        }
        let has_time = text.contains(':');
        let local = text.parse::<DateTime>().ok().filter(|_| has_time).map(Self::Local);
        local.ok_or_else(|| {
            format!(
                "{text:?} is no moment: write 2026-03-01T08:00:00+08:00, or 2026-03-01T08:00:00 by the clock of the site"
            )
        })
    }
}

impl GivenStart {
    /// The moment, and what a person has to know about how it was understood.
    pub fn resolve(self, time_zone: &TimeZone) -> Result<(WallTime, Option<String>), String> {
        match self {
            Self::Exact(at) => Ok((at, None)),
            Self::Local(local) => {
                let zoned = time_zone.to_zoned(local).map_err(|error| format!("--start: {error}"))?;
                let name = time_zone.iana_name().unwrap_or("the site's zone");
                let understood = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z");
                let remark =
                    format!("--start has no offset: it is taken as {understood}, the time of {name}");
                Ok((WallTime::new(zoned.timestamp()), Some(remark)))
            }
        }
    }
}

/// What a file says of its time.
#[derive(Debug, Clone, Copy)]
pub struct FileTimes {
    /// What its container says.
    pub created: CreatedAt,
    /// How long it is.
    pub lasts: Option<Duration>,
    /// What its name says.
    pub named: Option<WallTime>,
}

/// When the file begins, as far as it says so, and what a person has to know about that.
pub fn begins(times: FileTimes) -> (Option<(WallTime, StartSource)>, Option<String>) {
    let FileTimes { created, lasts, named } = times;
    let by_name = named.map(|at| (at, StartSource::Name));
    let (said, is_end) = match created {
        CreatedAt::Unsaid => return (by_name, None),
        CreatedAt::Unbelievable(at) => {
            let remark =
                format!("its container says that it was created {at}, which no recording was: not believed");
            return (by_name, Some(remark));
        }
        CreatedAt::Began(at) => (at, false),
        CreatedAt::Ended(at) => (at, true),
    };
    let as_begin = (said, StartSource::Container);
    let as_end = lasts.map(|lasts| (said.minus(lasts), StartSource::ContainerEnd));
    let usual = as_end.filter(|_| is_end).unwrap_or(as_begin);
    let Some(named) = named else { return (Some(usual), None) };
    let alike = [Some(as_begin), as_end].into_iter().flatten().filter(|(at, _)| apart(*at, named) <= ALIKE);
    if let Some(alike) = alike.min_by_key(|(at, _)| apart(*at, named)) {
        return (Some(alike), None);
    }
    // A copy or a conversion is created later than what it shows, never before.
    let earlier = if named < usual.0 { (named, StartSource::Name) } else { usual };
    let remark = format!(
        "its name says {named} and its container {}: the earlier is taken; give --start if that is wrong",
        usual.0
    );
    (Some(earlier), Some(remark))
}

/// The moment that a name says, on the clocks of the site.
pub fn named_moment(name: NameTime, time_zone: &TimeZone) -> Option<WallTime> {
    let zone = if name.is_utc { &TimeZone::UTC } else { time_zone };
    zone.to_timestamp(name.begin).ok().map(WallTime::new)
}

fn apart(one: WallTime, other: WallTime) -> Duration {
    one.since(other).max(other.since(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> WallTime {
        format!("2026-03-01T{text}Z").parse().unwrap()
    }

    #[track_caller]
    fn check(created: CreatedAt, named: Option<&str>, expected: Option<(&str, StartSource)>, remarks: &str) {
        let times = FileTimes { created, lasts: Some(Duration::from_secs(600)), named: named.map(wall) };
        let (begin, remark) = begins(times);
        assert_eq!(begin, expected.map(|(at, source)| (wall(at), source)));
        assert!(remark.as_deref().unwrap_or_default().contains(remarks), "{remark:?}");
        assert_eq!(remark.is_some(), !remarks.is_empty());
    }

    #[test]
    fn container_and_name_are_weighed() {
        use StartSource::{Container, ContainerEnd, Name};
        let (began, ended) = (|text| CreatedAt::Began(wall(text)), |text| CreatedAt::Ended(wall(text)));
        check(CreatedAt::Unsaid, None, None, "");
        check(CreatedAt::Unsaid, Some("08:00:00"), Some(("08:00:00", Name)), "");
        check(began("08:00:00"), None, Some(("08:00:00", Container)), "");
        check(ended("08:10:00"), None, Some(("08:00:00", ContainerEnd)), "");
        check(began("08:00:01"), Some("08:00:00"), Some(("08:00:01", Container)), "");
        check(began("08:10:01"), Some("08:00:00"), Some(("08:00:01", ContainerEnd)), "");
        check(began("16:00:00"), Some("08:00:00"), Some(("08:00:00", Name)), "the earlier is taken");
        check(began("07:00:00"), Some("08:00:00"), Some(("07:00:00", Container)), "the earlier is taken");
        let unset = CreatedAt::Unbelievable("1904-01-01T00:00:00Z".parse().unwrap());
        check(unset, None, None, "1904-01-01");
        check(unset, Some("08:00:00"), Some(("08:00:00", Name)), "not believed");
    }

    #[test]
    fn a_start_without_offset_is_of_the_site_and_says_so() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let resolve = |text: &str| text.parse::<GivenStart>().unwrap().resolve(&zone).unwrap();
        assert_eq!(resolve("2026-03-01T08:00:00+01:00"), (wall("07:00:00"), None));
        for text in ["2026-03-01T08:00:00", "2026-03-01 08:00"] {
            let (at, remark) = resolve(text);
            assert_eq!(at, wall("00:00:00"));
            assert!(remark.unwrap().contains("2026-03-01T08:00:00+08:00, the time of Asia/Shanghai"));
        }
        for text in ["2026-03-01", "soon", ""] {
            assert!(text.parse::<GivenStart>().unwrap_err().contains("by the clock of the site"));
        }
    }
}
