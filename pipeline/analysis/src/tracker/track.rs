//! One person over frames.

use anjian_domain::{HeadwearOdds, Look, LookKind, MediaTime, NormBox, Score, TrackId};

use super::head_look::HeadLook;
use super::motion::{Measured, Motion};
use super::settings::TrackerSettings;
use crate::clock::lasted_s;
use crate::people::{Headwear, Person};

/// How a track stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackState {
    /// Seen too little to be believed.
    Tentative,
    /// Believed, and seen in the last frame.
    Seen,
    /// Believed, but not seen in the last frame; its box is where it should be by now.
    Lost,
}

/// One person over frames.
#[derive(Debug, Clone)]
pub struct Track {
    id: TrackId,
    state: TrackState,
    /// As in the last frame that showed it, but for the box of a lost track.
    person: Person,
    first_bounds: NormBox,
    first_seen: MediaTime,
    last_seen: MediaTime,
    observations: u32,
    /// Observations that were a helmet and nothing else.
    lone_helmets: u32,
    /// Observations that showed a head.
    heads: u32,
    /// Whether the last frame did not show it.
    is_missed: bool,
    head_look: HeadLook,
    pub(super) motion: Motion,
}

/// A helmet that nobody was seen under has to move by so many of its widths to be believed a person.
const LONE_HELMET_MOVES: f32 = 1.0;
/// So large a share of the observations of a person shows a head...
const HEAD_SHARE: f64 = 0.1;
/// ...or the person has moved by so many widths.
const ALIVE_MOVES: f32 = 1.0;
/// A track seen twice so far apart is believed too: cameras that are analysed once a second or less.
const CONFIRM_AFTER_S: f64 = 1.0;

impl Track {
    pub(super) fn new(id: TrackId, at: MediaTime, person: &Person) -> Self {
        Self {
            id,
            state: TrackState::Tentative,
            person: *person,
            first_bounds: person.bounds,
            first_seen: at,
            last_seen: at,
            observations: 1,
            lone_helmets: u32::from(is_lone_helmet(person)),
            heads: u32::from(person.head.is_some()),
            is_missed: false,
            head_look: HeadLook::default(),
            motion: Motion::new(person.bounds),
        }
    }

    pub(super) fn see(&mut self, at: MediaTime, person: &Person, settings: &TrackerSettings) {
        let measured = if person.is_estimated { Measured::Estimated } else { Measured::Seen };
        self.motion.correct(person.bounds, measured);
        self.person = *person;
        self.last_seen = at;
        self.is_missed = false;
        self.heads = self.heads.saturating_add(u32::from(person.head.is_some()));
        self.observations = self.observations.saturating_add(1);
        self.lone_helmets = self.lone_helmets.saturating_add(u32::from(is_lone_helmet(person)));
        if self.state != TrackState::Tentative || self.is_believable(settings) {
            self.state = TrackState::Seen;
        }
    }

    /// Nobody saw it in this frame; `false` when it is over.
    pub(super) fn miss(&mut self, at: MediaTime, elapsed_s: f64, settings: &TrackerSettings) -> bool {
        self.motion.coast(elapsed_s);
        self.is_missed = true;
        let Some(bounds) = self.motion.bounds() else { return false };
        let patience_s = match self.state {
            TrackState::Tentative => settings.tentative_s,
            TrackState::Seen | TrackState::Lost => {
                self.state = TrackState::Lost;
                settings.lost_s
            }
        };
        self.person.bounds = bounds;
        self.person.head = None;
        self.unseen_s(at) <= patience_s
    }

    fn is_believable(&self, settings: &TrackerSettings) -> bool {
        let age_s = lasted_s(self.first_seen, self.last_seen);
        let is_long_enough = self.observations >= settings.confirm_observations
            || (self.observations >= 2 && age_s >= CONFIRM_AFTER_S);
        is_long_enough && !self.is_thing()
    }

