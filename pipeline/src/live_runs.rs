//! Live Runs of all cameras: the threads, who owns them, and how they end.
//!
//! ```text
//! camera-<id>  (one a camera)   connect, decode, offer the newest frame, look  -> exchange, account
//! detect-<n>   (one a session)  take a turn, detect, look again, judge         -> evidence queue, account
//! evidence     (one)            fetch the full picture, render, keep, try again -> EvidenceSink
//! status       (one)            carry camera statuses away                     -> CameraSink
//! coverage     (one)            carry finished minutes away                    -> CoverageSink
//! ```
//! They end in this order, each after the one before it: nothing that was judged is lost at a stop.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use anjian_domain::{
    CameraId, CameraSink, CameraStatus, Clock, CloseReason, CoverageSink, ErrorKind, EvidenceSink, Frame,
    RunOutcome, SinkError,
};
use anjian_ingest::{LiveCamera, StopSignal, Vitals};
use anjian_models::ModelError;
use metrics::{counter, histogram};

use crate::coverage::{Account, CoverageCarrier};
use crate::evidence::{EvidenceEntrance, EvidenceKeeper};
use crate::exchange::{FrameExchange, Seat, Turn};
use crate::eyes::{Aim, Eyes};
use crate::full_size::{FullSize, MainPictures};
use crate::gate::Gate;
use crate::judge::{Judge, Judgement};
use crate::lookout::Lookout;
use crate::metric;
use crate::sight::{Mount, Sight};
use crate::status_board::{StatusBoard, StatusCarrier};

/// Where a live camera's frames come from, for as long as it is watched.
pub trait LiveSource: Send {
    /// Whose frames.
    fn camera(&self) -> &CameraId;

    /// Delivers frames and states until `stop`; see [`LiveCamera::run`].
    fn run(
        &self,
        clock: &Arc<dyn Clock>,
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
        clock: &Arc<dyn Clock>,
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
    pub judge: Judge,
    /// Whether it always shows the same scene.
    pub mount: Mount,
    /// A judged frame stands for the time since the one before, but for no longer than this.
    pub longest_step: Duration,
    /// Where its snapshots come from.
    pub snapshots: SnapshotSource,
}

/// Where a camera's snapshots come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnapshotSource {
    /// The frame that was judged: it has the full size.
    #[default]
    JudgedFrame,
    /// The recording of the main stream, because a smaller stream is judged.
    MainStream,
}

/// Where results go, and what time it is.
#[derive(Clone)]
pub struct LiveContext {
    /// Keeps Runs and evidence.
    pub evidence: Arc<dyn EvidenceSink>,
    /// Keeps camera states.
    pub cameras: Arc<dyn CameraSink>,
    /// Keeps what was analysed.
    pub coverage: Arc<dyn CoverageSink>,
    /// Full pictures for those who judge a smaller stream; without it, snapshots are as small as that.
    pub main_pictures: Option<Arc<dyn MainPictures>>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Keep the threads alive.
    pub vitals: Vitals,
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

impl LiveError {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Thread(error) => error.into(),
            Self::Sink(error) => error.kind,
        }
    }
}

/// All live Runs. Stop them with [`LiveRuns::stop`].
pub struct LiveRuns {
    stop: StopSignal,
    shared: Arc<Shared>,
    cameras: Vec<JoinHandle<()>>,
    detectors: Vec<JoinHandle<()>>,
    keeper: EvidenceKeeper,
    carrier: StatusCarrier,
    coverage: CoverageCarrier,
}

struct Shared {
    exchange: FrameExchange,
    judges: Vec<Mutex<Judge>>,
    accounts: Vec<Arc<Account>>,
    gates: Vec<Arc<Gate>>,
    aims: Vec<Aim>,
    context: LiveContext,
}

impl LiveRuns {
    /// Starts every thread; one detection thread for each pair of eyes.
    ///
    /// # Errors
    /// When a Run cannot be written or a thread not be started.
    pub fn start(cameras: Vec<LiveSetup>, eyes: Vec<Eyes>, context: LiveContext) -> Result<Self, LiveError> {
        for camera in &cameras {
            context.evidence.begin_run(camera.judge.run())?;
        }
        let stop = StopSignal::new();
        let full_size = full_size(&cameras, &context);
        let (clock, vitals) = (&context.clock, &context.vitals);
        let keeper = EvidenceKeeper::start(
            Arc::clone(&context.evidence),
            full_size,
            clock,
            stop.clone(),
            vitals.clone(),
        )?;
        let carrier = StatusCarrier::start(Arc::clone(&context.cameras), Arc::clone(clock), vitals.clone())?;
        let accounts: Vec<_> = cameras.iter().map(account).collect();
        let coverage = CoverageCarrier::start(
            accounts.clone(),
            Arc::clone(&context.coverage),
            Arc::clone(clock),
            stop.clone(),
            vitals.clone(),
        )?;
        let gates = cameras.iter().map(|camera| camera.judge.gate()).collect();
        let aims = cameras.iter().map(|camera| camera.judge.aim().clone()).collect();
        let (sources, judges): (Vec<_>, Vec<_>) = cameras
            .into_iter()
            .map(|camera| ((camera.source, camera.mount), Mutex::new(camera.judge)))
            .unzip();
        let exchange = FrameExchange::new(judges.len());
        let shared = Arc::new(Shared { exchange, judges, accounts, gates, aims, context });
        let mut runs = Self { stop, shared, cameras: vec![], detectors: vec![], keeper, carrier, coverage };
        runs.start_detectors(eyes)?;
        runs.start_cameras(sources)?;
        Ok(runs)
    }

