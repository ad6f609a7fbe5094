//! Whether a violation goes on. What an inspector made of it is its verdict.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether a violation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationStatus {
    /// Still going on.
    Open,
    /// Over.
    Closed,
}

/// A name that is no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a status: use open or closed")]
pub struct UnknownStatus(pub String);

impl ViolationStatus {
    /// Every status, in the order in which lists show them.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for ViolationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ViolationStatus {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        let named = Self::ALL.into_iter().find(|status| status.as_str() == text);
        named.ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}
