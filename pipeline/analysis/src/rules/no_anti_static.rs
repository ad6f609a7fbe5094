//! 未穿防静电服: a tracked person in the zone whose garment is not among those that the site approves.
//!
//! No camera sees whether a garment is anti-static: a garment differs from, matches or cannot be told from those of a
//! gallery. One that differs breaks the rule, one that matches keeps it; how observations become one violation a
//! person-episode stands in [`person_episodes`](super::person_episodes). Garments are told by second looks: a person is
//! looked at every `look_s` until it is clear, then every `settled_look_s`. Somebody without a head who never moves is
//! a garment on a hook and not judged. Without a gallery the rule refuses to judge.

use std::collections::BTreeMap;
use std::sync::Arc;

use anjian_domain::{Answer, Behaviour, CloseReason, Embedding, Look, LookKind, MediaTime, NormBox, TrackId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::finding::Finding;
use super::logic::{Given, LogicSettings, RuleLogic};
use super::person_episodes::{PersonEpisodes, Reading, Source, Thresholds, Told};
use super::read::{Parsed, Registration, check_range, read};
use super::scene::Scene;
use crate::clock::lasted_s;
use crate::{Gallery, Track};

pub(super) const REGISTRATION: Registration = Registration { parse };

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 2;

/// Thresholds of `no_anti_static`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// The gallery of approved garments; without one the rule cannot judge.
    gallery: String,
    /// From this probability on a garment matches the gallery, 0.5 to 1.
    match_min: f64,
    /// From this probability on it differs, 0.5 to 1. What is neither is unknown.
    differ_min: f64,
    /// For so long a garment must differ before a violation opens, seconds, 0.2 to 60.
    window_s: f64,
    /// Share of differing garments among the differing and matching ones of the window that opens, 0.5 to 1.
    differ_share: f64,
    /// Share of matching ones that closes, 0.5 to 1.
    match_share: f64,
    /// At least so many differing observations, 1 to 100.
    min_observations: u32,
    /// Who is gone (out of the zone, out of sight) and back within this time goes on with the same violation,
    /// seconds, 0 to 60.
    grace_s: f64,
    /// Without any differing garment for so long (the body hidden) a violation closes, seconds, 1 to 3,600.
    hidden_s: f64,
    /// A garment is looked at so often until it is clear, seconds, 0 to 60.
    look_s: f64,
    /// And then so often, seconds, 0 to 60.
    settled_look_s: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gallery: String::new(),
            match_min: 0.6,
            differ_min: 0.6,
            window_s: 2.5,
            differ_share: 0.6,
            match_share: 0.7,
            min_observations: 3,
            grace_s: 3.0,
            hidden_s: 30.0,
            look_s: 0.6,
            settled_look_s: 2.0,
        }
    }
}

fn parse(own_keys: Map<String, Value>) -> Parsed {
    let behaviour = Behaviour::NoAntiStatic;
    let settings: Settings = read(behaviour, own_keys)?;
    let check = |key, value, range, unit| check_range(behaviour, key, value, range, unit);
    check("match_min", settings.match_min, 0.5..=1.0, "")?;
    check("differ_min", settings.differ_min, 0.5..=1.0, "")?;
    check("window_s", settings.window_s, 0.2..=60.0, "seconds")?;
    check("differ_share", settings.differ_share, 0.5..=1.0, "")?;
    check("match_share", settings.match_share, 0.5..=1.0, "")?;
    check("min_observations", settings.min_observations.into(), 1.0..=100.0, "")?;
    check("grace_s", settings.grace_s, 0.0..=60.0, "seconds")?;
    check("hidden_s", settings.hidden_s, 1.0..=3600.0, "seconds")?;
    check("look_s", settings.look_s, 0.0..=60.0, "seconds")?;
    check("settled_look_s", settings.settled_look_s, 0.0..=60.0, "seconds")?;
    Ok(Arc::new(settings))
}

impl Settings {
    fn find<'a>(&self, given: &Given<'a>) -> Option<&'a Gallery> {
        given.galleries.iter().find(|gallery| gallery.name == self.gallery)
    }

    /// The gallery to judge by.
    fn gallery(&self, given: &Given<'_>) -> Result<Gallery, String> {
        let name = &self.gallery;
        if name.is_empty() {
            return Err(
                "not configured: approve garments with `anjian enrol --gallery NAME IMAGE…` and set \
                        `gallery` to that name"
                    .to_owned(),
            );
        }
        let Some(gallery) = self.find(given) else {
            return Err(format!(
                "not configured: there is no gallery `{name}`: make it with `anjian enrol --gallery {name} IMAGE…`"
            ));
        };
        if !gallery.is_usable() {
            return Err(format!(
                "gallery `{name}` holds no approved garments, or looks of different models: make it anew with \
                 `anjian enrol --gallery {name} IMAGE…`"
            ));
        }
        Ok(gallery.clone())
    }
}

impl LogicSettings for Settings {
    fn thresholds(&self) -> Value {
        json!(self)
    }

