//! Databases of earlier schemas, as `examples/seeded_database.rs` made them then: each opens and keeps every row.

use std::path::Path;
use std::sync::Arc;

use anjian_domain::{
    CameraId, EvidenceSink, Footage, Run, RunId, RunKind, RunOutcome, StartSource, SystemClock, Verdict,
    Viewer,
};
use anjian_indexer::{
    CheckFinding, GroupBy, HoldQuery, Index, IndexError, IndexSink, ViolationQuery, ViolationStatus,
    WhichHolds,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use ViolationStatus::{Closed, Open};

/// Before the verdict had a column of its own.
const SCHEMA_2: &str = include_str!("../data/0002.sql");
const FIRST_REBUILD: &str = "anjian.db.before-20261201125000";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) async fn connect(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database).foreign_keys(false).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// A data folder with the database of that dump.
async fn restored(dump: &'static str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = connect(&folder.path().join("anjian.db")).await;
    sqlx::raw_sql(dump).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    folder
}

async fn texts(connection: &mut SqliteConnection, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap()
}

/// Tables with their columns, both by name.
pub(crate) type Columns = Vec<(String, Vec<String>)>;

pub(crate) async fn columns(database: &Path, left_out: &[&str]) -> Columns {
    let mut connection = connect(database).await;
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name".to_owned();
    let mut all = Vec::new();
    for table in texts(&mut connection, tables).await {
        if !left_out.contains(&table.as_str()) {
            let names = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY name");
            let names = texts(&mut connection, names).await;
            all.push((table, names));
        }
    }
    connection.close().await.unwrap();
    all
}

/// Every row of these tables as text.
pub(crate) async fn rows(database: &Path, columns: &Columns) -> Vec<String> {
    let mut connection = connect(database).await;
    let mut all = Vec::new();
    for (table, columns) in columns {
        let values: Vec<_> = columns.iter().map(|name| format!("'{name}=' || quote({name})")).collect();
        let sql =
            format!("SELECT '{table}: ' || {} AS row FROM {table} ORDER BY 1", values.join(" || ' ' || "));
        let found = texts(&mut connection, sql).await;
        assert!(!found.is_empty(), "{table} has no row to keep");
        all.extend(found);
    }
    connection.close().await.unwrap();
    all
}

/// The rows of violations without what was moved.
async fn violations(database: &Path) -> Vec<String> {
    let sql = "SELECT quote(seq) || quote(id) || quote(run) || run_kind || site || camera || zone || behaviour || rule \
         || rule_version || model || quote(score) || quote(score_step) || quote(opened_us) || quote(opened_media_ns) \
         || quote(closed_us) || quote(closed_media_ns) || quote(close_reason) || quote(track) FROM violation ORDER BY seq";
    texts(&mut connect(database).await, sql.to_owned()).await
}

/// The rows of clips and evidence without what was added.
async fn evidence(database: &Path) -> Vec<String> {
    let sql = "SELECT 'clip ' || violation || state || quote(from_us) || quote(to_us) || quote(reason) AS row FROM clip \
         UNION ALL SELECT violation || kind || path || size_bytes || sha256 FROM evidence ORDER BY row";
    texts(&mut connect(database).await, sql.to_owned()).await
}

/// Names and texts of everything in the schema, without what does not matter in them.
pub(crate) async fn schema(database: &Path) -> Vec<String> {
    let sql = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name".to_owned();
    let found = texts(&mut connect(database).await, sql).await;
    found.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_database_of_schema_2_keeps_every_row() {
    runtime().block_on(async {
        let folder = restored(SCHEMA_2).await;
        let database = folder.path().join("anjian.db");
        // Rebuilt, and compared below; or new.
        let new = ["violation_day", "violation_day_of_camera", "segment_pieces", "evidence_stored"];
        let moved = ["_sqlx_migrations", "violation", "violation_tally", "clip", "evidence"];
        let moved = [&moved[..], &new].concat();
        // Later versions have more columns; what stands in those of before is kept.
        let (kept, all) = (columns(&database, &moved).await, columns(&database, &[]).await);
        let state =
            async || (rows(&database, &kept).await, violations(&database).await, evidence(&database).await);
        let before = state().await;
        let all_before = rows(&database, &all).await;
        let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        assert_eq!(state().await, before);
        let stored = "SELECT quote(sum(size_bytes)) FROM";
        let stored = ["evidence", "evidence_stored"].map(|table| format!("{stored} {table}"));
        let [added, counted] = stored.map(|sql| async { texts(&mut connect(&database).await, sql).await });
        assert_eq!(added.await, counted.await);
        let copied = rows(&folder.path().join(FIRST_REBUILD), &all).await;
        assert_eq!(copied, all_before, "the copy is what was there");

        let viewer = Viewer::local();
        let found = index.search_violations(&viewer, &ViolationQuery::default()).await.unwrap().items;
        let mut states: Vec<_> = found.iter().map(|row| (row.id, row.status, row.verdict)).collect();
        states.sort_by_key(|state| state.0);
        let states: Vec<_> = states.into_iter().map(|(_, status, verdict)| (status, verdict)).collect();
        use Verdict::{Confirmed, Dismissed, None};
        let expected = [
            [(Open, None), (Closed, Confirmed), (Closed, Dismissed), (Closed, None)],
            [(Open, Confirmed), (Closed, Dismissed), (Closed, None), (Closed, None)],
        ];
        assert_eq!(states, expected.concat());
        for (verdicts, expected) in [(vec![None], 4), (vec![Confirmed], 2), (vec![Confirmed, Dismissed], 4)] {
            let query = ViolationQuery { verdicts, ..ViolationQuery::default() };
            let counts = index.count_violations(&viewer, &query, GroupBy::Camera).await.unwrap();
            assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), expected, "{query:?}");
        }
        let checked = index.check(&mut |_| {}).await.unwrap();
        let is_wrong = |finding: &&CheckFinding| matches!(finding, CheckFinding::WrongCounts { .. });
        assert_eq!(checked.findings.iter().filter(is_wrong).count(), 0, "what was there is counted");
        let holds = HoldQuery { which: WhichHolds::All, ..HoldQuery::default() };
        assert_eq!(index.holds(&viewer, &holds).await.unwrap().len(), 2);
        let gate: CameraId = "gate".parse().unwrap();
        assert_eq!(index.recording_span(&viewer, &gate).await.unwrap().unwrap().segments, 2);
        assert_eq!(index.live_since(&viewer, 0, 100).await.unwrap().len(), 15);
    });
}

