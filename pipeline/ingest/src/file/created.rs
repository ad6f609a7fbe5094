//! When a container says that it was created, and what of that is believed. Pure.

use anjian_domain::WallTime;
use jiff::Timestamp;

/// No recorder of today is older; what says so has no clock.
const EARLIEST_YEAR: i16 = 2000;

/// What a container says of its own creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedAt {
    /// Nothing.
    Unsaid,
    /// When its recording began.
    Began(WallTime),
    /// When its recording ended: its maker writes the time when it closes the file.
    Ended(WallTime),
    /// A time that no recording has: recorders without a clock write 1904 or 1970, and clocks that run ahead a future one.
    Unbelievable(WallTime),
}

/// Tags in which containers say it, the most exact first.
const TAGS: [&str; 4] = ["com.apple.quicktime.creationdate", "creation_time", "date", "icrd"];

/// A tag that only makers write which set the time when the recording ends.
const END_WRITERS: [&str; 1] = ["com.android.version"];

/// What the tags of a container, and of its track, say. `now` is the present.
pub(super) fn created_at(tags: &[(&str, &str)], now: WallTime) -> CreatedAt {
    let value = |wanted: &str| {
        tags.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).find_map(|(_, text)| time_of(text))
    };
    let Some(at) = TAGS.iter().find_map(|tag| value(tag)) else { return CreatedAt::Unsaid };
    let year = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC).year();
    if year < EARLIEST_YEAR || at > now {
        return CreatedAt::Unbelievable(at);
    }
    let is_end = END_WRITERS.iter().any(|tag| tags.iter().any(|(name, _)| name.eq_ignore_ascii_case(tag)));
    if is_end { CreatedAt::Ended(at) } else { CreatedAt::Began(at) }
}

/// A date without a time of day says too little.
fn time_of(text: &str) -> Option<WallTime> {
    let text = text.trim();
    let zoned = text.parse::<Timestamp>().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text));
    let zoned = zoned.or_else(|_| Timestamp::strptime("%Y-%m-%d %H:%M:%S%z", text));
    zoned.ok().map(WallTime::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> WallTime {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(tags: &[(&str, &str)], expected: CreatedAt) {
        assert_eq!(created_at(tags, wall("2026-03-05T00:00:00Z")), expected, "{tags:?}");
    }

    #[test]
    fn what_containers_say_is_believed_when_it_can_be() {
        check(&[], CreatedAt::Unsaid);
        check(&[("creation_time", "soon"), ("date", "2026")], CreatedAt::Unsaid);
        let morning = wall("2026-03-01T00:00:00Z");
        check(&[("creation_time", "2026-03-01T00:00:00.000000Z")], CreatedAt::Began(morning));
        check(&[("Creation_Time", "2026-03-01T08:00:00+08:00")], CreatedAt::Began(morning));
        let apple = ("com.apple.quicktime.creationdate", "2026-03-01T08:00:00+0800");
        check(&[("creation_time", "2026-03-01T00:00:09Z"), apple], CreatedAt::Began(morning));
        let android = ("com.android.version", "14");
        check(&[("creation_time", "2026-03-01T00:00:00Z"), android], CreatedAt::Ended(morning));
        for text in ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2036-02-07T06:28:15Z"] {
            check(&[("creation_time", text)], CreatedAt::Unbelievable(wall(text)));
        }
    }
}