    fn start_detectors(&mut self, eyes: Vec<Eyes>) -> std::io::Result<()> {
        for (index, mut eyes) in eyes.into_iter().enumerate() {
            let (shared, entrance) = (Arc::clone(&self.shared), self.keeper.entrance());
            let (name, stop) = (format!("detect-{index}"), self.stop.clone());
            self.detectors.push(Builder::new().name(name.clone()).spawn(move || {
                let vitals = &shared.context.vitals;
                vitals.keep_alive(&name, &stop, || shared.judge_turns(&mut eyes, &entrance));
            })?);
        }
        Ok(())
    }

    fn start_cameras(&mut self, sources: Vec<(Box<dyn LiveSource>, Mount)>) -> std::io::Result<()> {
        for (index, (source, mount)) in sources.into_iter().enumerate() {
            let (shared, board) = (Arc::clone(&self.shared), self.carrier.board());
            let stop = self.stop.clone();
            let name = format!("camera-{}", source.camera());
            self.cameras.push(Builder::new().name(name.clone()).spawn(move || {
                let watch = || shared.watch_camera(Seat(index), source.as_ref(), mount, &stop, &board);
                shared.context.vitals.keep_alive(&name, &stop, watch);
            })?);
        }
        Ok(())
    }

    /// Ends every thread, closes what is open and keeps everything that was judged. Blocks until that is done.
    pub fn stop(self) {
        let Self { stop, shared, cameras, detectors, keeper, carrier, coverage } = self;
        stop.stop();
        join_all(cameras);
        shared.exchange.close();
        join_all(detectors);
        shared.close_violations(&keeper.entrance());
        keeper.finish();
        shared.end_runs();
        coverage.finish();
        carrier.finish();
    }
}

/// The account of a camera's minutes.
fn account(camera: &LiveSetup) -> Arc<Account> {
    Arc::new(Account::new(camera.source.camera().clone(), camera.longest_step))
}

/// `None` when nobody can give full pictures.
fn full_size(cameras: &[LiveSetup], context: &LiveContext) -> Option<FullSize> {
    let small = cameras.iter().filter(|camera| camera.snapshots == SnapshotSource::MainStream);
    let small = small.map(|camera| camera.source.camera().clone()).collect();
    Some(FullSize::new(context.main_pictures.clone()?, small, Arc::clone(&context.clock)))
}

pub(crate) fn join_all(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        let name = thread.thread().name().unwrap_or("unnamed").to_owned();
        if thread.join().is_err() {
            tracing::error!(thread = name, "a thread died; see the log above");
        }
    }
}

impl Shared {
    fn watch_camera(
        &self,
        seat: Seat,
        source: &dyn LiveSource,
        mount: Mount,
        stop: &StopSignal,
        board: &StatusBoard,
    ) {
        let (account, gate) = (Arc::clone(&self.accounts[seat.0]), Arc::clone(&self.gates[seat.0]));
        let (camera, sight) = (source.camera().clone(), Sight::new(mount));
        let lookout = RefCell::new(Lookout::new(camera, seat, &self.exchange, account, gate, board, sight));
        let mut on_frame = |frame: Frame| lookout.borrow_mut().frame(&frame);
        let mut on_status = |status: CameraStatus| lookout.borrow_mut().status(status);
        source.run(&self.context.clock, stop, &mut on_frame, &mut on_status);
    }

    fn judge_turns(&self, eyes: &mut Eyes, entrance: &EvidenceEntrance) {
        let mut is_failing = false;
        while let Some(turn) = self.exchange.take() {
            let judged = self.judge(&turn, eyes, entrance);
            if let (Err(error), false) = (&judged, is_failing) {
                tracing::error!(camera.id = %turn.frame.camera, %error, "a model failed on a frame");
            }
            is_failing = judged.is_err();
        }
    }

    /// A frame whose second looks failed was judged all the same, and says so.
    fn judge(&self, turn: &Turn<'_>, eyes: &mut Eyes, entrance: &EvidenceEntrance) -> Result<(), ModelError> {
        let camera = turn.frame.camera.to_string();
        let failed =
            |_: &ModelError| counter!(metric::FRAMES_FAILED, "camera" => camera.clone()).increment(1);
        let begun = self.context.clock.monotonic();
        let aim = &self.aims[turn.seat.0];
        let items = eyes.detect(aim, &turn.frame.picture).inspect_err(failed)?;
        histogram!(metric::DETECT_SECONDS).record(self.context.clock.monotonic().saturating_sub(begun));
        let mut judge = self.judges[turn.seat.0].lock().unwrap_or_else(PoisonError::into_inner);
        let Judgement { jobs, persons, failure } = judge.judge(&turn.frame, items, eyes);
        for job in jobs {
            entrance.put(job);
        }
        failure.map_or(Ok(()), Err).inspect_err(failed)?;
        self.accounts[turn.seat.0].judged(turn.frame.at, &persons);
        counter!(metric::FRAMES_ANALYSED, "camera" => camera.clone()).increment(1);
        histogram!(metric::LAG_SECONDS).record(self.context.clock.now().since(turn.frame.at.wall));
        Ok(())
    }

    fn close_violations(&self, entrance: &EvidenceEntrance) {
        for judge in &self.judges {
            let mut judge = judge.lock().unwrap_or_else(PoisonError::into_inner);
            for job in judge.finish(CloseReason::Interrupted) {
                entrance.put(job);
            }
        }
    }

    fn end_runs(&self) {
        for judge in &self.judges {
            let judge = judge.lock().unwrap_or_else(PoisonError::into_inner);
            let run = judge.run();
            if let Err(error) = self.context.evidence.end_run(run.id, judge.last(), RunOutcome::Complete) {
                tracing::error!(camera.id = %run.camera, %error, "the end of the Run was not stored");
            }
        }
    }
}
