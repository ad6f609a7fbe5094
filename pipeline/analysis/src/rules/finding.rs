//! What a rule finds out: breaches that begin and end.

use anjian_domain::{CloseReason, MediaTime, Moment, NormBox, Score, TrackId, TrackPoint};

/// Names a breach of a rule: a person breaks it once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreachKey {
    /// The person, where one is meant.
    pub track: Option<TrackId>,
    /// The first observation.
    pub opened: MediaTime,
}

/// What a rule found out with a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A breach has lasted long enough.
    Began {
        /// The person, where one is meant.
        track: Option<TrackId>,
        /// The first observation.
        opened: Moment,
        /// How sure, over the observations that opened it.
        score: Score,
        /// The boxes that it is about in this frame.
        subjects: Vec<NormBox>,
        /// Where the person was since it began; empty where no single person is meant.
        path: Vec<TrackPoint>,
    },
    /// It is over.
    Ended {
        /// Which breach.
        key: BreachKey,
        /// Its last observation.
        last: Moment,
        /// Why it ended.
        reason: CloseReason,
        /// Where the person was from beginning to end.
        path: Vec<TrackPoint>,
    },
}

/// Mean of some scores; `None` of none.
#[must_use]
pub fn mean_score(scores: impl Iterator<Item = f32>) -> Option<Score> {
    let (sum, count) = scores.fold((0.0, 0u32), |(sum, count), score| (sum + f64::from(score), count + 1));
    Score::new((sum / f64::from(count.max(1))) as f32).filter(|_| count > 0)
}
