//! Verdicts that can be undone no longer begin to count.

use anjian_casework::verdict::{Policy, VerdictState};

use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::verdicts::row;
use crate::{Index, IndexError};

/// In one transaction.
const BATCH: u16 = 200;

impl Index {
    /// Lets count what can be undone no longer. Answers how many there were; call it again while there are more than a few.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn settle_verdicts(&self, policy: Policy) -> Result<usize, IndexError> {
        let now = self.inner.clock.now();
        // Nobody waits for the writer while nothing is due, which is nearly always.
        let sql = "SELECT EXISTS (SELECT 1 FROM verdict WHERE is_settled = 0 AND settles_us <= $1)";
        let due = sql::query(sql).bind(now.as_micros()).scalar(&self.inner.reader).await;
        let is_any_due: bool = due.map_err(row::not_read)?;
        if !is_any_due {
            return Ok(0);
        }
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("verdict").await?;
        let sql = "SELECT violation, state FROM verdict WHERE is_settled = 0 AND settles_us <= $1 ORDER BY settles_us LIMIT $2";
        let query = sql::query(sql).bind(now.as_micros()).bind(BATCH);
        let rows = query.fetch_all(&mut transaction).await.map_err(row::not_read)?;
        let mut newest = None;
        for row in &rows {
            let columns = Columns { table: "verdict", row };
            let state: VerdictState = columns.json("state")?;
            newest = Some(row::keep(&mut transaction, columns.get("violation")?, &state, policy, now).await?);
        }
        transaction.commit().await.map_err(row::not_kept)?;
        newest.into_iter().for_each(|seq| self.announce(seq));
        Ok(rows.len())
    }
}
