//! Hours and days of a range in a site's time zone: 23 and 25 hours on the days when clocks change.

use anjian_domain::WallTime;
use jiff::tz::TimeZone;
use jiff::{Unit, Zoned};

use crate::{CountKey, IndexError};

/// Longest range that is counted by hours.
const MAX_HOURS: i64 = 31 * 24;
/// Longest range that is counted by days.
const MAX_DAYS: i64 = 400;
const HOUR_US: i64 = 3_600_000_000;

/// A piece of a range: `from` to before `to`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) key: CountKey,
    pub(crate) from: WallTime,
    pub(crate) to: WallTime,
}

/// The hours of the time line that the range touches; the first and last are cut to the range.
pub(crate) fn hours(
    from: Option<WallTime>,
    to: Option<WallTime>,
    zone: &TimeZone,
) -> Result<Vec<Bucket>, IndexError> {
    let (from, to) = bounded("hour", from, to, MAX_HOURS)?;
    let first =
        |now: &Zoned| now.round(jiff::ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc));
    let next = |hour: &Zoned| hour.checked_add(jiff::SignedDuration::from_hours(1));
    let key = |hour: &Zoned| CountKey::Hour(WallTime::new(hour.timestamp()));
    buckets(from, to, zone, first, next, key)
}

/// The calendar days that the range touches; the first and last are cut to the range.
pub(crate) fn days(
    from: Option<WallTime>,
    to: Option<WallTime>,
    zone: &TimeZone,
) -> Result<Vec<Bucket>, IndexError> {
    let (from, to) = bounded("day", from, to, MAX_DAYS * 24)?;
    let next = |day: &Zoned| day.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    let key = |day: &Zoned| CountKey::Day(day.date(), WallTime::new(day.timestamp()));
    buckets(from, to, zone, Zoned::start_of_day, next, key)
}

fn bounded(
    unit: &str,
    from: Option<WallTime>,
    to: Option<WallTime>,
    most_hours: i64,
) -> Result<(WallTime, WallTime), IndexError> {
    let refused = || {
        let most_days = most_hours / 24;
        IndexError::Query(format!("counts by {unit} need from and to, at most {most_days} days apart"))
    };
    let (from, to) = from.zip(to).ok_or_else(refused)?;
    let is_short = to.as_micros().saturating_sub(from.as_micros()) <= most_hours * HOUR_US;
    if is_short { Ok((from, to)) } else { Err(refused()) }
}

fn buckets(
    from: WallTime,
    to: WallTime,
    zone: &TimeZone,
    first: impl Fn(&Zoned) -> Result<Zoned, jiff::Error>,
    next: impl Fn(&Zoned) -> Result<Zoned, jiff::Error>,
    key: impl Fn(&Zoned) -> CountKey,
) -> Result<Vec<Bucket>, IndexError> {
    let outside = |error: jiff::Error| IndexError::Query(format!("range outside the calendar: {error}"));
    let mut buckets = Vec::new();
    let mut start = first(&from.timestamp().to_zoned(zone.clone())).map_err(outside)?;
    while start.timestamp() < to.timestamp() {
        let end = next(&start).map_err(outside)?;
        let begins = WallTime::new(start.timestamp()).max(from);
        let ends = WallTime::new(end.timestamp()).min(to);
        if begins < ends {
            buckets.push(Bucket { key: key(&start), from: begins, to: ends });
        }
        start = end;
    }
    Ok(buckets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> Option<WallTime> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn days_have_23_24_or_25_hours() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let cases = [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 25)];
        for (day, expected) in cases {
            let from = format!("{day}T00:00:00[Europe/Berlin]").parse::<Zoned>().unwrap();
            let to = from.tomorrow().unwrap();
            let (from, to) = (Some(WallTime::new(from.timestamp())), Some(WallTime::new(to.timestamp())));
            assert_eq!(hours(from, to, &berlin).unwrap().len(), expected, "{day}");
            assert_eq!(days(from, to, &berlin).unwrap().len(), 1, "{day}");
        }
    }

    #[test]
    fn ranges_are_cut_into_local_days() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let found = days(wall("2026-03-01T15:30:00Z"), wall("2026-03-03T16:00:00Z"), &shanghai).unwrap();
        let lines: Vec<_> = found.iter().map(|b| format!("{:?} {} {}", b.key, b.from, b.to)).collect();
        assert_eq!(found.len(), 3, "{lines:#?}");
        assert_eq!(found[0].from, wall("2026-03-01T15:30:00Z").unwrap());
        assert_eq!(found[0].to, wall("2026-03-01T16:00:00Z").unwrap());
        assert_eq!(
            found[0].key,
            CountKey::Day("2026-03-01".parse().unwrap(), wall("2026-02-28T16:00:00Z").unwrap())
        );
        assert_eq!(found[2].to, wall("2026-03-03T16:00:00Z").unwrap());
    }

    #[test]
    fn hours_follow_zones_off_by_half_an_hour() {
        let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
        let found = hours(wall("2026-03-01T00:00:00Z"), wall("2026-03-01T02:00:00Z"), &kolkata).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].key, CountKey::Hour(wall("2026-02-28T23:30:00Z").unwrap()));
    }

    #[test]
    fn long_open_and_backward_ranges() {
        let utc = TimeZone::UTC;
        let (from, later) = (wall("2026-01-01T00:00:00Z"), wall("2028-01-01T00:00:00Z"));
        assert!(hours(from, later, &utc).is_err());
        assert!(days(from, later, &utc).is_err());
        assert!(days(None, later, &utc).is_err());
        assert!(days(from, None, &utc).is_err());
        assert_eq!(days(later, from, &utc).unwrap(), []);
    }
}