    /// A helmet on a table: never a body under it, never bare, never anywhere else.
    fn is_thing(&self) -> bool {
        let Some(head) = self.person.head else { return false };
        let (from, to) = (self.first_bounds.centre(), self.person.bounds.centre());
        let moved_widths = (to.x() - from.x()).abs() / head.bounds.width();
        let moved_heights = (to.y() - from.y()).abs() / head.bounds.height();
        2 * self.lone_helmets > self.observations && moved_widths.max(moved_heights) < LONE_HELMET_MOVES
    }

    /// Whether somebody is in these clothes: a head was seen now and then, or they went somewhere.
    pub(crate) fn is_alive(&self) -> bool {
        let (from, to) = (self.first_bounds, self.person.bounds);
        let moved = (to.centre().x() - from.centre().x()).abs() / to.width();
        let has_head = f64::from(self.heads) >= HEAD_SHARE * f64::from(self.observations);
        has_head || moved >= ALIVE_MOVES
    }

    pub(crate) fn unseen_s(&self, at: MediaTime) -> f64 {
        lasted_s(self.last_seen, at)
    }

    pub(crate) const fn first_bounds(&self) -> NormBox {
        self.first_bounds
    }

    /// How sure it is what is on the head; of the person when the head was hidden.
    pub(crate) fn head_score(&self) -> Score {
        let detected = || self.person.head.map_or(self.person.score, |head| head.score);
        self.looked_at().map_or_else(detected, |(_, score)| score)
    }

    /// What a second look at the head said lately; `None` also when the last frame did not show the person.
    fn looked_at(&self) -> Option<(Headwear, Score)> {
        self.head_look.opinion(self.last_seen).filter(|_| !self.is_missed)
    }

    /// The second look that this person's head needs in the last frame, if any.
    pub(crate) fn head_look_due(&self) -> Option<Look> {
        let is_due = !self.is_missed && self.head_look.is_due(self.last_seen, self.person.headwear());
        let person = (!self.is_estimated()).then(|| self.bounds());
        let bounds = self.head().unwrap_or_else(|| self.bounds());
        let look = Look { kind: LookKind::Headwear, track: Some(self.id), person, head: self.head(), bounds };
        is_due.then_some(look)
    }

    /// Takes in what a second look at the last frame said.
    pub(crate) fn answer_head_look(&mut self, odds: HeadwearOdds) {
        self.head_look.answer(self.last_seen, self.person.headwear(), odds);
    }

    /// Names it; counted from 1 in a Run. Tracks that were never believed leave gaps.
    #[must_use]
    pub const fn id(&self) -> TrackId {
        self.id
    }

    /// The person as observed in the last frame; where it should be by now when not seen.
    #[must_use]
    pub const fn bounds(&self) -> NormBox {
        self.person.bounds
    }

    /// The head, when it was seen in the last frame.
    #[must_use]
    pub fn head(&self) -> Option<NormBox> {
        self.person.head.map(|head| head.bounds)
    }

    /// What was on the head in the last frame: what a second look said, or the detector where nobody looked.
    #[must_use]
    pub fn headwear(&self) -> Headwear {
        self.looked_at().map_or_else(|| self.person.headwear(), |(headwear, _)| headwear)
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> TrackState {
        self.state
    }

    /// Whether the model saw only the head, and the body is a guess from it.
    #[must_use]
    pub const fn is_estimated(&self) -> bool {
        self.person.is_estimated
    }

    /// Score of the newest detection of the person.
    #[must_use]
    pub const fn score(&self) -> Score {
        self.person.score
    }

    /// When it was first seen.
    #[must_use]
    pub const fn first_seen(&self) -> MediaTime {
        self.first_seen
    }

    /// When it was last seen.
    #[must_use]
    pub const fn last_seen(&self) -> MediaTime {
        self.last_seen
    }
}

fn is_lone_helmet(person: &Person) -> bool {
    person.is_estimated && person.headwear() == Headwear::Worn
}
