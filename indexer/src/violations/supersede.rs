//! Which of several Runs over the same footage counts.
//!
//! A Run takes the place of the others when it is complete. Until then it waits behind the complete one, if there is
//! one: a Run that is stopped in the middle hides nothing. Nothing is deleted. Violations without a verdict leave lists
//! and counts with their Run, and come back with it.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use anjian_domain::{RunId, RunKind};

use crate::IndexError;
use crate::engine::columns::{Columns, uuid_column};

/// The `run_kind` of violations that are not listed.
pub(crate) const SUPERSEDED: &str = "superseded";

/// How the violations of a Run stand in lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) kind: RunKind,
    pub(crate) is_superseded: bool,
}

impl Standing {
    /// The `run_kind` of its violations.
    pub(crate) const fn word(self) -> &'static str {
        if self.is_superseded { SUPERSEDED } else { self.kind.as_str() }
    }
}

/// # Errors
/// [`IndexError::UnknownRun`] when it never began.
pub(crate) async fn standing(connection: &mut Connection<'_>, run: RunId) -> Result<Standing, IndexError> {
    let sql = "SELECT kind, superseded_by IS NOT NULL AS is_superseded FROM run WHERE id = $1";
    let found = sql::query(sql).bind(uuid_column(run.0)).fetch_optional(connection).await;
    let row = found.map_err(failed)?.ok_or(IndexError::UnknownRun(run))?;
    let columns = Columns { table: "run", row: &row };
    Ok(Standing { kind: columns.word("kind")?, is_superseded: columns.get("is_superseded")? })
}

/// A Run begins: it waits behind the complete Run over the same footage. An earlier version did not store how a Run
/// ended; one that ended counts as complete.
pub(crate) async fn wait_behind(connection: &mut Connection<'_>, run: RunId) -> Result<(), IndexError> {
    let Some(source) = footage_source(connection, run).await? else { return Ok(()) };
    let mut sql = Builder::new("UPDATE run SET superseded_by = (SELECT o.id");
    push_others(&mut sql, run, &source);
    sql.push(
        " AND o.superseded_by IS NULL AND (o.outcome = 'complete' OR o.outcome IS NULL AND o.ended_us IS NOT NULL) \
         ORDER BY o.outcome IS NULL, o.started_us LIMIT 1) WHERE outcome IS NULL AND id = ",
    );
    sql.push_bind(uuid_column(run.0)).build().execute(connection).await.map_err(failed)?;
    Ok(())
}

/// A Run is complete: it takes the place of all others over the same footage. Answers the `seq` of each of its
/// violations that was not listed so far.
pub(crate) async fn take_over(connection: &mut Connection<'_>, run: RunId) -> Result<Vec<i64>, IndexError> {
    let Some(source) = footage_source(connection, run).await? else { return Ok(Vec::new()) };
    let sql = "UPDATE run SET superseded_by = NULL WHERE id = $1";
    sql::query(sql).bind(uuid_column(run.0)).execute(&mut *connection).await.map_err(failed)?;
    let mut sql = Builder::new("UPDATE run SET superseded_by = ");
    sql.push_bind(uuid_column(run.0)).push(" WHERE superseded_by IS NULL AND id IN (SELECT o.id");
    push_others(&mut sql, run, &source);
    let superseded = sql.push(") RETURNING id").build().fetch_all(&mut *connection).await.map_err(failed)?;
    for row in &superseded {
        let id = Columns { table: "run", row }.uuid("id")?;
        tracing::info!(run.id = %run, superseded.id = %id, "a complete Run over the same footage took its place");
        let sql = "UPDATE violation SET run_kind = 'superseded' \
             WHERE run = $1 AND run_kind <> 'live' AND run_kind <> 'superseded' AND verdict = 'none'";
        sql::query(sql).bind(uuid_column(id)).execute(&mut *connection).await.map_err(failed)?;
    }
    let sql = "UPDATE violation SET run_kind = 'archive' WHERE run = $1 AND run_kind <> 'live' \
         AND run_kind = 'superseded' RETURNING seq";
    let listed = sql::query(sql).bind(uuid_column(run.0)).fetch_all(connection).await.map_err(failed)?;
    let seq = |row: &Row| Columns { table: "violation", row }.get("seq");
    let mut listed: Vec<i64> = listed.iter().map(seq).collect::<Result<_, _>>()?;
    listed.sort_unstable();
    Ok(listed)
}

/// Where the footage of a Run lies; `None` when it has none whose digest is known.
async fn footage_source(connection: &mut Connection<'_>, run: RunId) -> Result<Option<String>, IndexError> {
    let sql = "SELECT source FROM run WHERE id = $1 AND footage IS NOT NULL";
    let found = sql::query(sql).bind(uuid_column(run.0)).scalar_or_none(connection).await;
    found.map_err(failed)
}

/// Appends ` FROM … WHERE …`: the other Runs over the footage of `run`, as `o`.
///
/// The same bytes of the same camera with another start that was given are other footage: a person said so. Any other
/// start is what the file was taken to say, until somebody knows better. A Run of an earlier version, which stored no digest, is known by the name of its
/// file and by its start, which may have been the one by the file alone.
fn push_others(sql: &mut Builder, run: RunId, source: &str) {
    let name = source.rsplit('/').next().unwrap_or(source);
    sql.push(" FROM run AS r JOIN run AS o ON o.camera = r.camera AND o.kind = 'archive' AND o.id <> r.id WHERE r.id = ");
    sql.push_bind(uuid_column(run.0));
    sql.push(
        " AND (o.footage = r.footage AND (o.started_us = r.started_us OR o.start_source NOT IN ('given', 'follows')) \
         OR o.footage IS NULL AND o.started_us IN (r.started_us, r.file_start_us) \
         AND o.source = rtrim(o.source, replace(o.source, '/', '')) || ",
    );
    sql.push_bind(name.to_owned()).push(")");
}

fn failed(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "compare Runs over the same footage", table: "run", source }
}
