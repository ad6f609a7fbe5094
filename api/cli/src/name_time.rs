//! The time that a file's name, or its folders, say. Pure.
//!
//! Recorders and phones write the local time of recording into names; [`KNOWN`] lists how. A pattern is found anywhere
//! in the path, at the borders of numbers.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};

/// How many folders above a file may belong to its name.
const FOLDERS: usize = 4;

/// How names are written, the most exact first, and who writes them so.
#[rustfmt::skip]
const KNOWN: [(&str, &str); 16] = [
    ("%Y-%m-%d/*/%H.%M.%S-%H.%M.%S", "Dahua, on cards: 2026-03-01/001/dav/08/08.00.00-08.30.00[R][0@0][0].dav"),
    ("S%Y%m%d%H%M%S_E%Y%m%d%H%M%S", "Uniview: Cam01_S20260301080000_E20260301083000.mp4"),
    ("%Y%m%d%H%M%S_%Y%m%d%H%M%S", "Hikvision and Dahua clients: NVR_ch1_main_20260301080000_20260301083000.mp4"),
    ("%Y%m%d%H%M%S-%Y%m%d%H%M%S", "Uniview, Tiandy: D1_20260301080000-20260301083000.mp4"),
    ("%Y-%m-%d_%H-%M-%S_%Y-%m-%d_%H-%M-%S", "exports of clients: Cam01_2026-03-01_08-00-00_2026-03-01_08-30-00.mp4"),
    ("PXL_%Y%m%d_%H%M%S%3f", "Google's phones, in UTC: PXL_20260301_000000123.mp4"),
    ("%Y%m%d%H%M%S%3f", "Hikvision, single cameras: 192.168.1.64_01_20260301080000123.mp4"),
    ("%Y%m%d%H%M%S", "Hikvision, Reolink: D01_20260301080000.mp4"),
    ("%Y%m%d_%H%M%S", "Android: VID_20260301_080000.mp4"),
    ("%Y%m%d-%H%M%S", "Uniview, phones: 20260301-080000.mp4"),
    ("%Y%m%dT%H%M%S", "ISO 8601: cam_20260301T080000.mp4"),
    ("%Y-%m-%dT%H-%M-%S", "ISO 8601 where colons are not allowed: 2026-03-01T08-00-00.mkv"),
    ("%Y-%m-%d_%H-%M-%S", "Dahua, Hikvision: ch01_2026-03-01_08-00-00.mp4"),
    ("%Y-%m-%d %H-%M-%S", "OBS: 2026-03-01 08-00-00.mkv"),
    ("%Y-%m-%d_%H.%M.%S", "Uniview: 2026-03-01_08.00.00.ts"),
    ("%Y_%m_%d_%H_%M_%S", "Hanwha, Tiandy: CH01_2026_03_01_08_00_00.avi"),
];

/// How times stand in names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Number {
        field: Field,
        digits: usize,
    },
    Literal(char),
    /// `*`: whatever does not matter.
    Anything,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// Why a pattern is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{pattern:?} is no pattern of a time ({reason}): write %Y %m %d %H %M %S where the numbers stand, %3f for \
     milliseconds and * for what does not matter, such as \"CAM*_%Y%m%d-%H%M%S\""
)]
pub struct NamePatternError {
    pattern: String,
    reason: String,
}

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameTime {
    /// When the recording began, by the clock of the place.
    pub begin: DateTime,
    /// Whether the name is in UTC.
    pub is_utc: bool,
    /// How long it lasted, where the name says its end too.
    pub lasts: Option<Duration>,
}

impl FromStr for NamePattern {
    type Err = NamePatternError;

