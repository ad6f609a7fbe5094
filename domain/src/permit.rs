//! Permits for hot work.
//!
//! A permit says what may burn where and when. Whether it was rightly given is not for a camera to judge.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{WallTime, ZoneId};

/// How dangerous the place of the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PermitClass {
    /// 特级动火: beside running plant, in tanks and pits, on holidays.
    #[serde(rename = "special")]
    Special,
    /// 一级动火: where things can burn or explode.
    #[serde(rename = "1")]
    First,
    /// 二级动火: elsewhere.
    #[serde(rename = "2")]
    Second,
}

/// A name that is no class of permits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a class of permits: use \"special\", \"1\" or \"2\"")]
pub struct UnknownPermitClass(pub String);

impl PermitClass {
    /// Every class, the most dangerous first.
    pub const ALL: [Self; 3] = [Self::Special, Self::First, Self::Second];

    /// The name in files and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Special => "special",
            Self::First => "1",
            Self::Second => "2",
        }
    }
}

impl fmt::Display for PermitClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PermitClass {
    type Err = UnknownPermitClass;
    fn from_str(text: &str) -> Result<Self, UnknownPermitClass> {
        let named = Self::ALL.into_iter().find(|class| class.as_str() == text);
        named.ok_or_else(|| UnknownPermitClass(text.to_owned()))
    }
}

/// A hot-work ticket for one camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// As the site numbers it.
    pub id: String,
    /// How dangerous the place is.
    pub class: PermitClass,
    /// Where; `None` for all that the camera sees.
    #[serde(default)]
    pub zone: Option<ZoneId>,
    /// The first moment that it covers.
    pub from: WallTime,
    /// The first moment that it does not cover any more.
    pub to: WallTime,
    /// Whether somebody besides the worker must be there.
    #[serde(default)]
    pub fire_watcher: bool,
}

impl Permit {
    /// Whether it covers a moment: from `from`, before `to`.
    #[must_use]
    pub fn covers(&self, wall: WallTime) -> bool {
        self.from <= wall && wall < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permit() -> Permit {
        let written = r#"{ "id": "DH-2026-031", "class": "1", "zone": "bund", "from": "2026-03-02T08:00:00+08:00",
            "to": "2026-03-02T16:00:00+08:00", "fire_watcher": true }"#;
        serde_json::from_str(written).unwrap()
    }

    #[test]
    fn a_permit_covers_from_its_first_moment_to_before_its_last() {
        for (wall, expected) in [
            ("2026-03-01T23:59:59.999Z", false),
            ("2026-03-02T00:00:00Z", true),
            ("2026-03-02T07:59:59.999Z", true),
            ("2026-03-02T08:00:00Z", false),
        ] {
            assert_eq!(permit().covers(wall.parse().unwrap()), expected, "{wall}");
        }
    }

    #[test]
    fn permits_are_read_as_they_are_written() {
        let permit = permit();
        let again: Permit = serde_json::from_str(&serde_json::to_string(&permit).unwrap()).unwrap();
        assert_eq!(again, permit);
        for class in PermitClass::ALL {
            assert_eq!(class.as_str().parse(), Ok(class));
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
        assert_eq!("3".parse::<PermitClass>(), Err(UnknownPermitClass("3".to_owned())));
    }
}
