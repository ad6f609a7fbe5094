//! The sender: plans, claims, sends, keeps how it ended. Each receiver has a task of its own, so a slow one delays nobody.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::Clock;
use anjian_indexer::{Attempt, Claim, Contents, Index, IndexError, Parcel};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::channels::Channels;

/// Between two looks when nothing changes.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks at what reports are due.
const REPORTS_EVERY: Duration = Duration::from_secs(30);

/// Sends what is due until `stop` turns true; what is under way then is ended first.
pub struct Sender {
    pub(crate) index: Index,
    pub(crate) channels: Arc<Channels>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Sender {
    /// Runs until it is asked to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut attempts = JoinSet::new();
        let mut reports_at = Duration::ZERO;
        let mut changes = self.index.committed();
        while !*stop.borrow() {
            let now = self.clock.monotonic();
            if now >= reports_at {
                warn("make reports", self.index.plan_reports().await.map(drop));
                reports_at = now.saturating_add(REPORTS_EVERY);
            }
            warn("plan deliveries", self.index.plan_deliveries().await.map(drop));
            let claims = self.index.claim_deliveries().await;
            let claims = claims.unwrap_or_else(|error| {
                warn("claim deliveries", Err(error));
                Vec::new()
            });
            for claim in claims {
                let (index, channels, clock) = (self.index.clone(), Arc::clone(&self.channels), Arc::clone(&self.clock));
                attempts.spawn(async move { attempt(&index, &channels, &*clock, claim).await });
            }
            tokio::select! {
                _ = attempts.join_next(), if !attempts.is_empty() => {}
                _ = changes.changed() => {}
                () = tokio::time::sleep(PAUSE) => {}
                _ = stop.changed() => {}
            }
            while attempts.try_join_next().is_some() {}
        }
        while attempts.join_next().await.is_some() {}
    }
}

/// One delivery, and how it ended.
async fn attempt(index: &Index, channels: &Channels, clock: &dyn Clock, claim: Claim) {
    let ended = match index.delivery_contents(claim).await {
        Ok(Some(parcel)) => channels.send(index, &parcel, clock.now()).await,
        Ok(None) => Attempt::Moot { why: "the account may not see this any more".to_owned() },
        // The claim runs out, and it is tried again.
        Err(error) => return warn("read a delivery", Err(error)),
    };
    if let Attempt::Away { why, .. } | Attempt::Refused { why } | Attempt::Gone { why } = &ended {
        tracing::warn!(receiver = claim.receiver(), why, "a message was not delivered");
    }
    warn("end a delivery", index.end_delivery(claim, &ended).await);
}

fn warn(doing: &str, outcome: Result<(), IndexError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, doing, "deliveries wait");
    }
}