    fn from_str(pattern: &str) -> Result<Self, NamePatternError> {
        let refuse =
            |reason: &str| NamePatternError { pattern: pattern.to_owned(), reason: reason.to_owned() };
        let mut parts = Vec::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            parts.push(match letter {
                '*' => Part::Anything,
                '%' => number(&mut letters).ok_or_else(|| refuse("after % stands none of Y m d H M S 3f"))?,
                letter => Part::Literal(letter),
            });
        }
        let needed = [Field::Year, Field::Month, Field::Day, Field::Hour, Field::Minute];
        let has = |wanted: &Field| {
            parts.iter().any(|part| matches!(part, Part::Number { field, .. } if field == wanted))
        };
        if !needed.iter().all(has) {
            return Err(refuse("it needs year, month, day, hour and minute"));
        }
        Ok(Self { text: pattern.to_owned(), parts })
    }
}

fn number(letters: &mut std::str::Chars<'_>) -> Option<Part> {
    let (field, digits) = match letters.next()? {
        'Y' => (Field::Year, 4),
        'm' => (Field::Month, 2),
        'd' => (Field::Day, 2),
        'H' => (Field::Hour, 2),
        'M' => (Field::Minute, 2),
        'S' => (Field::Second, 2),
        '3' if letters.next()? == 'f' => (Field::Millisecond, 3),
        _ => return None,
    };
    Some(Part::Number { field, digits })
}

/// The time that the name of a file says: by `own` patterns where there are some, else as recorders write it.
pub fn time_in_name(path: &Path, own: &[NamePattern]) -> Option<NameTime> {
    let name = named(path);
    if !own.is_empty() {
        return own.iter().find_map(|pattern| pattern.find(&name));
    }
    let known = KNOWN.iter().filter_map(|(pattern, _)| pattern.parse::<NamePattern>().ok());
    known.into_iter().find_map(|pattern| pattern.find(&name))
}

/// The file and the folders above it; the ending says no time.
fn named(path: &Path) -> String {
    let whole = path.with_extension("");
    let parts: Vec<_> = whole.iter().map(|part| part.to_string_lossy()).collect();
    parts.get(parts.len().saturating_sub(FOLDERS + 1)..).unwrap_or_default().join("/")
}

impl NamePattern {
    fn find(&self, name: &str) -> Option<NameTime> {
        let letters: Vec<char> = name.chars().collect();
        let found = (0..letters.len()).rev().find_map(|begin| {
            let is_at_border = begin == 0 || !letters[begin - 1].is_ascii_digit();
            let is_number = letters[begin].is_ascii_digit();
            (is_at_border || !is_number).then(|| fields(&self.parts, &letters, begin)).flatten()
        })?;
        let (begin, end) = (instant(&found, 0)?, instant(&found, 1));
        let lasts = end.and_then(|end| Duration::try_from(end.duration_since(begin)).ok());
        Some(NameTime { begin, is_utc: self.text.starts_with("PXL_"), lasts })
    }
}

/// The numbers of a pattern that matches from `at`; behind it stands no digit.
fn fields(parts: &[Part], letters: &[char], at: usize) -> Option<Vec<(Field, i16)>> {
    let Some((part, rest)) = parts.split_first() else {
        let is_at_border = letters.get(at).is_none_or(|letter| !letter.is_ascii_digit());
        return is_at_border.then(Vec::new);
    };
    match part {
        Part::Anything => (at..=letters.len()).find_map(|next| fields(rest, letters, next)),
        Part::Literal(letter) => {
            let is_same = letters.get(at).is_some_and(|found| found.eq_ignore_ascii_case(letter));
            is_same.then(|| fields(rest, letters, at + 1)).flatten()
        }
        Part::Number { field, digits } => {
            let text: String = letters.get(at..at + digits)?.iter().collect();
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let value = text.parse().ok().filter(|_| is_number)?;
            let mut found = fields(rest, letters, at + digits)?;
            found.insert(0, (*field, value));
            Some(found)
        }
    }
}

