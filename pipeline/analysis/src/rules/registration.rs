//! What a behaviour's file registers: its statement, and how its own keys are read.

use std::sync::Arc;

use anjian_domain::BehaviourSpec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::logic::LogicSettings;
use super::read;
use crate::SettingsError;

/// A behaviour: what is said of it, and what judges it.
#[derive(Debug, Clone, Copy)]
pub struct Registration {
    spec: BehaviourSpec,
    parse: fn(&BehaviourSpec, Map<String, Value>) -> Result<Parsed, SettingsError>,
}

/// A rule's own keys, checked.
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    /// Every threshold, defaults filled in.
    pub(crate) thresholds: Value,
    pub(crate) logic: Arc<dyn LogicSettings>,
}

impl Registration {
    /// `S` has a field for each key of the statement, of the same name: an `f64`, a `u32` or a `String`, and an `Option`
    /// of it where the key has no default and may be left out.
    ///
    /// # Panics
    /// As [`BehaviourSpec::checked`]; of a constant, when it is compiled.
    #[must_use]
    pub const fn of<S: LogicSettings + Serialize + DeserializeOwned + 'static>(spec: BehaviourSpec) -> Self {
        Self { spec: spec.checked(), parse: parse::<S> }
    }

    /// What is said of the behaviour.
    #[must_use]
    pub const fn spec(&self) -> &BehaviourSpec {
        &self.spec
    }

    /// Reads a rule's own keys.
    pub(crate) fn read(&self, own_keys: Map<String, Value>) -> Result<Parsed, SettingsError> {
        (self.parse)(&self.spec, own_keys)
    }
}

fn parse<S: LogicSettings + Serialize + DeserializeOwned + 'static>(
    spec: &BehaviourSpec,
    own_keys: Map<String, Value>,
) -> Result<Parsed, SettingsError> {
    let settings: S = read::settings(spec, own_keys)?;
    let refuse = |reason| SettingsError::Range { behaviour: spec.behaviour(), reason };
    settings.check().map_err(refuse)?;
    Ok(Parsed { thresholds: json!(settings), logic: Arc::new(settings) })
}
