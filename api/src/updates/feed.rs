//! Changes for whoever listens, in order, without loss or repetition.
//!
//! The outbox in the index is the truth: each listener reads it from where it stands, as fast as it can take it.
//! Tasks pass on only how far the outbox goes, so nothing can be overrun and no queue can grow.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anjian_casework::roles::Action;
use anjian_indexer::{Index, IndexError, LiveKind, LiveUpdate, Notifications};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::accounts::asker::Asker;

/// Changes that a listener reads at once.
const BATCH: u32 = 256;
/// How often to look for changes of other processes (`anjian analyze` into the same folder) that nobody tells of, and after a
/// failure.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How far the outbox goes: the newest change's number, 0 when there was none.
pub(crate) type Head = watch::Receiver<i64>;

/// Follows the outbox until every [`Head`] is gone or the index is closed.
///
/// # Errors
/// When the outbox could not be read.
pub(crate) async fn follow(index: Index) -> Result<Head, IndexError> {
    let mut committed = index.committed();
    let (newest, head) = watch::channel(*index.updates_kept().await?.end());
    tokio::spawn(relay(index.notifications(), newest.clone()));
    tokio::spawn(async move {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = newest.closed() => return,
                changed = committed.changed() => match changed {
                    Ok(()) => raise(&newest, *committed.borrow_and_update()),
                    Err(_) => return,
                },
                _ = look.tick() => look_further(&index, &newest).await,
            }
        }
    });
    Ok(head)
}

/// Relays the changes of other processes. In a task of its own: a message that is half read must not be let go.
async fn relay(mut notifications: Notifications, newest: watch::Sender<i64>) {
    let received = async {
        loop {
            raise(&newest, notifications.next().await);
        }
    };
    tokio::select! {
        () = newest.closed() => {}
        () = received => {}
    }
}

fn raise(newest: &watch::Sender<i64>, seq: i64) {
    newest.send_if_modified(|head| {
        let is_newer = seq > *head;
        *head = seq.max(*head);
        is_newer
    });
}

async fn look_further(index: &Index, newest: &watch::Sender<i64>) {
    match index.updates_kept().await {
        Ok(kept) => raise(newest, *kept.end()),
        Err(error) => tracing::warn!(error = %error, "live updates wait: the outbox could not be read"),
    }
}

/// One listener's way through the outbox: what it may see of it.
pub(crate) struct Listener {
    asker: Arc<Asker>,
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
        asker: Arc<Asker>,
        index: Index,
        head: Head,
        begin: Begin,
    ) -> Result<(Self, Continuity), IndexError> {
        // Not from the head: it may not know yet what others committed a moment ago.
        let kept = index.updates_kept().await?;
        let (last, continuity) = match begin {
            Begin::Now => (*kept.end(), Continuity::Whole),
            // The change after it is kept, or is still to come.
            Begin::After(seq) if (kept.start() - 1..=*kept.end()).contains(&seq) => (seq, Continuity::Whole),
            // Deleted by age, or another index than the one that gave the number.
            Begin::After(_) => (*kept.end(), Continuity::Broken),
        };
        Ok((Self { asker, index, head, last, ready: VecDeque::new() }, continuity))
    }

    /// The number of the change that the listener saw last.
    pub(crate) const fn last(&self) -> i64 {
        self.last
    }

    /// The next change that the viewer sees, as soon as there is one; `None` when the index was closed.
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
                let viewer = &self.asker.viewer;
                let mut read: VecDeque<_> = self.index.live_since(viewer, self.last, BATCH).await?.into();
                let end = read.back().map_or(newest, |update| update.seq);
                read.retain(|update| self.hears(update));
                if read.is_empty() {
                    self.last = end;
                }
                self.ready = read;
            } else if self.head.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    fn hears(&self, update: &LiveUpdate) -> bool {
        let action = match update.kind {
            LiveKind::Violation(_) => Action::SeeViolations,
            LiveKind::Camera(_) => Action::SeeCameras,
            LiveKind::Case(_) => Action::SeeCases,
        };
        self.asker.rights.may(action).is_ok()
    }
}
