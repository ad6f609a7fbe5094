//! Runs, and the rules as they stood in each.

use anjian_domain::{RuleDefinition, Run, RunId, RunKind, WallTime};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::engine::columns::{Columns, json_column, uuid_column};
use crate::{IndexError, RunRow};

/// Writes a Run, its rules, and what they refer to. Does nothing when it is there.
pub(crate) async fn insert(connection: &mut SqliteConnection, run: &Run) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "begin a Run", table: "run", source };
    insert_place(connection, run).await.map_err(failed)?;
    let sql = "INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(sql).bind(uuid_column(run.id.0)).bind(run.kind.as_str());
    let query = query.bind(run.site.as_str()).bind(run.camera.as_str());
    let query = query.bind(&run.source).bind(&run.model).bind(run.started_at.as_micros());
    query.execute(&mut *connection).await.map_err(failed)?;
    for rule in &run.rules {
        insert_rule(connection, run.id, rule).await?;
    }
    Ok(())
}

/// Footage may be analysed for a camera that no configuration names: it gets rows that say so.
async fn insert_place(connection: &mut SqliteConnection, run: &Run) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO site (id, name, credit_code, time_zone, risk_level, is_configured) \
         VALUES (?1, ?1, '', 'Asia/Shanghai', '', 0) ON CONFLICT (id) DO NOTHING";
    sqlx::query(sql).bind(run.site.as_str()).execute(&mut *connection).await?;
    let sql = "INSERT INTO camera (id, site, name, is_configured) VALUES (?1, ?2, ?1, 0) \
         ON CONFLICT (id) DO NOTHING";
    sqlx::query(sql).bind(run.camera.as_str()).bind(run.site.as_str()).execute(connection).await?;
    Ok(())
}

async fn insert_rule(
    connection: &mut SqliteConnection,
    run: RunId,
    rule: &RuleDefinition,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a rule", table: "rule_version", source };
    // The update changes nothing; it makes the row that was there come back.
    let sql = "INSERT INTO rule_version (rule, version, behaviour, zone, definition) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (version, rule, zone, definition) DO UPDATE SET rule = excluded.rule RETURNING id";
    let query = sqlx::query_scalar(sql).bind(rule.rule.as_str()).bind(&rule.version);
    let query = query.bind(rule.behaviour.as_str()).bind(rule.zone.as_str());
    let query = query.bind(json_column("rule_version", &rule.definition)?);
    let id: i64 = query.fetch_one(&mut *connection).await.map_err(failed)?;
    let sql = "INSERT INTO run_rule (run, rule_version) VALUES (?, ?) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(uuid_column(run.0)).bind(id).execute(connection).await.map_err(failed)?;
    Ok(())
}

/// # Errors
/// [`IndexError::UnknownRun`] when it never began.
pub(crate) async fn kind(connection: &mut SqliteConnection, run: RunId) -> Result<RunKind, IndexError> {
    let found = sqlx::query("SELECT kind FROM run WHERE id = ?").bind(uuid_column(run.0));
    let found = found.fetch_optional(connection).await;
    let failed = |source| IndexError::Database { doing: "look for a Run", table: "run", source };
    let row = found.map_err(failed)?.ok_or(IndexError::UnknownRun(run))?;
    Columns { table: "run", row: &row }.word("kind")
}

/// Notes that the Run was alive at `at`.
pub(crate) async fn seen(
    connection: &mut SqliteConnection,
    run: RunId,
    at: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE run SET last_seen_us = max(last_seen_us, ?2) WHERE id = ?1";
    let noted = sqlx::query(sql).bind(uuid_column(run.0)).bind(at.as_micros()).execute(connection).await;
    noted.map_err(|source| IndexError::Database { doing: "note a Run's heartbeat", table: "run", source })?;
    Ok(())
}

pub(crate) fn decode(row: &SqliteRow) -> Result<RunRow, IndexError> {
    let columns = Columns { table: "run", row };
    Ok(RunRow {
        id: RunId(columns.uuid("id")?),
        kind: columns.word("kind")?,
        site: columns.word("site")?,
        camera: columns.word("camera")?,
        source: columns.get("source")?,
        model: columns.get("model")?,
        started_at: columns.wall("started_us")?,
        ended_at: columns.wall_or_null("ended_us")?,
        last_seen_at: columns.wall("last_seen_us")?,
        last_media: columns.media_or_null("last_media_ns")?,
    })
}
