//! Nothing is sharp any more: the lens was touched, is wet, or is dirty.
//!
//! Compares fine detail with coarse edges, so that fog and dusk, which weaken both, do not count, and that with the
//! camera's own usual, because a cheap lens is no fault.

use std::time::Duration;

use anjian_domain::BlindCause;

use super::fault::{Fault, Reading};
use super::view::View;

/// Sharpness down to this share of the usual is out of focus.
const FALL: f32 = 0.35;
/// Sharpness above this share of the usual may teach.
const LIKE: f32 = 0.7;
/// Looks that teach before anything is judged.
const LESSONS: u32 = 20;
/// Without this much structure, mean luma steps, there is nothing to be sharp.
const LEAST_EDGE: f32 = 1.0;
/// How quickly the usual follows the scene: a share of the difference with each look, so about an hour.
const ADAPT: f32 = 0.0003;

#[derive(Default)]
pub(super) struct OutOfFocus {
    usual: f32,
    lessons: u32,
}

impl OutOfFocus {
    /// The mean of the first looks, later a slow average.
    fn learn(&mut self, sharpness: f32) {
        self.lessons = (self.lessons + 1).min(LESSONS);
        let weight = if self.lessons < LESSONS { 1.0 / self.lessons as f32 } else { ADAPT };
        self.usual += (sharpness - self.usual) * weight;
    }
}

impl Fault for OutOfFocus {
    fn cause(&self) -> BlindCause {
        BlindCause::OutOfFocus
    }

    fn look(&mut self, view: &View) -> Reading {
        let edge = view.mean_edge();
        if edge < LEAST_EDGE {
            return Reading::Unsure;
        }
        let sharpness = view.detail / edge;
        if self.lessons < LESSONS {
            self.learn(sharpness);
            return Reading::Clear;
        }
        if sharpness < self.usual * FALL {
            return Reading::Suspect;
        }
        if sharpness > self.usual * LIKE {
            self.learn(sharpness);
        }
        Reading::Clear
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(20)
    }

    fn release(&self) -> Duration {
        Duration::from_secs(5)
    }
}
