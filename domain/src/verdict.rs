//! What an inspector made of a violation. Says nothing of whether the violation goes on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an inspector made of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody judged it yet.
    None,
    /// It is one.
    Confirmed,
    /// It is none.
    Dismissed,
}

/// A name that is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a verdict: use none, confirmed or dismissed")]
pub struct UnknownVerdict(pub String);

impl Verdict {
    /// Every verdict, in the order in which lists show them.
    pub const ALL: [Self; 3] = [Self::None, Self::Confirmed, Self::Dismissed];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = UnknownVerdict;
    fn from_str(text: &str) -> Result<Self, UnknownVerdict> {
        let named = Self::ALL.into_iter().find(|verdict| verdict.as_str() == text);
        named.ok_or_else(|| UnknownVerdict(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
        }
        for bad in ["", "open", "Confirmed"] {
            assert!(
                bad.parse::<Verdict>().unwrap_err().to_string().contains("confirmed or dismissed"),
                "{bad}"
            );
        }
    }
}
