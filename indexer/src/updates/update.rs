//! What just happened, for whoever listens.

use crate::{CameraRow, CaseRow, ViolationRow};

/// One change, told after it was committed.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveUpdate {
    /// Grows with each change; the event id of the HTTP stream.
    pub seq: i64,
    /// What changed.
    pub kind: LiveKind,
}

/// What changed, as it is when it is told (not as it was then).
#[derive(Debug, Clone, PartialEq)]
pub enum LiveKind {
    /// A violation opened, closed or got a verdict.
    Violation(Box<ViolationRow>),
    /// A camera went into another state.
    Camera(Box<CameraRow>),
    /// A step of a case was taken.
    Case(Box<CaseRow>),
}
