//! A node's row, which its live system writes again and again: it shows that the database can be written, and that the node's
//! cameras are watched.

use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

impl Index {
    /// Writes the present into the database.
    ///
    /// # Errors
    /// When the data folder is gone, or the database cannot be written; [`IndexError::NodeElsewhere`] when another process
    /// serves this node since.
    pub async fn beat(&self) -> Result<(), IndexError> {
        self.check_presence()?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("node").await?;
        let sql = "UPDATE node SET seen_us = $1 WHERE id = $2 AND process IN ('', $3)";
        let query = sql::query(sql).bind(self.inner.clock.now().as_micros()).bind(self.inner.node.0);
        let beaten = query.bind(&self.inner.process).execute(&mut transaction).await.map_err(not_beaten)?;
        transaction.commit().await.map_err(not_beaten)?;
        if beaten == 0 {
            return Err(IndexError::NodeElsewhere { path: self.inner.data_dir.clone() });
        }
        Ok(())
    }

    /// From now on this process serves the node. What was last written stays: it may lie in the future, see
    /// [`Index::missed_clock_step`].
    pub(crate) async fn serve_node(&self, connection: &mut Connection<'_>) -> Result<(), IndexError> {
        let sql = "UPDATE node SET seen_us = greatest(seen_us, $1), process = $3 WHERE id = $2";
        let query = sql::query(sql).bind(self.inner.clock.now().as_micros()).bind(self.inner.node.0);
        query.bind(&self.inner.process).execute(connection).await.map_err(not_beaten)?;
        Ok(())
    }
}

fn not_beaten(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "write a heartbeat", table: "node", source }
}
