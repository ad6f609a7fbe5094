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
//! The common keys are taken out first and the rest is checked against the keys of the behaviour: a misspelt threshold
//! must never pass unnoticed.

use std::sync::Arc;

use anjian_domain::{Behaviour, BehaviourSpec, RuleId, ZoneId};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::rules::{Behaviours, LogicSettings};
use crate::{Schedule, SettingsError};

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
    spec: BehaviourSpec,
    /// Every threshold, defaults filled in.
    pub(crate) thresholds: Value,
    pub(crate) logic: Arc<dyn LogicSettings>,
}

impl RuleSettings {
    /// Reads the table of a rule that may watch for any of these behaviours. A table read through serde may watch for
    /// those of this version.
    ///
    /// # Errors
    /// Names the key that is wrong, and what is allowed.
    pub fn read(mut table: Map<String, Value>, behaviours: &Behaviours) -> Result<Self, SettingsError> {
        let named = table.remove("behaviour").ok_or_else(|| no_behaviour(behaviours))?;
        let name = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
        let registration = behaviours.find(&name)?;
        let spec = *registration.spec();
        let behaviour = spec.behaviour();
        let id = take(&behaviour, &mut table, "id")?;
        let zone = take(&behaviour, &mut table, "zone")?;
        let schedule = take(&behaviour, &mut table, "schedule")?;
        let parsed = registration.read(table)?;
        Ok(Self { behaviour, id, zone, schedule, spec, thresholds: parsed.thresholds, logic: parsed.logic })
    }

    /// What is said of its behaviour.
    #[must_use]
    pub const fn spec(&self) -> &BehaviourSpec {
        &self.spec
    }
}

impl TryFrom<Map<String, Value>> for RuleSettings {
    type Error = SettingsError;
    fn try_from(table: Map<String, Value>) -> Result<Self, SettingsError> {
        Self::read(table, &Behaviours::built_in())
    }
}

fn no_behaviour(behaviours: &Behaviours) -> SettingsError {
    let known: Vec<_> = behaviours.iter().map(|spec| spec.name).collect();
    SettingsError::NoBehaviour { known: known.join(", ") }
}

/// Takes a common key out of the table; `None` when it is not there.
fn take<T: for<'de> Deserialize<'de>>(
    behaviour: &Behaviour,
    table: &mut Map<String, Value>,
    key: &'static str,
) -> Result<Option<T>, SettingsError> {
    let Some(value) = table.remove(key) else { return Ok(None) };
    let refuse = |error: serde_json::Error| SettingsError::CommonKey {
        behaviour: behaviour.clone(),
        key,
        reason: error.to_string(),
    };
    serde_json::from_value(value).map(Some).map_err(refuse)
}
