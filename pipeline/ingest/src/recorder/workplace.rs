//! Whatever a recorder works with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{CameraId, Clock, RecordingState, SegmentSink};

use super::files::Files;
use super::refusal::Refusal;
use crate::camera_time::{APART, CameraTime};

pub(super) struct Workplace<'a> {
    pub(super) camera: CameraId,
    pub(super) root: PathBuf,
    pub(super) segment: Duration,
    pub(super) files: &'a dyn Files,
    pub(super) sink: Arc<dyn SegmentSink>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) time: Arc<CameraTime>,
}

impl Workplace<'_> {
    /// Asks the index where something of the camera is recorded: new pictures lie elsewhere.
    pub(super) fn learn_spans(&self) -> Result<(), Refusal> {
        let spans = self.sink.recorded_spans(&self.camera, APART).map_err(|error| Refusal {
            state: RecordingState::Failed,
            reason: format!("the index does not say where something is recorded: {error}"),
        })?;
        spans.into_iter().for_each(|span| self.time.occupy(span));
        Ok(())
    }
}
