//! Deliveries that are due, one or two of a receiver at a time.
//!
//! A receiver that was away has thousands that wait. Beside the oldest, its newest is claimed: what happens now arrives now. Deliveries
//! of one case keep their order.

use std::time::Duration;

use anjian_domain::WallTime;

use crate::deliveries::subscription_row::not_kept;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

/// After this a claim that nobody ended runs out. Longer than any attempt may take.
const CLAIM: Duration = Duration::from_secs(60);
/// Receivers that are served at once.
const MAX_RECEIVERS: u16 = 16;

/// A delivery that is this sender's for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub(crate) delivery: i64,
    pub(crate) subscription: i64,
    /// Until when; names the claim.
    pub(crate) until: WallTime,
}

impl Claim {
    /// Names the receiver, as long as this process runs.
    #[must_use]
    pub const fn receiver(&self) -> i64 {
        self.subscription
    }
}

impl Index {
    /// Claims what is due: at most two deliveries of each receiver that has nothing under way.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn claim_deliveries(&self) -> Result<Vec<Claim>, IndexError> {
        let now = self.inner.clock.now();
        // Most of the time nothing is due: that is asked without the right to write.
        if receivers(&self.inner.reader, now).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("delivery").await?;
        let until = now.plus(CLAIM);
        let mut claims = Vec::new();
        for subscription in receivers(&mut transaction, now).await? {
            for order in ["due_us, seq", "seq DESC"] {
                if let Some(delivery) = claim(&mut transaction, subscription, order, now, until).await? {
                    claims.push(Claim { delivery, subscription, until });
                }
            }
        }
        transaction.commit().await.map_err(not_kept)?;
        Ok(claims)
    }
}

/// Places of subscriptions with something due and nothing under way, whose pause is over.
async fn receivers<'e>(
    on: impl Into<crate::engine::connection::On<'e>>,
    now: WallTime,
) -> Result<Vec<i64>, IndexError> {
    let sql = "SELECT s.seq FROM subscription AS s WHERE s.is_active = 1 AND s.parked_us IS NULL AND s.retry_us <= $1 \
         AND EXISTS (SELECT 1 FROM delivery AS d WHERE d.subscription = s.seq AND d.state = 'waiting' AND d.due_us <= $1) \
         AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.subscription = s.seq AND d.state = 'waiting' AND d.claimed_us > $1) \
         ORDER BY s.retry_us, s.seq LIMIT $2";
    sql::query(sql).bind(now.as_micros()).bind(MAX_RECEIVERS).scalars(on).await.map_err(not_kept)
}

/// The first in this order that is due, not claimed, and has none of its case before it.
async fn claim(
    transaction: &mut Connection<'_>,
    subscription: i64,
    order: &str,
    now: WallTime,
    until: WallTime,
) -> Result<Option<i64>, IndexError> {
    let sql = format!(
        "UPDATE delivery SET claimed_us = $3 WHERE seq = (SELECT d.seq FROM delivery AS d WHERE d.subscription = $1 \
         AND d.state = 'waiting' AND d.due_us <= $2 AND coalesce(d.claimed_us, 0) <= $2 AND NOT EXISTS (SELECT 1 FROM delivery AS e \
         WHERE e.subscription = d.subscription AND e.state = 'waiting' AND e.casefile = d.casefile AND e.seq < d.seq) \
         ORDER BY {order} LIMIT 1) RETURNING seq"
    );
    let query = sql::query(&sql).bind(subscription).bind(now.as_micros()).bind(until.as_micros());
    query.scalar_or_none(transaction).await.map_err(not_kept)
}
