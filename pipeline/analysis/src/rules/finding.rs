//! What a rule finds out: breaches that begin and end.

use anjian_domain::{CloseReason, MediaTime, Moment, NormBox, Score, TrackId, TrackPoint};

/// Names a breach of a rule: a person breaks it once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BreachKey {
    /// The person, where one is meant.
    pub(crate) track: Option<TrackId>,
    /// The first observation.
    pub(crate) opened: MediaTime,
}

/// What a rule found out with a frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    /// A breach has lasted long enough.
    Began {
        track: Option<TrackId>,
        opened: Moment,
        score: Score,
        subjects: Vec<NormBox>,
        path: Vec<TrackPoint>,
    },
    /// It is over; `last` is its last observation.
    Ended { key: BreachKey, last: Moment, reason: CloseReason, path: Vec<TrackPoint> },
}

/// Mean of some scores; `None` of none.
pub(crate) fn mean_score(scores: impl Iterator<Item = f32>) -> Option<Score> {
    let (sum, count) = scores.fold((0.0, 0u32), |(sum, count), score| (sum + f64::from(score), count + 1));
    Score::new((sum / f64::from(count.max(1))) as f32).filter(|_| count > 0)
}
