//! The machine's clock was set. Rows that it dated while it was wrong are marked, so that nobody takes their time for
//! right; how far back that reaches is known when the step that made it wrong was seen.
//!
//! The newest setting of the clock is taken for right: a clock that is set back was ahead before. When it is set forward
//! again by as much, that setting was the wrong one, and the marks move.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::time::Duration;

use anjian_domain::{CameraId, WallTime};

use crate::engine::columns::Columns;
use crate::nodes::register::NodeId;
use crate::{Index, IndexError};

/// Two steps that undo each other differ by less: a clock drifts, and is set by hand.
const ALIKE_US: i64 = 60_000_000;

/// 2026-01-01: a clock that says less was never set since the machine started.
const NEVER_SET_BEFORE_US: i64 = 1_767_225_600_000_000;

/// A step of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStep {
    /// What the clock says after it, at the earliest.
    pub found: WallTime,
    /// By how much it was set, microseconds; forward when positive.
    pub step_us: i64,
}

/// What a clock that was wrong has dated.
#[derive(Debug, Clone)]
pub struct ClockFault {
    /// By how much it was ahead, microseconds, at least; behind when negative.
    pub ahead_us: i64,
    /// Segments that were marked.
    pub segments: u64,
    /// Violations that were marked.
    pub violations: u64,
    /// What was on its way into the index meanwhile.
    late: Fault,
}

impl ClockFault {
    /// For how long late rows of the wrong clock differ in time from new rows of the right one.
    pub fn late_for(&self) -> Duration {
        Duration::from_micros(late_us(self.ahead_us).unsigned_abs())
    }

    /// Whether it takes back what `other` said: that clock was right.
    pub fn undoes(&self, other: &Self) -> bool {
        // See `unlike_others`.
        self.ahead_us == -other.ahead_us
    }
}

fn late_us(ahead_us: i64) -> i64 {
    (ahead_us.abs() / 2).min(ALIKE_US)
}

/// Rows that the clock dated in `from_us..to_us` are wrong by `ahead_us`.
#[derive(Debug, Clone)]
struct Fault {
    from_us: i64,
    to_us: i64,
    ahead_us: i64,
    /// Violations up to this one are older than the fault.
    after_seq: i64,
    /// Segments from here on that lie where the clock was are older than the fault; those of the fault lie elsewhere.
    older_from_us: i64,
}

