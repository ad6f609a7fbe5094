//! 未佩戴安全帽: a tracked person in the zone with a bare head in most observations of the last seconds.
//!
//! A bare head breaks the rule, a worn hat keeps it, a hidden head is neither; how observations become one violation a
//! person-episode stands in [`person_episodes`](super::person_episodes). A hat that is lifted for half a second opens
//! nothing, one that is put on for half a second closes nothing. What is on a head the detector says, and a second
//! look where somebody takes it.

use anjian_domain::WhenAbsent::Use;
use anjian_domain::{BehaviourSpec, Class, CloseReason, FramePolicy, KeySpec, Look, LookKind, Words, unit};
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::logic::{Given, LogicSettings, RuleLogic};
use super::person_episodes::{PersonEpisodes, Reading, Source, Thresholds, Told};
use super::registration::Registration;
use super::scene::Scene;
use crate::Track;
use crate::people::Headwear;

pub(super) const REGISTRATION: Registration = Registration::of::<Settings>(SPEC);

const SPEC: BehaviourSpec = BehaviourSpec {
    name: "no_hard_hat",
    title: Words::new("未佩戴安全帽", "No hard hat"),
    help: Words::new(
        "区域内有人在最近几秒的多数观测中未戴安全帽。",
        "A tracked person in the zone has a bare head, a cap or a hood in most observations of the last seconds.",
    ),
    icon: "M3 17h18M5.5 17v-1.5a6.5 6.5 0 0 1 13 0V17M10 9.6v3.6M14 9.6v3.6M4 4l16 16",
    colour: "light-dark(#9a5b00, #e8b04b)",
    keys: KEYS,
    classes: &[Class::Head],
    looks: &[LookKind::Headwear],
    frames: FramePolicy::RestWhenStill,
};

const KEYS: &[KeySpec] = &[
    KeySpec::number("window_s", 0.2..=60.0, Use(2.5)).unit(unit::SECONDS).help(
        "未戴安全帽须持续占多数这么久，才认定违规。",
        "How long a bare head must prevail before a violation opens.",
    ),
    KeySpec::number("bare_share", 0.5..=1.0, Use(0.6)).help(
        "时间窗内的明确观测中，未戴安全帽的比例达到此值才认定违规。",
        "Share of bare heads among the bare and worn ones of the window from which on a violation opens.",
    ),
    KeySpec::number("worn_share", 0.5..=1.0, Use(0.7)).help(
        "时间窗内的明确观测中，已戴安全帽的比例达到此值时违规结束。",
        "Share of worn hats among them from which on it closes.",
    ),
    KeySpec::whole("min_observations", 1..=100, Use(5)).help(
        "至少需要这么多次未戴安全帽的观测；帧率低的摄像机会为此回看更久。",
        "The least number of bare observations. Slow cameras look back further than `window_s` to find them.",
    ),
    KeySpec::number("grace_s", 0.0..=60.0, Use(3.0)).unit(unit::SECONDS).help(
        "离开区域或画面后，在此时间内返回仍算同一次违规。",
        "A person who is out of the zone or out of sight, and back within this time, continues the same violation.",
    ),
    KeySpec::number("hidden_s", 1.0..=3600.0, Use(30.0)).unit(unit::SECONDS).help(
        "头部被遮挡、这么久未再看到未戴安全帽时，违规结束。",
        "A violation closes when no bare head was seen for this time, because the head is hidden.",
    ),
];

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 2;

/// Thresholds; [`KEYS`] says what they mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    window_s: f64,
    bare_share: f64,
    worn_share: f64,
    min_observations: u32,
    grace_s: f64,
    hidden_s: f64,
}

impl LogicSettings for Settings {
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
