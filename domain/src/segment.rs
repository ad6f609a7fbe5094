//! What is recorded, what is missing, and why.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::named::named;
use crate::{CameraId, PersonCount, SinkError, TimeSource, WallTime};

/// How the pictures of a segment are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoCodec {
    /// ITU-T H.264; every browser plays it.
    H264,
    /// ITU-T H.265; hardly a browser plays it.
    H265,
}

/// How the sound of a segment is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioCodec {
    /// MPEG-4 AAC.
    Aac,
    /// G.711 A-law.
    ALaw,
    /// G.711 mu-law.
    MuLaw,
}

named!(VideoCodec, H264 = "h264", H265 = "h265");
named!(AudioCodec, Aac = "aac", ALaw = "a_law", MuLaw = "mu_law");
named!(
    RecordingState,
    Waiting = "waiting",
    Recording = "recording",
    DiskFull = "disk_full",
    Failed = "failed",
    Overloaded = "overloaded",
    Stopped = "stopped",
    Interrupted = "interrupted",
);
named!(
    BlindCause,
    Black = "black",
    Covered = "covered",
    Frozen = "frozen",
    OutOfFocus = "out_of_focus",
    Moved = "moved",
);

/// Where a file lies, as seen from a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In this node's own folder.
    #[default]
    Here,
    /// In the bucket, where every node reads it.
    Bucket,
    /// In the folder of another node, by its number: only that node can read it.
    Elsewhere(i64),
}

/// One recorded media file of a camera. Segments of a camera never overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Whose.
    pub camera: CameraId,
    /// In the recordings folder, with forward slashes; see [`Segment::path_of`].
    pub path: String,
    /// Where it lies: UTC of its first picture, as long as the clock is right. What time it was by the clock is
    /// [`Segment::taken_at`].
    pub start: WallTime,
    /// How long it plays; while it is being written, how long it plays so far.
    pub duration: Duration,
    /// Bytes of the file, so far.
    pub size_bytes: u64,
    /// SHA-256 of the file, lower-case hexadecimal; `None` while it is being written.
    pub sha256: Option<String>,
    /// Where the file lies.
    #[serde(default)]
    pub place: Place,
    /// How pictures are coded.
    pub video: VideoCodec,
    /// Width of the pictures.
    pub width_px: u32,
    /// Height of the pictures.
    pub height_px: u32,
    /// How sound is coded, where there is any.
    pub audio: Option<AudioCodec>,
    /// Whose clock `start` follows.
    pub time_source: TimeSource,
    /// That clock minus `start`, microseconds: not zero when the clock was set back, because segments never overlap.
    pub clock_offset_us: i64,
    /// By how much that clock was found to be ahead later, or behind when negative, microseconds; `None`: no fault is
    /// known.
    pub clock_error_us: Option<i64>,
}

impl Segment {
    /// Where a segment lies: `<camera>/<yyyy>/<mm>/<dd>/<HHMMSS.ffffff>Z.mp4`, in UTC.
    #[must_use]
    pub fn path_of(camera: &CameraId, start: WallTime) -> String {
        let utc = start.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
        format!("{camera}/{}Z.mp4", utc.strftime("%Y/%m/%d/%H%M%S.%6f"))
    }

    /// UTC of its end.
    #[must_use]
    pub fn end(&self) -> WallTime {
        self.start.plus(self.duration)
    }

    /// What time it was at its first picture, by the clock that it follows.
    #[must_use]
    pub fn taken_at(&self) -> WallTime {
        self.start.shifted(self.clock_offset_us)
    }
}

/// What the recorder of a camera is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// The camera sends nothing, so there is nothing to record.
    Waiting,
    /// Segments are written.
    Recording,
    /// The disk is full, or nearly; recording goes on when there is room.
    DiskFull,
    /// The file system refuses for another reason.
    Failed,
    /// The recorder fell behind; packets were lost up to the next keyframe.
    Overloaded,
    /// The product was stopped, or the camera is not to be recorded.
    Stopped,
    /// The product was killed; noted when it starts again.
    Interrupted,
}