impl Index {
    /// The step that must have happened while nobody watched the clock: what is stored lies in the future, by more than
    /// a second. `None` when nothing does.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn missed_clock_step(&self) -> Result<Option<ClockStep>, IndexError> {
        let sql = "SELECT max(at_us) AS at_us FROM (SELECT (SELECT end_us + clock_offset_us FROM segment AS s \
                 WHERE s.camera = c.id AND clock_error_us IS NULL ORDER BY start_us DESC LIMIT 1) AS at_us FROM camera AS c \
                 WHERE c.node = $1 \
             UNION ALL SELECT seen_us FROM node WHERE id = $1 \
             UNION ALL SELECT max(opened_us) FROM violation WHERE clock_error_us IS NULL AND run_kind = 'live' \
                 AND opened_us > $2 AND camera IN (SELECT id FROM camera WHERE node = $1)) AS known";
        let now = self.inner.clock.now();
        let query = sql::query(sql).bind(self.inner.node.0).bind(now.as_micros());
        let row = query.fetch_one(&self.inner.reader).await.map_err(not_marked)?;
        let newest = Columns { table: "segment", row: &row }.wall_or_null("at_us")?;
        let ahead_us = newest.map_or(0, |newest| newest.as_micros() - now.as_micros());
        // A machine that lost its clock begins in 1970: it is that clock which is wrong, not what is stored.
        let is_set = now.as_micros() > NEVER_SET_BEFORE_US;
        Ok((is_set && ahead_us > 1_000_000).then_some(ClockStep { found: now, step_us: -ahead_us }))
    }

    /// Notes a step of the clock, and marks what it dated while it was wrong, as far as the step shows that; `None` when it
    /// shows nothing: the clock was set forward, and may be wrong from now on.
    ///
    /// # Errors
    /// When rows could not be read or written; nothing is noted then.
    pub async fn note_clock_step(&self, step: ClockStep) -> Result<Option<ClockFault>, IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clock_step").await?;
        let step = unlike_others(&mut transaction, step).await?;
        let sql = "INSERT INTO clock_step (found_us, step_us, node, violation_seq, oldest_us) SELECT $1, $2, $3, \
             coalesce((SELECT max(seq) FROM violation), 0), (SELECT min((SELECT start_us FROM segment AS s \
             WHERE s.camera = c.id ORDER BY start_us LIMIT 1)) FROM camera AS c WHERE c.node = $3) RETURNING seq, violation_seq";
        let query = sql::query(sql).bind(step.found.as_micros()).bind(step.step_us).bind(self.inner.node.0);
        let row = query.fetch_one(&mut transaction).await.map_err(not_marked)?;
        let columns = Columns { table: "clock_step", row: &row };
        let (seq, violation_seq): (i64, i64) = (columns.get("seq")?, columns.get("violation_seq")?);
        let fault = if step.step_us < 0 {
            Some(was_ahead(&mut transaction, seq, step, self.inner.node).await?)
        } else {
            was_behind(&mut transaction, seq, step, self.inner.node).await?
        };
        let marked = match fault {
            Some(fault) => {
                let (segments, violations) = mark(&mut transaction, &fault, self.inner.node).await?;
                let (ahead_us, late) = (fault.ahead_us, fault.late(step, violation_seq));
                Some(ClockFault { ahead_us, segments, violations, late })
            }
            None => None,
        };
        transaction.commit().await.map_err(not_marked)?;
        Ok(marked)
    }

    /// Marks what a wrong clock had dated and the index took only after that was known: recorders believe a step after some
    /// seconds, and frames are judged after they were taken. Says how many segments and violations.
    ///
    /// # Errors
    /// When rows could not be written.
    pub async fn mark_late(&self, fault: &ClockFault) -> Result<(u64, u64), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clock_step").await?;
        let marked = mark(&mut transaction, &fault.late, self.inner.node).await?;
        transaction.commit().await.map_err(not_marked)?;
        Ok(marked)
    }
}

impl Fault {
    /// The part of it that lies around the moment of `step`, without the violations that were stored by then.
    fn late(self, step: ClockStep, violation_seq: i64) -> Self {
        let (then_us, around_us) = (step.found.as_micros() - step.step_us, late_us(self.ahead_us));
        Self {
            from_us: self.from_us.max(then_us - around_us),
            to_us: then_us + around_us,
            after_seq: violation_seq,
            ..self
        }
    }
}

/// A mark names its step by the size alone: a step that is exactly as long as another becomes longer by microseconds.
async fn unlike_others(connection: &mut Connection<'_>, step: ClockStep) -> Result<ClockStep, IndexError> {
    let mut step_us = step.step_us;
    loop {
        let query =
            sql::query("SELECT 1 AS found FROM clock_step WHERE abs(step_us) = $1").bind(step_us.abs());
        if query.fetch_optional(&mut *connection).await.map_err(not_marked)?.is_none() {
            return Ok(ClockStep { step_us, ..step });
        }
        step_us += step_us.signum();
    }
}

/// A step that made the clock wrong, as far as is known: none undid it, and it undid none.
const MADE_WRONG: &str =
    "undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM clock_step AS u WHERE u.undone_by = s.seq)";

/// The fault that a step back ended. It began with the newest step forward of at least its size; where none was seen, only
/// what lies in the future is known to be wrong.
async fn was_ahead(
    connection: &mut Connection<'_>,
    seq: i64,
    back: ClockStep,
    node: NodeId,
) -> Result<Fault, IndexError> {
    let back_us = -back.step_us;
    let sql = format!(
        "UPDATE clock_step SET undone_by = $1 WHERE seq = (SELECT max(seq) FROM clock_step AS s \
         WHERE step_us >= $2 AND seq < $1 AND node = {node} AND {MADE_WRONG}) RETURNING found_us, step_us"
    );
    let query = sql::query(&sql).bind(seq).bind((back_us - ALIKE_US).max(1));
    let found = query.fetch_optional(connection).await.map_err(not_marked)?;
    let (mut from_us, mut ahead_us) = (back.found.as_micros(), back_us);
    if let Some(row) = found {
        let columns = Columns { table: "clock_step", row: &row };
        from_us = columns.get("found_us")?;
        ahead_us = ahead_us.max(columns.get("step_us")?);
    }
    let to_us = back.found.as_micros() + ahead_us + ALIKE_US;
    Ok(Fault { from_us, to_us, ahead_us, after_seq: 0, older_from_us: i64::MAX })
}

