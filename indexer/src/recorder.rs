//! The pipeline's way into the index.
use anjian_domain::{
    CameraSink, CameraStatus, EvidenceSink, Moment, OpeningEvidence, Run, RunId, SinkError, TrackPoint,
    Violation,
};

use crate::Index;

/// Keeps what Runs find. Called from the pipeline's own threads, never from an async task: each call blocks until
/// the matter is safe on disk. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    index: Index,
    runtime: tokio::runtime::Handle,
}

impl Recorder {
    /// `runtime` must outlive the recorder; it drives the database.
    #[must_use]
    pub fn new(index: Index, runtime: tokio::runtime::Handle) -> Self {
        Self { index, runtime }
    }
}

impl EvidenceSink for Recorder {
    fn begin_run(&self, _run: &Run) -> Result<(), SinkError> {
        todo!()
    }
    fn open_violation(&self, _violation: &Violation, _evidence: &OpeningEvidence) -> Result<(), SinkError> {
        todo!()
    }
    fn close_violation(&self, _violation: &Violation, _path: &[TrackPoint]) -> Result<(), SinkError> {
        todo!()
    }
    fn end_run(&self, _run: RunId, _last: Option<Moment>) -> Result<(), SinkError> {
        todo!()
    }
}

impl CameraSink for Recorder {
    fn camera_status(&self, _status: &CameraStatus) -> Result<(), SinkError> {
        let _ = (&self.index, &self.runtime);
        todo!()
    }
}
