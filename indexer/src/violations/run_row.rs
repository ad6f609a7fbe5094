//! Runs, and the rules as they stood in each.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use anjian_domain::{Flaw, Footage, RuleDefinition, Run, RunId, WallTime};

use crate::engine::columns::{Columns, json_column, uuid_column};
use crate::{IndexError, RunRow};

/// Writes a Run, its rules, and what they refer to. One that is there and was stopped or failed goes on; one that is
/// complete stays as it is, but for the place of its file.
pub(crate) async fn insert(connection: &mut Connection<'_>, run: &Run) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "begin a Run", table: "run", source };
    insert_place(connection, run).await.map_err(failed)?;
    let footage = run.footage.as_ref();
    let sql = "INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us, settings, footage, \
         start_source, file_start_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET source = excluded.source, \
         start_source = CASE WHEN run.start_source = 'modified' THEN excluded.start_source ELSE run.start_source END, \
         ended_us = CASE WHEN run.outcome IN ('stopped', 'failed') THEN NULL ELSE run.ended_us END, \
         last_media_ns = CASE WHEN run.outcome IN ('stopped', 'failed') THEN NULL ELSE run.last_media_ns END, \
         outcome = CASE WHEN run.outcome IN ('stopped', 'failed') THEN NULL ELSE run.outcome END";
    let query = sql::query(sql).bind(uuid_column(run.id.0)).bind(run.kind.as_str());
    let query = query.bind(run.site.as_str()).bind(run.camera.as_str());
    let query = query.bind(&run.source).bind(&run.model).bind(run.started_at.as_micros());
    let query = query.bind(json_column("run", &run.settings)?).bind(footage.map(digest_column).transpose()?);
    let query = query.bind(footage.map(|footage| footage.start_source.as_str()));
    let query = query.bind(footage.map(|footage| footage.file_start.as_micros()));
    query.execute(&mut *connection).await.map_err(failed)?;
    for rule in &run.rules {
        insert_rule(connection, run.id, rule).await?;
    }
    Ok(())
}

/// A digest as its column holds it.
fn digest_column(footage: &Footage) -> Result<Vec<u8>, IndexError> {
    let unreadable =
        |_| IndexError::Query(format!("{:?} is no SHA-256: give 64 hexadecimal digits", footage.sha256));
    hex::decode(&footage.sha256).map_err(unreadable)
}

/// Footage may be analysed for a camera that no configuration names: it gets rows that say so.
async fn insert_place(connection: &mut Connection<'_>, run: &Run) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO site (id, name, credit_code, time_zone, risk_level, is_configured) \
         VALUES ($1, $1, '', 'Asia/Shanghai', '', 0) ON CONFLICT (id) DO NOTHING";
    sql::query(sql).bind(run.site.as_str()).execute(&mut *connection).await?;
    let sql = "INSERT INTO camera (id, site, name, is_configured) VALUES ($1, $2, $1, 0) \
         ON CONFLICT (id) DO NOTHING";
    sql::query(sql).bind(run.camera.as_str()).bind(run.site.as_str()).execute(connection).await?;
    Ok(())
}

async fn insert_rule(
    connection: &mut Connection<'_>,
    run: RunId,
    rule: &RuleDefinition,
) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "keep a rule", table: "rule_version", source };
    // The update changes nothing; it makes the row that was there come back.
    let sql = "INSERT INTO rule_version (rule, version, behaviour, zone, definition) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (version, rule, zone, definition) DO UPDATE SET rule = excluded.rule RETURNING id";
    let query = sql::query(sql).bind(rule.rule.as_str()).bind(&rule.version);
    let query = query.bind(rule.behaviour.as_str()).bind(rule.zone.as_str());
    let query = query.bind(json_column("rule_version", &rule.definition)?);
    let id: i64 = query.scalar(&mut *connection).await.map_err(failed)?;
    let sql = "INSERT INTO run_rule (run, rule_version) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    sql::query(sql).bind(uuid_column(run.0)).bind(id).execute(connection).await.map_err(failed)?;
    Ok(())
}

/// Notes which stretches were not judged.
pub(crate) async fn note_flaws(
    connection: &mut Connection<'_>,
    run: RunId,
    flaws: &[Flaw],
) -> Result<(), IndexError> {
    let flaws = (!flaws.is_empty()).then(|| json_column("run", &flaws)).transpose()?;
    let query = sql::query("UPDATE run SET flaws = $2 WHERE id = $1").bind(uuid_column(run.0)).bind(flaws);
    let noted = query.execute(connection).await;
    noted.map_err(|source| IndexError::Database { doing: "note flaws of footage", table: "run", source })?;
    Ok(())
}

/// Notes that the Run was alive at `at`.
pub(crate) async fn seen(
    connection: &mut Connection<'_>,
    run: RunId,
    at: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE run SET last_seen_us = greatest(last_seen_us, $2) WHERE id = $1";
    let noted = sql::query(sql).bind(uuid_column(run.0)).bind(at.as_micros()).execute(connection).await;
    noted.map_err(|source| IndexError::Database { doing: "note a Run's heartbeat", table: "run", source })?;
    Ok(())
}

pub(crate) fn decode(row: &Row) -> Result<RunRow, IndexError> {
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
        settings: columns.json_or_null("settings")?,
        footage_sha256: columns.get::<Option<&[u8]>>("footage")?.map(hex::encode),
        start_source: columns.word_or_null("start_source")?,
        outcome: columns.word_or_null("outcome")?,
        flaws: columns.json_or_null("flaws")?.unwrap_or_default(),
        superseded_by: columns.uuid_or_null("superseded_by")?.map(RunId),
    })
}
