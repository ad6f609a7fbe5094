//! How tracks are made.

use serde::{Deserialize, Serialize};

/// How tracks are made. The defaults suit people at 2 to 25 analysed frames a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackerSettings {
    /// Detections from this score on begin and continue tracks, 0 to 1.
    pub high_score: f64,
    /// Detections from this score on, below `high_score`, continue tracks only, 0 to 1. Without effect while the
    /// model's own threshold is above.
    pub low_score: f64,
    /// A track that nobody saw for longer is over, seconds.
    pub lost_s: f64,
    /// A track that is not believed yet and that nobody saw for longer is over, seconds.
    pub tentative_s: f64,
    /// A track is believed after so many observations (or after two, a second apart).
    pub confirm_observations: u32,
    /// After longer than this without a frame everything begins anew, seconds.
    pub gap_s: f64,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self {
            high_score: 0.4,
            low_score: 0.1,
            lost_s: 2.0,
            tentative_s: 0.6,
            confirm_observations: 3,
            gap_s: 10.0,
        }
    }
}
