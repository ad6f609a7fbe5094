//! Names of things. People write site, camera, zone and rule ids into the configuration; the rest are made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id: use 1 to 64 of a-z, A-Z, 0-9, '-' and '_', beginning with a letter or digit")]
pub struct IdError {
    text: String,
}

/// Ids stand in URLs, file paths and metric labels, so their letters are those that need no escaping anywhere.
fn is_valid_id(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=64).contains(&text.len())
        && text.chars().all(is_plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

macro_rules! written_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as it stands in the configuration.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                if is_valid_id(&text) { Ok(Self(text)) } else { Err(IdError { text }) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

written_id!(
    /// One enterprise's premises.
    SiteId
);
written_id!(
    /// A camera; unique over all sites, because it names folders and URLs.
    CameraId
);
written_id!(
    /// A zone; unique in its camera.
    ZoneId
);
written_id!(
    /// A rule; unique in its camera.
    RuleId
);

macro_rules! made_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

made_id!(
    /// One analysis of one source. Live: a version 7 UUID, which sorts by the time it was made. Archive: a version 5
    /// UUID of footage, start, model and rules, so that the same analysis made again adds nothing twice.
    RunId
);
made_id!(
    /// A violation. A version 5 UUID of its Run, camera, rule, track and opening, so that recording the same
    /// violation twice (a retry after a crash) cannot make two.
    ViolationId
);

/// A track; unique in its Run, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u64);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_ids_keep_to_plain_letters() {
        for good in ["a", "dock-1", "Gate_2", "7", &"x".repeat(64)] {
            assert!(CameraId::from_str(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "_a", "a b", "../x", "闸口", "a/b", &"x".repeat(65)] {
            assert!(CameraId::from_str(bad).is_err(), "{bad}");
        }
    }
}
