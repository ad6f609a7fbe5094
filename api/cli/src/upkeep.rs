//! What keeps recordings and evidence in order while the product runs: clips are noted, what is too old goes, the
//! reserve is kept.
//!
//! Each job has a thread of its own, so that a long deletion does not hold a clip back. A job that fails is told once,
//! counted, and tried again; it is safe to be killed in the middle.

mod metric;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use anjian_api::{JobHealth, JobsHealth};
use anjian_domain::Clock;
use anjian_indexer::{CaseRules, Expiry, Index, IndexError};
use anjian_ingest::{StopSignal, Vitals};
use metrics::{counter, gauge, histogram};
use tokio::runtime::Handle;

use self::metric::{
    CLIPS, CLIPS_CUT, DONE, EVIDENCE_EXPIRED, EXPIRED, FAILED, FAILING, FREE_BYTES, IS_EVIDENCE_SHORT,
    IS_SHORT, MOVED, MOVED_RECORDINGS, SECONDS, STUCK, describe,
};
use crate::clock_watch::ClockWatch;

const CLIP_PAUSE: Duration = Duration::from_secs(2);
const RETENTION_PAUSE: Duration = Duration::from_secs(15);
const PRESENCE_PAUSE: Duration = Duration::from_secs(2);
const MOVE_PAUSE: Duration = Duration::from_secs(5);
const VERDICT_PAUSE: Duration = Duration::from_secs(1);
/// Deadlines are days.
const CASES_PAUSE: Duration = Duration::from_secs(60);
const CHECKPOINT_PAUSE: Duration = Duration::from_secs(600);
/// Segments close once a minute or less often.
const RECORDINGS_PAUSE: Duration = Duration::from_secs(30);
const PROBE_PAUSE: Duration = Duration::from_secs(60);
const CLOCK_PAUSE: Duration = Duration::from_secs(1);
/// Evidence is looked through less often: its limits are days and gigabytes.
const EVIDENCE_PAUSE: Duration = Duration::from_secs(600);
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
        rules: &Arc<CaseRules>,
    ) -> std::io::Result<Self> {
        describe();
        let (stop, vitals) = (StopSignal::new(), vitals.clone());
        let mut upkeep = Self { clock, stop, vitals, threads: vec![], states: vec![] };
        let (clips, retention, presence) = (index.clone(), index.clone(), index.clone());
        let watch = Arc::new(ClockWatch::new(Arc::clone(&upkeep.clock)));
        let settled = Arc::clone(&watch);
        upkeep.start_job("clips", CLIP_PAUSE, runtime.clone(), move || {
            let (index, is_settled) = (clips.clone(), settled.is_settled());
            async move { if is_settled { note_clips(index).await } else { Ok(None) } }
        })?;
        let evidence = Arc::new(Pace::new(Arc::clone(&upkeep.clock), EVIDENCE_PAUSE));
        upkeep.start_job("retention", RETENTION_PAUSE, runtime.clone(), move || {
            expire(retention.clone(), Arc::clone(&evidence))
        })?;
        if index.bucket().is_some() {
            let (moving, probe) =
                (index.clone(), Arc::new(Pace::new(Arc::clone(&upkeep.clock), PROBE_PAUSE)));
            upkeep.start_job("bucket", MOVE_PAUSE, runtime.clone(), move || {
                move_evidence(moving.clone(), Arc::clone(&probe))
            })?;
            let moving = index.clone();
            upkeep.start_job("bucket_recordings", RECORDINGS_PAUSE, runtime.clone(), move || {
                move_and_expire(moving.clone())
            })?;
        }
        let (judged, policy) = (index.clone(), rules.verdicts);
        upkeep.start_job("verdicts", VERDICT_PAUSE, runtime.clone(), move || {
            let index = judged.clone();
            async move { index.settle_verdicts(policy).await.map(|_| None) }
        })?;
        let (cases, rules) = (index.clone(), Arc::clone(rules));
        upkeep.start_job("cases", CASES_PAUSE, runtime.clone(), move || {
            let (index, rules) = (cases.clone(), Arc::clone(&rules));
            async move {
                index.escalate_cases(&rules).await?;
                let undeleted = index.expire_attachments().await?;
                Ok(undeleted.map(|reason| format!("attachments cannot be deleted: {reason}")))
            }
        })?;
        let audited = index.clone();
        upkeep.start_job("checkpoint", CHECKPOINT_PAUSE, runtime.clone(), move || {
            let index = audited.clone();
            async move { index.take_daily_checkpoint().await.map(|()| None) }
        })?;
        let watched = index.clone();
        upkeep.start_job("clock", CLOCK_PAUSE, runtime.clone(), move || {
            let (watch, index) = (Arc::clone(&watch), watched.clone());
            async move { watch.look(&index).await.map(|()| None) }
        })?;
        upkeep.start_job("data_dir", PRESENCE_PAUSE, runtime.clone(), move || {
            let index = presence.clone();
            async move { index.beat().await.map(|()| None) }
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

/// Says when something is due that is done less often than its job runs, and remembers what it could not do.
struct Pace {
    clock: Arc<dyn Clock>,
    pause: Duration,
    /// On the monotonic clock.
    next: Mutex<Option<Duration>>,
    trouble: Mutex<Option<String>>,
}

impl Pace {
    const fn new(clock: Arc<dyn Clock>, pause: Duration) -> Self {
        Self { clock, pause, next: Mutex::new(None), trouble: Mutex::new(None) }
    }

    fn is_due(&self) -> bool {
        let now = self.clock.monotonic();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = next.is_none_or(|next| next <= now);
        if is_due {
            *next = Some(now + self.pause);
        }
        is_due
    }
}

async fn note_clips(index: Index) -> Outcome {
    let report = index.note_due_clips().await?;
    counter!(CLIPS).increment(report.recorded);
    if report.unrecorded > 0 {
        let violations = report.unrecorded;
        tracing::warn!(violations, "violations without a clip: nothing was recorded around them");
    }
    Ok(None)
}

async fn expire(index: Index, evidence: Arc<Pace>) -> Outcome {
    let expiry = index.run_retention().await?;
    count_expired(&expiry);
    gauge!(FREE_BYTES).set(expiry.free_bytes as f64);
    gauge!(IS_SHORT).set(f64::from(u8::from(expiry.is_short)));
    gauge!(STUCK).set(expiry.stuck as f64);
    if evidence.is_due() {
        let trouble = expire_evidence(&index).await?;
        *evidence.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
    let undeleted = evidence.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(joined(troubles(expiry).into_iter().chain([undeleted])))
}

/// Where there is nothing to move, it asks now and then whether the bucket is there.
async fn move_evidence(index: Index, probe: Arc<Pace>) -> Outcome {
    let moved = index.move_evidence().await?;
    counter!(MOVED).increment(moved.bytes);
    if let Some(bucket) = index.bucket().filter(|_| moved.files == 0 && probe.is_due()) {
        bucket.probe().await?;
    }
    let failed = moved.failed;
    Ok(moved.problem.map(|reason| format!("{failed} files of evidence stay on the local disk: {reason}")))
}

async fn move_and_expire(index: Index) -> Outcome {
    let moved = index.move_segments().await?;
    counter!(MOVED_RECORDINGS).increment(moved.bytes);
    let failed = moved.failed;
    let unmoved = moved.problem.map(|reason| format!("{failed} segments stay on the local disk: {reason}"));
    let expiry = index.run_bucket_retention().await?;
    count_expired(&expiry);
    Ok(joined([unmoved].into_iter().chain(troubles(expiry))))
}

fn count_expired(expiry: &Expiry) {
    counter!(EXPIRED).increment(expiry.segments);
    counter!(CLIPS_CUT).increment(expiry.clips);
    if expiry.segments > 0 {
        let (segments, bytes, clips) = (expiry.segments, expiry.bytes, expiry.clips);
        tracing::info!(segments, bytes, clips, "old recordings were deleted, and clips in them cut");
    }
}

/// What could not be deleted or cut.
fn troubles(expiry: Expiry) -> [Option<String>; 2] {
    let Expiry { stuck, stuck_reason, clips_failed: failed, problem, .. } = expiry;
    let stuck = stuck_reason.map(|reason| format!("{stuck} segments cannot be deleted or read: {reason}"));
    [stuck, problem.map(|reason| IndexError::ClipsUncut { failed, reason }.to_string())]
}

fn joined(troubles: impl Iterator<Item = Option<String>>) -> Option<String> {
    let troubles: Vec<_> = troubles.flatten().collect();
    (!troubles.is_empty()).then(|| troubles.join("; "))
}

async fn expire_evidence(index: &Index) -> Outcome {
    let expiry = index.run_evidence_retention().await?;
    counter!(EVIDENCE_EXPIRED).increment(expiry.bytes);
    gauge!(IS_EVIDENCE_SHORT).set(f64::from(u8::from(expiry.is_short)));
    if expiry.clips + expiry.pictures > 0 {
        let (clips, pictures, bytes) = (expiry.clips, expiry.pictures, expiry.bytes);
        tracing::info!(clips, pictures, bytes, "evidence that nobody confirmed expired");
    }
    let failed = expiry.failed;
    Ok(expiry.problem.map(|reason| IndexError::Undeleted { failed, reason }.to_string()))
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
