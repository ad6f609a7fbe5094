//! Records a camera without re-encoding: packets behind the parser, into segments of fragmented MP4.
//!
//! Recording waits for nobody and nobody waits for it: GStreamer's threads hand packets over (`tap`, `intake`), the
//! thread `record-<camera>` writes them (`thread`). Files are `anjian-footage`'s, rows are the sink's.

mod account;
mod begun;
mod decode_order;
mod files;
mod intake;
mod interleave;
mod open;
mod refusal;
mod rows;
mod status;
mod stream;
mod tap;
mod thread;
mod tracks;
mod workplace;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

use anjian_domain::{
    CameraId, CameraState, CameraStatus, Clock, RecordingChange, RecordingState, SegmentSink,
};

pub(crate) use self::tap::Tap;
pub(crate) use self::tracks::video_track;

use self::files::Folder;
use self::intake::{BYTES_MAX, Intake, Item, Limits, SPAN_MAX};
use self::thread::RecorderThread;
use self::workplace::Workplace;
use crate::camera_time::{APART, CameraTime};
use crate::stream_time::StreamTime;
use crate::{StopSignal, Vitals};

/// How recordings are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSettings {
    /// The folder of all recordings; made when it is missing.
    pub root: PathBuf,
    /// How long a file is to be; it ends at the next keyframe.
    pub segment: Duration,
    /// How much is written at once. A kill loses two of these at most: one that waits for its last picture's end, and one that comes.
    pub fragment: Duration,
}

impl RecordSettings {
    /// Files of a minute. A kill may cost a second: two fragments, and what the disk and the camera take.
    #[must_use]
    pub const fn new(root: PathBuf) -> Self {
        Self { root, segment: Duration::from_secs(60), fragment: Duration::from_millis(400) }
    }
}

/// How a camera is recorded, and who keeps account.
#[derive(Clone)]
pub struct Recording {
    /// Where and how.
    pub settings: RecordSettings,
    /// Told of each file, on the thread that records.
    pub sink: Arc<dyn SegmentSink>,
    /// Keep its threads alive.
    pub vitals: Vitals,
}

/// A camera's recorder, as its connections see it.
pub(crate) struct Recorder<'a> {
    camera: CameraId,
    recording: &'a Recording,
    clock: Arc<dyn Clock>,
    files: Folder,
    intake: Arc<Intake>,
    time: Arc<CameraTime>,
    knows_spans: bool,
}

impl<'a> Recorder<'a> {
    /// Asks the index where something is recorded, so that nothing is placed there; if it does not answer now, it is asked
    /// again.
    pub(crate) fn new(camera: CameraId, recording: &'a Recording, clock: Arc<dyn Clock>) -> Self {
        let settings = &recording.settings;
        let limits = Limits { bytes: BYTES_MAX, span: SPAN_MAX, fragment: settings.fragment };
        let time = Arc::new(CameraTime::default());
        let spans = recording.sink.recorded_spans(&camera, APART);
        let knows_spans = spans.is_ok();
        spans.into_iter().flatten().for_each(|span| time.occupy(span));
        Self {
            camera,
            recording,
            clock,
            files: Folder { root: settings.root.clone(), fragment: settings.fragment },
            intake: Arc::new(Intake::new(limits)),
            time,
            knows_spans,
        }
    }

    /// What its connections share.
    pub(crate) const fn time(&self) -> &Arc<CameraTime> {
        &self.time
    }

    /// Takes the packets of a new connection.
    pub(crate) fn tap(&self, time: Arc<StreamTime>) -> Tap {
        Tap::new(Arc::clone(&self.intake), time)
    }

    /// Begins to write, until the answer is dropped; then the open file is completed.
    pub(crate) fn start<'scope, 'env>(&'env self, scope: &'scope Scope<'scope, 'env>) -> Running<'scope> {
        let place = Workplace {
            camera: self.camera.clone(),
            root: self.recording.settings.root.clone(),
            segment: self.recording.settings.segment,
            files: &self.files,
            sink: Arc::clone(&self.recording.sink),
            clock: Arc::clone(&self.clock),
            time: Arc::clone(&self.time),
        };
        let name = format!("record-{}", self.camera);
        let (stop, vitals, knows_spans) = (StopSignal::new(), &self.recording.vitals, self.knows_spans);
        let (thread, ending) = (std::thread::Builder::new().name(name.clone()), stop.clone());
        let thread = thread.spawn_scoped(scope, {
            let name = name.clone();
            move || {
                let mut recorder = RecorderThread::new(place, knows_spans);
                vitals.keep_alive(&name, &ending, || recorder.run(&self.intake));
            }
        });
        if let Err(error) = &thread {
            self.tell_no_thread(&name, error);
        }
        Running { intake: Arc::clone(&self.intake), stop, thread: thread.ok() }
    }

    /// Nothing is recorded, and the camera must say so.
    fn tell_no_thread(&self, name: &str, error: &std::io::Error) {
        self.recording.vitals.report_gone(name, &error.to_string());
        let change = RecordingChange {
            camera: self.camera.clone(),
            state: RecordingState::Failed,
            since: self.clock.now(),
            reason: Some(format!("the system refused a thread: {error}; raise the limit (ulimit -u)")),
        };
        if let Err(error) = self.recording.sink.recording_changed(&change) {
            tracing::warn!(camera.id = %self.camera, %error, "the recorder's state was not stored");
        }
    }

    /// Hears what becomes of the connection that is recorded.
    pub(crate) fn hear(&self, status: &CameraStatus) {
        match status.state {
            CameraState::Connecting | CameraState::Stalled | CameraState::Failed => {
                self.intake.tell(Item::Lost(status.reason.clone()));
            }
            CameraState::Live | CameraState::Stopped => {}
        }
    }
}

/// A recorder that writes.
pub(crate) struct Running<'scope> {
    intake: Arc<Intake>,
    stop: StopSignal,
    thread: Option<ScopedJoinHandle<'scope, ()>>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.stop.stop();
        self.intake.close();
        if let Some(thread) = self.thread.take() {
            // What it held is on disk up to the last fragment.
            let _ = thread.join();
        }
    }
}
