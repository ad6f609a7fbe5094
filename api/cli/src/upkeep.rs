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
use anjian_ingest::StopSignal;
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
/// Segments that were deleted.
const EXPIRED: &str = "anjian_segments_expired_total";
/// Clips that were cut.
const CLIPS: &str = "anjian_clips_cut_total";

const CLIP_PAUSE: Duration = Duration::from_secs(2);
const RETENTION_PAUSE: Duration = Duration::from_secs(15);
/// A job that fails is tried again after its pause, later less often, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// The jobs. Stop them with [`Upkeep::stop`].
pub struct Upkeep {
    clock: Arc<dyn Clock>,
    stop: StopSignal,
    threads: Vec<JoinHandle<()>>,
    states: Vec<State>,
}

type State = Arc<Mutex<JobHealth>>;

impl Upkeep {
    /// Starts every job; `runtime` is where the index is asked.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(index: &Index, runtime: &Handle, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        describe();
        let mut upkeep = Self { clock, stop: StopSignal::new(), threads: vec![], states: vec![] };
        let (clips, retention) = (index.clone(), index.clone());
        upkeep.start_job("clips", CLIP_PAUSE, runtime.clone(), move || cut_clips(clips.clone()))?;
        upkeep.start_job("retention", RETENTION_PAUSE, runtime.clone(), move || expire(retention.clone()))?;
        Ok(upkeep)
    }

    fn start_job<F: Future<Output = Result<(), IndexError>>>(
        &mut self,
        job: &'static str,
        pause: Duration,
        runtime: Handle,
        work: impl Fn() -> F + Send + 'static,
    ) -> std::io::Result<()> {
        let state = Arc::new(Mutex::new(JobHealth { job, done_at: None, failing_since: None }));
        self.states.push(Arc::clone(&state));
        let (clock, stop) = (Arc::clone(&self.clock), self.stop.clone());
        self.threads.push(Builder::new().name(format!("upkeep-{job}")).spawn(move || {
            let mut wait = pause;
            loop {
                let is_done = run_once(|| runtime.block_on(work()), &state, &*clock);
                wait = if is_done { pause } else { (wait * 2).min(LONGEST_PAUSE) };
                if stop.wait(&*clock, wait) {
                    return;
                }
            }
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
fn run_once(work: impl Fn() -> Result<(), IndexError>, state: &Mutex<JobHealth>, clock: &dyn Clock) -> bool {
    let begun = clock.monotonic();
    let outcome = work();
    let (now, mut state) = (clock.now(), lock(state));
    let job = state.job;
    histogram!(SECONDS, "job" => job).record(clock.monotonic().saturating_sub(begun));
    gauge!(FAILING, "job" => job).set(f64::from(u8::from(outcome.is_err())));
    match outcome {
        Ok(()) => {
            counter!(DONE, "job" => job).increment(1);
            state.done_at = Some(now);
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

async fn cut_clips(index: Index) -> Result<(), IndexError> {
    let report = index.cut_due_clips().await?;
    counter!(CLIPS).increment(report.cut);
    if report.unrecorded > 0 {
        let violations = report.unrecorded;
        tracing::warn!(violations, "violations without a clip: nothing was recorded around them");
    }
    Ok(())
}

async fn expire(index: Index) -> Result<(), IndexError> {
    let expiry = index.run_retention().await?;
    counter!(EXPIRED).increment(expiry.segments);
    gauge!(FREE_BYTES).set(expiry.free_bytes as f64);
    gauge!(IS_SHORT).set(f64::from(u8::from(expiry.is_short)));
    if expiry.segments > 0 {
        tracing::info!(segments = expiry.segments, bytes = expiry.bytes, "old recordings were deleted");
    }
    Ok(())
}

fn describe() {
    describe_counter!(DONE, "Times that a job ran to its end.");
    describe_counter!(FAILED, "Times that a job failed; it is tried again.");
    describe_gauge!(FAILING, "1 while a job fails; the log says why.");
    describe_gauge!(FREE_BYTES, "Bytes that are free on the disk of the recordings.");
    describe_gauge!(IS_SHORT, "1 while limits cannot be kept, because all that is left is held or needed.");
    describe_counter!(EXPIRED, "Segments that were deleted because they were too old or too many.");
    describe_counter!(CLIPS, "Clips of violations that were cut.");
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ManualClock, WallTime};

    use super::*;

    #[test]
    fn a_job_that_fails_says_since_when_until_it_works_again() {
        let state = Mutex::new(JobHealth { job: "test", done_at: None, failing_since: None });
        let fails = || Err(IndexError::Query("the test says so".into()));
        let clock = ManualClock::new(WallTime::EPOCH);
        assert!(!run_once(fails, &state, &clock));
        clock.advance(LONGEST_PAUSE);
        assert!(!run_once(fails, &state, &clock));
        assert_eq!(lock(&state).failing_since, Some(WallTime::EPOCH), "the first failure counts");
        assert!(run_once(|| Ok(()), &state, &clock));
        let ended = lock(&state).clone();
        assert_eq!((ended.failing_since, ended.done_at), (None, Some(clock.now())));
    }
}
