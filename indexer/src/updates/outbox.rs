//! What is to be told to listeners: a row beside each change, in the same transaction, and a message after it.

use crate::engine::connection::Connection;
use crate::engine::connection::On;
use crate::engine::sql;
use crate::engine::sql::Builder;
use crate::engine::value::Value;
use std::ops::RangeInclusive;

use anjian_casework::roles::Action;
use anjian_domain::{CameraId, Viewer, WallTime};
use tokio::sync::watch;

use crate::casework::{self, case_row};
use crate::configuration::camera_row;
use crate::engine::columns::Columns;
use crate::viewer::condition::push_site;
use crate::viewer::reach;
use crate::violations::list_row;
use crate::{Index, IndexError, LiveKind, LiveUpdate, ViolationRow};

/// Updates that can be caught up with after a lost connection.
const KEEP: i64 = 10_000;
/// The oldest are deleted once in so many.
const PRUNE_EVERY: i64 = 100;
/// Most updates that are caught up with at once.
const MAX_LIMIT: u32 = 1_000;

impl Index {
    /// Changes after `seq` that the viewer sees, oldest first, at most `limit` (and at most 1,000), of this and of other
    /// processes. The newest 10,000 are kept. Each shows its violation or camera as it is now. All sites share one
    /// sequence of numbers: a number that a viewer misses says that something changed elsewhere, and nothing else.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn live_since(
        &self,
        viewer: &Viewer,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<LiveUpdate>, IndexError> {
        let failed = |source| IndexError::Database { doing: "read updates", table: "outbox", source };
        let sql = since(viewer, seq, limit);
        // One transaction, so that what the rows name is there.
        let mut reading = self.inner.reader.begin_reading().await.map_err(failed)?;
        let mut updates = Vec::new();
        for row in sql.build().fetch_all(&mut reading).await.map_err(failed)? {
            let columns = Columns { table: "outbox", row: &row };
            let kind = kind_of(viewer, &mut reading, &columns).await?;
            updates.push(LiveUpdate { seq: columns.get("seq")?, kind });
        }
        reading.commit().await.map_err(failed)?;
        Ok(updates)
    }

    /// Numbers of the changes that are kept, of all sites; without a gap. Empty, `1..=0`, before the first change.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn updates_kept(&self) -> Result<RangeInclusive<i64>, IndexError> {
        let failed = |source| IndexError::Database { doing: "read updates", table: "outbox", source };
        // Each of the two walks one end of the table; in one SELECT without these brackets they would read it whole.
        let sql = "SELECT coalesce((SELECT min(seq) FROM outbox), 1) AS oldest, \
             coalesce((SELECT max(seq) FROM outbox), 0) AS newest";
        let row = sql::query(sql).fetch_one(&self.inner.reader).await.map_err(failed)?;
        let columns = Columns { table: "outbox", row: &row };
        Ok(columns.get("oldest")?..=columns.get("newest")?)
    }

    /// The number of the newest change that this process committed, as it grows; 0 before the first. Says only that
    /// there is something to read: [`Index::live_since`] answers what, and also what other processes changed.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<i64> {
        self.inner.committed.subscribe()
    }

    /// After a commit, while the writer is still held.
    pub(crate) fn announce(&self, seq: i64) {
        self.inner.committed.send_replace(seq);
    }
}

/// What changed, as it is now.
async fn kind_of(
    viewer: &Viewer,
    reading: &mut Connection<'_>,
    columns: &Columns<'_>,
) -> Result<LiveKind, IndexError> {
    if let Some(violation) = columns.get::<Option<i64>>("violation")? {
        return Ok(LiveKind::Violation(Box::new(violation_at(viewer, reading, violation).await?)));
    }
    if let Some(casefile) = columns.get::<Option<i64>>("casefile")? {
        return Ok(LiveKind::Case(Box::new(case_row::at(reading, casefile).await?)));
    }
    let camera = columns.word("camera")?;
    Ok(LiveKind::Camera(Box::new(camera_row::find(reading, &camera).await?)))
}

/// The site of the change that a row of `outbox AS o` notes.
const SITE: &str = "coalesce((SELECT site FROM violation WHERE seq = o.violation), (SELECT site FROM camera WHERE id = o.camera), \
     (SELECT site FROM casefile WHERE seq = o.casefile))";

/// Leaves out violations whose Run was superseded since.
const LISTED: &str = " AND (o.violation IS NULL OR EXISTS (SELECT 1 FROM violation AS v WHERE v.seq = o.violation AND v.run_kind <> 'superseded'";

