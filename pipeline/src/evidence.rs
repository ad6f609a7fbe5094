//! Keeps evidence: renders the pictures and hands everything to the sink, on a thread of its own.
//!
//! Evidence is never dropped silently. While the sink is unavailable (a full disk, a busy database), it is tried again
//! until it succeeds; meanwhile the queue fills and detection waits. What fails for good is logged and counted.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{
    Clock, ErrorKind, EvidenceSink, Frame, OpeningEvidence, SinkError, TrackPoint, Violation,
};
use anjian_ingest::{StopSignal, Vitals};
use metrics::{counter, gauge};

use crate::full_size::FullSize;
use crate::judge::{EvidenceJob, OpenJob};
use crate::{metric, queues, snapshot};

const THREAD: &str = "evidence";

/// How long evidence is still tried for after the product was asked to stop.
const LAST_TRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A job that made the thread panic so often is given up.
const PANICS_MAX: u32 = 3;

/// Why evidence could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The pictures could not be made.
    #[error(transparent)]
    Snapshot(#[from] snapshot::SnapshotError),
    /// The sink refused.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Keeping it failed in a way that nobody foresaw.
    #[error("the evidence thread panicked on it {PANICS_MAX} times; the log has the cause")]
    Panicked,
}

impl EvidenceError {
    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Snapshot(error) => error.kind(),
            Self::Sink(error) => error.kind,
            Self::Panicked => ErrorKind::Invalid,
        }
    }
}

/// Renders and keeps one job.
pub(crate) fn keep(job: &EvidenceJob, sink: &dyn EvidenceSink) -> Result<(), EvidenceError> {
    Ok(Ready::new(job, None)?.keep(sink)?)
}

/// A job with its pictures rendered, to be kept as often as it takes.
enum Ready<'a> {
    Opening { violation: &'a Violation, evidence: Box<OpeningEvidence> },
    Closing { violation: &'a Violation, path: &'a [TrackPoint] },
}

impl<'a> Ready<'a> {
    /// `full` is the judged frame in full size, where there is one.
    fn new(job: &'a EvidenceJob, full: Option<&Frame>) -> Result<Self, snapshot::SnapshotError> {
        match job {
            EvidenceJob::Open(open) => {
                let evidence = Box::new(opening(open, full.unwrap_or(&open.frame))?);
                Ok(Self::Opening { violation: &open.violation, evidence })
            }
            EvidenceJob::Close { violation, path } => Ok(Self::Closing { violation, path }),
        }
    }

    fn keep(&self, sink: &dyn EvidenceSink) -> Result<(), SinkError> {
        match self {
            Self::Opening { violation, evidence } => {
                sink.open_violation(violation, evidence)?;
                announce(violation);
                Ok(())
            }
            Self::Closing { violation, path } => sink.close_violation(violation, path),
        }
    }
}

fn opening(open: &OpenJob, frame: &Frame) -> Result<OpeningEvidence, snapshot::SnapshotError> {
    let snapshot = snapshot::render(frame, &open.overlay())?;
    Ok(OpeningEvidence {
        snapshot_at: open.frame.at,
        clock: open.frame.clock,
        clean_jpeg: snapshot.clean_jpeg,
        annotated_jpeg: snapshot.annotated_jpeg,
        detections: open.detections.clone(),
        path: open.path.clone(),
    })
}

fn announce(violation: &Violation) {
    let (camera, behaviour) = (violation.camera.to_string(), violation.behaviour.to_string());
    counter!(metric::VIOLATIONS, "camera" => camera, "behaviour" => behaviour).increment(1);
    tracing::info!(
        camera.id = %violation.camera, rule.id = %violation.rule, violation.id = %violation.id,
        opened_at = %violation.opened.wall, "violation opened"
    );
}

/// A job, and since when it waits, on the monotonic clock.
struct Waiting {
    since: Duration,
    job: EvidenceJob,
}

/// The thread that keeps evidence, and the way to it.
pub(crate) struct EvidenceKeeper {
    jobs: SyncSender<Waiting>,
    clock: Arc<dyn Clock>,
    thread: JoinHandle<()>,
}

impl EvidenceKeeper {
    /// Starts the thread. `stop` only shortens the waits of jobs that fail; the thread ends with its queue.
    pub(crate) fn start(
        sink: Arc<dyn EvidenceSink>,
        full_size: Option<FullSize>,
        clock: &Arc<dyn Clock>,
        stop: StopSignal,
        vitals: Vitals,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(queues::EVIDENCE_JOBS);
        let pauses = Pauses { clock: Arc::clone(clock), stop };
        let thread = std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
            let mut worker = EvidenceWorker { full_size, sink, pauses, current: None };
            let stop = worker.pauses.stop.clone();
            vitals.keep_alive(THREAD, &stop, || worker.keep_all(&waiting));
        })?;
        Ok(Self { jobs, clock: Arc::clone(clock), thread })
    }

    /// A way in for one detection thread.
    pub(crate) fn entrance(&self) -> EvidenceEntrance {
        EvidenceEntrance { jobs: self.jobs.clone(), clock: Arc::clone(&self.clock) }
    }

    /// Waits until everything is kept. Every entrance must be gone.
    pub(crate) fn finish(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            tracing::error!("the evidence thread died; see the log above");
        }
    }
}

