//! What keeps recordings and evidence in order while the product runs: clips are cut, what is too old goes, the
//! reserve is kept.
//!
//! Each job has a thread of its own, so that a long deletion does not hold a clip back. A job that fails is told once,
//! counted, and tried again; it is safe to be killed in the middle.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use anjian_api::{JobHealth, JobsHealth};
use anjian_domain::Clock;
use anjian_indexer::{Index, IndexError};
use anjian_ingest::{StopSignal, THREAD_DEATHS, Vitals};
use metrics::{counter, describe_counter, describe_gauge, gauge, histogram};
use tokio::runtime::Handle;

/// Times a job ran to its end; label `job`.
const DONE: &str = "anjian_job_runs_total";
/// Times a job failed; label `job`.
const FAILED: &str = "anjian_job_failures_total";
/// 1 while a job fails, else 0; label `job`.
const FAILING: &str = "anjian_job_failing";
/// Time that a job took; label `job`.
const SECONDS: &str = "anjian_job_seconds";
/// Bytes that are free on the disk of the recordings.
const FREE_BYTES: &str = "anjian_recordings_free_bytes";
/// 1 while the limits cannot be kept, because all that is left is held or needed.
const IS_SHORT: &str = "anjian_recordings_short";
/// Segments whose file can neither be deleted nor read.
const STUCK: &str = "anjian_segments_stuck";
/// Segments that were deleted.
const EXPIRED: &str = "anjian_segments_expired_total";
/// Clips that were cut.
const CLIPS: &str = "anjian_clips_cut_total";

const CLIP_PAUSE: Duration = Duration::from_secs(2);
const RETENTION_PAUSE: Duration = Duration::from_secs(15);
const PRESENCE_PAUSE: Duration = Duration::from_secs(2);
/// A job that fails is tried again after its pause, later less often, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// The jobs. Stop them with [`Upkeep::stop`].
pub struct Upkeep {
    clock: Arc<dyn Clock>,
    stop: StopSignal,
    vitals: Vitals,
    threads: Vec<JoinHandle<()>>,
    states: Vec<State>,
}

type State = Arc<Mutex<JobHealth>>;

/// What a round of a job came to: what it could not do for single files, in words, or why it failed.
type Outcome = Result<Option<String>, IndexError>;

impl Upkeep {
    /// Starts every job; `runtime` is where the index is asked.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(
        index: &Index,
        runtime: &Handle,
        clock: Arc<dyn Clock>,
        vitals: &Vitals,
    ) -> std::io::Result<Self> {
        describe();
        let (stop, vitals) = (StopSignal::new(), vitals.clone());
        let mut upkeep = Self { clock, stop, vitals, threads: vec![], states: vec![] };
        let (clips, retention, presence) = (index.clone(), index.clone(), index.clone());
        upkeep.start_job("clips", CLIP_PAUSE, runtime.clone(), move || cut_clips(clips.clone()))?;
        upkeep.start_job("retention", RETENTION_PAUSE, runtime.clone(), move || expire(retention.clone()))?;
        upkeep.start_job("data_dir", PRESENCE_PAUSE, runtime.clone(), move || {
            std::future::ready(presence.check_presence().map(|()| None))
        })?;
        Ok(upkeep)
    }

    fn start_job<F: Future<Output = Outcome>>(
        &mut self,
        job: &'static str,
        pause: Duration,
        runtime: Handle,
        work: impl Fn() -> F + Send + 'static,
    ) -> std::io::Result<()> {
        let state =
            Arc::new(Mutex::new(JobHealth { job, done_at: None, failing_since: None, trouble: None }));
        self.states.push(Arc::clone(&state));
        let (clock, stop, vitals) = (Arc::clone(&self.clock), self.stop.clone(), self.vitals.clone());
        let name = format!("upkeep-{job}");
        self.threads.push(Builder::new().name(name.clone()).spawn(move || {
            vitals.keep_alive(&name, &stop, || {
                let mut wait = pause;
                loop {
                    let is_done = run_once(|| runtime.block_on(work()), &state, &*clock);
                    wait = if is_done { pause } else { (wait * 2).min(LONGEST_PAUSE) };
                    if stop.wait(&*clock, wait) {
                        return;
                    }
                }
            });
        })?);
        Ok(())
    }

    /// What each job is doing, for whoever asks after the product's health.
    pub fn health(&self) -> JobsHealth {
        let states = self.states.clone();
        Arc::new(move || states.iter().map(|state| lock(state).clone()).collect())
    }

    /// Lets each job finish its round.
    pub fn stop(self) {
        self.stop.stop();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a job died; see the log above");
            }
        }
    }
}