fn since(viewer: &Viewer, seq: i64, limit: u32) -> Builder {
    let mut sql =
        Builder::new("SELECT o.seq, o.violation, o.camera, o.casefile FROM outbox AS o WHERE o.seq > ");
    push_site(sql.push_bind(seq), viewer.scope(), SITE);
    sql.push(LISTED);
    reach::push_maturity(&mut sql, viewer, Action::SeeViolations);
    sql.push("))");
    sql.push(" AND (o.casefile IS NULL OR EXISTS (SELECT 1 FROM casefile AS c WHERE c.seq = o.casefile");
    casework::reach::push(&mut sql, viewer, Action::SeeCases);
    sql.push("))");
    if reach::of(viewer, Action::SeeCameras).is_none() {
        sql.push(" AND o.camera IS NULL");
    }
    sql.push(" ORDER BY o.seq LIMIT ").push_bind(limit.min(MAX_LIMIT));
    sql
}

pub(crate) async fn append_violation(
    connection: &mut Connection<'_>,
    violation: i64,
    at: WallTime,
) -> Result<i64, IndexError> {
    append(connection, "violation", violation, at).await
}

pub(crate) async fn append_camera(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    at: WallTime,
) -> Result<i64, IndexError> {
    append(connection, "camera", camera.as_str(), at).await
}

pub(crate) async fn append_case(
    connection: &mut Connection<'_>,
    casefile: i64,
    at: WallTime,
) -> Result<i64, IndexError> {
    append(connection, "casefile", casefile, at).await
}

async fn append(
    connection: &mut Connection<'_>,
    column: &str,
    changed: impl Into<Value>,
    at: WallTime,
) -> Result<i64, IndexError> {
    let failed = |source| IndexError::Database { doing: "note an update", table: "outbox", source };
    let sql = format!("INSERT INTO outbox ({column}, at_us) VALUES ($1, $2) RETURNING seq");
    let query = sql::query(&sql).bind(changed).bind(at.as_micros());
    let seq: i64 = query.scalar(&mut *connection).await.map_err(failed)?;
    if seq % PRUNE_EVERY == 0 {
        let prune = sql::query("DELETE FROM outbox WHERE seq <= $1").bind(seq - KEEP);
        prune.execute(connection).await.map_err(failed)?;
    }
    Ok(seq)
}

/// The violation with this `seq`.
async fn violation_at(
    viewer: &Viewer,
    database: impl Into<On<'_>>,
    seq: i64,
) -> Result<ViolationRow, IndexError> {
    let columns = list_row::COLUMNS;
    let mut sql = Builder::new(format!("SELECT {columns} FROM violation AS v WHERE v.seq = "));
    let row = sql.push_bind(seq).build().fetch_one(database).await;
    let failed = |source| IndexError::Database { doing: "read a violation", table: "violation", source };
    Ok(list_row::decode(viewer, &row.map_err(failed)?)?.1)
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
        assert!(index.updates_kept().await.unwrap().is_empty());
        let id: CameraId = "gate".parse().unwrap();
        let at = WallTime::from_micros(0).unwrap();
        let mut writer = index.write().await.unwrap();
        let mut transaction = writer.begin("outbox").await.unwrap();
        sql::script(&mut transaction, "INSERT INTO site VALUES ('plant', '', '', '', '', 1, '')")
            .await
            .unwrap();
        let sql = "INSERT INTO camera (id, site, name, is_configured) VALUES ($1, 'plant', '', 1)";
        sql::query(sql).bind(id.as_str()).execute(&mut transaction).await.unwrap();
        let sql = "WITH RECURSIVE n (seq) AS (VALUES (1) UNION ALL SELECT seq + 1 FROM n WHERE seq < 10198) \
             INSERT INTO outbox (seq, camera, at_us) SELECT seq, 'gate', 0 FROM n";
        sql::query(sql).execute(&mut transaction).await.unwrap();
        for (seq, oldest) in [(10_199, 1), (10_200, 201), (10_201, 201)] {
            assert_eq!(append_camera(&mut transaction, &id, at).await.unwrap(), seq);
            let found: i64 =
                sql::query("SELECT min(seq) FROM outbox").scalar(&mut transaction).await.unwrap();
            assert_eq!(found, oldest, "after {seq}");
        }
        transaction.commit().await.unwrap();
        assert_eq!(index.updates_kept().await.unwrap(), 201..=10_201);
    }
}
