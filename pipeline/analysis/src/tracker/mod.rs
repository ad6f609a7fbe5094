//! The same person over frames.

use anjian_domain::{MediaTime, NormBox, Score, TrackId};
use serde::{Deserialize, Serialize};

/// What a person wears on the head in one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Headwear {
    /// A hard hat.
    Worn,
    /// Nothing.
    Bare,
    /// A cap, hood or scarf: no hard hat, so rules take it for bare.
    Other,
    /// The head is hidden, or the model contradicts itself.
    Unknown,
}

/// How a track stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackState {
    /// Seen too little to be believed.
    Tentative,
    /// Seen in the last frame.
    Seen,
    /// Believed, but not seen in the last frame; its box is where it should be by now.
    Lost,
}

/// One person over frames.
#[derive(Debug, Clone)]
pub struct Track {
    id: TrackId,
    bounds: NormBox,
    head: Option<NormBox>,
    headwear: Headwear,
    state: TrackState,
    is_estimated: bool,
    score: Score,
    first_seen: MediaTime,
    last_seen: MediaTime,
}

impl Track {
    /// Names it; counted from 1 in a Run.
    #[must_use]
    pub const fn id(&self) -> TrackId {
        self.id
    }

    /// The person as observed in the last frame; where it should be by now when lost.
    #[must_use]
    pub const fn bounds(&self) -> NormBox {
        self.bounds
    }

    /// The head, when it was seen in the last frame.
    #[must_use]
    pub const fn head(&self) -> Option<NormBox> {
        self.head
    }

    /// What was on the head in the last frame.
    #[must_use]
    pub const fn headwear(&self) -> Headwear {
        self.headwear
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> TrackState {
        self.state
    }

    /// Whether the model saw only the head, and the body is a guess from it.
    #[must_use]
    pub const fn is_estimated(&self) -> bool {
        self.is_estimated
    }

    /// Score of the newest detection of the person.
    #[must_use]
    pub const fn score(&self) -> Score {
        self.score
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

/// How tracks are made. The defaults suit people at 2 to 25 analysed frames a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackerSettings {
    /// Detections from this score on begin and continue tracks, 0 to 1.
    pub high_score: f32,
    /// Detections from this score on, below `high_score`, continue tracks only, 0 to 1. Without effect while the
    /// model's own threshold is above.
    pub low_score: f32,
    /// A track that nobody saw for longer is over, seconds.
    pub lost_s: f64,
    /// A track is believed after so many observations (or after two, a second apart).
    pub confirm_observations: u32,
    /// After so long without a frame everything begins anew, seconds.
    pub gap_s: f64,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self { high_score: 0.4, low_score: 0.1, lost_s: 2.0, confirm_observations: 3, gap_s: 10.0 }
    }
}
