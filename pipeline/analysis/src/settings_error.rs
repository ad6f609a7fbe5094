//! Why a table is no rule.

use anjian_domain::{Behaviour, ErrorKind, UnknownBehaviour};

/// Why a table is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The table does not say what it watches for.
    #[error("a rule needs the key `behaviour`, one of {known}")]
    NoBehaviour {
        /// The behaviours that there are.
        known: String,
    },
    /// A behaviour that this version cannot judge.
    #[error("rule: {0}")]
    UnknownBehaviour(#[from] UnknownBehaviour),
    /// A value of a key that every rule has.
    #[error("rule {behaviour}: key `{key}`: {reason}")]
    CommonKey {
        /// Of which rule.
        behaviour: Behaviour,
        /// `id`, `zone` or `schedule`.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An unknown key, or a value of the wrong type.
    #[error("rule {behaviour}: {reason}")]
    Keys {
        /// Of which rule.
        behaviour: Behaviour,
        /// Names the key and, when it is unknown, the keys that exist.
        reason: String,
    },
    /// A number that makes no sense.
    #[error("rule {behaviour}: {reason}")]
    Range {
        /// Of which rule.
        behaviour: Behaviour,
        /// Names the key, its value and the range.
        reason: String,
    },
}

impl SettingsError {
    /// A person must correct the configuration.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
