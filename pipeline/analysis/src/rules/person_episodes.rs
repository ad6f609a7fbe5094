//! Episodes of persons who break a rule, whatever the rule: one violation a person-episode.
//!
//! For each person in the zone a window of the newest observations that tell something: broken or kept.
//! - **Opens** on a broken one, when the window reaches back `window_s`, broken ones have a share of at least
//!   `breach_share` and there are `min_observations` of them. It opened with the first one of that window. Until then
//!   the window begins with a broken one, and begins anew when kept ones outnumber broken ones.
//! - **Closes** when kept ones have a share of at least `kept_share`, when the person was out of the zone or out of
//!   sight for longer than `grace_s`, or when no breach was seen for `hidden_s`. It closed with the last breach.
//!
//! If the tracker loses a person and begins a new track at the same place, the violation goes on with the new track.
//! What an observation tells is the rule's business.

mod person_state;
mod reading;

use std::collections::BTreeMap;

use anjian_domain::{CloseReason, Moment, NormBox, TrackId};

pub(super) use self::reading::{Reading, Source, Thresholds, Told};

use self::person_state::PersonState;
use super::finding::Finding;
use super::scene::Scene;
use crate::clock::lasted_s;
use crate::{Track, TrackState};

/// Watches everybody who is, or was a moment ago, in the zone.
pub(super) struct PersonEpisodes {
    thresholds: Thresholds,
    persons: BTreeMap<TrackId, PersonState>,
}

impl PersonEpisodes {
    pub(super) const fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, persons: BTreeMap::new() }
    }

    /// What began and ended with this frame. `read` tells what the observation of a person says; `None` is no
    /// evidence either way.
    pub(super) fn evaluate(
        &mut self,
        scene: &Scene<'_>,
        read: impl Fn(&Track) -> Option<Reading>,
    ) -> Vec<Finding> {
        let seen: Vec<(&Track, Option<Reading>)> =
            scene.seen_inside().map(|track| (track, read(track))).collect();
        for (track, _) in seen.iter().filter(|(_, reading)| is_broken(*reading)) {
            self.hand_over(track, scene);
        }
        let mut findings = Vec::new();
        for (track, reading) in seen {
            self.observe(track, reading, scene.at);
            findings.extend(self.judge(track, reading, scene.at));
        }
        findings.extend(self.dismiss_absent(scene.at));
        findings
    }

    /// Ends what is open at its last breach and forgets everything.
    pub(super) fn stop(&mut self, reason: CloseReason) -> Vec<Finding> {
        let persons = std::mem::take(&mut self.persons);
        persons.into_values().filter_map(|person| person.end(reason)).collect()
    }

    /// Whether a violation of this person is open.
    pub(super) fn is_open(&self, id: TrackId) -> bool {
        self.persons.get(&id).is_some_and(PersonState::is_open)
    }

    fn observe(&mut self, track: &Track, reading: Option<Reading>, at: Moment) {
        let person = self.persons.entry(track.id()).or_insert_with(|| PersonState::new(at, track.bounds()));
        person.note(at, track, reading, &self.thresholds);
        if self.is_named_by_another(track.id()) {
            // What the other one carries on must not open a second time under the same name.
            self.persons.entry(track.id()).and_modify(PersonState::forget);
        }
    }

    fn judge(&mut self, track: &Track, reading: Option<Reading>, at: Moment) -> Option<Finding> {
        let person = self.persons.get_mut(&track.id())?;
        if person.is_open() {
            return person.close_if_kept(at, &self.thresholds);
        }
        let reading = reading.filter(|_| is_broken(reading) && track.state() == TrackState::Seen)?;
        person.open_if_broken(at, track, reading.subject, &self.thresholds)
    }

    /// Whether a violation that bears this track's name was handed over and is still open.
    fn is_named_by_another(&self, id: TrackId) -> bool {
        self.persons.iter().any(|(holder, person)| *holder != id && person.names() == Some(id))
    }

    /// Gives the violation of somebody who vanished to the new track that began where he was lost.
    fn hand_over(&mut self, track: &Track, scene: &Scene<'_>) {
        if self.is_open(track.id()) {
            return;
        }
        let distances =
            self.persons.iter().filter(|(_, person)| person.is_open()).filter_map(|(id, person)| {
                let unseen_s =
                    unseen_before(person, track).filter(|unseen_s| *unseen_s <= self.thresholds.grace_s)?;
                let places = places_of_lost(scene, *id, person)?;
                let nearnesses =
                    places.into_iter().filter_map(|place| nearness(place, track.first_bounds(), unseen_s));
                Some((nearnesses.min_by(f32::total_cmp)?, *id))
            });
        let nearest = distances.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Some(mut lost) = nearest.and_then(|(_, id)| self.persons.remove(&id)) else { return };
        let person =
            self.persons.entry(track.id()).or_insert_with(|| PersonState::new(scene.at, track.bounds()));
        person.take_over(&mut lost);
    }

    fn dismiss_absent(&mut self, at: Moment) -> Vec<Finding> {
        let grace_s = self.thresholds.grace_s;
        let is_gone = |person: &PersonState| lasted_s(person.last_inside(), at.media) > grace_s;
        let gone: Vec<_> =
            self.persons.iter().filter(|(_, person)| is_gone(person)).map(|(id, _)| *id).collect();
        let persons = gone.into_iter().filter_map(|id| self.persons.remove(&id));
        persons.filter_map(|person| person.end(CloseReason::Left)).collect()
    }
}

fn is_broken(reading: Option<Reading>) -> bool {
    reading.is_some_and(|reading| reading.told == Told::Broken)
}

/// For how long somebody had been out of sight when the track began, seconds; `None` when it began before.
fn unseen_before(person: &PersonState, track: &Track) -> Option<f64> {
    let is_later = track.first_seen() > person.last_inside();
    is_later.then(|| lasted_s(person.last_inside(), track.first_seen()))
}

/// Where somebody was lost and, while the tracker still guesses, should be by now; `None` when in sight.
fn places_of_lost(scene: &Scene<'_>, id: TrackId, person: &PersonState) -> Option<Vec<NormBox>> {
    let mut places = vec![person.last_bounds()];
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
