//! 未佩戴安全帽: a tracked person in the zone with a bare head in most observations of the last seconds.
//!
//! For each person a window of the newest observations that tell something: bare or worn. A hidden head is neither.
//! - **Opens** on a bare observation, when the window reaches back `window_s`, bare has a share of at least
//!   `bare_share` and there are `min_observations` bare ones. It opened with the first bare one of that window.
//!   Until then the window begins with a bare one, and begins anew when worn ones outnumber bare ones.
//! - **Closes** when worn has a share of at least `worn_share`, when the person was out of the zone or out of sight
//!   for longer than `grace_s`, or when no bare head was seen for `hidden_s`. It closed with the last bare one.
//!
//! A hat that is lifted for half a second opens nothing, one that is put on for half a second closes nothing. If
//! the tracker loses a person and begins a new track at the same place, the violation goes on with the new track.

mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use anjian_domain::{Behaviour, CloseReason, Look, Moment, NormBox, TrackId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::watch::Watch;
use super::{Finding, LogicSettings, Parsed, Registration, RuleLogic, Scene, check_range, read};
use crate::people::Headwear;
use crate::{Track, TrackState};

pub(super) const REGISTRATION: Registration = Registration { behaviour: Behaviour::NoHardHat, parse };

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 1;

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

    fn logic(&self) -> Box<dyn RuleLogic> {
        Box::new(Logic { settings: self.clone(), watches: BTreeMap::new() })
    }
}

/// Watches everybody who is, or was a moment ago, in the zone.
struct Logic {
    settings: Settings,
    watches: BTreeMap<TrackId, Watch>,
}

impl RuleLogic for Logic {
    fn looks(&self, scene: &Scene<'_>) -> Vec<Look> {
        scene.inside.iter().filter_map(|track| track.head_look_due()).collect()
    }

    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        let seen: Vec<&Track> =
            scene.inside.iter().filter(|track| track.last_seen() == scene.at.media).copied().collect();
        for track in seen.iter().filter(|track| told(track) == Some(Told::Bare)) {
            self.hand_over(track, scene);
        }
        let mut findings = Vec::new();
        for track in seen {
            self.observe(track, scene.at);
            findings.extend(self.judge(track, scene.at));
        }
        findings.extend(self.dismiss_absent(scene.at));
        findings
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        let watches = std::mem::take(&mut self.watches);
        watches.into_values().filter_map(|watch| watch.end(reason)).collect()
    }
}

impl Logic {
    fn observe(&mut self, track: &Track, at: Moment) {
        let watch = self.watches.entry(track.id()).or_insert_with(|| Watch::new(at, track.bounds()));
        watch.note(at, track, told(track), &self.settings);
        if self.is_named_by_another(track.id()) {
            // What the other one carries on must not open a second time under the same name.
            self.watches.entry(track.id()).and_modify(Watch::forget);
        }
    }

    fn judge(&mut self, track: &Track, at: Moment) -> Option<Finding> {
        let is_believed = track.state() == TrackState::Seen;
        let watch = self.watches.get_mut(&track.id())?;
        if watch.is_open() {
            return watch.close_if_kept(at, &self.settings);
        }
        let may_open = is_believed && told(track) == Some(Told::Bare);
        may_open.then(|| watch.open_if_broken(at, track, &self.settings)).flatten()
    }

    /// Whether a violation that bears this track's name was handed over and is still open.
    fn is_named_by_another(&self, id: TrackId) -> bool {
        self.watches.iter().any(|(holder, watch)| *holder != id && watch.names() == Some(id))
    }

    /// Gives the violation of somebody who vanished to the new track that began where he was lost.
    fn hand_over(&mut self, track: &Track, scene: &Scene<'_>) {
        if self.watches.get(&track.id()).is_some_and(Watch::is_open) {
            return;
        }
        let distances = self.watches.iter().filter(|(_, watch)| watch.is_open()).filter_map(|(id, watch)| {
            let unseen_s =
                unseen_before(watch, track).filter(|unseen_s| *unseen_s <= self.settings.grace_s)?;
            let places = places_of_lost(scene, *id, watch)?;
            let nearnesses =
                places.into_iter().filter_map(|place| nearness(place, track.first_bounds(), unseen_s));
            Some((nearnesses.min_by(f32::total_cmp)?, *id))
        });
        let nearest = distances.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Some(mut lost) = nearest.and_then(|(_, id)| self.watches.remove(&id)) else { return };
        let watch = self.watches.entry(track.id()).or_insert_with(|| Watch::new(scene.at, track.bounds()));
        watch.take_over(&mut lost);
    }

    fn dismiss_absent(&mut self, at: Moment) -> Vec<Finding> {
        let grace_s = self.settings.grace_s;
        let is_gone = |watch: &Watch| at.media.since(watch.last_inside()).as_secs_f64() > grace_s;
        let gone: Vec<_> =
            self.watches.iter().filter(|(_, watch)| is_gone(watch)).map(|(id, _)| *id).collect();
        let watches = gone.into_iter().filter_map(|id| self.watches.remove(&id));
        watches.filter_map(|watch| watch.end(CloseReason::Left)).collect()
    }
}

/// What an observation says about the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Bare,
    Worn,
}

/// `None` when the head was hidden: that is no evidence either way.
fn told(track: &Track) -> Option<Told> {
    match track.headwear() {
        Headwear::Bare | Headwear::Other => Some(Told::Bare),
        Headwear::Worn => Some(Told::Worn),
        Headwear::Unknown => None,
    }
}

/// For how long somebody had been out of sight when the track began, seconds; `None` when it began before.
fn unseen_before(watch: &Watch, track: &Track) -> Option<f64> {
    let is_later = track.first_seen() > watch.last_inside();
    is_later.then(|| track.first_seen().since(watch.last_inside()).as_secs_f64())
}

/// Where somebody was lost and, while the tracker still guesses, should be by now; `None` when in sight.
fn places_of_lost(scene: &Scene<'_>, id: TrackId, watch: &Watch) -> Option<Vec<NormBox>> {
    let mut places = vec![watch.last_bounds()];
    if let Ok(position) = scene.tracks.binary_search_by_key(&id, Track::id) {
        let track = &scene.tracks[position];
        if track.last_seen() == scene.at.media {
            return None;
        }
        places.push(track.bounds());
    }
    Some(places)
}

/// How near a new track began to where one was lost, 0 at the same place; `None` when too far to be the same person.
fn nearness(lost: NormBox, begun: NormBox, elapsed_s: f64) -> Option<f32> {
    let reach_widths = (0.75 + 1.5 * elapsed_s as f32).min(3.0);
    let across = (lost.centre().x() - begun.centre().x()).abs() / lost.width().max(begun.width());
    // Feet are hidden sooner than heads, so the tops are compared.
    let down = (lost.top() - begun.top()).abs() / lost.height().max(begun.height());
    (across <= reach_widths && down <= 0.5).then_some(across + down)
}
