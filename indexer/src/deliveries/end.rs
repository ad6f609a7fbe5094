//! How an attempt ended, and what follows for the delivery and its receiver.

use std::time::Duration;

use anjian_casework::notification::{GIVE_UP_AFTER, pause};
use anjian_domain::WallTime;

use crate::deliveries::claim::Claim;
use crate::deliveries::subscription_row::not_kept;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::secrets::key_file;
use crate::{Index, IndexError};

/// Longest receipt or reason that is kept, in characters.
const MAX_SAID: usize = 500;
/// A message that its receiver refuses is tried so often before it is dropped.
const MOST_REFUSALS: i64 = 8;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The receiver accepted it, and said so.
    Delivered {
        /// What it said.
        receipt: String,
    },
    /// The receiver does not answer, or cannot take anything now.
    Away {
        /// What happened.
        why: String,
        /// When it wants to be asked again, if it said so.
        after: Option<Duration>,
    },
    /// The receiver answers, and refuses this message.
    Refused {
        /// What it said.
        why: String,
    },
    /// The receiver says that it is no receiver any more, or must not be one.
    Gone {
        /// What it said.
        why: String,
    },
    /// There is nothing to send any more: the account may not see it now.
    Moot {
        /// Why.
        why: String,
    },
}

impl Index {
    /// Keeps how an attempt ended. A claim that ran out meanwhile may be somebody else's: then nothing is kept, except that it
    /// arrived.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn end_delivery(&self, claim: Claim, attempt: &Attempt) -> Result<(), IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("delivery").await?;
        let Some(attempts) = attempts(&mut transaction, claim, attempt).await? else { return Ok(()) };
        let tx = &mut transaction;
        match attempt {
            Attempt::Delivered { receipt } => {
                end(tx, claim, "delivered", receipt, now).await?;
                arrived(tx, claim).await?;
            }
            Attempt::Moot { why } => end(tx, claim, "dropped", why, now).await?,
            Attempt::Refused { why } if attempts >= MOST_REFUSALS => end(tx, claim, "dropped", why, now).await?,
            Attempt::Refused { why } => {
                let again = now.plus(pause(u32::try_from(attempts).unwrap_or(u32::MAX), share()?));
                wait(tx, claim, why, again).await?;
            }
            Attempt::Away { why, after } => {
                wait(tx, claim, why, now).await?;
                away(tx, claim, why, *after, now).await?;
            }
            Attempt::Gone { why } => {
                wait(tx, claim, why, now).await?;
                park(tx, claim, why, now).await?;
            }
        }
        transaction.commit().await.map_err(not_kept)
    }
}

/// Counts the attempt; `None`: it is another's, or was ended.
async fn attempts(
    transaction: &mut Connection<'_>,
    claim: Claim,
    attempt: &Attempt,
) -> Result<Option<i64>, IndexError> {
    let sql = "UPDATE delivery SET attempts = attempts + 1 WHERE seq = $1 AND state = 'waiting' AND ($3 = 1 OR claimed_us = $2) \
         RETURNING attempts";
    let query = sql::query(sql).bind(claim.delivery).bind(claim.until.as_micros());
    let query = query.bind(matches!(attempt, Attempt::Delivered { .. }));
    query.scalar_or_none(transaction).await.map_err(not_kept)
}

async fn end(
    transaction: &mut Connection<'_>,
    claim: Claim,
    state: &str,
    said: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE delivery SET state = $2, said = $3, ended_us = $4, claimed_us = NULL WHERE seq = $1";
    let query = sql::query(sql).bind(claim.delivery).bind(state).bind(shortened(said)).bind(now.as_micros());
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

async fn wait(
    transaction: &mut Connection<'_>,
    claim: Claim,
    said: &str,
    due: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE delivery SET said = $2, due_us = $3, claimed_us = NULL WHERE seq = $1";
    let query = sql::query(sql).bind(claim.delivery).bind(shortened(said)).bind(due.as_micros());
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

async fn arrived(transaction: &mut Connection<'_>, claim: Claim) -> Result<(), IndexError> {
    let sql = "UPDATE subscription SET failing_us = NULL, failures = 0, retry_us = 0, trouble = '' WHERE seq = $1 AND failures > 0";
    sql::query(sql).bind(claim.subscription).execute(transaction).await.map_err(not_kept).map(drop)
}

/// The receiver rests; after days it is given up until somebody looks after it.
async fn away(
    transaction: &mut Connection<'_>,
    claim: Claim,
    why: &str,
    after: Option<Duration>,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "SELECT failures, failing_us FROM subscription WHERE seq = $1";
    let row = sql::query(sql).bind(claim.subscription).fetch_one(&mut *transaction).await.map_err(not_kept)?;
    let columns = Columns { table: "subscription", row: &row };
    let since = columns.wall_or_null("failing_us")?.unwrap_or(now);
    let failures = columns.count("failures")?.saturating_add(1);
    if now.since(since) >= GIVE_UP_AFTER {
        return park(transaction, claim, why, now).await;
    }
    let rest = pause(failures, share()?).max(after.unwrap_or_default().min(GIVE_UP_AFTER / 3));
    let sql = "UPDATE subscription SET failing_us = $2, failures = $3, retry_us = $4, trouble = $5 WHERE seq = $1";
    let query = sql::query(sql).bind(claim.subscription).bind(since.as_micros()).bind(i64::from(failures));
    let query = query.bind(now.plus(rest).as_micros()).bind(shortened(why));
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

async fn park(
    transaction: &mut Connection<'_>,
    claim: Claim,
    why: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE subscription SET parked_us = $2, failing_us = coalesce(failing_us, $2), trouble = $3 WHERE seq = $1";
    let query = sql::query(sql).bind(claim.subscription).bind(now.as_micros()).bind(shortened(why));
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

/// Spreads retries, 0..1.
fn share() -> Result<f64, IndexError> {
    let [byte] = key_file::random::<1>()?;
    Ok(f64::from(byte) / 255.0)
}

fn shortened(words: &str) -> String {
    words.chars().take(MAX_SAID).collect()
}
