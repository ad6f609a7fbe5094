//! Writing Runs and violations. Each function is one transaction: it happens with everything that belongs to it, or
//! not at all, and a second time does nothing.

use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::engine::sql::Builder;
use crate::engine::value::Value;
use anjian_domain::{
    ClockReading, CloseReason, Flaw, Moment, OpeningEvidence, Run, RunId, RunKind, RunOutcome, TrackPoint,
    Violation, ViolationId, WallTime,
};

use crate::engine::columns::{Columns, json_column, media_column, uuid_column};
use crate::evidence::clip_row;
use crate::evidence::folder::StoredFile;
use crate::nodes::register::NodeId;
use crate::updates::outbox;
use crate::violations::run_row;
use crate::violations::supersede::{self, SUPERSEDED, Standing};
use crate::violations::walk;
use crate::{Index, IndexError, ViolationStatus};

impl Index {
    pub(crate) async fn begin_run(&self, run: &Run) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        run_row::insert(&mut transaction, run).await?;
        supersede::wait_behind(&mut transaction, run.id).await?;
        let failed = |source| IndexError::Database { doing: "begin a Run", table: "run", source };
        transaction.commit().await.map_err(failed)
    }

    /// Notes which stretches of a Run's footage were not judged.
    pub(crate) async fn note_flaws(&self, run: RunId, flaws: &[Flaw]) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        run_row::note_flaws(&mut transaction, run, flaws).await?;
        let failed = |source| IndexError::Database { doing: "note flaws of footage", table: "run", source };
        transaction.commit().await.map_err(failed)
    }

    /// The first end counts, until the Run begins again.
    pub(crate) async fn end_run(
        &self,
        run: RunId,
        last: Option<Moment>,
        outcome: RunOutcome,
    ) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "end a Run", table: "run", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("run").await?;
        supersede::standing(&mut transaction, run).await?;
        let sql = "UPDATE run SET last_seen_us = greatest(last_seen_us, coalesce($2, last_seen_us)), \
             ended_us = coalesce($2, last_seen_us), last_media_ns = $3, outcome = $4 \
             WHERE id = $1 AND ended_us IS NULL";
        let query = sql::query(sql).bind(uuid_column(run.0));
        let query =
            query.bind(last.map(|at| at.wall.as_micros())).bind(last.map(|at| media_column(at.media)));
        query.bind(outcome.as_str()).execute(&mut transaction).await.map_err(failed)?;
        let mut newest = None;
        if outcome == RunOutcome::Complete {
            for seq in supersede::take_over(&mut transaction, run).await? {
                let now = self.inner.clock.now();
                newest = Some(outbox::append_violation(&mut transaction, seq, now).await?);
            }
        }
        transaction.commit().await.map_err(failed)?;
        newest.into_iter().for_each(|seq| self.announce(seq));
        Ok(())
    }

    /// Whether the violation has its row.
    pub(crate) async fn has_violation(&self, id: ViolationId) -> Result<bool, IndexError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM violation WHERE id = $1)";
        let found = sql::query(sql).bind(uuid_column(id.0)).scalar(&self.inner.reader).await;
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
        let standing = supersede::standing(&mut transaction, violation.run).await?;
        let seq = insert_row(&mut transaction, violation, evidence.clock, standing).await?;
        insert_detail(&mut transaction, seq, evidence).await?;
        insert_files(&mut transaction, seq, files, self.inner.node).await?;
        if standing.kind == RunKind::Live {
            clip_row::insert_due(&mut transaction, seq).await?;
        }
        run_row::seen(&mut transaction, violation.run, evidence.snapshot_at.wall).await?;
        let update = if standing.is_superseded {
            None
        } else {
            Some(outbox::append_violation(&mut transaction, seq, self.inner.clock.now()).await?)
        };
        transaction.commit().await.map_err(failed)?;
        update.into_iter().for_each(|seq| self.announce(seq));
        Ok(())
    }

    /// The end of a violation. Does nothing when it has one, but for an archive Run that is made again after it was
    /// interrupted: that end was no end.
    pub(crate) async fn close_violation(
        &self,
        violation: &Violation,
        path: &[TrackPoint],
    ) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "close a violation", table: "violation", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("violation").await?;
        let found = find(&mut transaction, violation.id).await?;
        let Found { seq, end, run_kind } = found.ok_or(IndexError::UnknownViolation(violation.id))?;
        let was_cut = run_kind != RunKind::Live.as_str() && was_interrupted(end, violation);
        if end.is_some() && !was_cut {
            return Ok(());
        }
        update_end(&mut transaction, seq, violation).await?;
        if !path.is_empty() {
            let sql = "UPDATE violation_detail SET path = $2 WHERE violation = $1";
            let query = sql::query(sql).bind(seq).bind(json_column("violation_detail", path)?);
            query.execute(&mut transaction).await.map_err(failed)?;
        }
        if let Some((at, _)) = violation.closed {
            run_row::seen(&mut transaction, violation.run, at.wall).await?;
        }
        let update = if run_kind == SUPERSEDED {
            None
        } else {
            Some(outbox::append_violation(&mut transaction, seq, self.inner.clock.now()).await?)
        };
        transaction.commit().await.map_err(failed)?;
        update.into_iter().for_each(|seq| self.announce(seq));
        Ok(())
    }
}