impl RecordingState {
    /// Whether pictures arrive, or may, and are not kept: the machine's fault, not the camera's.
    #[must_use]
    pub const fn is_off(self) -> bool {
        matches!(self, Self::DiskFull | Self::Failed | Self::Overloaded)
    }
}

/// A recorder went into another state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingChange {
    /// Whose.
    pub camera: CameraId,
    /// What it does now.
    pub state: RecordingState,
    /// Since when.
    pub since: WallTime,
    /// Why, for a person; never contains a password.
    pub reason: Option<String>,
}

/// A span of UTC in which something of a camera is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedSpan {
    /// Its beginning.
    pub from: WallTime,
    /// Its end.
    pub to: WallTime,
}

/// Keeps account of segments. Calls block until the matter is safe on disk, and may be repeated.
pub trait SegmentSink: Send + Sync {
    /// Where something of this camera is recorded: all that began up to now as one span, then each span that lies in
    /// the future by the present clock. Spans less than `apart` from each other count as one.
    ///
    /// # Errors
    /// When the index could not be read.
    fn recorded_spans(&self, camera: &CameraId, apart: Duration) -> Result<Vec<RecordedSpan>, SinkError>;

    /// A file was begun: its first bytes are on disk.
    ///
    /// # Errors
    /// When the row could not be written.
    fn begin_segment(&self, segment: &Segment) -> Result<(), SinkError>;

    /// A file is complete and safe on disk; `sha256` is known.
    ///
    /// # Errors
    /// When the row could not be written.
    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError>;

    /// A recorder went into another state.
    ///
    /// # Errors
    /// When the row could not be written; recording goes on all the same.
    fn recording_changed(&self, change: &RecordingChange) -> Result<(), SinkError>;
}

/// Why a camera that sends pictures sees nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlindCause {
    /// No light reaches it.
    Black,
    /// Something stands or hangs before it.
    Covered,
    /// The same picture again and again.
    Frozen,
    /// Nothing is sharp.
    OutOfFocus,
    /// It looks somewhere else than when it was set up.
    Moved,
}

/// What analysis made of one minute of a camera. Whether the minute was recorded is known from its segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraMinute {
    /// Whose.
    pub camera: CameraId,
    /// Beginning of the minute, UTC.
    pub minute: WallTime,
    /// How much of it was analysed, 0..=60 s.
    pub analysed: Duration,
    /// How much of it was passed over because nothing moved.
    pub gated: Duration,
    /// How much of it the camera saw nothing.
    pub blind: Duration,
    /// Why it saw nothing, if it did: the cause that lasted longest.
    pub blind_cause: Option<BlindCause>,
    /// The most persons seen at once; `None` when nothing of it was analysed or gated.
    pub persons: Option<PersonCount>,
}

/// Keeps account of what was analysed. A minute may be told in several parts, which add up; of persons the most counts.
pub trait CoverageSink: Send + Sync {
    /// # Errors
    /// When the row could not be written.
    fn add_minute(&self, minute: &CameraMinute) -> Result<(), SinkError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_sort_by_time_and_name_the_microsecond() {
        let camera: CameraId = "gate".parse().unwrap();
        let start: WallTime = "2026-03-01T07:59:59.000042+08:00".parse().unwrap();
        assert_eq!(Segment::path_of(&camera, start), "gate/2026/02/28/235959.000042Z.mp4");
    }

    #[test]
    fn every_name_is_read_back() {
        for state in [RecordingState::Waiting, RecordingState::DiskFull, RecordingState::Interrupted] {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for cause in [BlindCause::Black, BlindCause::Covered, BlindCause::Frozen, BlindCause::Moved] {
            assert_eq!(cause.as_str().parse(), Ok(cause));
        }
        assert!("nonsense".parse::<VideoCodec>().is_err());
    }
}
