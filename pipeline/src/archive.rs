//! An archive Run: footage pulled through model and rules as fast as the machine allows.
//!
//! No queue and no dropping: the file waits for the model. Decoding runs ahead on GStreamer's own threads.

use std::time::Duration;

use anjian_domain::{
    CloseReason, ErrorKind, EvidenceSink, Flaw, Frame, MediaTime, RunOutcome, Shortage, SinkError, Violation,
};
use anjian_ingest::{FrameSource, IngestError, Next, StopSignal};
use anjian_models::ModelError;

use crate::evidence::{self, EvidenceError};
use crate::eyes::Eyes;
use crate::judge::{EvidenceJob, Judge, Judgement};

/// A file that gives nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why an archive Run ended early.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The footage could not be read to its end.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Evidence could not be kept.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The Run could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// It was asked to stop.
    #[error("stopped before the end of the footage")]
    Stopped,
}

impl ArchiveError {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Ingest(error) => error.kind(),
            Self::Model(error) => error.kind(),
            Self::Evidence(error) => error.kind(),
            Self::Sink(error) => error.kind,
            // The same Run, made again, goes on to the end.
            Self::Stopped => ErrorKind::Unavailable(Shortage::Busy),
        }
    }
}

/// What an archive Run did.
#[derive(Debug, Default)]
pub struct ArchiveReport {
    /// Frames judged.
    pub frames: u64,
    /// Frames left out, because nothing had moved in an empty picture.
    pub gated_frames: u64,
    /// Time of the last frame in the footage.
    pub footage: Duration,
    /// Stretches of the footage that could not be judged.
    pub flaws: Vec<Flaw>,
    /// Every violation, closed, in the order in which they closed.
    pub violations: Vec<Violation>,
}

/// Analyses one source to its end.
///
/// Whatever was found before an error is kept and stands in `report`; what was open then is closed as interrupted. Such
/// a Run is unfinished and ends with its [`RunOutcome`]; made again, it replaces those ends.
///
/// # Errors
/// When the footage, a model or the sink fails, or `stop` is given.
pub fn analyze(
    source: &mut dyn FrameSource,
    eyes: &mut Eyes,
    mut judge: Judge,
    sink: &dyn EvidenceSink,
    stop: &StopSignal,
    report: &mut ArchiveReport,
    on_frame: &mut dyn FnMut(&Frame),
) -> Result<(), ArchiveError> {
    sink.begin_run(judge.run())?;
    let outcome = judge_all(source, eyes, &mut judge, sink, stop, report, on_frame);
    let reason = if outcome.is_ok() { CloseReason::SourceEnded } else { CloseReason::Interrupted };
    let closing = keep_all(judge.finish(reason), sink, report);
    let outcome = outcome.and(closing.map_err(ArchiveError::from));
    let run = judge.run();
    report.flaws = source.flaws();
    sink.note_flaws(run.id, &report.flaws)?;
    sink.end_run(run.id, judge.last(), told(&outcome))?;
    if outcome.is_err() {
        tracing::warn!(
            camera.id = %run.camera, run.id = %run.id, source = run.source, outcome = told(&outcome).as_str(),
            "the Run is unfinished; analysing the footage again completes it"
        );
    }
    outcome
}

const fn told(outcome: &Result<(), ArchiveError>) -> RunOutcome {
    match outcome {
        Ok(()) => RunOutcome::Complete,
        Err(ArchiveError::Stopped) => RunOutcome::Stopped,
        Err(_) => RunOutcome::Failed,
    }
}

fn judge_all(
    source: &mut dyn FrameSource,
    eyes: &mut Eyes,
    judge: &mut Judge,
    sink: &dyn EvidenceSink,
    stop: &StopSignal,
    report: &mut ArchiveReport,
    on_frame: &mut dyn FnMut(&Frame),
) -> Result<(), ArchiveError> {
    while !stop.is_stopped() {
        let frame = match source.next_frame(PATIENCE)? {
            Next::Frame(frame) => frame,
            Next::Waiting => continue,
            Next::Ended => return Ok(()),
        };
        if judge.gate().holds_back(&frame) {
            report.gated_frames += 1;
        } else {
            let items = eyes.detect(judge.aim(), &frame.picture)?;
            let Judgement { jobs, failure, .. } = judge.judge(&frame, items, eyes);
            keep_all(jobs, sink, report)?;
            failure.map_or(Ok(()), Err)?;
            report.frames += 1;
        }
        report.footage = frame.at.media.since(MediaTime::ZERO);
        on_frame(&frame);
    }
    Err(ArchiveError::Stopped)
}

fn keep_all(
    jobs: Vec<EvidenceJob>,
    sink: &dyn EvidenceSink,
    report: &mut ArchiveReport,
) -> Result<(), EvidenceError> {
    for job in jobs {
        evidence::keep(&job, sink)?;
        if let EvidenceJob::Close { violation, .. } = job {
            report.violations.push(*violation);
        }
    }
    Ok(())
}
