//! How a fire looked, frame by frame.

use anjian_domain::{LightMeasure, MediaTime, NormBox};

/// One frame in the life of a fire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) at: MediaTime,
    /// `None` when the frame did not show the fire.
    pub(super) glow: Option<Glow>,
}

/// How a fire looked in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glow {
    pub(super) bounds: NormBox,
    pub(super) score: f32,
    /// Whether it was an arc and nothing else.
    pub(super) is_arc: bool,
    pub(super) light: Option<LightMeasure>,
}