/// What is known of a violation.
struct Found {
    seq: i64,
    end: Option<(WallTime, CloseReason)>,
    run_kind: String,
}

async fn find(connection: &mut Connection<'_>, id: ViolationId) -> Result<Option<Found>, IndexError> {
    let sql = "SELECT seq, closed_us, close_reason, run_kind FROM violation WHERE id = $1";
    let found = sql::query(sql).bind(uuid_column(id.0)).fetch_optional(connection).await;
    let failed = |source| IndexError::Database { doing: "look for a violation", table: "violation", source };
    let Some(row) = found.map_err(failed)? else { return Ok(None) };
    let columns = Columns { table: "violation", row: &row };
    let end = columns.wall_or_null("closed_us")?.zip(columns.word_or_null("close_reason")?);
    Ok(Some(Found { seq: columns.get("seq")?, end, run_kind: columns.get("run_kind")? }))
}

/// Whether the Run ended before the violation did, and it is known better now.
fn was_interrupted(end: Option<(WallTime, CloseReason)>, violation: &Violation) -> bool {
    let (Some((before, CloseReason::Interrupted)), Some((at, reason))) = (end, violation.closed) else {
        return false;
    };
    reason != CloseReason::Interrupted || at.wall > before
}

async fn insert_row(
    connection: &mut Connection<'_>,
    violation: &Violation,
    clock: ClockReading,
    standing: Standing,
) -> Result<i64, IndexError> {
    let closed = violation.closed;
    let status = if closed.is_some() { ViolationStatus::Closed } else { ViolationStatus::Open };
    let mut sql = Builder::new(
        "INSERT INTO violation (id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score, \
         score_step, status, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track, \
         clock_source, clock_offset_us) VALUES (",
    );
    let values: [Value; 21] = [
        uuid_column(violation.id.0).into(),
        uuid_column(violation.run.0).into(),
        standing.word().into(),
        violation.site.as_str().into(),
        violation.camera.as_str().into(),
        violation.zone.as_str().into(),
        violation.behaviour.as_str().into(),
        violation.rule.as_str().into(),
        violation.rule_version.as_str().into(),
        violation.model.as_str().into(),
        f64::from(violation.score.value()).into(),
        walk::score_step(violation.score).into(),
        status.as_str().into(),
        violation.opened.wall.as_micros().into(),
        media_column(violation.opened.media).into(),
        closed.map(|(at, _)| at.wall.as_micros()).into(),
        closed.map(|(at, _)| media_column(at.media)).into(),
        closed.map(|(_, reason)| reason.as_str()).into(),
        violation.track.map(|track| track.0.cast_signed()).into(),
        clock.source.as_str().into(),
        clock.offset_us.into(),
    ];
    let inserted = sql.push_list(values).push(") RETURNING seq").build().scalar(connection).await;
    inserted.map_err(|source| IndexError::Database { doing: "keep a violation", table: "violation", source })
}

async fn insert_detail(
    connection: &mut Connection<'_>,
    seq: i64,
    evidence: &OpeningEvidence,
) -> Result<(), IndexError> {
    const TABLE: &str = "violation_detail";
    let sql = "INSERT INTO violation_detail (violation, snapshot_us, snapshot_media_ns, detections, path) \
         VALUES ($1, $2, $3, $4, $5)";
    let at = evidence.snapshot_at;
    let query = sql::query(sql).bind(seq).bind(at.wall.as_micros()).bind(media_column(at.media));
    let query = query.bind(json_column(TABLE, &evidence.detections)?);
    let query = query.bind(json_column(TABLE, &evidence.path)?);
    let inserted = query.execute(connection).await;
    inserted.map_err(|source| IndexError::Database { doing: "keep detections", table: TABLE, source })?;
    Ok(())
}

/// Rows of files in the folder of `node`.
pub(crate) async fn insert_files(
    connection: &mut Connection<'_>,
    seq: i64,
    files: impl IntoIterator<Item = &StoredFile>,
    node: NodeId,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a file's row", table: "evidence", source };
    for file in files {
        let sql = "INSERT INTO evidence (violation, kind, camera, path, size_bytes, sha256, place) \
             SELECT seq, $2, camera, $3, $4, $5, $6 FROM violation WHERE seq = $1";
        let query = sql::query(sql).bind(seq).bind(file.row.kind.as_str()).bind(&file.path);
        let query = query.bind(file.row.size_bytes.cast_signed()).bind(&file.row.sha256).bind(node.0);
        query.execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

async fn update_end(
    connection: &mut Connection<'_>,
    seq: i64,
    violation: &Violation,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "close a violation", table: "violation", source };
    let Some((at, reason)) = violation.closed else {
        return Err(IndexError::Query(format!("violation {} is to be closed but has no end", violation.id)));
    };
    let sql = "UPDATE violation SET closed_us = $2, closed_media_ns = $3, close_reason = $4, score = $5, \
         score_step = $6, status = 'closed' WHERE seq = $1";
    let query = sql::query(sql).bind(seq).bind(at.wall.as_micros()).bind(media_column(at.media));
    let query = query.bind(reason.as_str()).bind(f64::from(violation.score.value()));
    let query = query.bind(walk::score_step(violation.score));
    query.execute(connection).await.map_err(failed)?;
    Ok(())
}
