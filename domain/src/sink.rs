//! Where results go. `pipeline` hands them over; `indexer` keeps them.

use crate::{
    CameraStatus, ClockReading, Detections, ErrorKind, Flaw, Moment, Run, RunId, RunOutcome, TrackPoint,
    Violation,
};

/// Why something could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SinkError {
    /// What happened, naming file or table, and what to do.
    pub message: String,
    /// Whether the call is retried (a full disk, a busy database), and what is short.
    pub kind: ErrorKind,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The pictures and numbers with which a violation opens.
#[derive(Debug, Clone, PartialEq)]
pub struct OpeningEvidence {
    /// When the snapshot was taken: the frame on which the breach had lasted long enough.
    pub snapshot_at: Moment,
    /// By whose clock the violation is dated.
    pub clock: ClockReading,
    /// The frame as it was, JPEG.
    pub clean_jpeg: Vec<u8>,
    /// The frame with zone, boxes, time and behaviour drawn in, JPEG.
    pub annotated_jpeg: Vec<u8>,
    /// Everything the model saw in that frame.
    pub detections: Detections,
    /// Where the track was since the breach began.
    pub path: Vec<TrackPoint>,
}

/// Keeps Runs, violations and their evidence. Calls block until the matter is safe on disk, and may be repeated:
/// the same violation kept twice is kept once.
pub trait EvidenceSink: Send + Sync {
    /// Begins a Run, or one again that was stopped, failed or killed.
    ///
    /// # Errors
    /// When the Run could not be written.
    fn begin_run(&self, run: &Run) -> Result<(), SinkError>;

    /// # Errors
    /// When picture or row could not be written; nothing of it is visible then.
    fn open_violation(&self, violation: &Violation, evidence: &OpeningEvidence) -> Result<(), SinkError>;

    /// # Errors
    /// When the row could not be written.
    fn close_violation(&self, violation: &Violation, path: &[TrackPoint]) -> Result<(), SinkError>;

    /// The stretches of a Run's footage that no rule could judge, instead of those that were noted before.
    ///
    /// # Errors
    /// When the row could not be written.
    fn note_flaws(&self, run: RunId, flaws: &[Flaw]) -> Result<(), SinkError>;

    /// `last` is the last analysed moment, `None` when there was no frame at all. A complete Run takes the place of
    /// earlier Runs over the same footage.
    ///
    /// # Errors
    /// When the row could not be written.
    fn end_run(&self, run: RunId, last: Option<Moment>, outcome: RunOutcome) -> Result<(), SinkError>;
}

/// Keeps the newest state of each camera and tells whoever listens.
pub trait CameraSink: Send + Sync {
    /// # Errors
    /// When the row could not be written; the camera goes on all the same.
    fn camera_status(&self, status: &CameraStatus) -> Result<(), SinkError>;
}
