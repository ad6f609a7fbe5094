//! 未穿防静电服: a tracked person in the zone whose garment is not among those that the site approves.
//!
//! No camera sees whether a garment is anti-static: a garment differs from, matches or cannot be told from those of a
//! gallery. One that differs breaks the rule, one that matches keeps it; how observations become one violation a
//! person-episode stands in [`person_episodes`](super::person_episodes). Garments are told by second looks: a person is
//! looked at every `look_s` until it is clear, then every `settled_look_s`. Somebody without a head who never moves is
//! a garment on a hook and not judged. Without a gallery the rule refuses to judge.

use std::collections::BTreeMap;

use anjian_domain::WhenAbsent::Use;
use anjian_domain::{
    Answer, BehaviourSpec, Class, CloseReason, Embedding, FramePolicy, KeySpec, Look, LookKind, MediaTime,
    NormBox, TrackId, Words, unit,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::finding::Finding;
use super::logic::{Given, LogicSettings, RuleLogic};
use super::person_episodes::{PersonEpisodes, Reading, Source, Thresholds, Told};
use super::registration::Registration;
use super::scene::Scene;
use crate::clock::lasted_s;
use crate::{Gallery, Track};

pub(super) const REGISTRATION: Registration = Registration::of::<Settings>(SPEC);

const SPEC: BehaviourSpec = BehaviourSpec {
    name: "no_anti_static",
    title: Words::new("未穿防静电服", "No anti-static garment"),
    help: Words::new(
        "区域内有人的着装与企业核准的防静电服不符。",
        "A tracked person in the zone wears a garment that differs from those that the site approves.",
    ),
    icon: "M8.5 3.5 4 6v5h3v9.500h10V11h3V6l-4.5-2.500a3.6 3.6 0 0 1-7 0zM12.8 10l-2 3.400h2.600l-2 3.4",
    colour: "light-dark(#0f6e6e, #5cc4c0)",
    keys: KEYS,
    classes: &[Class::Person],
    looks: &[LookKind::Garment],
    frames: FramePolicy::RestWhenStill,
};

const KEYS: &[KeySpec] = &[
    KeySpec::text("gallery", Use("")).help(
        "核准服装图库的名称；没有图库，规则无法判定。",
        "The gallery of approved garments. Without one the rule cannot judge.",
    ),
    KeySpec::number("match_min", 0.5..=1.0, Use(0.6)).help(
        "与图库相符的概率达到此值，着装视为相符。",
        "From this probability on a garment matches the gallery.",
    ),
    KeySpec::number("differ_min", 0.5..=1.0, Use(0.6)).help(
        "与图库不符的概率达到此值，着装视为不符；两者都不到则为未知。",
        "From this probability on it differs. What is neither is unknown.",
    ),
    KeySpec::number("window_s", 0.2..=60.0, Use(2.5)).unit(unit::SECONDS).help(
        "着装不符须持续占多数这么久，才认定违规。",
        "How long a garment must differ before a violation opens.",
    ),
    KeySpec::number("differ_share", 0.5..=1.0, Use(0.6)).help(
        "时间窗内的明确观测中，着装不符的比例达到此值才认定违规。",
        "Share of differing garments among the differing and matching ones of the window from which on a violation opens.",
    ),
    KeySpec::number("match_share", 0.5..=1.0, Use(0.7)).help(
        "时间窗内的明确观测中，着装相符的比例达到此值时违规结束。",
        "Share of matching ones among them from which on it closes.",
    ),
    KeySpec::whole("min_observations", 1..=100, Use(3)).help(
        "至少需要这么多次着装不符的观测。",
        "The least number of differing observations.",
    ),
    KeySpec::number("grace_s", 0.0..=60.0, Use(3.0)).unit(unit::SECONDS).help(
        "离开区域或画面后，在此时间内返回仍算同一次违规。",
        "A person who is out of the zone or out of sight, and back within this time, continues the same violation.",
    ),
    KeySpec::number("hidden_s", 1.0..=3600.0, Use(30.0)).unit(unit::SECONDS).help(
        "身体被遮挡、这么久未再看到着装不符时，违规结束。",
        "A violation closes when no differing garment was seen for this time, because the body is hidden.",
    ),
    KeySpec::number("look_s", 0.0..=60.0, Use(0.6)).unit(unit::SECONDS).help(
        "结果明确之前，每隔这么久细看一次着装。",
        "The time between two looks at a garment until it is clear.",
    ),
    KeySpec::number("settled_look_s", 0.0..=60.0, Use(2.0)).unit(unit::SECONDS).help(
        "结果明确之后，每隔这么久细看一次着装。",
        "The time between two looks once it is clear.",
    ),
];

/// Raised whenever this file judges differently with the same thresholds.
const REVISION: u32 = 2;

/// Thresholds; [`KEYS`] says what they mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    gallery: String,
    match_min: f64,
    differ_min: f64,
    window_s: f64,
    differ_share: f64,
    match_share: f64,
    min_observations: u32,
    grace_s: f64,
    hidden_s: f64,
    look_s: f64,
    settled_look_s: f64,
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
