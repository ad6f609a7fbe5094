//! Reports: a delivery for each subscription whose hour, day or week is over.

use anjian_casework::notification::Pace;
use anjian_domain::WallTime;

use crate::deliveries::plan::{New, insert};
use crate::deliveries::receivers::{self, Receiver};
use crate::deliveries::subscription_row::not_kept;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

/// The topic of a report.
pub(crate) const REPORT: &str = "report";

impl Index {
    /// Makes the deliveries of reports that are due. A report begins where the one before it ended, also when nothing ran meanwhile.
    /// Answers how many there are.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn plan_reports(&self) -> Result<usize, IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("delivery").await?;
        let mut made = 0;
        for receiver in receivers::active(&mut transaction, |pace| pace != Pace::AtOnce).await? {
            made += usize::from(report(&mut transaction, &receiver, now).await?);
        }
        transaction.commit().await.map_err(not_kept)?;
        Ok(made)
    }
}

/// Answers whether one was due. A new subscription has its first report at the end of its first whole period.
async fn report(
    transaction: &mut Connection<'_>,
    receiver: &Receiver,
    now: WallTime,
) -> Result<bool, IndexError> {
    let zone = receivers::zone(transaction, receiver).await?;
    let Some(period) = receiver.wants.pace.period(&now.timestamp().to_zoned(zone)) else { return Ok(false) };
    let is_due = receiver.reported.is_some_and(|reported| reported < period.to);
    if !is_due && receiver.reported.is_some() {
        return Ok(false);
    }
    if let Some(reported) = receiver.reported {
        let period = Some((reported, period.to));
        let new = New { receiver: receiver.seq, topic: REPORT, casefile: None, period, due: now };
        insert(transaction, &new, now).await?;
    }
    let sql = "UPDATE subscription SET reported_us = $2 WHERE seq = $1";
    let query = sql::query(sql).bind(receiver.seq).bind(period.to.as_micros());
    query.execute(transaction).await.map_err(not_kept)?;
    Ok(is_due)
}
