//! What a rule watches for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A behaviour that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// 未佩戴安全帽: a person in the zone with a bare head.
    NoHardHat,
    /// 违规动火: arc, sparks or open flame without a permit.
    HotWork,
    /// 区域超员: more persons in the zone than allowed, or fewer than required.
    Overcrowding,
    /// 未穿防静电服: a garment that the site has not approved.
    NoAntiStatic,
}

/// A name that is no behaviour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a behaviour: use no_hard_hat, hot_work, overcrowding or no_anti_static")]
pub struct UnknownBehaviour(pub String);

impl Behaviour {
    /// Every behaviour, in the order in which lists show them.
    pub const ALL: [Self; 4] = [Self::NoHardHat, Self::HotWork, Self::Overcrowding, Self::NoAntiStatic];

    /// The name in files, URLs and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoHardHat => "no_hard_hat",
            Self::HotWork => "hot_work",
            Self::Overcrowding => "overcrowding",
            Self::NoAntiStatic => "no_anti_static",
        }
    }

    /// The name that inspectors read in Chinese.
    #[must_use]
    pub const fn zh_cn(self) -> &'static str {
        match self {
            Self::NoHardHat => "未佩戴安全帽",
            Self::HotWork => "违规动火",
            Self::Overcrowding => "区域超员",
            Self::NoAntiStatic => "未穿防静电服",
        }
    }

    /// The name that inspectors read in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::NoHardHat => "No hard hat",
            Self::HotWork => "Illegal hot work",
            Self::Overcrowding => "Overcrowded area",
            Self::NoAntiStatic => "No anti-static garment",
        }
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Behaviour {
    type Err = UnknownBehaviour;
    fn from_str(text: &str) -> Result<Self, UnknownBehaviour> {
        let named = Self::ALL.into_iter().find(|behaviour| behaviour.as_str() == text);
        named.ok_or_else(|| UnknownBehaviour(text.to_owned()))
    }
}
