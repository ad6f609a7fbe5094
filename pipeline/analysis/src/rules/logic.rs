//! What a behaviour's file has to offer: its thresholds, and its logic.

use std::fmt;

use anjian_domain::{CloseReason, Look};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::placed_permit::PlacedPermit;
use super::scene::Scene;
use crate::Gallery;

/// A behaviour's own thresholds.
pub(crate) trait LogicSettings: fmt::Debug + Send + Sync {
    /// Every threshold, defaults filled in.
    fn thresholds(&self) -> Value;

    /// Counts the changes of the logic itself: the same thresholds under another revision may judge otherwise.
    fn revision(&self) -> u32;

    /// What else decides, besides thresholds, zone and tracker: keys of the rule's definition.
    fn grounds(&self, _given: &Given<'_>) -> Map<String, Value> {
        Map::new()
    }

    /// Logic that has seen nothing yet.
    ///
    /// # Errors
    /// What is missing, and what to do.
    fn logic(&self, given: &Given<'_>) -> Result<Box<dyn RuleLogic>, String>;
}

/// What the site has given for its rules to judge by.
pub(crate) struct Given<'a> {
    pub(crate) permits: &'a [PlacedPermit],
    pub(crate) galleries: &'a [Gallery],
}

/// Finds the breaches of one rule, frame by frame.
pub(crate) trait RuleLogic: Send {
    /// What must be looked at more closely to judge this frame well. Nobody may be able to.
    fn looks(&self, _scene: &Scene<'_>) -> Vec<Look> {
        Vec::new()
    }

    /// What began and ended with this frame.
    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding>;

    /// Ends what is open at its last breach and forgets everything.
    fn stop(&mut self, reason: CloseReason) -> Vec<Finding>;

    /// Whether it needs no frames while nothing moves in an empty picture.
    fn may_rest(&self) -> bool {
        true
    }

    /// What people should know of how well it can judge; each thing once.
    fn remark(&mut self) -> Option<String> {
        None
    }
}
