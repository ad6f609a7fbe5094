//! 未佩戴安全帽: a tracked person in the zone with a bare head in most observations of the last seconds.
//!
//! A bare head breaks the rule, a worn hat keeps it, a hidden head is neither; how observations become one violation a
//! person-episode stands in [`person_episodes`](super::person_episodes). A hat that is lifted for half a second opens
//! nothing, one that is put on for half a second closes nothing. What is on a head the detector says, and a second
//! look where somebody takes it.

use std::sync::Arc;

use anjian_domain::{Behaviour, CloseReason, Look};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::logic::{Given, LogicSettings, RuleLogic};
use super::person_episodes::{PersonEpisodes, Reading, Source, Thresholds, Told};
use super::read::{Parsed, Registration, check_range, read};
use super::scene::Scene;
use crate::Track;
use crate::people::Headwear;

pub(super) const REGISTRATION: Registration = Registration { parse };

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 2;

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
    /// At least so many bare observations, 1 to 100. Slow cameras look back further than `window_s` to find them.
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
            window_s: 2.5,
            bare_share: 0.6,
            worn_share: 0.7,
            min_observations: 5,
            grace_s: 3.0,
            hidden_s: 30.0,
        }
    }
}

fn parse(own_keys: Map<String, Value>) -> Parsed {
    let behaviour = Behaviour::NoHardHat;
    let settings: Settings = read(behaviour, own_keys)?;
    check_range(behaviour, "window_s", settings.window_s, 0.2..=60.0, "seconds")?;
    check_range(behaviour, "bare_share", settings.bare_share, 0.5..=1.0, "")?;
    check_range(behaviour, "worn_share", settings.worn_share, 0.5..=1.0, "")?;
    check_range(behaviour, "min_observations", settings.min_observations.into(), 1.0..=100.0, "")?;
    check_range(behaviour, "grace_s", settings.grace_s, 0.0..=60.0, "seconds")?;
    check_range(behaviour, "hidden_s", settings.hidden_s, 1.0..=3600.0, "seconds")?;
    Ok(Arc::new(settings))
}

impl LogicSettings for Settings {
    fn thresholds(&self) -> Value {
        serde_json::json!(self)
    }

    fn revision(&self) -> u32 {
        REVISION
    }

    fn logic(&self, _: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        let thresholds = Thresholds {
            window_s: self.window_s,
            breach_share: self.bare_share,
            kept_share: self.worn_share,
            min_observations: self.min_observations,
            grace_s: self.grace_s,
            hidden_s: self.hidden_s,
        };
        Ok(Box::new(Logic { episodes: PersonEpisodes::new(thresholds) }))
    }
}

/// Reads heads.
struct Logic {
    episodes: PersonEpisodes,
}

impl RuleLogic for Logic {
    fn looks(&self, scene: &Scene<'_>) -> Vec<Look> {
        scene.inside.iter().filter_map(|track| track.head_look_due()).collect()
    }

    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        self.episodes.evaluate(scene, read_head)
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        self.episodes.stop(reason)
    }
}

/// `None` when the head was hidden: that is no evidence either way.
fn read_head(track: &Track) -> Option<Reading> {
    let told = match track.headwear() {
        Headwear::Bare | Headwear::Other => Told::Broken,
        Headwear::Worn => Told::Kept,
        Headwear::Unknown => return None,
    };
    Some(Reading { told, score: track.head_score().value(), subject: track.head(), source: Source::Observed })
}
