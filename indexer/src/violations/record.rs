//! Writing Runs and violations. Each function is one transaction: it happens with everything that belongs to it, or
//! not at all, and a second time does nothing.

use anjian_domain::{Moment, OpeningEvidence, Run, RunId, RunKind, TrackPoint, Violation, ViolationId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::engine::columns::{json_column, media_column, uuid_column};
use crate::evidence::clip_row;
use crate::evidence::folder::StoredFile;
use crate::updates::outbox;
use crate::violations::run_row;
use crate::violations::walk;
use crate::{Index, IndexError, ViolationStatus};

impl Index {
    pub(crate) async fn begin_run(&self, run: &Run) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        run_row::insert(&mut transaction, run).await?;
        let failed = |source| IndexError::Database { doing: "begin a Run", table: "run", source };
        transaction.commit().await.map_err(failed)
    }

    pub(crate) async fn end_run(&self, run: RunId, last: Option<Moment>) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "end a Run", table: "run", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        let sql = "UPDATE run SET last_seen_us = max(last_seen_us, coalesce(?2, last_seen_us)), \
             ended_us = coalesce(ended_us, ?2, last_seen_us), last_media_ns = coalesce(last_media_ns, ?3) \
             WHERE id = ?1";
        let query = sqlx::query(sql).bind(uuid_column(run.0));
        let query =
            query.bind(last.map(|at| at.wall.as_micros())).bind(last.map(|at| media_column(at.media)));
        let known = query.execute(&mut *transaction).await.map_err(failed)?.rows_affected();
        if known == 0 {
            return Err(IndexError::UnknownRun(run));
        }
        transaction.commit().await.map_err(failed)
    }

    /// Whether the violation has its row.
    pub(crate) async fn has_violation(&self, id: ViolationId) -> Result<bool, IndexError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM violation WHERE id = ?)";
        let found = sqlx::query_scalar(sql).bind(uuid_column(id.0)).fetch_one(&self.inner.reader).await;
        found.map_err(|source| IndexError::Database {
            doing: "look for a violation",
            table: "violation",
            source,
        })
    }

    /// The rows of a violation whose files are safe on disk. Does nothing when it has its row.
    pub(crate) async fn insert_violation(
        &self,
        violation: &Violation,
        evidence: &OpeningEvidence,
        files: &[StoredFile],
    ) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "keep a violation", table: "violation", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("violation").await?;
        if find(&mut transaction, violation.id).await?.is_some() {
            return Ok(());
        }
        let run_kind = run_row::kind(&mut transaction, violation.run).await?;
        let seq = insert_row(&mut transaction, violation, run_kind).await?;
        insert_detail(&mut transaction, seq, evidence).await?;
        insert_files(&mut transaction, seq, files).await?;
        if run_kind == RunKind::Live {
            clip_row::insert_due(&mut transaction, seq).await?;
        }
        run_row::seen(&mut transaction, violation.run, evidence.snapshot_at.wall).await?;
        let update = outbox::append_violation(&mut transaction, seq, self.inner.clock.now()).await?;
        transaction.commit().await.map_err(failed)?;
        self.announce(update);
        Ok(())
    }

    /// The end of a violation. Does nothing when it has one.
    pub(crate) async fn close_violation(
        &self,
        violation: &Violation,
        path: &[TrackPoint],
    ) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "close a violation", table: "violation", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("violation").await?;
        let found = find(&mut transaction, violation.id).await?;
        let (seq, is_unclosed) = found.ok_or(IndexError::UnknownViolation(violation.id))?;
        if !is_unclosed {
            return Ok(());
        }
        update_end(&mut transaction, seq, violation).await?;
        if !path.is_empty() {
            let sql = "UPDATE violation_detail SET path = ?2 WHERE violation = ?1";
            let query = sqlx::query(sql).bind(seq).bind(json_column("violation_detail", path)?);
            query.execute(&mut *transaction).await.map_err(failed)?;
        }
        if let Some((at, _)) = violation.closed {
            run_row::seen(&mut transaction, violation.run, at.wall).await?;
        }
        let update = outbox::append_violation(&mut transaction, seq, self.inner.clock.now()).await?;
        transaction.commit().await.map_err(failed)?;
        self.announce(update);
        Ok(())
    }
}

