//! No light reaches the sensor. A night scene with a single lamp is not black.

use std::time::Duration;

use anjian_domain::BlindCause;

use super::fault::{Fault, Reading};
use super::view::View;

/// Cameras give 16 for black; noise and compression lift it a little.
const DARK: u8 = 30;
/// This share of the picture may be brighter: the clock that cameras write into it.
const LIT: f32 = 0.03;

pub(super) struct Black;

impl Fault for Black {
    fn cause(&self) -> BlindCause {
        BlindCause::Black
    }

    fn look(&mut self, view: &View) -> Reading {
        if view.luma_quantile(1.0 - LIT) <= DARK { Reading::Suspect } else { Reading::Clear }
    }

    fn hold(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn release(&self) -> Duration {
        Duration::from_secs(3)
    }
}
