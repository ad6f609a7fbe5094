//! Keeps account of segments in memory, and notices what must not happen.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use anjian_domain::{
    CameraId, RecordedSpan, RecordingChange, RecordingState, Segment, SegmentSink, SinkError, WallTime,
};
use anjian_footage::{SegmentFile, scan};
use anjian_ingest::{RecordSettings, Recording, Vitals};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    state: Mutex<Told>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Told {
    pub(crate) begun: Vec<Segment>,
    pub(crate) ended: Vec<Segment>,
    pub(crate) changes: Vec<RecordingChange>,
    pub(crate) until: Option<WallTime>,
}

impl Ledger {
    /// Recording into `root`, in files of so many seconds.
    pub(crate) fn recording(self: &Arc<Self>, root: &Path, segment_s: u64) -> Recording {
        let settings = RecordSettings {
            segment: Duration::from_secs(segment_s),
            ..RecordSettings::new(root.to_owned())
        };
        Recording { settings, sink: Arc::clone(self) as Arc<dyn SegmentSink>, vitals: Vitals::default() }
    }

    /// Waits for what must come about.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Told) -> bool) -> Told {
        let state = self.state.lock().unwrap();
        let (state, timeout) =
            self.changed.wait_timeout_while(state, Duration::from_secs(30), |told| !is_so(told)).unwrap();
        assert!(!timeout.timed_out(), "no {what}: {state:#?}");
        state.clone()
    }

    /// What was recorded before this process began.
    pub(crate) fn set_until(&self, until: WallTime) {
        self.change(|told| told.until = Some(until));
    }

    pub(crate) fn told(&self) -> Told {
        self.state.lock().unwrap().clone()
    }

    fn change(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }
}

impl Told {
    /// The states, each once.
    pub(crate) fn states(&self) -> Vec<RecordingState> {
        let mut states: Vec<RecordingState> = self.changes.iter().map(|change| change.state).collect();
        states.dedup();
        states
    }

    /// The files that were completed; checks that they are what they are said to be, and that none overlaps another.
    #[track_caller]
    pub(crate) fn files(&self, root: &Path) -> Vec<SegmentFile> {
        let begun: Vec<&str> = self.begun.iter().map(|segment| segment.path.as_str()).collect();
        let ended: Vec<&str> = self.ended.iter().map(|segment| segment.path.as_str()).collect();
        assert_eq!(begun, ended, "every file is begun and completed, in order");
        for pair in self.ended.windows(2) {
            assert!(pair[1].start >= pair[0].end(), "{pair:#?}");
        }
        let file = |segment: &Segment| {
            let path = root.join(&segment.path);
            let digest = anjian_footage::digest(&path).unwrap();
            assert_eq!(
                (Some(digest.sha256), digest.size_bytes),
                (segment.sha256.clone(), segment.size_bytes)
            );
            let file = scan(&path).unwrap();
            assert_eq!((file.torn_at, file.duration()), (None, segment.duration), "{segment:?}");
            assert!(segment.duration > Duration::ZERO, "{segment:?}");
            file
        };
        self.ended.iter().map(file).collect()
    }
}

impl SegmentSink for Ledger {
    fn recorded_spans(&self, _: &CameraId, _: Duration) -> Result<Vec<RecordedSpan>, SinkError> {
        let told = self.told();
        let until = told.ended.last().map(Segment::end).max(told.until);
        Ok(until.map(|to| RecordedSpan { from: WallTime::EPOCH, to }).into_iter().collect())
    }

    fn begin_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        assert_eq!(segment.path, Segment::path_of(&segment.camera, segment.start));
        self.change(|told| told.begun.push(segment.clone()));
        Ok(())
    }

    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.change(|told| told.ended.push(segment.clone()));
        Ok(())
    }

    fn recording_changed(&self, change: &RecordingChange) -> Result<(), SinkError> {
        self.change(|told| told.changes.push(change.clone()));
        Ok(())
    }
}
