//! Which frames need no judging: nobody was there when the camera was last judged, and nothing has moved since.
//!
//! Compares with the last judged picture, not with the one before, so that slow changes add up. Somebody who stands
//! still keeps a camera judged, because a track is somebody. A burnt-in clock moves once a second; then that is how
//! often a quiet camera is judged. Knows luma only, and nothing of what moves.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::{Frame, MediaTime};

use crate::sight::small_luma;

/// A quiet camera is judged this often all the same.
const LONGEST: Duration = Duration::from_secs(5);
/// A block that differs by so many luma steps has changed. Noise moves the mean of a block by less than 2, the
/// pulse of keyframes by up to 4.
const CHANGE: u8 = 6;

/// One camera's gate. The camera thread asks, the detection thread tells.
pub(crate) struct Gate {
    is_used: bool,
    quiet: Mutex<Option<Quiet>>,
}

/// A judged picture with nobody in it.
struct Quiet {
    at: MediaTime,
    luma: Vec<u8>,
}

impl Gate {
    /// One that is not used lets everything through.
    pub(crate) fn new(is_used: bool) -> Self {
        Self { is_used, quiet: Mutex::default() }
    }

    /// Whether this frame shows what the last judged one did: nobody.
    pub(crate) fn holds_back(&self, frame: &Frame) -> bool {
        let quiet = self.lock();
        let Some(quiet) = quiet.as_ref().filter(|quiet| frame.at.media.since(quiet.at) < LONGEST) else {
            return false;
        };
        let luma = small_luma(&frame.picture);
        quiet.luma.iter().zip(&luma).all(|(before, now)| before.abs_diff(*now) < CHANGE)
    }

    /// A frame was judged; `is_idle` when nobody is followed and no violation is open.
    pub(crate) fn judged(&self, frame: &Frame, is_idle: bool) {
        let quiet =
            (self.is_used && is_idle).then(|| Quiet { at: frame.at.media, luma: small_luma(&frame.picture) });
        *self.lock() = quiet;
    }

    /// What is behind the lock is replaced whole, so a thread that died while it held it spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Option<Quiet>> {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ClockReading, ColourMatrix, Moment, Picture, PixelFormat, WallTime};

    use super::*;

    /// Grey, 320 x 180, with a square of so many pixels that is so much brighter.
    fn frame(at_ms: u64, square_px: usize, brighter: u8) -> Frame {
        let mut bytes = vec![100; 320 * 180 * 3];
        for row in 20..20 + square_px {
            let start = (row * 320 + 40) * 3;
            bytes[start..start + square_px * 3].fill(100 + brighter);
        }
        let picture = Picture::new(320, 180, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap();
        let at = Moment { media: MediaTime::from_millis(at_ms), wall: WallTime::EPOCH };
        Frame { camera: "dock".parse().unwrap(), at, clock: ClockReading::FOOTAGE, picture }
    }

    #[track_caller]
    fn check(is_used: bool, is_idle: bool, next: &Frame, expected: bool) {
        let gate = Gate::new(is_used);
        assert!(!gate.holds_back(next), "nothing was judged yet");
        gate.judged(&frame(1_000, 0, 0), is_idle);
        assert_eq!(gate.holds_back(next), expected);
    }

    #[test]
    fn only_a_quiet_picture_is_held_back() {
        check(true, true, &frame(1_200, 0, 0), true);
        check(true, true, &frame(1_200, 120, 3), true); // The light wavers.
        check(true, true, &frame(1_200, 4, 40), false); // Somebody far away.
        check(true, true, &frame(1_200, 120, 8), false); // The light is switched.
        check(true, true, &frame(6_000, 0, 0), false); // Once in a while.
        check(true, false, &frame(1_200, 0, 0), false); // Somebody stands still.
        check(false, true, &frame(1_200, 0, 0), false);
    }

    #[test]
    fn slow_changes_add_up() {
        let gate = Gate::new(true);
        gate.judged(&frame(0, 0, 0), true);
        let held: Vec<_> =
            (1..5).map(|step| gate.holds_back(&frame(200 * u64::from(step), 90, 2 * step))).collect();
        assert_eq!(held, [true, true, false, false]);
    }
}
