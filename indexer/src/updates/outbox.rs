//! What is to be told to listeners: a row beside each change, in the same transaction, and a message after it.

use anjian_domain::{CameraId, WallTime};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqliteExecutor};

use crate::configuration::camera_row;
use crate::engine::columns::Columns;
use crate::violations::list_row;
use crate::{Index, IndexError, LiveKind, LiveUpdate, ViolationRow};

/// Updates that can be caught up with after a lost connection.
const KEEP: i64 = 10_000;
/// The oldest are deleted once in so many.
const PRUNE_EVERY: i64 = 100;
/// Most updates that are caught up with at once.
const MAX_LIMIT: u32 = 1_000;

impl Index {
    /// Changes after `seq`, oldest first, at most `limit` (and at most 1,000), of this and of other processes. The
    /// newest 10,000 are kept. Each shows its violation or camera as it is now.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn live_since(&self, seq: i64, limit: u32) -> Result<Vec<LiveUpdate>, IndexError> {
        let failed = |source| IndexError::Database { doing: "read updates", table: "outbox", source };
        let sql = "SELECT seq, violation, camera FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?";
        let query = sqlx::query(sql).bind(seq).bind(limit.min(MAX_LIMIT));
        // One transaction, so that what the rows name is there.
        let mut reading = self.inner.reader.begin().await.map_err(failed)?;
        let mut updates = Vec::new();
        for row in query.fetch_all(&mut *reading).await.map_err(failed)? {
            let columns = Columns { table: "outbox", row: &row };
            let kind = match columns.get::<Option<i64>>("violation")? {
                Some(violation) => {
                    LiveKind::Violation(Box::new(violation_at(&mut *reading, violation).await?))
                }
                None => {
                    let camera = columns.word("camera")?;
                    LiveKind::Camera(Box::new(camera_row::find(&mut *reading, &camera).await?))
                }
            };
            updates.push(LiveUpdate { seq: columns.get("seq")?, kind });
        }
        reading.commit().await.map_err(failed)?;
        Ok(updates)
    }

    /// After a commit, while the writer is still held.
    pub(crate) fn tell(&self, seq: i64, kind: LiveKind) {
        // Fails when nobody listens, which is no matter.
        let _ = self.inner.live.send(LiveUpdate { seq, kind });
    }
}

pub(crate) async fn append_violation(
    connection: &mut SqliteConnection,
    violation: i64,
    at: WallTime,
) -> Result<i64, IndexError> {
    append(connection, Some(violation), None, at).await
}

pub(crate) async fn append_camera(
    connection: &mut SqliteConnection,
    camera: &CameraId,
    at: WallTime,
) -> Result<i64, IndexError> {
    append(connection, None, Some(camera), at).await
}

async fn append(
    connection: &mut SqliteConnection,
    violation: Option<i64>,
    camera: Option<&CameraId>,
    at: WallTime,
) -> Result<i64, IndexError> {
    let failed = |source| IndexError::Database { doing: "note an update", table: "outbox", source };
    let sql = "INSERT INTO outbox (violation, camera, at_us) VALUES (?, ?, ?) RETURNING seq";
    let query =
        sqlx::query_scalar(sql).bind(violation).bind(camera.map(CameraId::as_str)).bind(at.as_micros());
    let seq: i64 = query.fetch_one(&mut *connection).await.map_err(failed)?;
    if seq % PRUNE_EVERY == 0 {
        let prune = sqlx::query("DELETE FROM outbox WHERE seq <= ?").bind(seq - KEEP);
        prune.execute(connection).await.map_err(failed)?;
    }
    Ok(seq)
}

/// The violation with this `seq`.
pub(crate) async fn violation_at(
    database: impl SqliteExecutor<'_>,
    seq: i64,
) -> Result<ViolationRow, IndexError> {
    let columns = list_row::COLUMNS;
    let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq = "));
    let row = sql.push_bind(seq).build().fetch_one(database).await;
    let failed = |source| IndexError::Database { doing: "read a violation", table: "violation", source };
    Ok(list_row::decode(&row.map_err(failed)?)?.1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anjian_domain::SystemClock;

    use super::*;

    #[tokio::test]
    async fn the_oldest_updates_are_pruned() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        let id: CameraId = "gate".parse().unwrap();
        let at = WallTime::from_micros(0).unwrap();
        let mut writer = index.write().await.unwrap();
        let mut transaction = writer.begin("outbox").await.unwrap();
        sqlx::raw_sql("INSERT INTO site VALUES ('plant', '', '', '', '', 1)")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let sql = "INSERT INTO camera (id, site, name, is_configured) VALUES (?, 'plant', '', 1)";
        sqlx::query(sql).bind(id.as_str()).execute(&mut *transaction).await.unwrap();
        let sql = "WITH RECURSIVE n (seq) AS (VALUES (1) UNION ALL SELECT seq + 1 FROM n WHERE seq < 10198) \
             INSERT INTO outbox (seq, camera, at_us) SELECT seq, 'gate', 0 FROM n";
        sqlx::query(sql).execute(&mut *transaction).await.unwrap();
        for (seq, oldest) in [(10_199, 1), (10_200, 201), (10_201, 201)] {
            assert_eq!(append_camera(&mut transaction, &id, at).await.unwrap(), seq);
            let found: i64 =
                sqlx::query_scalar("SELECT min(seq) FROM outbox").fetch_one(&mut *transaction).await.unwrap();
            assert_eq!(found, oldest, "after {seq}");
        }
    }
}
