//! Putting right what a killed live system left: violations that nobody will close, Runs that nobody will end.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::fs::{File, TryLockError};
use std::sync::{MutexGuard, PoisonError};

use crate::engine::open::{self, LIVE_LOCK};
use crate::updates::outbox;
use crate::{Index, IndexError};

impl Index {
    /// Claims the data folder for the live system until this index is dropped, and closes the violations that live
    /// Runs of a killed process left open, at the last moment that is known of each Run (heartbeats come about
    /// every second). Also ends those Runs and marks the cameras as stopped. Answers how many it closed.
    ///
    /// Call it once, before the first live Run; later calls on the same index do nothing. Archive Runs may be going
    /// on in other processes and are left alone.
    ///
    /// # Errors
    /// [`IndexError::LiveElsewhere`] when another process is the live system; when rows could not be written.
    pub async fn close_interrupted(&self) -> Result<u64, IndexError> {
        if !self.claim_live()? {
            return Ok(0);
        }
        let closed = self.close_what_is_left().await;
        if closed.is_err() {
            *self.claim() = None;
        }
        closed
    }

    /// Answers whether the claim is new. The operating system drops it when the process dies.
    fn claim_live(&self) -> Result<bool, IndexError> {
        let mut claim = self.claim();
        if claim.is_some() {
            return Ok(false);
        }
        let path = self.inner.data_dir.join(LIVE_LOCK);
        let file = open::open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => *claim = Some(file),
            Err(TryLockError::WouldBlock) => return Err(IndexError::LiveElsewhere { path }),
            Err(TryLockError::Error(source)) => return Err(IndexError::File { doing: "lock", path, source }),
        }
        Ok(true)
    }

    /// Whether this index or another process is the live system of the data folder.
    pub(crate) fn is_live(&self) -> bool {
        let path = self.inner.data_dir.join(LIVE_LOCK);
        self.claim().is_some()
            || File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// # Errors
    /// [`IndexError::LiveElsewhere`] while the live system runs.
    pub(crate) fn refuse_live(&self) -> Result<(), IndexError> {
        let path = self.inner.data_dir.join(LIVE_LOCK);
        if self.is_live() { Err(IndexError::LiveElsewhere { path }) } else { Ok(()) }
    }

    fn claim(&self) -> MutexGuard<'_, Option<File>> {
        // It holds a file or nothing: a panic elsewhere cannot leave it half changed.
        self.inner.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn close_what_is_left(&self) -> Result<u64, IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        self.serve_node(&mut transaction).await?;
        let closed = self.close_left_open(&mut transaction).await?;
        transaction.commit().await.map_err(not_closed)?;
        closed.last().into_iter().for_each(|seq| self.announce(*seq));
        Ok(u64::try_from(closed.len()).unwrap_or(u64::MAX))
    }

    /// Closes what is left open of this node's cameras. Answers the number of each update.
    pub(crate) async fn close_left_open(
        &self,
        connection: &mut Connection<'_>,
    ) -> Result<Vec<i64>, IndexError> {
        let now = self.inner.clock.now();
        let closed = close_violations(connection, &self.is_own("r.camera")).await.map_err(not_closed)?;
        let mut updates = Vec::new();
        for seq in closed {
            updates.push(outbox::append_violation(connection, seq, now).await?);
        }
        let own = self.is_own("camera");
        let sql = format!(
            "UPDATE run SET ended_us = last_seen_us WHERE kind = 'live' AND ended_us IS NULL AND {own}"
        );
        sql::query(&sql).execute(&mut *connection).await.map_err(not_closed)?;
        let sql = "UPDATE camera SET state = 'stopped', reason = NULL, since_us = coalesce(last_frame_us, $1) \
             WHERE state <> 'stopped' AND node = $2";
        let query = sql::query(sql).bind(now.as_micros()).bind(self.inner.node.0);
        query.execute(connection).await.map_err(not_closed)?;
        Ok(updates)
    }
}

/// Answers the `seq` of each violation that was closed. The end in the source is as far from the opening as the end
/// in the world is.
async fn close_violations(connection: &mut Connection<'_>, of: &str) -> Result<Vec<i64>, sqlx::Error> {
    let sql = format!(
        "UPDATE violation SET close_reason = 'interrupted', \
         status = 'closed', \
         closed_us = greatest(opened_us, r.last_seen_us), \
         closed_media_ns = opened_media_ns + (greatest(opened_us, r.last_seen_us) - opened_us) * 1000 \
         FROM run AS r WHERE violation.run = r.id AND violation.closed_us IS NULL \
         AND r.kind = 'live' AND r.ended_us IS NULL AND {of} RETURNING violation.seq"
    );
    let mut closed: Vec<i64> = sql::query(&sql).scalars(connection).await?;
    closed.sort_unstable();
    Ok(closed)
}

fn not_closed(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "close interrupted Runs", table: "run", source }
}
