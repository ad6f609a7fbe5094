//! Live Runs of all cameras: the threads, who owns them, and how they end.
//!
//! ```text
//! camera-<id>  (one a camera)   connect, decode, offer the newest frame        -> exchange
//! detect-<n>   (one a session)  take a turn, detect, judge                     -> evidence queue
//! evidence     (one)            render, keep, try again                        -> EvidenceSink
//! status       (one)            carry camera statuses away                     -> CameraSink
//! ```
//! They end in this order, each after the one before it: nothing that was judged is lost at a stop.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use anjian_domain::{
    CameraId, CameraSink, CameraStatus, Clock, CloseReason, EvidenceSink, Frame, SinkError, WallTime,
};
use anjian_ingest::{LiveCamera, StopSignal};
use anjian_models::Detector;
use metrics::{counter, histogram};

use crate::evidence::{EvidenceEntrance, EvidenceKeeper};
use crate::exchange::{FrameExchange, Offer, Seat, Turn};
use crate::metric;
use crate::status_board::{StatusBoard, StatusCarrier};
use crate::watch::Watch;

/// How often a live camera's last frame is told.
const LAST_FRAME_STEP: Duration = Duration::from_secs(1);

/// Where a live camera's frames come from, for as long as it is watched.
pub trait LiveSource: Send {
    /// Whose frames.
    fn camera(&self) -> &CameraId;

    /// Delivers frames and states until `stop`; see [`LiveCamera::run`].
    fn run(
        &self,
        clock: &dyn Clock,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    );
}

impl LiveSource for LiveCamera {
    fn camera(&self) -> &CameraId {
        &self.frames.camera
    }

    fn run(
        &self,
        clock: &dyn Clock,
        stop: &StopSignal,
        on_frame: &mut dyn FnMut(Frame),
        on_status: &mut dyn FnMut(CameraStatus),
    ) {
        Self::run(self, clock, stop, on_frame, on_status);
    }
}

/// A camera with its source, tracker and rules.
pub struct LiveSetup {
    /// Where frames come from.
    pub source: Box<dyn LiveSource>,
    /// What judges them.
    pub watch: Watch,
}

