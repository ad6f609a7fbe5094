//! A row that a live system writes again and again: it shows that the database can be written, and when it last was.

use crate::engine::sql;
use crate::{Index, IndexError};

impl Index {
    /// Writes the present into the database.
    ///
    /// # Errors
    /// When the data folder is gone, or the database cannot be written.
    pub async fn beat(&self) -> Result<(), IndexError> {
        self.check_presence()?;
        let failed = |source| IndexError::Database { doing: "write a heartbeat", table: "heartbeat", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("heartbeat").await?;
        let sql = "INSERT INTO heartbeat VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at_us = $1";
        let query = sql::query(sql).bind(self.inner.clock.now().as_micros());
        query.execute(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
