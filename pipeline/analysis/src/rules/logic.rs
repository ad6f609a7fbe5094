//! What a behaviour's file has to offer: its thresholds, and its logic.

use std::fmt;

use anjian_domain::{CloseReason, Look};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::placed_permit::PlacedPermit;
use super::scene::Scene;
use crate::Gallery;

/// A behaviour's own thresholds.
pub trait LogicSettings: fmt::Debug + Send + Sync {
    /// Whether the keys make sense together. Each by itself lies in its range.
    ///
    /// # Errors
    /// Names the keys and what is wrong with them.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

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
pub struct Given<'a> {
    /// The camera's hot-work tickets.
    pub permits: &'a [PlacedPermit],
    /// The galleries of approved garments.
    pub galleries: &'a [Gallery],
}

/// Finds the breaches of one rule, frame by frame.
pub trait RuleLogic: Send {
    /// What must be looked at more closely to judge this frame well. Nobody may be able to.
    fn looks(&self, _scene: &Scene<'_>) -> Vec<Look> {
        Vec::new()
    }

    /// What began and ended with this frame.
    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding>;

    /// Ends what is open at its last breach and forgets everything.
    fn stop(&mut self, reason: CloseReason) -> Vec<Finding>;

    /// Whether these settings need no frames while nothing moves in an empty picture. Asked only of behaviours that rest
    /// ([`FramePolicy::RestWhenStill`](anjian_domain::FramePolicy)).
    fn may_rest(&self) -> bool {
        true
    }

    /// What people should know of how well it can judge; each thing once.
    fn remark(&mut self) -> Option<String> {
        None
    }
}
