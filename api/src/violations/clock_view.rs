//! The clock that dates a violation, in answers.

use anjian_indexer::ViolationClock;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::seconds::seconds;

/// The clock that dates a violation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ViolationClockView {
    /// `sender_report` (the camera's clock), `arrival` (the server's) or `footage` (see the Run); null for violations of
    /// an earlier version.
    #[schema(required)]
    source: Option<&'static str>,
    /// By how many seconds that clock was ahead, or behind when negative, as was found later; null when no fault is known.
    /// The times of the violation are those of the wrong clock.
    #[schema(required)]
    ahead_s: Option<f64>,
}

impl From<ViolationClock> for ViolationClockView {
    fn from(clock: ViolationClock) -> Self {
        Self {
            source: clock.source.map(anjian_domain::TimeSource::as_str),
            ahead_s: clock.error_us.map(seconds),
        }
    }
}
