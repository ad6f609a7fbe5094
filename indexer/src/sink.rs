//! The pipeline's way into the index: files on the caller's thread, then rows.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{
    CameraId, CameraMinute, CameraSink, CameraStatus, CoverageSink, ErrorKind, EvidenceSink, Flaw, Moment,
    OpeningEvidence, RecordedSpan, RecordingChange, Run, RunId, RunOutcome, Segment, SegmentSink, Shortage,
    SinkError, TrackPoint, Violation, WallTime,
};
use tokio::runtime::Handle;

use crate::{EvidenceKind, Index, IndexError};

/// Keeps what Runs find and recorders write. Called from the pipeline's own threads, never from an async task (that would panic): each
/// call blocks until the matter is safe on disk. Cheap to clone.
#[derive(Clone)]
pub struct IndexSink {
    index: Index,
    runtime: Handle,
}

impl IndexSink {
    /// `runtime` drives the database and must outlive the sink; a runtime with one thread must be running on it.
    #[must_use]
    pub const fn new(index: Index, runtime: Handle) -> Self {
        Self { index, runtime }
    }

    /// Files first, then rows: a process that is killed in between leaves files that nobody sees and `check` finds.
    fn keep_violation(&self, violation: &Violation, evidence: &OpeningEvidence) -> Result<(), IndexError> {
        if self.runtime.block_on(self.index.has_violation(violation.id))? {
            return Ok(());
        }
        let folder = &self.index.inner.evidence;
        let files: [(_, &[u8]); 2] = [
            (EvidenceKind::Snapshot, &evidence.clean_jpeg),
            (EvidenceKind::SnapshotAnnotated, &evidence.annotated_jpeg),
        ];
        let stored = folder.store(violation, &files)?;
        let kept = self.runtime.block_on(self.index.insert_violation(violation, evidence, &stored));
        // The row may be there although the commit said that it failed: only files without a row are taken away.
        if kept.is_err() && matches!(self.runtime.block_on(self.index.has_violation(violation.id)), Ok(false))
        {
            folder.discard(violation);
        }
        kept
    }
}

impl IndexSink {
    /// The segment that shows a camera at a moment, and its file; `None` when nothing was recorded then. For the
    /// pipeline's own snapshots: it asks for no viewer.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub fn footage_at(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<(Segment, PathBuf)>, IndexError> {
        let until = at.plus(Duration::from_micros(1));
        let found = self.runtime.block_on(self.index.timeline(camera, at, until))?.segments.pop();
        let Some(segment) = found else { return Ok(None) };
        let file = self.runtime.block_on(self.index.segment_file(&segment))?;
        Ok(Some((segment, file)))
    }

    /// Keeps evidence; when the disk is full, in the room that the reserve gives up.
    fn keep(&self, work: impl Fn() -> Result<(), IndexError>) -> Result<(), SinkError> {
        let kept = match work() {
            Err(error) if is_room_short(&error) && self.index.give_up_reserve() => work(),
            kept => kept,
        };
        self.index.note_waiting(kept.as_ref().err());
        // Whatever failed under a data folder that is gone waits until it is back.
        kept.map_err(|error| SinkError::from(self.index.check_presence().err().unwrap_or(error)))
    }
}

fn is_room_short(error: &IndexError) -> bool {
    error.kind() == ErrorKind::Unavailable(Shortage::Room)
}

impl EvidenceSink for IndexSink {
    fn begin_run(&self, run: &Run) -> Result<(), SinkError> {
        self.keep(|| self.runtime.block_on(self.index.begin_run(run)))
    }

    fn open_violation(&self, violation: &Violation, evidence: &OpeningEvidence) -> Result<(), SinkError> {
        self.keep(|| self.keep_violation(violation, evidence))
    }

    fn close_violation(&self, violation: &Violation, path: &[TrackPoint]) -> Result<(), SinkError> {
        self.keep(|| self.runtime.block_on(self.index.close_violation(violation, path)))
    }

    fn note_flaws(&self, run: RunId, flaws: &[Flaw]) -> Result<(), SinkError> {
        self.keep(|| self.runtime.block_on(self.index.note_flaws(run, flaws)))
    }

    fn end_run(&self, run: RunId, last: Option<Moment>, outcome: RunOutcome) -> Result<(), SinkError> {
        self.keep(|| self.runtime.block_on(self.index.end_run(run, last, outcome)))
    }
}

