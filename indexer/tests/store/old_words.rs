//! Verdicts and steps that were written before words were searched: an upgrade keeps them and finds their words.

use std::path::Path;
use std::sync::Arc;

use anjian_domain::SystemClock;
use anjian_indexer::Index;
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{Connection, PgConnection, Row};

use crate::copies::runtime;
use crate::postgres;
use crate::upgrades::connect;

/// The migration that makes words searchable.
const WORDS: i64 = 20_261_203_031_000;

/// A verdict that dismisses, one that was undone, and one that replaced another; a plea, and a step without words.
const ROWS: &str = r#"
    INSERT INTO verdict VALUES
        (1, 1, 'dismissed', 1, NULL, '{"version":1,"standing":{"finding":{"verdict":"dismissed","reason":"other","words":"动火票齐全"},"change_reason":""},"replaced":[]}'),
        (2, 2, 'none', 1, NULL, '{"version":2,"standing":null,"replaced":[]}'),
        (3, 2, 'confirmed', 1, NULL, '{"version":2,"standing":{"finding":{"verdict":"confirmed"},"change_reason":"看错"},"replaced":[{"finding":{"verdict":"dismissed","reason":"unclear","words":""},"change_reason":""}]}');
    INSERT INTO casefile_step VALUES (7, 1, 'propose', 'wang', 'inspector', 1, 'draft', ''),
        (7, 2, 'plead', 'li', 'enterprise', 2, 'pleaded', '已停工 ok');"#;

/// What those rows name, for an engine that checks it.
const OWNERS: &str = "
    INSERT INTO violation (seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score, score_step,
        status, opened_us, opened_media_ns)
        SELECT seq, decode(lpad(seq::text, 32, '0'), 'hex'), ''::bytea, 'live', '', '', '', '', '', '', '', 0, 0, 'open', 0, 0
        FROM generate_series(1, 3) AS seq;
    INSERT INTO casefile VALUES (7, decode(repeat('0', 32), 'hex'), '', 2, 'pleaded', 0, NULL, NULL, '', 0, 0, NULL, 0, '{}');";

const WRITTEN: &str = "SELECT coalesce('violation ' || violation, 'case ' || casefile) AS owner, spaced FROM written ORDER BY 1";
const REASONS: &str = "SELECT coalesce(reason, '') FROM verdict ORDER BY violation";

async fn migrate_to_before(folder: &str, connection: &mut impl Migrate) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let mut migrator = Migrator::new(path).await.unwrap();
    let earlier = migrator.iter().filter(|migration| migration.version < WORDS).cloned().collect::<Vec<_>>();
    migrator.migrations = earlier.into();
    migrator.run_direct(None, connection, false).await.unwrap();
}

#[track_caller]
fn check(written: &[(String, String)], reasons: &[String]) {
    let tokens = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let written: Vec<_> = written.iter().map(|(owner, spaced)| (owner.as_str(), tokens(spaced))).collect();
    let expected = [("case 7", "已 停 工 ok"), ("violation 1", "动 火 票 齐 全"), ("violation 3", "看 错")];
    assert_eq!(written, expected.map(|(owner, spaced)| (owner, spaced.to_owned())));
    assert_eq!(reasons, ["other", "", ""]);
}

#[test]
fn words_of_before_are_found_in_sqlite() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("anjian.db");
        let mut connection = connect(&database).await;
        migrate_to_before("sqlite", &mut connection).await;
        sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        // What stands beside these rows does not matter here.
        drop(Index::open(folder.path(), Arc::new(SystemClock)).await);
        let mut connection = connect(&database).await;
        let rows = sqlx::query(WRITTEN).fetch_all(&mut connection).await.unwrap();
        let written: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        check(&written, &sqlx::query_scalar(REASONS).fetch_all(&mut connection).await.unwrap());
        let found = "SELECT count(*) FROM written_text WHERE written_text MATCH '\"动 火\"'";
        let found: i64 = sqlx::query_scalar(found).fetch_one(&mut connection).await.unwrap();
        assert_eq!(found, 1);
    });
}

#[test]
fn words_of_before_are_found_in_postgresql() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let address = postgres::database(folder.path());
        let mut connection = PgConnection::connect(&address.to_string()).await.unwrap();
        migrate_to_before("postgres", &mut connection).await;
        // Sites, cameras and Runs are not there, and nothing checks it.
        sqlx::raw_sql("SET session_replication_role = replica").execute(&mut connection).await.unwrap();
        sqlx::raw_sql(OWNERS).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&mut connection).await.unwrap();
        drop(Index::open_on(folder.path(), &address, Arc::new(SystemClock)).await.unwrap());
        let rows = sqlx::query(WRITTEN).fetch_all(&mut connection).await.unwrap();
        let written: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        check(&written, &sqlx::query_scalar(REASONS).fetch_all(&mut connection).await.unwrap());
    });
}
