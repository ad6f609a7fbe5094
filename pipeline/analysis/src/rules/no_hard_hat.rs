//! 未佩戴安全帽: a tracked person in the zone with a bare head in most observations of the last seconds.

use std::sync::Arc;

use anjian_domain::Behaviour;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{LogicSettings, Registration, check_range, read};
use crate::SettingsError;

pub(super) const REGISTRATION: Registration = Registration { behaviour: Behaviour::NoHardHat, parse };

/// Thresholds of `no_hard_hat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// For so long a bare head must prevail before a violation opens, seconds, 0.2 to 60.
    window_s: f64,
    /// Share of bare heads among the bare and worn ones of the window that opens, 0.5 to 1.
    bare_share: f64,
    /// Share of worn ones that closes, 0.5 to 1.
    worn_share: f64,
    /// At least so many bare observations, 1 to 1,000.
    min_observations: u32,
    /// Who is gone (out of the zone, out of sight) and back within this time goes on with the same violation,
    /// seconds, 0 to 60.
    grace_s: f64,
    /// Without any bare head for so long (the head hidden) a violation closes, seconds, 1 to 3,600.
    hidden_s: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_s: 2.0,
            bare_share: 0.6,
            worn_share: 0.6,
            min_observations: 5,
            grace_s: 3.0,
            hidden_s: 30.0,
        }
    }
}

fn parse(own_keys: Map<String, Value>) -> Result<Arc<dyn LogicSettings>, SettingsError> {
    let behaviour = Behaviour::NoHardHat;
    let settings: Settings = read(behaviour, own_keys)?;
    check_range(behaviour, "window_s", settings.window_s, 0.2..=60.0, "seconds")?;
    check_range(behaviour, "bare_share", settings.bare_share, 0.5..=1.0, "")?;
    check_range(behaviour, "worn_share", settings.worn_share, 0.5..=1.0, "")?;
    check_range(behaviour, "min_observations", settings.min_observations.into(), 1.0..=1000.0, "")?;
    check_range(behaviour, "grace_s", settings.grace_s, 0.0..=60.0, "seconds")?;
    check_range(behaviour, "hidden_s", settings.hidden_s, 1.0..=3600.0, "seconds")?;
    Ok(Arc::new(settings))
}

impl LogicSettings for Settings {
    fn thresholds(&self) -> Value {
        serde_json::json!(self)
    }
}
