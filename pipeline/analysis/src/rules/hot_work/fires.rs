//! Fires over time: which detections of a frame are one fire, which fire goes on, and for how long it breaks the rule.
//!
//! Boxes that overlap are one fire (an arc and its sparks), and a fire goes on within its own size of where it last was.

use std::collections::VecDeque;

use anjian_domain::{Class, Detection, LightMeasure, Moment, NormBox};

use super::flicker;
use super::glow::{Glow, Sample};
use super::permission::{Permission, is_in};
use super::place::{Place, light_of};
use super::settings::Settings;
use super::streak::Streak;
use crate::clock::lasted_s;
use crate::rules::scene::Scene;

/// More fires than this in a zone are not told apart, and more detections not looked at; the surest are.
const MOST_FIRES: usize = 32;
/// A fire watcher who is back may be out of sight for so long, seconds: less than a gap, so that somebody who only
/// seems to be there for a moment ends nothing.
const RETURN_S: f64 = 0.7;
/// More frames than this are not remembered of a fire.
const MOST_SAMPLES: usize = 512;

/// The detections that are fire in the rule's zone, the surest first.
pub(super) fn burning<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Detection> {
    let zone = scene.zone;
    let fires = scene.detections.iter().filter(move |item| item.class.is_fire() && is_in(zone, item.bounds));
    fires.take(MOST_FIRES)
}

/// What burns in one place of one frame.
#[derive(Debug, Clone)]
struct Spot {
    bounds: NormBox,
    boxes: Vec<NormBox>,
    score: f32,
    /// Whether the model sees an arc and nothing else.
    is_arc: bool,
    /// Of the brightest of its boxes.
    light: Option<LightMeasure>,
}

impl Spot {
    fn new(detection: &Detection, scene: &Scene<'_>) -> Self {
        let bounds = detection.bounds;
        let light = light_of(scene, bounds);
        let is_arc = detection.class == Class::Arc;
        Self { bounds, boxes: vec![bounds], score: detection.score.value(), is_arc, light }
    }

    fn merge(mut self, other: Self) -> Self {
        self.boxes.extend(other.boxes);
        let brightest =
            [self.light, other.light].into_iter().flatten().max_by(|a, b| a.luma.total_cmp(&b.luma));
        Self {
            bounds: self.bounds.union(other.bounds),
            boxes: self.boxes,
            score: self.score.max(other.score),
            is_arc: self.is_arc && other.is_arc,
            light: brightest,
        }
    }
}

/// Everything that burns, overlapping boxes as one.
fn spots(scene: &Scene<'_>) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for detection in burning(scene) {
        let mut spot = Spot::new(detection, scene);
        while let Some(position) =
            spots.iter().position(|other| other.bounds.intersection_area(spot.bounds) > 0.0)
        {
            spot = spots.remove(position).merge(spot);
        }
        spots.push(spot);
    }
    spots
}

/// What burns, or may burn, in one place over time.
#[derive(Debug)]
pub(super) struct Fire {
    streak: Streak,
    bounds: NormBox,
    boxes: Vec<NormBox>,
    place: Place,
    history: VecDeque<Sample>,
    is_believed: bool,
    /// From the first to the last observation without permission.
    breach: Option<Streak>,
    /// Whether the breach has lasted long enough.
    is_breach_sure: bool,
    /// The last frame in which it was allowed to burn.
    allowed: Option<Moment>,
}

impl Fire {
    fn new(at: Moment, spot: Spot) -> Self {
        let alone = spot.light.filter(|_| spot.boxes.len() == 1);
        let mut fire = Self {
            streak: Streak::new(at),
            bounds: spot.bounds,
            boxes: Vec::new(),
            place: Place::new(spot.bounds, at.media, alone),
            history: VecDeque::new(),
            is_believed: false,
            breach: None,
            is_breach_sure: false,
            allowed: None,
        };
        fire.see(at, spot);
        fire
    }

    fn see(&mut self, at: Moment, spot: Spot) {
        self.streak.go_on(at);
        let Spot { bounds, boxes, score, is_arc, light } = spot;
        self.history.push_back(Sample { at: at.media, glow: Some(Glow { bounds, score, is_arc, light }) });
        (self.bounds, self.boxes) = (bounds, boxes);
    }

    fn miss(&mut self, at: Moment) {
        self.streak.miss();
        self.history.push_back(Sample { at: at.media, glow: None });
    }