/// Where detection threads put what must be kept.
#[derive(Clone)]
pub(crate) struct EvidenceEntrance {
    jobs: SyncSender<Waiting>,
    clock: Arc<dyn Clock>,
}

impl EvidenceEntrance {
    /// Waits while the queue is full.
    pub(crate) fn put(&self, job: EvidenceJob) {
        gauge!(metric::EVIDENCE_WAITING).increment(1.0);
        if self.jobs.send(Waiting { since: self.clock.monotonic(), job }).is_err() {
            counter!(metric::EVIDENCE_LOST).increment(1);
            tracing::error!("the evidence thread is gone: a violation could not be kept; restart anjian");
        }
    }
}

/// What the thread works with, and on. Survives a panic, so that the job that was in hand is not lost with it.
struct EvidenceWorker {
    full_size: Option<FullSize>,
    sink: Arc<dyn EvidenceSink>,
    pauses: Pauses,
    current: Option<InHand>,
}

/// The job in hand, and how often it was begun.
struct InHand {
    waiting: Waiting,
    tries: u32,
}

impl EvidenceWorker {
    fn keep_all(&mut self, waiting: &Receiver<Waiting>) {
        loop {
            let next = || Some(InHand { waiting: waiting.recv().ok()?, tries: 0 });
            let Some(mut current) = self.current.take().or_else(next) else { return };
            current.tries += 1;
            let current = self.current.insert(current);
            let Waiting { since, job } = &current.waiting;
            if current.tries > PANICS_MAX {
                lose(job.violation(), &EvidenceError::Panicked);
            } else {
                keep_one(*since, job, &mut self.full_size, self.sink.as_ref(), &self.pauses);
            }
            self.current = None;
            gauge!(metric::EVIDENCE_WAITING).decrement(1.0);
        }
    }
}

fn keep_one(
    since: Duration,
    job: &EvidenceJob,
    full_size: &mut Option<FullSize>,
    sink: &dyn EvidenceSink,
    pauses: &Pauses,
) {
    let full = full_size.as_mut().and_then(|full_size| full_size.frame(job.frame()?, since, &pauses.stop));
    match Ready::new(job, full.as_ref()) {
        Ok(ready) => keep_stubbornly(&ready, sink, pauses),
        Err(error) => lose(job.violation(), &error),
    }
}

fn keep_stubbornly(ready: &Ready<'_>, sink: &dyn EvidenceSink, pauses: &Pauses) {
    let mut pause = FIRST_PAUSE;
    let mut tries_after_stop = 0;
    while let Err(error) = ready.keep(sink) {
        let violation = ready.violation();
        tries_after_stop += u32::from(pauses.stop.is_stopped());
        if !error.kind.is_unavailable() || tries_after_stop > LAST_TRIES {
            return lose(violation, &error);
        }
        counter!(metric::EVIDENCE_RETRIES).increment(1);
        if pause == FIRST_PAUSE {
            tracing::warn!(camera.id = %violation.camera, violation.id = %violation.id, %error, "evidence waits");
        }
        pauses.wait(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn lose(violation: &Violation, error: &dyn std::error::Error) {
    counter!(metric::EVIDENCE_LOST).increment(1);
    tracing::error!(camera.id = %violation.camera, violation.id = %violation.id, %error, "evidence lost");
}

/// What jobs that failed wait for.
struct Pauses {
    clock: Arc<dyn Clock>,
    stop: StopSignal,
}

impl Pauses {
    fn wait(&self, pause: Duration) {
        if self.stop.wait(&*self.clock, pause) {
            // Once given, the signal ends every wait at once.
            self.clock.sleep(FIRST_PAUSE);
        }
    }
}

impl Ready<'_> {
    const fn violation(&self) -> &Violation {
        match self {
            Self::Opening { violation, .. } | Self::Closing { violation, .. } => violation,
        }
    }
}

impl EvidenceJob {
    fn violation(&self) -> &Violation {
        match self {
            Self::Open(open) => &open.violation,
            Self::Close { violation, .. } => violation,
        }
    }

    /// The frame that its snapshot shows.
    fn frame(&self) -> Option<&Frame> {
        match self {
            Self::Open(open) => Some(&open.frame),
            Self::Close { .. } => None,
        }
    }
}
