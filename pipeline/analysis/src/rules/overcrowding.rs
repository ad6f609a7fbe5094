//! 区域超员: more persons in the zone than allowed, or fewer than required, for longer than allowed.

use std::sync::Arc;

use anjian_domain::Behaviour;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{LogicSettings, Registration, check_range, read};
use crate::SettingsError;

pub(super) const REGISTRATION: Registration = Registration { behaviour: Behaviour::Overcrowding, parse };

/// Thresholds of `overcrowding`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// More persons than this break the rule, 0 to 200.
    max_persons: Option<u32>,
    /// Fewer persons than this break the rule (a missing fire watcher or invigilator), 1 to 200.
    min_persons: Option<u32>,
    /// Broken for so long before a violation opens, seconds, 0 to 3,600.
    hold_s: f64,
    /// Kept for so long before it closes, seconds, 0 to 3,600.
    release_s: f64,
    /// The count is the median over this time, so that a missed detection does not count, seconds, 0 to 10.
    smooth_s: f64,
    /// A person out of sight for at most this long still counts, seconds, 0 to 10.
    unseen_s: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_persons: None,
            min_persons: None,
            hold_s: 3.0,
            release_s: 3.0,
            smooth_s: 1.0,
            unseen_s: 1.0,
        }
    }
}

fn parse(own_keys: Map<String, Value>) -> Result<Arc<dyn LogicSettings>, SettingsError> {
    let behaviour = Behaviour::Overcrowding;
    let settings: Settings = read(behaviour, own_keys)?;
    check_limits(&settings).map_err(|reason| SettingsError::Range { behaviour, reason })?;
    for (key, value, most) in [
        ("max_persons", settings.max_persons.map_or(0.0, f64::from), 200.0),
        ("hold_s", settings.hold_s, 3600.0),
        ("release_s", settings.release_s, 3600.0),
        ("smooth_s", settings.smooth_s, 10.0),
        ("unseen_s", settings.unseen_s, 10.0),
    ] {
        check_range(behaviour, key, value, 0.0..=most, if key.ends_with("_s") { "seconds" } else { "" })?;
    }
    check_range(behaviour, "min_persons", settings.min_persons.map_or(1.0, f64::from), 1.0..=200.0, "")?;
    Ok(Arc::new(settings))
}

fn check_limits(settings: &Settings) -> Result<(), String> {
    match (settings.min_persons, settings.max_persons) {
        (None, None) => Err("set `max_persons`, `min_persons` or both".to_owned()),
        (Some(min), Some(max)) if min > max => Err(format!(
            "`min_persons` = {min} is more than `max_persons` = {max}: nothing could satisfy both"
        )),
        _ => Ok(()),
    }
}

impl LogicSettings for Settings {
    fn thresholds(&self) -> Value {
        serde_json::json!(self)
    }
}