    /// Forgets what flicker is not measured over, but for what a slow camera needs, and believes what behaves like fire.
    fn learn(&mut self, settings: &Settings) {
        let Some(now) = self.history.back().map(|sample| sample.at) else { return };
        let enough = 2 * settings.min_observations as usize;
        let is_old = |sample: &Sample| lasted_s(sample.at, now) > settings.look_back_s;
        while self.history.len() > MOST_SAMPLES
            || (self.history.len() > enough && self.history.front().is_some_and(is_old))
        {
            self.history.pop_front();
        }
        if !self.is_believed && self.streak.is_seen() && self.streak.lasted_s() >= settings.persist_s {
            self.is_believed = !self.place.speaks_against()
                && flicker::is_fire(self.history.make_contiguous(), self.streak.first().media, settings);
        }
    }

    /// Takes in whether it may burn; answers whether it breaks the rule in this frame.
    pub(super) fn weigh(&mut self, at: Moment, permission: Permission, settings: &Settings) -> bool {
        if self.breach.is_some_and(|breach| breach.is_over(at, settings.grace_s)) {
            self.forget_breach();
        }
        // Who has come back is not always seen.
        let was_allowed = self.is_breach_sure
            && self.allowed.is_some_and(|allowed| lasted_s(allowed.media, at.media) <= RETURN_S);
        let needed_s = match permission {
            Permission::Unwatched if was_allowed => {
                self.pause_breach();
                return false;
            }
            Permission::Missing => settings.persist_s,
            Permission::Unwatched => settings.unwatched_s,
            Permission::Given => {
                self.allowed = Some(at);
                self.pause_breach();
                // Before it is sure, whoever is seen now and then is there.
                self.breach = self.breach.filter(|_| self.is_breach_sure);
                return false;
            }
        };
        if !self.streak.is_seen() {
            self.pause_breach();
            return false;
        }
        let breach = self.breach.get_or_insert_with(|| Streak::new(at));
        breach.go_on(at);
        self.is_breach_sure |= breach.lasted_s() >= needed_s;
        self.is_breach_sure && self.is_believed
    }

    /// This frame does not show the rule broken.
    fn pause_breach(&mut self) {
        if let Some(breach) = &mut self.breach {
            breach.miss();
        }
    }

    pub(super) fn forget_breach(&mut self) {
        self.breach = None;
        self.is_breach_sure = false;
    }

    /// The first observation without permission.
    pub(super) fn broken_since(&self) -> Option<Moment> {
        self.breach.map(|breach| breach.first())
    }

    pub(super) const fn bounds(&self) -> NormBox {
        self.bounds
    }

    /// Its detections in the last frame that showed it.
    pub(super) fn boxes(&self) -> &[NormBox] {
        &self.boxes
    }

    /// How sure the model was, 0..1, as far back as is remembered.
    pub(super) fn scores(&self) -> impl Iterator<Item = f32> {
        self.history.iter().filter_map(|sample| sample.glow.map(|glow| glow.score))
    }

    fn is_near(&self, bounds: NormBox) -> bool {
        let gap_x = bounds.left().max(self.bounds.left()) - bounds.right().min(self.bounds.right());
        let gap_y = bounds.top().max(self.bounds.top()) - bounds.bottom().min(self.bounds.bottom());
        gap_x <= self.bounds.width().max(bounds.width()) && gap_y <= self.bounds.height().max(bounds.height())
    }
}

/// The fires of a zone, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Fires(Vec<Fire>);

impl Fires {
    /// Takes in the next frame.
    pub(super) fn advance(&mut self, scene: &Scene<'_>, settings: &Settings) {
        let mut seen: Vec<Option<Spot>> = vec![None; self.0.len()];
        let mut new = Vec::new();
        for spot in spots(scene) {
            match self.0.iter().position(|fire| fire.is_near(spot.bounds)) {
                Some(position) => {
                    let slot = &mut seen[position];
                    *slot = Some(match slot.take() {
                        Some(other) => other.merge(spot),
                        None => spot,
                    });
                }
                None => new.push(spot),
            }
        }
        for (fire, spot) in self.0.iter_mut().zip(seen) {
            match spot {
                Some(spot) => fire.see(scene.at, spot),
                None => fire.miss(scene.at),
            }
            fire.place.watch(scene, fire.bounds, settings);
        }
        self.0.retain(|fire| !fire.streak.is_over(scene.at, settings.grace_s));
        let room = MOST_FIRES.saturating_sub(self.0.len());
        self.0.extend(new.into_iter().take(room).map(|spot| Fire::new(scene.at, spot)));
        self.0.iter_mut().for_each(|fire| fire.learn(settings));
    }

    /// Where light is to be compared with itself: what may burn and is not believed yet.
    pub(super) fn places(&self) -> impl Iterator<Item = NormBox> {
        self.0.iter().filter(|fire| !fire.is_believed).map(|fire| fire.place.bounds())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Fire> {
        self.0.iter_mut()
    }
}
