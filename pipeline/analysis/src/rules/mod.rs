//! The behaviours that this version can judge: one file and one line in [`registration`] each.
//!
//! A behaviour's file holds its thresholds and its logic, and only those. What all rules share, the schedule, the
//! zone, the identity of violations, is in [`rule`].

mod hot_work;
mod no_anti_static;
mod no_hard_hat;
mod overcrowding;
mod path;
mod person_episodes;
mod rule;
mod zone_membership;

use std::fmt;
use std::sync::Arc;

use anjian_domain::{
    Behaviour, CloseReason, Detection, Look, MediaTime, Moment, NormBox, Score, Seen, TrackId, TrackPoint,
    Zone,
};
use serde_json::{Map, Value};

pub(crate) use self::rule::{Origin, Rule};

use crate::camera_plan::PlacedPermit;
use crate::{Gallery, SettingsError, Track};

/// How a behaviour's settings are read.
const fn registration(behaviour: Behaviour) -> Registration {
    match behaviour {
        Behaviour::NoHardHat => no_hard_hat::REGISTRATION,
        Behaviour::HotWork => hot_work::REGISTRATION,
        Behaviour::Overcrowding => overcrowding::REGISTRATION,
        Behaviour::NoAntiStatic => no_anti_static::REGISTRATION,
    }
}

/// A behaviour's place in the list.
struct Registration {
    parse: fn(Map<String, Value>) -> Parsed,
}

/// Checked settings of a behaviour.
type Parsed = Result<Arc<dyn LogicSettings>, SettingsError>;

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

/// One frame, the same for all rules.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// When.
    pub(crate) at: Moment,
    /// Everything that the detector saw, the surest first.
    pub(crate) detections: &'a [Detection],
    /// Everybody in the picture, by id.
    pub(crate) tracks: &'a [Track],
    /// What second looks said; nothing yet when rules are asked what they want looked at.
    pub(crate) seen: &'a [Seen],
}

/// One frame as a rule sees it.
pub(crate) struct Scene<'a> {
    /// When.
    pub(crate) at: Moment,
    /// Everything that the detector saw in the picture, the surest first.
    pub(crate) detections: &'a [Detection],
    /// Everybody in the picture, by id.
    pub(crate) tracks: &'a [Track],
    /// What second looks said.
    pub(crate) seen: &'a [Seen],
    /// The rule's zone.
    pub(crate) zone: &'a Zone,
    /// Those in the rule's zone, seen in this frame or not, by id.
    pub(crate) inside: Vec<&'a Track>,
}

impl<'a> Scene<'a> {
    /// Those in the rule's zone whom this frame shows, by id.
    fn seen_inside(&self) -> impl Iterator<Item = &'a Track> {
        self.inside.iter().copied().filter(|track| track.last_seen() == self.at.media)
    }
}

/// Names a breach of a rule: a person breaks it once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BreachKey {
    /// The person, where one is meant.
    pub(crate) track: Option<TrackId>,
    /// The first observation.
    pub(crate) opened: MediaTime,
}

/// What a rule found out with a frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    /// A breach has lasted long enough.
    Began {
        track: Option<TrackId>,
        opened: Moment,
        score: Score,
        subjects: Vec<NormBox>,
        path: Vec<TrackPoint>,
    },
    /// It is over; `last` is its last observation.
    Ended { key: BreachKey, last: Moment, reason: CloseReason, path: Vec<TrackPoint> },
}

/// Reads a behaviour's own keys.
pub(crate) fn parse(behaviour: Behaviour, own_keys: Map<String, Value>) -> Parsed {
    (registration(behaviour).parse)(own_keys)
}

/// Reads settings, naming the key that is wrong and the keys that exist.
fn read<S: for<'de> serde::Deserialize<'de>>(
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

/// Mean of some scores; `None` of none.
fn mean_score(scores: impl Iterator<Item = f32>) -> Option<Score> {
    let (sum, count) = scores.fold((0.0, 0u32), |(sum, count), score| (sum + f64::from(score), count + 1));
    Score::new((sum / f64::from(count.max(1))) as f32).filter(|_| count > 0)
}