#[test]
fn an_upgraded_database_has_the_schema_of_a_fresh_one() {
    runtime().block_on(async {
        let (upgraded, fresh) = (restored(SCHEMA_2).await, tempfile::tempdir().unwrap());
        for folder in [&upgraded, &fresh] {
            drop(Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap());
        }
        let [upgraded, fresh_schema] =
            [schema(&upgraded.path().join("anjian.db")).await, schema(&fresh.path().join("anjian.db")).await];
        assert_eq!(upgraded, fresh_schema);
        assert!(!fresh.path().join(FIRST_REBUILD).exists(), "there was nothing to copy");
    });
}

#[test]
fn without_a_copy_nothing_is_changed() {
    runtime().block_on(async {
        let folder = restored(SCHEMA_2).await;
        let database = folder.path().join("anjian.db");
        let all = columns(&database, &[]).await;
        let before = (schema(&database).await, rows(&database, &all).await);
        let blocked = folder.path().join(FIRST_REBUILD);
        std::fs::create_dir_all(blocked.join("in the way")).unwrap();
        let refused = Index::open(folder.path(), Arc::new(SystemClock)).await.err().unwrap();
        assert!(matches!(&refused, IndexError::NotCopied { path, .. } if *path == blocked), "{refused:?}");
        assert_eq!((schema(&database).await, rows(&database, &all).await), before);
        std::fs::remove_dir_all(&blocked).unwrap();
        Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        assert!(blocked.is_file());
    });
}

#[test]
fn a_run_of_schema_2_gives_way_when_its_footage_is_analysed_again() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = runtime.block_on(restored(SCHEMA_2));
    let index = runtime.block_on(Index::open(folder.path(), Arc::new(SystemClock))).unwrap();
    let archived = ViolationQuery { runs: vec![RunKind::Archive], ..ViolationQuery::default() };
    let search = || runtime.block_on(index.search_violations(&Viewer::local(), &archived)).unwrap().items;
    let before = search();
    assert_eq!(before.len(), 4);
    let old = runtime.block_on(index.violation(&Viewer::local(), before[0].id)).unwrap().unwrap().run;
    assert_eq!((old.outcome, old.superseded_by, old.footage_sha256), (None, None, None));
    let run = Run {
        id: RunId(uuid::Uuid::from_u128(4_711)),
        kind: RunKind::Archive,
        site: old.site,
        camera: old.camera,
        source: old.source,
        model: "another@1".to_owned(),
        rules: Vec::new(),
        settings: serde_json::json!({}),
        started_at: old.started_at,
        footage: Some(Footage {
            sha256: "ab".repeat(32),
            start_source: StartSource::Container,
            file_start: old.started_at,
        }),
    };
    let sink = IndexSink::new(index.clone(), runtime.handle().clone());
    sink.begin_run(&run).unwrap();
    assert_eq!(search(), before, "they stay until the new Run is complete");
    sink.end_run(run.id, None, RunOutcome::Complete).unwrap();
    let judged: Vec<_> = before.iter().filter(|row| row.verdict != Verdict::None).cloned().collect();
    assert_eq!((search(), judged.len()), (judged, 2), "verdicts stay");
    for row in before {
        let found = runtime.block_on(index.violation(&Viewer::local(), row.id)).unwrap().unwrap();
        assert_eq!((found.run.id, found.run.superseded_by), (old.id, Some(run.id)), "nothing is deleted");
    }
}
