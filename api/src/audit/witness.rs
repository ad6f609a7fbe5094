//! Views of evidence, written into the audit a few at once. What cannot be written is not shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::WallTime;
use anjian_indexer::{Index, Witnessed};
use tokio::sync::{mpsc, oneshot};

use crate::http::problem::Problem;

/// Entries that wait to be written. Who comes when all places are taken waits.
const WAITING: usize = 1_024;
/// Entries in one transaction.
const BATCH: usize = 256;
/// A player asks for a film in pieces, and a list for the same picture again: within this time that is one view.
const ONE_VIEW: Duration = Duration::from_secs(600);
/// Views that are remembered for that.
const REMEMBERED: usize = 10_000;

/// Takes entries for the audit. Clones share everything.
#[derive(Clone)]
pub(crate) struct Witness {
    sender: mpsc::Sender<Told>,
    recent: Arc<Mutex<HashMap<String, WallTime>>>,
}

/// Whether an answer waits until its entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A view: the entry follows within moments.
    Follows,
    /// Something leaves the machine: the entry comes first.
    First,
}

enum Told {
    Seen(Box<Witnessed>),
    /// Tells when everything before it was written.
    Mark(oneshot::Sender<()>),
}

impl Witness {
    /// Starts what writes; it ends with the last clone.
    pub(crate) fn start(index: Index) -> Self {
        let (sender, told) = mpsc::channel(WAITING);
        tokio::spawn(write(index, told));
        Self { sender, recent: Arc::default() }
    }

    /// Notes what somebody saw or took away.
    ///
    /// # Errors
    /// When the audit cannot take it.
    pub(crate) async fn note(&self, seen: Witnessed, order: Order) -> Result<(), Problem> {
        if order == Order::Follows && self.is_same_view(&seen) {
            return Ok(());
        }
        self.send(Told::Seen(Box::new(seen))).await?;
        if order == Order::First { self.settle().await } else { Ok(()) }
    }

    /// Waits until everything that was noted is written.
    ///
    /// # Errors
    /// When that cannot be.
    pub(crate) async fn settle(&self) -> Result<(), Problem> {
        let (mark, written) = oneshot::channel();
        self.send(Told::Mark(mark)).await?;
        written.await.map_err(|_| GONE)
    }

    async fn send(&self, told: Told) -> Result<(), Problem> {
        self.sender.send(told).await.map_err(|_| GONE)
    }

    fn is_same_view(&self, seen: &Witnessed) -> bool {
        let Witnessed { viewer, at, action, object, after, .. } = seen;
        let detail = after.as_ref().map(ToString::to_string).unwrap_or_default();
        let key = [viewer.account(), action.as_str(), object, &detail].join("\n");
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let since = at.minus(ONE_VIEW);
        if recent.get(&key).is_some_and(|last| *last > since) {
            return true;
        }
        if recent.len() >= REMEMBERED {
            recent.retain(|_, last| *last > since);
        }
        if recent.len() >= REMEMBERED {
            // Rather a view that is written twice than memory without bound.
            recent.clear();
        }
        recent.insert(key, *at);
        false
    }
}

const GONE: Problem = Problem::Internal("the audit is not written any more");

async fn write(index: Index, mut told: mpsc::Receiver<Told>) {
    let mut batch = Vec::with_capacity(BATCH);
    while told.recv_many(&mut batch, BATCH).await > 0 {
        let (mut seen, mut marks) = (Vec::new(), Vec::new());
        for told in batch.drain(..) {
            match told {
                Told::Seen(witnessed) => seen.push(*witnessed),
                Told::Mark(mark) => marks.push(mark),
            }
        }
        if !seen.is_empty() {
            append(&index, &seen).await;
        }
        for mark in marks {
            // Whoever waited may have hung up.
            let _ = mark.send(());
        }
    }
}

/// Tries until it is written: meanwhile the places fill, and evidence is not shown.
async fn append(index: &Index, seen: &[Witnessed]) {
    let mut pause = Duration::from_millis(100);
    while let Err(error) = index.witness(seen).await {
        tracing::error!(%error, entries = seen.len(), "views of evidence wait to be written into the audit");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}