/// The fault that a step forward ended, when it undid a step back: that had marked what came before it.
async fn was_behind(
    connection: &mut Connection<'_>,
    seq: i64,
    forward: ClockStep,
    node: NodeId,
) -> Result<Option<Fault>, IndexError> {
    let sql = format!(
        "UPDATE clock_step SET undone_by = $1 WHERE seq = (SELECT max(seq) FROM clock_step AS s \
         WHERE abs(step_us + $2) <= $3 AND seq < $1 AND node = {node} AND {MADE_WRONG}) \
         RETURNING found_us, step_us, violation_seq, oldest_us"
    );
    let query = sql::query(&sql).bind(seq).bind(forward.step_us).bind(ALIKE_US);
    let found = query.fetch_optional(&mut *connection).await.map_err(not_marked)?;
    let Some(row) = found else { return Ok(None) };
    let columns = Columns { table: "clock_step", row: &row };
    let back_us: i64 = columns.get("step_us")?;
    unmark(connection, -back_us).await?;
    Ok(Some(Fault {
        from_us: columns.get("found_us")?,
        to_us: forward.found.as_micros() - forward.step_us + ALIKE_US,
        ahead_us: back_us,
        after_seq: columns.get("violation_seq")?,
        older_from_us: columns.get::<Option<i64>>("oldest_us")?.unwrap_or(i64::MAX),
    }))
}

/// Takes away what a step marked.
async fn unmark(connection: &mut Connection<'_>, ahead_us: i64) -> Result<(), IndexError> {
    for sql in [
        "UPDATE segment SET clock_error_us = NULL WHERE clock_error_us = $1",
        "UPDATE violation SET clock_error_us = NULL WHERE clock_error_us = $1",
    ] {
        sql::query(sql).bind(ahead_us).execute(&mut *connection).await.map_err(not_marked)?;
    }
    Ok(())
}

/// Answers how many segments and violations it marked.
async fn mark(
    connection: &mut Connection<'_>,
    fault: &Fault,
    node: NodeId,
) -> Result<(u64, u64), IndexError> {
    let Fault { from_us, to_us, ahead_us, after_seq, older_from_us } = *fault;
    let query = sql::query("SELECT id FROM camera WHERE node = $1").bind(node.0);
    let cameras = query.fetch_all(&mut *connection).await.map_err(not_marked)?;
    let mut segments = 0;
    for camera in &cameras {
        let camera: CameraId = Columns { table: "camera", row: camera }.word("id")?;
        // A segment lies at most a minute before the time of its clock.
        let sql = "UPDATE segment SET clock_error_us = $2 WHERE camera = $1 AND clock_error_us IS NULL \
             AND start_us >= $3 - 60000000 AND start_us + clock_offset_us >= $3 AND start_us + clock_offset_us < $4 \
             AND (start_us < $5 OR clock_offset_us < -1000000)";
        let query = sql::query(sql).bind(camera.as_str()).bind(ahead_us);
        let query = query.bind(from_us).bind(to_us).bind(older_from_us);
        segments += query.execute(&mut *connection).await.map_err(not_marked)?;
    }
    let sql = "UPDATE violation SET clock_error_us = $1 WHERE opened_us >= $2 AND opened_us < $3 \
         AND seq > $4 AND clock_error_us IS NULL AND run_kind = 'live' \
         AND camera IN (SELECT id FROM camera WHERE node = $5)";
    let query = sql::query(sql).bind(ahead_us).bind(from_us).bind(to_us).bind(after_seq).bind(node.0);
    let violations = query.execute(connection).await.map_err(not_marked)?;
    Ok((segments, violations))
}

fn not_marked(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "note a step of the clock", table: "clock_step", source }
}