/// The violation's `seq`, and whether it has no end yet.
async fn find(connection: &mut SqliteConnection, id: ViolationId) -> Result<Option<(i64, bool)>, IndexError> {
    let sql = "SELECT seq, closed_us IS NULL FROM violation WHERE id = ?";
    let found = sqlx::query_as(sql).bind(uuid_column(id.0)).fetch_optional(connection).await;
    found.map_err(|source| IndexError::Database { doing: "look for a violation", table: "violation", source })
}

async fn insert_row(
    connection: &mut SqliteConnection,
    violation: &Violation,
    run_kind: RunKind,
) -> Result<i64, IndexError> {
    let closed = violation.closed;
    let status = if closed.is_some() { ViolationStatus::Closed } else { ViolationStatus::Open };
    let mut sql = QueryBuilder::<Sqlite>::new(
        "INSERT INTO violation (id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score, \
         score_step, status, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(uuid_column(violation.id.0)).push_bind(uuid_column(violation.run.0));
    values.push_bind(run_kind.as_str()).push_bind(violation.site.as_str());
    values.push_bind(violation.camera.as_str()).push_bind(violation.zone.as_str());
    values.push_bind(violation.behaviour.as_str()).push_bind(violation.rule.as_str());
    values.push_bind(violation.rule_version.as_str()).push_bind(violation.model.as_str());
    values.push_bind(f64::from(violation.score.value()));
    values.push_bind(walk::score_step(violation.score)).push_bind(status.as_str());
    values.push_bind(violation.opened.wall.as_micros()).push_bind(media_column(violation.opened.media));
    values.push_bind(closed.map(|(at, _)| at.wall.as_micros()));
    values.push_bind(closed.map(|(at, _)| media_column(at.media)));
    values.push_bind(closed.map(|(_, reason)| reason.as_str()));
    values.push_bind(violation.track.map(|track| track.0.cast_signed()));
    values.push_unseparated(") RETURNING seq");
    let inserted = sql.build_query_scalar().fetch_one(connection).await;
    inserted.map_err(|source| IndexError::Database { doing: "keep a violation", table: "violation", source })
}

async fn insert_detail(
    connection: &mut SqliteConnection,
    seq: i64,
    evidence: &OpeningEvidence,
) -> Result<(), IndexError> {
    const TABLE: &str = "violation_detail";
    let sql = "INSERT INTO violation_detail (violation, snapshot_us, snapshot_media_ns, detections, path) \
         VALUES (?, ?, ?, ?, ?)";
    let at = evidence.snapshot_at;
    let query = sqlx::query(sql).bind(seq).bind(at.wall.as_micros()).bind(media_column(at.media));
    let query = query.bind(json_column(TABLE, &evidence.detections)?);
    let query = query.bind(json_column(TABLE, &evidence.path)?);
    let inserted = query.execute(connection).await;
    inserted.map_err(|source| IndexError::Database { doing: "keep detections", table: TABLE, source })?;
    Ok(())
}

pub(crate) async fn insert_files(
    connection: &mut SqliteConnection,
    seq: i64,
    files: impl IntoIterator<Item = &StoredFile>,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a file's row", table: "evidence", source };
    for file in files {
        let sql = "INSERT INTO evidence (violation, kind, camera, path, size_bytes, sha256) \
             SELECT seq, ?2, camera, ?3, ?4, ?5 FROM violation WHERE seq = ?1";
        let query = sqlx::query(sql).bind(seq).bind(file.row.kind.as_str()).bind(&file.path);
        let query = query.bind(file.row.size_bytes.cast_signed()).bind(&file.row.sha256);
        query.execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

async fn update_end(
    connection: &mut SqliteConnection,
    seq: i64,
    violation: &Violation,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "close a violation", table: "violation", source };
    let Some((at, reason)) = violation.closed else {
        return Err(IndexError::Query(format!("violation {} is to be closed but has no end", violation.id)));
    };
    let sql = "UPDATE violation SET closed_us = ?2, closed_media_ns = ?3, close_reason = ?4, score = ?5, \
         score_step = ?6, status = 'closed' WHERE seq = ?1";
    let query = sqlx::query(sql).bind(seq).bind(at.wall.as_micros()).bind(media_column(at.media));
    let query = query.bind(reason.as_str()).bind(f64::from(violation.score.value()));
    let query = query.bind(walk::score_step(violation.score));
    query.execute(connection).await.map_err(failed)?;
    Ok(())
}
