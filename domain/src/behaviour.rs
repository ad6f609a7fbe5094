//! What a rule watches for, by name.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of a behaviour that breaks a rule, such as `no_hard_hat`: in files, URLs and the database. Cheap to clone.
///
/// Only its letters are checked. Which behaviours there are is for a [`BehaviourList`](crate::BehaviourList) to know:
/// a database that holds a behaviour of an older or newer version still opens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Behaviour(Arc<str>);

/// Why a text cannot name a behaviour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a behaviour: use 1 to 64 of a-z, 0-9 and '_', beginning with a letter")]
pub struct BehaviourNameError {
    text: String,
}

/// Whether a text is snake_case and short: it stands in URLs, metric labels and the versions of rules.
pub(crate) const fn is_valid_name(text: &str) -> bool {
    let letters = text.as_bytes();
    let mut at = 0;
    while at < letters.len() {
        if !matches!(letters[at], b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        at += 1;
    }
    !letters.is_empty() && letters.len() <= 64 && letters[0].is_ascii_lowercase()
}

impl Behaviour {
    /// As it stands in rules.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Behaviour {
    type Err = BehaviourNameError;
    fn from_str(text: &str) -> Result<Self, BehaviourNameError> {
        if is_valid_name(text) {
            Ok(Self(text.into()))
        } else {
            Err(BehaviourNameError { text: text.to_owned() })
        }
    }
}

impl TryFrom<String> for Behaviour {
    type Error = BehaviourNameError;
    fn try_from(text: String) -> Result<Self, BehaviourNameError> {
        text.parse()
    }
}

impl From<Behaviour> for String {
    fn from(behaviour: Behaviour) -> Self {
        behaviour.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_snake_case() {
        for good in ["a", "no_hard_hat", "x2", "of_another_version", &"x".repeat(64)] {
            assert!(good.parse::<Behaviour>().is_ok(), "{good}");
        }
        for bad in ["", "_a", "2x", "No_hat", "no-hat", "no hat", "安全帽", &"x".repeat(65)] {
            assert!(bad.parse::<Behaviour>().is_err(), "{bad}");
        }
    }

    #[test]
    fn json_holds_the_plain_name() {
        let behaviour: Behaviour = serde_json::from_str("\"no_hard_hat\"").unwrap();
        assert_eq!(serde_json::to_string(&behaviour).unwrap(), "\"no_hard_hat\"");
        assert!(serde_json::from_str::<Behaviour>("\"No hat\"").is_err());
    }
}
