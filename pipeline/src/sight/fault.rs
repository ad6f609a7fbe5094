//! One way of being blind, and what one look says about it.

use std::time::Duration;

use anjian_domain::BlindCause;

use super::view::View;

/// What one look says about one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The camera sees, as far as this cause goes.
    Clear,
    /// It looks as if it were blind.
    Suspect,
    /// This picture says nothing about it; what was believed before still holds.
    Unsure,
}

/// One way of being blind.
pub(crate) trait Fault: Send {
    fn cause(&self) -> BlindCause;

    /// Judges one picture. Called in order of time, and only for pictures in which no fault before it in the list
    /// suspects anything, so that a covered lens does not spoil what a fault has learnt about the scene.
    fn look(&mut self, view: &View) -> Reading;

    /// It has to last so long before the camera counts as blind.
    fn hold(&self) -> Duration;

    /// It has to be gone for so long before the camera counts as seeing again.
    fn release(&self) -> Duration;
}
