//! Keeps account of what is recorded, in memory.

use std::sync::{Mutex, PoisonError};

use anjian_domain::{CameraId, RecordingChange, Segment, SegmentSink, SinkError, WallTime};

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
    fn recorded_until(&self, _: &CameraId) -> Result<Option<WallTime>, SinkError> {
        Ok(self.told().segments.last().map(Segment::end))
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