/// The first or second time of a name; a second time of day alone is of the same date.
fn instant(fields: &[(Field, i16)], number: usize) -> Option<DateTime> {
    let nth = |wanted: Field, number: usize| {
        fields.iter().filter(|(field, _)| *field == wanted).nth(number).map(|(_, value)| *value)
    };
    let of_date = |field| nth(field, number).or_else(|| nth(field, 0));
    let small = |value: i16| i8::try_from(value).ok();
    let year = of_date(Field::Year).filter(|year| (2000..2100).contains(year))?;
    let date = Date::new(year, small(of_date(Field::Month)?)?, small(of_date(Field::Day)?)?).ok()?;
    let second = nth(Field::Second, number).unwrap_or(0);
    let millisecond = i32::from(nth(Field::Millisecond, number).unwrap_or(0));
    let (hour, minute) = (small(nth(Field::Hour, number)?)?, small(nth(Field::Minute, number)?)?);
    let time = Time::new(hour, minute, small(second)?, millisecond * 1_000_000).ok()?;
    Some(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let found = time_in_name(Path::new(path), &[]);
        assert_eq!(found.map(|time| time.begin.to_string()).as_deref(), expected, "{path}");
    }

    #[test]
    fn every_known_pattern_reads_its_own_example() {
        for (pattern, example) in KNOWN {
            let name = example.split_once(": ").unwrap().1;
            let found = pattern.parse::<NamePattern>().unwrap().find(&named(Path::new(name)));
            let begin = found.unwrap_or_else(|| panic!("{pattern} does not read {name}")).begin;
            let hour = if pattern.starts_with("PXL") { 0 } else { 8 };
            assert_eq!((begin.date().to_string(), begin.hour()), ("2026-03-01".to_owned(), hour), "{name}");
        }
    }

    #[test]
    fn names_as_recorders_and_phones_write_them() {
        check("/nas/NVR_ch1_main_20260301080000_20260301083000.dav", Some("2026-03-01T08:00:00"));
        check("192.168.1.64_01_20260301080000123.mp4", Some("2026-03-01T08:00:00.123"));
        check("IPC_D1_S20260301080000_E20260301083000.mp4", Some("2026-03-01T08:00:00"));
        check("VID_20260301_080000.mp4", Some("2026-03-01T08:00:00"));
        check("20260301_080000(1).mp4", Some("2026-03-01T08:00:00"));
        check("2026-03-01/001/dav/08/08.05.00-08.30.00[R][0@0][0].dav", Some("2026-03-01T08:05:00"));
        check("监控_2026-03-01 08-00-00.mkv", Some("2026-03-01T08:00:00"));
        check("2026-03-01_07-00-00/cam_20260301T080000.mp4", Some("2026-03-01T08:00:00"));
    }

    #[test]
    fn other_numbers_are_no_times() {
        for name in [
            "clip.mp4",
            "VID-20260301-WA0001.mp4",
            "20261301080000.mp4",
            "120260301080000.mp4",
            "19990301080000.mp4",
            "mmexport1772323200000.mp4",
            "hiv00001.mp4",
        ] {
            check(name, None);
        }
    }

    #[test]
    fn ends_are_read_and_utc_is_known() {
        let found = time_in_name(Path::new("a_20260301080000_20260301083000.mp4"), &[]).unwrap();
        assert_eq!((found.lasts, found.is_utc), (Some(Duration::from_secs(1800)), false));
        assert!(time_in_name(Path::new("PXL_20260301_000000123.mp4"), &[]).unwrap().is_utc);
    }

    #[test]
    fn patterns_of_ones_own() {
        let own: NamePattern = "gate*_%d.%m.%Y %H%M".parse().unwrap();
        let found = time_in_name(Path::new("gate-3_01.03.2026 0805.mp4"), std::slice::from_ref(&own));
        assert_eq!(found.unwrap().begin.to_string(), "2026-03-01T08:05:00");
        assert_eq!(time_in_name(Path::new("VID_20260301_080000.mp4"), &[own]), None, "instead of the known");
        for wrong in ["", "%Y%m%d", "%Y-%m-%d %H:%Q", "%"] {
            let refusal = wrong.parse::<NamePattern>().unwrap_err().to_string();
            assert!(refusal.contains("CAM*_%Y%m%d-%H%M%S"), "{refusal}");
        }
    }
}