/// The state is valid between any two statements, so a thread that died while it held the lock spoils nothing.
fn lock(state: &Mutex<JobHealth>) -> MutexGuard<'_, JobHealth> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a job, counts, and tells the first of several failures. Answers whether it ran to its end.
fn run_once(work: impl Fn() -> Outcome, state: &Mutex<JobHealth>, clock: &dyn Clock) -> bool {
    let begun = clock.monotonic();
    let outcome = work();
    let (now, mut state) = (clock.now(), lock(state));
    let job = state.job;
    histogram!(SECONDS, "job" => job).record(clock.monotonic().saturating_sub(begun));
    gauge!(FAILING, "job" => job).set(f64::from(u8::from(outcome.is_err())));
    match outcome {
        Ok(trouble) => {
            counter!(DONE, "job" => job).increment(1);
            state.done_at = Some(now);
            if let Some(reason) = trouble.as_ref().filter(|reason| state.trouble.as_ref() != Some(reason)) {
                tracing::warn!(job, reason, "the job could not do everything, and tries again");
            }
            state.trouble = trouble;
            if state.failing_since.take().is_some() {
                tracing::info!(job, "the job works again");
            }
            true
        }
        Err(error) => {
            counter!(FAILED, "job" => job).increment(1);
            if state.failing_since.is_none() {
                state.failing_since = Some(now);
                tracing::error!(job, %error, "the job failed and is tried again");
            }
            false
        }
    }
}

async fn cut_clips(index: Index) -> Outcome {
    let report = index.cut_due_clips().await?;
    counter!(CLIPS).increment(report.cut);
    if report.unrecorded > 0 {
        let violations = report.unrecorded;
        tracing::warn!(violations, "violations without a clip: nothing was recorded around them");
    }
    Ok(None)
}

async fn expire(index: Index) -> Outcome {
    let expiry = index.run_retention().await?;
    counter!(EXPIRED).increment(expiry.segments);
    gauge!(FREE_BYTES).set(expiry.free_bytes as f64);
    gauge!(IS_SHORT).set(f64::from(u8::from(expiry.is_short)));
    gauge!(STUCK).set(expiry.stuck as f64);
    if expiry.segments > 0 {
        tracing::info!(segments = expiry.segments, bytes = expiry.bytes, "old recordings were deleted");
    }
    let stuck = expiry.stuck;
    Ok(expiry.stuck_reason.map(|reason| format!("{stuck} segments cannot be deleted or read: {reason}")))
}

fn describe() {
    describe_counter!(DONE, "Times that a job ran to its end.");
    describe_counter!(FAILED, "Times that a job failed; it is tried again.");
    describe_gauge!(FAILING, "1 while a job fails; the log says why.");
    describe_gauge!(FREE_BYTES, "Bytes that are free on the disk of the recordings.");
    describe_gauge!(IS_SHORT, "1 while limits cannot be kept, because all that is left is held or needed.");
    describe_counter!(EXPIRED, "Segments that were deleted because they were too old or too many.");
    describe_gauge!(STUCK, "Segments whose file can neither be deleted nor read; each is tried again.");
    describe_counter!(THREAD_DEATHS, "Times that a thread died; it is begun again after a pause.");
    describe_counter!(CLIPS, "Clips of violations that were cut.");
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ManualClock, WallTime};

    use super::*;

    #[test]
    fn a_job_that_fails_says_since_when_until_it_works_again() {
        let state = Mutex::new(JobHealth { job: "test", done_at: None, failing_since: None, trouble: None });
        let fails = || Err(IndexError::Query("the test says so".into()));
        let clock = ManualClock::new(WallTime::EPOCH);
        assert!(!run_once(fails, &state, &clock));
        clock.advance(LONGEST_PAUSE);
        assert!(!run_once(fails, &state, &clock));
        assert_eq!(lock(&state).failing_since, Some(WallTime::EPOCH), "the first failure counts");
        assert!(run_once(|| Ok(Some("one file".to_owned())), &state, &clock));
        let ended = lock(&state).clone();
        assert_eq!((ended.failing_since, ended.done_at), (None, Some(clock.now())));
        assert_eq!(ended.trouble.as_deref(), Some("one file"));
        assert!(run_once(|| Ok(None), &state, &clock));
        assert_eq!(lock(&state).trouble, None);
    }
}