    fn revision(&self) -> u32 {
        REVISION
    }

    fn grounds(&self, given: &Given<'_>) -> Map<String, Value> {
        let gallery = self.find(given);
        let written = gallery.map(|gallery| {
            let Gallery { name, version, model, calibration, .. } = gallery;
            json!({ "name": name, "version": version, "model": model, "calibration": calibration })
        });
        Map::from_iter([("gallery".to_owned(), json!(written))])
    }

    fn logic(&self, given: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        let thresholds = Thresholds {
            window_s: self.window_s,
            breach_share: self.differ_share,
            kept_share: self.match_share,
            min_observations: self.min_observations,
            grace_s: self.grace_s,
            hidden_s: self.hidden_s,
        };
        Ok(Box::new(Logic {
            gallery: self.gallery(given)?,
            settings: self.clone(),
            episodes: PersonEpisodes::new(thresholds),
            garments: BTreeMap::new(),
        }))
    }
}

/// Compares garments.
struct Logic {
    settings: Settings,
    gallery: Gallery,
    episodes: PersonEpisodes,
    garments: BTreeMap<TrackId, Garment>,
}

/// What was told lately of one person's garment.
#[derive(Debug, Clone, Copy, Default)]
struct Garment {
    looked: Option<MediaTime>,
    /// What the last look said.
    reading: Option<Reading>,
    /// Observations in a row that matched.
    matches: u32,
}

impl RuleLogic for Logic {
    fn looks(&self, scene: &Scene<'_>) -> Vec<Look> {
        let due = scene.seen_inside().filter(|track| is_person(track) && self.is_due(track));
        let look = |bounds: NormBox, track: &Track| Look {
            kind: LookKind::Garment,
            track: Some(track.id()),
            person: Some(bounds),
            head: track.head(),
            bounds,
        };
        due.map(|track| look(track.bounds(), track)).collect()
    }

    fn evaluate(&mut self, scene: &Scene<'_>) -> Vec<Finding> {
        self.garments.retain(|id, _| scene.tracks.binary_search_by_key(id, Track::id).is_ok());
        let mut readings = BTreeMap::new();
        for track in scene.seen_inside().filter(|track| is_person(track)) {
            let reading = match answered(scene, track.id()) {
                Some(look) => self.note(track.id(), scene.at.media, look),
                None => self.held(track.id(), scene.at.media),
            };
            readings.insert(track.id(), reading);
        }
        self.episodes.evaluate(scene, |track| readings.get(&track.id()).copied().flatten())
    }

    fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        self.garments.clear();
        self.episodes.stop(reason)
    }
}

impl Logic {
    fn is_due(&self, track: &Track) -> bool {
        let garment = self.garments.get(&track.id()).copied().unwrap_or_default();
        let Some(looked) = garment.looked else { return true };
        let is_clear = self.episodes.is_open(track.id()) || garment.matches >= self.settings.min_observations;
        let is_settled = is_clear && garment.reading.is_some();
        let pause_s = if is_settled { self.settings.settled_look_s } else { self.settings.look_s };
        lasted_s(looked, track.last_seen()) >= pause_s
    }

    /// `None` when the garment cannot be told.
    fn read(&self, look: &Embedding) -> Option<Reading> {
        let matches = self.gallery.match_probability(look)?;
        let reading = |told, score| Some(Reading { told, score, subject: None, source: Source::Observed });
        if f64::from(matches) >= self.settings.match_min {
            reading(Told::Kept, matches)
        } else if f64::from(1.0 - matches) >= self.settings.differ_min {
            reading(Told::Broken, 1.0 - matches)
        } else {
            None
        }
    }

    fn note(&mut self, id: TrackId, at: MediaTime, look: &Embedding) -> Option<Reading> {
        let reading = self.read(look);
        let garment = self.garments.entry(id).or_default();
        (garment.looked, garment.reading) = (Some(at), reading);
        match reading.map(|reading| reading.told) {
            Some(Told::Kept) => garment.matches = garment.matches.saturating_add(1),
            Some(Told::Broken) => garment.matches = 0,
            None => {}
        }
        reading
    }

    /// What the last look said, for as long as another one may take.
    fn held(&self, id: TrackId, at: MediaTime) -> Option<Reading> {
        let garment = self.garments.get(&id)?;
        let age_s = lasted_s(garment.looked?, at);
        let reading = garment.reading.filter(|_| age_s <= self.settings.settled_look_s)?;
        Some(Reading { source: Source::Held, ..reading })
    }
}

/// What a look at somebody's garment in this frame found.
fn answered<'a>(scene: &Scene<'a>, id: TrackId) -> Option<&'a Embedding> {
    scene.seen.iter().find_map(|seen| match &seen.answer {
        Answer::Garment(look) if seen.look.track == Some(id) => Some(look),
        _ => None,
    })
}

/// Whether there is a body to look at, and somebody in it: garments that hang on a wall have no heads and stay.
fn is_person(track: &Track) -> bool {
    !track.is_estimated() && track.is_alive()
}
