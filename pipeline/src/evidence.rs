//! Keeps evidence: renders the pictures and hands everything to the sink, on a thread of its own.
//!
//! Evidence is never dropped silently. What fails for a passing reason (a full disk, a busy database) is tried again
//! until it succeeds; meanwhile the queue fills and detection waits. What fails for good is logged and counted.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{EvidenceSink, OpeningEvidence, SinkError, Violation};
use anjian_ingest::StopSignal;
use metrics::{counter, gauge};

use crate::watch::{EvidenceJob, OpenJob};
use crate::{metric, queues, snapshot};

/// How long evidence is still tried for after the product was asked to stop.
const LAST_TRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why evidence could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The pictures could not be made.
    #[error(transparent)]
    Snapshot(#[from] snapshot::SnapshotError),
    /// The sink refused.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl EvidenceError {
    /// Whether trying again may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Sink(SinkError { is_transient: true, .. }))
    }
}

/// Renders and keeps one job.
pub(crate) fn keep(job: &EvidenceJob, sink: &dyn EvidenceSink) -> Result<(), EvidenceError> {
    match job {
        EvidenceJob::Open(open) => keep_opening(open, sink),
        EvidenceJob::Close { violation, path } => Ok(sink.close_violation(violation, path)?),
    }
}

fn keep_opening(open: &OpenJob, sink: &dyn EvidenceSink) -> Result<(), EvidenceError> {
    let snapshot = snapshot::render(&open.frame, &open.overlay())?;
    let evidence = OpeningEvidence {
        snapshot_at: open.frame.at,
        clean_jpeg: snapshot.clean_jpeg,
        annotated_jpeg: snapshot.annotated_jpeg,
        detections: open.detections.clone(),
        path: open.path.clone(),
    };
    sink.open_violation(&open.violation, &evidence)?;
    announce(&open.violation);
    Ok(())
}

fn announce(violation: &Violation) {
    let (camera, behaviour) = (violation.camera.to_string(), violation.behaviour.as_str());
    counter!(metric::VIOLATIONS, "camera" => camera, "behaviour" => behaviour).increment(1);
    tracing::info!(
        camera.id = %violation.camera, rule.id = %violation.rule, violation.id = %violation.id,
        opened_at = %violation.opened.wall, "violation opened"
    );
}

/// The thread that keeps evidence, and the way to it.
pub(crate) struct EvidenceKeeper {
    jobs: SyncSender<EvidenceJob>,
    thread: JoinHandle<()>,
}

impl EvidenceKeeper {
    /// Starts the thread. `stop` only shortens the waits of jobs that fail; the thread ends with its queue.
    pub(crate) fn start(sink: Arc<dyn EvidenceSink>, stop: StopSignal) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(queues::EVIDENCE_JOBS);
        let thread = std::thread::Builder::new()
            .name("evidence".to_owned())
            .spawn(move || keep_all(&waiting, sink.as_ref(), &stop))?;
        Ok(Self { jobs, thread })
    }

    /// A way in for one detection thread.
    pub(crate) fn entrance(&self) -> EvidenceEntrance {
        EvidenceEntrance { jobs: self.jobs.clone() }
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
    jobs: SyncSender<EvidenceJob>,
}

impl EvidenceEntrance {
    /// Waits while the queue is full.
    pub(crate) fn put(&self, job: EvidenceJob) {
        gauge!(metric::EVIDENCE_WAITING).increment(1.0);
        if self.jobs.send(job).is_err() {
            counter!(metric::EVIDENCE_LOST).increment(1);
            tracing::error!("the evidence thread is gone: a violation could not be kept; restart anjian");
        }
    }
}

fn keep_all(waiting: &Receiver<EvidenceJob>, sink: &dyn EvidenceSink, stop: &StopSignal) {
    for job in waiting {
        keep_stubbornly(&job, sink, stop);
        gauge!(metric::EVIDENCE_WAITING).decrement(1.0);
    }
}

fn keep_stubbornly(job: &EvidenceJob, sink: &dyn EvidenceSink, stop: &StopSignal) {
    let mut pause = FIRST_PAUSE;
    let mut tries_after_stop = 0;
    while let Err(error) = keep(job, sink) {
        let violation = job.violation();
        tries_after_stop += u32::from(stop.is_stopped());
        if !error.is_transient() || tries_after_stop > LAST_TRIES {
            counter!(metric::EVIDENCE_LOST).increment(1);
            tracing::error!(camera.id = %violation.camera, violation.id = %violation.id, %error, "evidence lost");
            return;
        }
        counter!(metric::EVIDENCE_RETRIES).increment(1);
        if pause == FIRST_PAUSE {
            tracing::warn!(camera.id = %violation.camera, violation.id = %violation.id, %error, "evidence waits");
        }
        wait(pause, stop);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Once stopped, the signal would no longer make anybody wait.
fn wait(pause: Duration, stop: &StopSignal) {
    if stop.wait(pause) {
        std::thread::sleep(FIRST_PAUSE);
    }
}

impl EvidenceJob {
    fn violation(&self) -> &Violation {
        match self {
            Self::Open(open) => &open.violation,
            Self::Close { violation, .. } => violation,
        }
    }
}
