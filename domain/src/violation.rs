//! An interval in which a rule was broken.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Behaviour, CameraId, Moment, NormBox, RuleId, RunId, Score, SiteId, TrackId, ViolationId, ZoneId,
};

/// Why a violation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The rule was kept again.
    Ended,
    /// The person left the zone or the picture.
    Left,
    /// The source ended, or was gone for long.
    SourceEnded,
    /// The product was stopped or killed; closed at the last moment that is known.
    Interrupted,
}

impl CloseReason {
    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Left => "left",
            Self::SourceEnded => "source_ended",
            Self::Interrupted => "interrupted",
        }
    }
}

/// An interval in which a rule was broken: open while `closed` is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// Names it.
    pub id: ViolationId,
    /// The analysis that found it.
    pub run: RunId,
    /// Whose premises.
    pub site: SiteId,
    /// Whose pictures.
    pub camera: CameraId,
    /// Where in the picture.
    pub zone: ZoneId,
    /// What was done.
    pub behaviour: Behaviour,
    /// The rule that was broken.
    pub rule: RuleId,
    /// The rule as it stood then; see [`crate::RuleDefinition::version`].
    pub rule_version: String,
    /// The model that saw it; see [`crate::Run::model`].
    pub model: String,
    /// How sure, over the observations that opened it.
    pub score: Score,
    /// The first observation of the breach, not the moment when it had lasted long enough.
    pub opened: Moment,
    /// The last observation of the breach.
    pub closed: Option<(Moment, CloseReason)>,
    /// The person, where the behaviour is one person's.
    pub track: Option<TrackId>,
}

/// The two times of a moment disagree by more only when a clock was set meanwhile.
const CLOCK_WAS_SET: Duration = Duration::from_secs(5);

impl Violation {
    /// A later moment, dated by the clock with which this violation opened. A clock that was set meanwhile changes
    /// neither how long it lasted nor that it ended after it began.
    #[must_use]
    pub fn dated(&self, at: Moment) -> Moment {
        let expected = self.opened.wall.plus(at.media.since(self.opened.media));
        let apart = at.wall.since(expected).max(expected.since(at.wall));
        if apart > CLOCK_WAS_SET { Moment { wall: expected, ..at } } else { at }
    }
}

/// Where a track was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackPoint {
    /// When.
    pub at: Moment,
    /// Where.
    #[serde(rename = "box")]
    pub bounds: NormBox,
}

/// What analysis says after a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum ViolationUpdate {
    /// A breach has lasted long enough.
    Opened {
        /// Still open.
        violation: Violation,
        /// The boxes that the breach is about in this frame: the person and the head, or all persons counted.
        subjects: Vec<NormBox>,
        /// Where the track was since the breach began; empty where no single person is meant.
        path: Vec<TrackPoint>,
    },
    /// It is over.
    Closed {
        /// With its end.
        violation: Violation,
        /// Where the track was from opening to end, thinned to at most one point a second.
        path: Vec<TrackPoint>,
    },
}
