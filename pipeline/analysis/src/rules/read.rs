//! How a behaviour's own keys are read and checked.

use std::sync::Arc;

use anjian_domain::Behaviour;
use serde_json::{Map, Value};

use super::logic::LogicSettings;
use crate::SettingsError;

/// A behaviour's place in the list.
pub(super) struct Registration {
    pub(super) parse: fn(Map<String, Value>) -> Parsed,
}

/// Checked settings of a behaviour.
pub(super) type Parsed = Result<Arc<dyn LogicSettings>, SettingsError>;

/// Reads settings, naming the key that is wrong and the keys that exist.
pub(super) fn read<S: for<'de> serde::Deserialize<'de>>(
    behaviour: Behaviour,
    own_keys: Map<String, Value>,
) -> Result<S, SettingsError> {
    serde_path_to_error::deserialize(Value::Object(own_keys)).map_err(|error| {
        let (key, told) = (error.path().to_string(), error.inner().to_string());
        let reason = if told.starts_with("unknown field") {
            format!("{told} (besides `behaviour`, `id`, `zone`, `schedule`)")
        } else if key == "." {
            told // names the key that is missing
        } else {
            format!("key `{key}`: {told}")
        };
        SettingsError::Keys { behaviour, reason }
    })
}

/// Refuses a number outside its range, naming key, value, range and unit.
pub(super) fn check_range(
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
