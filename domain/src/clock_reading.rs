//! Whose clock says what time it was.

use serde::{Deserialize, Serialize};

use crate::WallTime;
use crate::named::named;

/// Where the UTC of a recording comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The camera's own clock, told in RTCP sender reports.
    SenderReport,
    /// This machine's clock when the first packet arrived.
    Arrival,
    /// The footage that was analysed; its Run says how its start is known. Never of a segment.
    Footage,
}

named!(TimeSource, SenderReport = "sender_report", Arrival = "arrival", Footage = "footage");

/// What stands behind the time of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// Whose clock.
    pub source: TimeSource,
    /// That clock minus the place of the picture in the recording, microseconds. Not zero after a clock was set back
    /// over time that is recorded already: recordings never overlap.
    pub offset_us: i64,
}

impl ClockReading {
    /// Of footage that is analysed.
    pub const FOOTAGE: Self = Self { source: TimeSource::Footage, offset_us: 0 };

    /// Where the recording holds what the clock dates `wall`.
    #[must_use]
    pub fn place_of(&self, wall: WallTime) -> WallTime {
        wall.shifted(self.offset_us.saturating_neg())
    }
}
