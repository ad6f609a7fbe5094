//! Changes for whoever listens, in order, without loss or repetition.
//!
//! The outbox in the index is the truth: each listener reads it from where it stands, as fast as it can take it.
//! All that is told between tasks is how far the outbox goes, so nothing can be overrun and no queue can grow.

use std::collections::VecDeque;
use std::time::Duration;

use anjian_indexer::{Index, IndexError, LiveUpdate};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// Changes that a listener reads at once.
const BATCH: u32 = 256;
/// How often to look for changes of other processes (`anjian analyze` into the same folder), and after a failure.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How far the outbox goes: the newest change's number, 0 when there was none.
pub(crate) type Head = watch::Receiver<i64>;

/// Follows the outbox until every [`Head`] is gone or the index is closed.
///
/// # Errors
/// When the outbox could not be read.
pub(crate) async fn follow(index: Index) -> Result<Head, IndexError> {
    let mut updates = index.subscribe();
    let (told, head) = watch::channel(newest(&index).await?);
    tokio::spawn(async move {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = told.closed() => return,
                update = updates.recv() => match update {
                    Ok(update) => raise(&told, update.seq),
                    Err(RecvError::Lagged(_)) => look_further(&index, &told).await,
                    Err(RecvError::Closed) => return,
                },
                _ = look.tick() => look_further(&index, &told).await,
            }
        }
    });
    Ok(head)
}

fn raise(told: &watch::Sender<i64>, seq: i64) {
    told.send_if_modified(|head| {
        let is_newer = seq > *head;
        *head = seq.max(*head);
        is_newer
    });
}

async fn look_further(index: &Index, told: &watch::Sender<i64>) {
    let head = *told.borrow();
    match newest_after(index, head).await {
        Ok(seq) => raise(told, seq),
        Err(error) => tracing::warn!(error = %error, "live updates wait: the outbox could not be read"),
    }
}

/// The newest change's number, when it is known to be `seq` or greater.
async fn newest_after(index: &Index, mut seq: i64) -> Result<i64, IndexError> {
    while let Some(last) = index.live_since(seq, BATCH).await?.last() {
        seq = last.seq;
    }
    Ok(seq)
}

/// The newest change's number, found by halving: the index is asked about 40 times for one row, once per start.
async fn newest(index: &Index) -> Result<i64, IndexError> {
    let (mut low, mut high) = (0, 1);
    while let Some(update) = index.live_since(high, 1).await?.first() {
        (low, high) = (high, update.seq.saturating_mul(2));
    }
    if low == 0 {
        return Ok(index.live_since(0, 1).await?.first().map_or(0, |update| update.seq));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match index.live_since(middle, 1).await?.first() {
            Some(_) => low = middle,
            None => high = middle,
        }
    }
    Ok(high)
}

/// One listener's way through the outbox.
pub(crate) struct Listener {
    index: Index,
    head: Head,
    last: i64,
    ready: VecDeque<LiveUpdate>,
}

/// Where a listener begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// With the next change.
    Now,
    /// After the change that the listener saw last.
    After(i64),
}

/// Whether a listener lost something before it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// Nothing is missing.
    Whole,
    /// What came after its last change is no longer in the outbox: it must read everything again.
    Broken,
}

impl Listener {
    /// # Errors
    /// When the outbox could not be read.
    pub(crate) async fn new(
        index: Index,
        head: Head,
        begin: Begin,
    ) -> Result<(Self, Continuity), IndexError> {
        // What others committed a moment ago may not have been told yet.
        let told = *head.borrow();
        let newest = newest_after(&index, told).await?;
        let (last, continuity) = match begin {
            Begin::Now => (newest, Continuity::Whole),
            Begin::After(seq) if seq == newest => (seq, Continuity::Whole),
            Begin::After(seq) => match index.live_since(seq, 1).await?.first() {
                Some(next) if next.seq == seq + 1 => (seq, Continuity::Whole),
                // Deleted by age, or another index than the one that gave the number.
                _ => (newest, Continuity::Broken),
            },
        };
        Ok((Self { index, head, last, ready: VecDeque::new() }, continuity))
    }

    /// The number of the change that the listener saw last.
    pub(crate) const fn last(&self) -> i64 {
        self.last
    }

    /// The next change, as soon as there is one; `None` when the index was closed.
    ///
    /// # Errors
    /// When the outbox could not be read; the same call may be made again.
    pub(crate) async fn next(&mut self) -> Result<Option<LiveUpdate>, IndexError> {
        loop {
            if let Some(update) = self.ready.pop_front() {
                self.last = update.seq;
                return Ok(Some(update));
            }
            let newest = *self.head.borrow_and_update();
            if newest > self.last {
                self.ready = self.index.live_since(self.last, BATCH).await?.into();
                if self.ready.is_empty() {
                    self.last = newest;
                }
            } else if self.head.changed().await.is_err() {
                return Ok(None);
            }
        }
    }
}