impl CameraSink for IndexSink {
    fn camera_status(&self, status: &CameraStatus) -> Result<(), SinkError> {
        self.runtime.block_on(self.index.keep_camera_status(status)).map_err(SinkError::from)
    }
}

impl SegmentSink for IndexSink {
    fn recorded_spans(&self, camera: &CameraId, apart: Duration) -> Result<Vec<RecordedSpan>, SinkError> {
        self.runtime.block_on(self.index.recorded_spans(camera, apart)).map_err(SinkError::from)
    }

    fn begin_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.index.refuse_without_reserve()?;
        self.runtime.block_on(self.index.begin_segment(segment)).map_err(SinkError::from)
    }

    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.runtime.block_on(self.index.end_segment(segment)).map_err(SinkError::from)
    }

    fn recording_changed(&self, change: &RecordingChange) -> Result<(), SinkError> {
        self.runtime.block_on(self.index.keep_recording_change(change)).map_err(SinkError::from)
    }
}

impl CoverageSink for IndexSink {
    fn add_minute(&self, minute: &CameraMinute) -> Result<(), SinkError> {
        self.runtime.block_on(self.index.add_minute(minute)).map_err(SinkError::from)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;
    use std::sync::Arc;

    use anjian_domain::{Place, SystemClock, TimeSource, VideoCodec};

    use super::*;
    use crate::engine::disk::tests::SmallDisk;
    use crate::engine::open::Create;
    use crate::{ClipSettings, RecordingSettings, Retention};

    #[test]
    fn evidence_is_kept_in_the_room_of_the_reserve() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(SmallDisk { folder: folder.path().into(), disk_bytes: 2_500 });
        let clock = Arc::new(SystemClock);
        let opened =
            Index::open_as(folder.path(), &crate::Database::Embedded, clock, Create::IfMissing, disk);
        let index = runtime.block_on(opened).unwrap();
        let recordings = folder.path().join("recordings");
        let (retention, clips) = (Retention::default(), ClipSettings::default());
        let settings = RecordingSettings {
            folder: recordings.clone(),
            retention,
            clips,
            move_after: None,
            reserve_bytes: 1_000,
        };
        index.set_recording(settings.clone()).unwrap();
        assert!(index.set_recording(settings).is_err(), "it is set once");
        std::fs::File::create(recordings.join("full.mp4")).unwrap().set_len(1_400).unwrap();
        let sink = IndexSink::new(index.clone(), runtime.handle().clone());
        let tries = Cell::new(0);
        let write = |kind: io::ErrorKind| {
            tries.set(tries.get() + 1);
            let is_there = folder.path().join("reserve").exists();
            let full = IndexError::File { doing: "write", path: "x".into(), source: kind.into() };
            if is_there { Err(full) } else { Ok(()) }
        };
        assert_eq!(sink.keep(|| write(io::ErrorKind::NotFound)).unwrap_err().kind, ErrorKind::Missing);
        assert_eq!(tries.take(), 1, "only a full disk takes the reserve");
        let failing =
            || IndexError::File { doing: "write", path: "x".into(), source: io::Error::from_raw_os_error(5) };
        let failed = sink.keep(|| Err(failing())).unwrap_err();
        assert_eq!(
            failed.kind,
            ErrorKind::Unavailable(Shortage::Disk),
            "EIO is retried, and leaves the reserve alone"
        );
        assert!(folder.path().join("reserve").exists());
        sink.keep(|| write(io::ErrorKind::StorageFull)).unwrap();
        assert_eq!(tries.take(), 2);
        let start = WallTime::EPOCH;
        let camera: CameraId = "gate".parse().unwrap();
        let segment = Segment {
            path: Segment::path_of(&camera, start),
            camera,
            start,
            duration: std::time::Duration::ZERO,
            size_bytes: 0,
            sha256: None,
            video: VideoCodec::H264,
            width_px: 160,
            height_px: 120,
            audio: None,
            time_source: TimeSource::Arrival,
            clock_offset_us: 0,
            clock_error_us: None,
            place: Place::Here,
        };
        let refused = sink.begin_segment(&segment).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Unavailable(Shortage::Room), "{refused}");
    }
}
