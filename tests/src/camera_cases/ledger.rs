//! Keeps account of what is recorded, in memory.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{CameraId, RecordedSpan, RecordingChange, Segment, SegmentSink, SinkError};

/// What a recorder said.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) segments: Vec<Segment>,
    pub(super) changes: Vec<RecordingChange>,
}

/// An index in memory.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Told>);

impl Ledger {
    pub(super) fn told(&self) -> Told {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Told)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl SegmentSink for Ledger {
    fn recorded_spans(&self, _: &CameraId, _: Duration) -> Result<Vec<RecordedSpan>, SinkError> {
        let span = |segment: &Segment| RecordedSpan { from: segment.start, to: segment.end() };
        Ok(self.told().segments.iter().map(span).collect())
    }

    fn begin_segment(&self, _: &Segment) -> Result<(), SinkError> {
        Ok(())
    }

    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.note(|told| told.segments.push(segment.clone()));
        Ok(())
    }

    fn recording_changed(&self, change: &RecordingChange) -> Result<(), SinkError> {
        self.note(|told| told.changes.push(change.clone()));
        Ok(())
    }
}
