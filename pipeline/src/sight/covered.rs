//! Something hangs or stands right before the lens: hardly an edge is left in the picture.
//!
//! A hand, paper, paint or a bag is out of focus so close, so it may be bright, dark or a gradient, but it is smooth.
//! Cameras differ in how many edges they see, so the fall is measured against the camera's own scene as well.

use std::time::Duration;

use anjian_domain::BlindCause;

use super::fault::{Fault, Reading};
use super::view::View;

/// A block with so many luma steps to its neighbours has an edge.
const EDGE: u8 = 14;
/// Fewer edges than this are nothing, whatever the scene.
const NOTHING: f32 = 0.004;
/// Edges down to this share of the usual are a cover...
const FALL: f32 = 0.25;
/// ...if they are few: a cover leaves the clock that cameras write into the picture, and little else.
const FEW: f32 = 0.03;
/// How quickly the usual follows the scene: a share of the difference with each look, so minutes.
const ADAPT: f32 = 0.005;

#[derive(Default)]
pub(super) struct Covered {
    usual: Option<f32>,
}

impl Fault for Covered {
    fn cause(&self) -> BlindCause {
        BlindCause::Covered
    }

    fn look(&mut self, view: &View) -> Reading {
        let edges = view.edge_share(EDGE);
        let has_fallen = self.usual.is_some_and(|usual| edges < usual * FALL && edges < FEW);
        if edges < NOTHING || has_fallen {
            return Reading::Suspect;
        }
        let usual = self.usual.get_or_insert(edges);
        *usual += (edges - *usual) * ADAPT;
        Reading::Clear
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(8)
    }

    fn release(&self) -> Duration {
        Duration::from_secs(3)
    }
}
