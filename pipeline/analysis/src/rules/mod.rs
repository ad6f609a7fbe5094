//! The behaviours that this version can judge: one file and one line in [`REGISTERED`] each.

mod no_hard_hat;
mod overcrowding;

use std::fmt;
use std::sync::Arc;

use anjian_domain::Behaviour;
use serde_json::{Map, Value};

use crate::SettingsError;

/// A behaviour and how its settings are read.
pub(crate) struct Registration {
    behaviour: Behaviour,
    parse: fn(Map<String, Value>) -> Result<Arc<dyn LogicSettings>, SettingsError>,
}

/// Every behaviour that this version can judge.
const REGISTERED: [Registration; 2] = [no_hard_hat::REGISTRATION, overcrowding::REGISTRATION];

/// A behaviour's own thresholds.
pub(crate) trait LogicSettings: fmt::Debug + Send + Sync {
    /// Every threshold, defaults filled in.
    fn thresholds(&self) -> Value;
}

/// The names of the behaviours that this version can judge.
pub(crate) fn available() -> [&'static str; REGISTERED.len()] {
    REGISTERED.map(|registration| registration.behaviour.as_str())
}

/// Reads a behaviour's own keys.
pub(crate) fn parse(
    behaviour: Behaviour,
    own_keys: Map<String, Value>,
) -> Result<Arc<dyn LogicSettings>, SettingsError> {
    let registered = REGISTERED.iter().find(|registration| registration.behaviour == behaviour);
    let registration = registered.ok_or(SettingsError::NotAvailable { behaviour })?;
    (registration.parse)(own_keys)
}

/// Reads settings, naming the key that is wrong and the keys that exist.
fn read<S: for<'de> serde::Deserialize<'de>>(
    behaviour: Behaviour,
    own_keys: Map<String, Value>,
) -> Result<S, SettingsError> {
    serde_json::from_value(Value::Object(own_keys))
        .map_err(|error| SettingsError::Keys { behaviour, reason: error.to_string() })
}

/// Refuses a number outside its range, naming key, value, range and unit.
fn check_range(
    behaviour: Behaviour,
    key: &str,
    value: f64,
    range: std::ops::RangeInclusive<f64>,
    unit: &str,
) -> Result<(), SettingsError> {
    if range.contains(&value) {
        return Ok(());
    }
    let reason = format!("`{key}` = {value} must lie between {} and {} {unit}", range.start(), range.end());
    Err(SettingsError::Range { behaviour, reason: reason.trim_end().to_owned() })
}
