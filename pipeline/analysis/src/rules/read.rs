//! How a behaviour's own keys are read: defaults and ranges come from its statement alone.

use anjian_domain::{BehaviourSpec, KeySpec, KeyValue, WhenAbsent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::SettingsError;

/// Checks the keys, fills in what is left out, and reads the whole.
pub(super) fn settings<S: DeserializeOwned>(
    spec: &BehaviourSpec,
    mut own_keys: Map<String, Value>,
) -> Result<S, SettingsError> {
    let refuse = |reason| SettingsError::Keys { behaviour: spec.behaviour(), reason };
    if let Some(unknown) = own_keys.keys().find(|name| spec.key(name).is_none()) {
        return Err(refuse(unknown_key(spec, unknown)));
    }
    for key in spec.keys {
        if !own_keys.contains_key(key.name) {
            let value = default_of(key).ok_or_else(|| refuse(format!("key `{}` is missing", key.name)))?;
            own_keys.insert(key.name.to_owned(), value);
        }
    }
    let numbers: Vec<_> =
        spec.keys.iter().filter_map(|key| Some((key, own_keys.get(key.name)?.as_f64()?))).collect();
    // Before they are read: a negative number has no unsigned one, which serde would say in words of its own.
    for (key, value) in numbers {
        check_range(key, value)
            .map_err(|reason| SettingsError::Range { behaviour: spec.behaviour(), reason })?;
    }
    let read = serde_path_to_error::deserialize(Value::Object(own_keys));
    read.map_err(|error| refuse(format!("key `{}`: {}", error.path(), error.inner())))
}

fn unknown_key(spec: &BehaviourSpec, name: &str) -> String {
    let known: Vec<_> = spec.keys.iter().map(|key| format!("`{}`", key.name)).collect();
    format!(
        "unknown field `{name}`, expected one of {} (besides `behaviour`, `id`, `zone`, `schedule`)",
        known.join(", ")
    )
}

/// `None` of a key that must be there.
fn default_of(key: &KeySpec) -> Option<Value> {
    match key.value {
        KeyValue::Number { absent, .. } => stand_in(absent),
        KeyValue::Whole { absent, .. } => stand_in(absent),
        KeyValue::Text { absent } => stand_in(absent),
    }
}

fn stand_in<T: Serialize>(absent: WhenAbsent<T>) -> Option<Value> {
    match absent {
        WhenAbsent::Use(value) => Some(json!(value)),
        WhenAbsent::Unset => Some(Value::Null),
        WhenAbsent::Refuse => None,
    }
}

/// Names key, value, range and unit.
fn check_range(key: &KeySpec, value: f64) -> Result<(), String> {
    let (least, most) = match key.value {
        KeyValue::Number { least, most, .. } => (least, most),
        KeyValue::Whole { least, most, .. } => (f64::from(least), f64::from(most)),
        KeyValue::Text { .. } => return Ok(()),
    };
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let unit = key.unit.map_or_else(String::new, |unit| format!(" {}", unit.en));
    Err(format!("`{}` = {value} must lie between {least} and {most}{unit}", key.name))
}