/// Where results go, and what time it is.
#[derive(Clone)]
pub struct LiveContext {
    /// Keeps Runs and evidence.
    pub evidence: Arc<dyn EvidenceSink>,
    /// Keeps camera states.
    pub cameras: Arc<dyn CameraSink>,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// Why live Runs could not begin.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// A thread could not be started.
    #[error("the system refused a thread: {0}; lower the number of cameras or raise the limit (ulimit -u)")]
    Thread(#[from] std::io::Error),
    /// A Run could not be written to the index.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// All live Runs. Stop them with [`LiveRuns::stop`].
pub struct LiveRuns {
    stop: StopSignal,
    shared: Arc<Shared>,
    cameras: Vec<JoinHandle<()>>,
    detectors: Vec<JoinHandle<()>>,
    keeper: EvidenceKeeper,
    carrier: StatusCarrier,
}

struct Shared {
    exchange: FrameExchange,
    watches: Vec<Mutex<Watch>>,
    context: LiveContext,
}

impl LiveRuns {
    /// Starts every thread; one detection thread for each detector given.
    ///
    /// # Errors
    /// When a Run cannot be written or a thread not be started.
    pub fn start(
        cameras: Vec<LiveSetup>,
        detectors: Vec<Box<dyn Detector>>,
        context: LiveContext,
    ) -> Result<Self, LiveError> {
        for camera in &cameras {
            context.evidence.begin_run(camera.watch.run())?;
        }
        let stop = StopSignal::new();
        let keeper = EvidenceKeeper::start(Arc::clone(&context.evidence), stop.clone())?;
        let carrier = StatusCarrier::start(Arc::clone(&context.cameras))?;
        let (sources, watches): (Vec<_>, Vec<_>) =
            cameras.into_iter().map(|camera| (camera.source, Mutex::new(camera.watch))).unzip();
        let exchange = FrameExchange::new(watches.len());
        let shared = Arc::new(Shared { exchange, watches, context });
        let mut runs = Self { stop, shared, cameras: vec![], detectors: vec![], keeper, carrier };
        runs.start_detectors(detectors)?;
        runs.start_cameras(sources)?;
        Ok(runs)
    }

    fn start_detectors(&mut self, detectors: Vec<Box<dyn Detector>>) -> std::io::Result<()> {
        for (index, detector) in detectors.into_iter().enumerate() {
            let (shared, entrance) = (Arc::clone(&self.shared), self.keeper.entrance());
            let thread = Builder::new().name(format!("detect-{index}"));
            self.detectors.push(thread.spawn(move || shared.judge_turns(detector, &entrance))?);
        }
        Ok(())
    }

    fn start_cameras(&mut self, sources: Vec<Box<dyn LiveSource>>) -> std::io::Result<()> {
        for (index, source) in sources.into_iter().enumerate() {
            let (shared, board) = (Arc::clone(&self.shared), self.carrier.board());
            let stop = self.stop.clone();
            let thread = Builder::new().name(format!("camera-{}", source.camera()));
            self.cameras.push(
                thread.spawn(move || shared.watch_camera(Seat(index), source.as_ref(), &stop, &board))?,
            );
        }
        Ok(())
    }

    /// Ends every thread, closes what is open and keeps everything that was judged. Blocks until that is done.
    pub fn stop(self) {
        let Self { stop, shared, cameras, detectors, keeper, carrier } = self;
        stop.stop();
        join_all(cameras);
        shared.exchange.close();
        join_all(detectors);
        shared.close_violations(&keeper.entrance());
        keeper.finish();
        shared.end_runs();
        carrier.finish();
    }
}

fn join_all(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        let name = thread.thread().name().unwrap_or("unnamed").to_owned();
        if thread.join().is_err() {
            tracing::error!(thread = name, "a thread died; see the log above");
        }
    }
}

/// Whether the moment of the last frame, as it was told, is so old that it should be told again.
fn is_stale(status: &CameraStatus, now: WallTime) -> bool {
    status.last_frame.is_none_or(|told| now.since(told) >= LAST_FRAME_STEP)
}

impl Shared {
    fn watch_camera(&self, seat: Seat, source: &dyn LiveSource, stop: &StopSignal, board: &StatusBoard) {
        let dropped = counter!(metric::FRAMES_DROPPED, "camera" => source.camera().to_string());
        let newest: RefCell<Option<CameraStatus>> = RefCell::new(None);
        let mut on_frame = |frame: Frame| {
            let at = frame.at.wall;
            if self.exchange.offer(seat, frame) == Offer::Replaced {
                dropped.increment(1);
            }
            if let Some(status) = newest.borrow_mut().as_mut().filter(|status| is_stale(status, at)) {
                status.last_frame = Some(at);
                board.put(status.clone());
            }
        };
        let mut on_status = |status: CameraStatus| {
            board.put(status.clone());
            newest.replace(Some(status));
        };
        source.run(self.context.clock.as_ref(), stop, &mut on_frame, &mut on_status);
    }

    fn judge_turns(&self, mut detector: Box<dyn Detector>, entrance: &EvidenceEntrance) {
        let mut is_failing = false;
        while let Some(turn) = self.exchange.take() {
            let judged = self.judge(&turn, detector.as_mut(), entrance);
            if let (Err(error), false) = (&judged, is_failing) {
                tracing::error!(camera.id = %turn.frame.camera, %error, "the model failed on a frame");
            }
            is_failing = judged.is_err();
        }
    }

    fn judge(
        &self,
        turn: &Turn<'_>,
        detector: &mut dyn Detector,
        entrance: &EvidenceEntrance,
    ) -> Result<(), anjian_models::ModelError> {
        let camera = turn.frame.camera.to_string();
        let begun = Instant::now();
        let found = detector.detect(&[&turn.frame.picture]).inspect_err(|_| {
            counter!(metric::FRAMES_FAILED, "camera" => camera.clone()).increment(1);
        })?;
        histogram!(metric::DETECT_SECONDS).record(begun.elapsed());
        let items = found.into_iter().flatten().collect();
        let mut watch = self.watches[turn.seat.0].lock().unwrap_or_else(PoisonError::into_inner);
        for job in watch.judge(&turn.frame, items) {
            entrance.put(job);
        }
        counter!(metric::FRAMES_ANALYSED, "camera" => camera).increment(1);
        histogram!(metric::LAG_SECONDS).record(self.context.clock.now().since(turn.frame.at.wall));
        Ok(())
    }

    fn close_violations(&self, entrance: &EvidenceEntrance) {
        for watch in &self.watches {
            let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
            for job in watch.finish(CloseReason::Interrupted) {
                entrance.put(job);
            }
        }
    }

    fn end_runs(&self) {
        for watch in &self.watches {
            let watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
            let run = watch.run();
            if let Err(error) = self.context.evidence.end_run(run.id, watch.last()) {
                tracing::error!(camera.id = %run.camera, %error, "the end of the Run was not stored");
            }
        }
    }
}
