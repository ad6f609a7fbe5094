//! A rule as the configuration writes it: one flat table.
//!
//! ```toml
//! [[camera.rule]]
//! behaviour = "no_hard_hat"   # which behaviour
//! id = "hats-at-the-dock"     # default: behaviour-zone
//! zone = "dock"               # default: "picture", the whole picture
//! schedule = { days = ["mon", "tue"], from = "07:00", to = "19:00" }   # default: always
//! window_s = 2.5              # everything else belongs to the behaviour
//! ```
//!
//! The common keys are taken out first and the rest goes to the behaviour's own settings, because serde's `flatten`
//! and `deny_unknown_fields` do not work together, and a misspelt threshold must never pass unnoticed.

use std::sync::Arc;

use anjian_domain::{Behaviour, ErrorKind, RuleId, ZoneId};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Schedule;
use crate::rules::{self, LogicSettings};

/// A rule of one camera, checked: every key known, every number in its range.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct RuleSettings {
    /// What it watches for.
    pub behaviour: Behaviour,
    /// Names it; `None` for the default, behaviour and zone.
    pub id: Option<RuleId>,
    /// Where; `None` for the whole picture.
    pub zone: Option<ZoneId>,
    /// When; `None` for always.
    pub schedule: Option<Schedule>,
    pub(crate) logic: Arc<dyn LogicSettings>,
}

/// Why a table is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The table does not say what it watches for.
    #[error("a rule needs the key `behaviour`, one of {}", Behaviour::ALL.map(Behaviour::as_str).join(", "))]
    NoBehaviour,
    /// A behaviour that nobody knows.
    #[error("rule: {0}")]
    UnknownBehaviour(String),
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

impl RuleSettings {
    /// A behaviour with all its defaults, in the whole picture, always.
    ///
    /// # Errors
    /// When the behaviour has a key without a default (`overcrowding` needs a limit).
    pub fn with_defaults(behaviour: Behaviour) -> Result<Self, SettingsError> {
        Self::from_parts(behaviour, Map::new())
    }

    fn from_parts(behaviour: Behaviour, mut table: Map<String, Value>) -> Result<Self, SettingsError> {
        let id = take(behaviour, &mut table, "id")?;
        let zone = take(behaviour, &mut table, "zone")?;
        let schedule = take(behaviour, &mut table, "schedule")?;
        let logic = rules::parse(behaviour, table)?;
        Ok(Self { behaviour, id, zone, schedule, logic })
    }
}

impl TryFrom<Map<String, Value>> for RuleSettings {
    type Error = SettingsError;
    fn try_from(mut table: Map<String, Value>) -> Result<Self, SettingsError> {
        let named = table.remove("behaviour").ok_or(SettingsError::NoBehaviour)?;
        let name = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
        let behaviour: Behaviour =
            name.parse().map_err(|error| SettingsError::UnknownBehaviour(format!("{error}")))?;
        Self::from_parts(behaviour, table)
    }
}

/// Takes a common key out of the table; `None` when it is not there.
fn take<T: for<'de> Deserialize<'de>>(
    behaviour: Behaviour,
    table: &mut Map<String, Value>,
    key: &'static str,
) -> Result<Option<T>, SettingsError> {
    let Some(value) = table.remove(key) else { return Ok(None) };
    let read = serde_json::from_value(value).map(Some);
    read.map_err(|error| SettingsError::CommonKey { behaviour, key, reason: error.to_string() })
}
