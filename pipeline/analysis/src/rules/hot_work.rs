//! 违规动火: arc, sparks or open flame in the zone that persists and flickers, while no permit covers it, or the permit
//! asks for a fire watcher and nobody else is there.
//!
//! - A **fire** is what burns in one place over time. It is believed when it has lasted for `persist_s` and behaves
//!   like fire; what lamps, beacons and glints do stands in [`flicker`]. Smoke alone is no fire.
//! - **Opens** when a believed fire has burnt without permit for `persist_s`, or under a permit that asks for a fire
//!   watcher while fewer than two persons were seen in the zone for `unwatched_s`. It opened with the first of those
//!   observations.
//! - **Closes** when no such fire was seen for `grace_s`, and in two frames at least. It closed with the last one.
//!
//! One violation a zone, however many fires burn in it. Whether a permit was rightly given is not judged.

mod fires;
mod flicker;
mod glow;
mod permission;
mod place;
mod settings;
mod streak;

use anjian_domain::{CloseReason, Look, LookKind, Moment};
use serde_json::{Map, Value};

use self::fires::{Fire, Fires};
use self::permission::Permits;
use self::settings::{SPEC, Settings};
use self::streak::Streak;
use super::finding::{BreachKey, Finding, mean_score};
use super::logic::{Given, LogicSettings, RuleLogic};
use super::registration::Registration;
use super::scene::Scene;

pub(super) const REGISTRATION: Registration = Registration::of::<Settings>(SPEC);

/// Raised whenever this file or its folder judges differently with the same thresholds.
const REVISION: u32 = 5;
/// The pace of a camera is told after so many frames.
const PACE_FRAMES: u32 = 10;

impl LogicSettings for Settings {
    fn revision(&self) -> u32 {
        REVISION
    }

    fn grounds(&self, given: &Given<'_>) -> Map<String, Value> {
        let written = given.permits.iter().map(permission::written).collect();
        Map::from_iter([("permits".to_owned(), Value::Array(written))])
    }

    fn logic(&self, given: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        Ok(Box::new(Logic {
            settings: self.clone(),
            permits: Permits::new(given.permits),
            fires: Fires::default(),
            open: None,
            pace: Pace::default(),
        }))
    }
}

/// Watches the fires of a zone.
struct Logic {
    settings: Settings,
    permits: Permits,
    fires: Fires,
    /// From the first to the last observation of the violation that is open.
    open: Option<Streak>,
    pace: Pace,
}

impl RuleLogic for Logic {
    fn looks(&self, scene: &Scene<'_>) -> Vec<Look> {
        let look = |bounds| Look { kind: LookKind::Light, track: None, person: None, head: None, bounds };
        let burning = fires::burning(scene).map(|detection| detection.bounds);
        burning.chain(self.fires.places()).map(look).collect()
    }

    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        let Self { settings, permits, fires, .. } = self;
        self.pace.note(scene.at);
        fires.advance(scene, settings);
        let breaking: Vec<&Fire> = fires
            .iter_mut()
            .filter_map(|fire| {
                let permission = permits.permission(scene, fire.bounds());
                fire.weigh(scene.at, permission, settings).then_some(&*fire)
            })
            .collect();
        let Some(open) = &mut self.open else {
            let begun = begin(&breaking);
            self.open = begun.as_ref().map(|(opened, _)| Streak::from(*opened, scene.at));
            return begun.map(|(_, finding)| finding).into_iter().collect();
        };
        if breaking.is_empty() {
            open.miss();
        } else {
            open.go_on(scene.at);
        }
        let is_over = open.is_over(scene.at, settings.grace_s);
        if is_over { self.close(CloseReason::Ended).into_iter().collect() } else { Vec::new() }
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        let ended = self.close(reason);
        self.fires = Fires::default();
        self.pace.pause();
        ended.into_iter().collect()
    }

    fn remark(&mut self) -> Option<String> {
        let fps = self.pace.slow_fps(self.settings.min_fps)?;
        Some(format!(
            "{fps:.1} frames a second are judged, fewer than min_fps = {}: blinking cannot be told from burning, so only \
             what every frame shows for {} frames, and varies in shape and light, is taken for a fire: raise `analysis_fps` of the camera",
            self.settings.min_fps, self.settings.min_observations
        ))
    }
}

impl Logic {
    /// Ends what is open; fires that burn on have to break the rule anew.
    fn close(&mut self, reason: CloseReason) -> Option<Finding> {
        let open = self.open.take()?;
        self.fires.iter_mut().for_each(Fire::forget_breach);
        let key = BreachKey { track: None, opened: open.first().media };
        Some(Finding::Ended { key, last: open.last(), reason, path: Vec::new() })
    }
}

/// The violation that these fires are, and when it opened; `None` of no fires.
fn begin(breaking: &[&Fire]) -> Option<(Moment, Finding)> {
    let begun = breaking.iter().filter_map(|fire| fire.broken_since());
    let opened = begun.min_by_key(|since| since.media)?;
    let score = mean_score(breaking.iter().flat_map(|fire| fire.scores()))?;
    let subjects = breaking.iter().flat_map(|fire| fire.boxes()).copied().collect();
    Some((opened, Finding::Began { track: None, opened, score, subjects, path: Vec::new() }))
}

/// How many frames a second are judged.
#[derive(Debug, Default)]
struct Pace {
    /// Since when, and how many since then.
    counted: Option<(Moment, u32)>,
    fps: Option<f64>,
    is_told: bool,
}

impl Pace {
    fn note(&mut self, at: Moment) {
        let (since, frames) = self.counted.map_or((at, 0), |(since, frames)| (since, frames + 1));
        self.counted = Some((since, frames));
        if frames == PACE_FRAMES {
            self.fps = Some(f64::from(frames) / at.media.since(since.media).as_secs_f64().max(f64::EPSILON));
        }
    }

    /// A time without frames is no slow frame.
    fn pause(&mut self) {
        self.counted = None;
    }

    /// The pace, once, when it is slower than `min_fps` by more than a camera's own irregularity.
    fn slow_fps(&mut self, min_fps: f64) -> Option<f64> {
        let slow = self.fps.filter(|fps| *fps < 0.95 * min_fps && !self.is_told)?;
        self.is_told = true;
        Some(slow)
    }
}
