//! A store that moves from one engine to the other, there and back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::Poll;

use anjian_domain::{CloseReason, EvidenceSink, ManualClock, RunKind, WallTime};
use anjian_indexer::{
    CopyError, CopyOrder, CopyPhase, CopyProgress, CopyReport, Index, IndexError, StoreAddress, copy_store,
};
use sqlx::{Connection, PgConnection, Row};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::fixture::{Postgres, START, Sqlite, Store, closed};
use crate::upgrades::{columns, connect, rows, schema};
use crate::{postgres, seeded_database};

/// What the example does not fill, and rows that name later ones of their own table.
const MORE: &str = "
    UPDATE run SET superseded_by = (SELECT max(id) FROM run), footage = zeroblob(32), flaws = '[]'
        WHERE id = (SELECT min(id) FROM run);
    INSERT INTO clock_step (seq, found_us, step_us, violation_seq, undone_by) VALUES (2, 5, -9, 0, NULL), (1, 4, 9, 1, 2);
    INSERT INTO segment_pieces VALUES ('gate', 1772323200000000, 1000, x'00ff');
    UPDATE coverage_minute SET persons = 3, zone_persons = '{\"dock\": 2}';
    UPDATE violation SET score = 0.1 + 0.2, score_step = 19 WHERE seq = 4;
    UPDATE evidence SET expired_us = 7, expired_by = 'age', is_gone = 1 WHERE violation = 7;
    UPDATE node SET seen_us = 8, process = 'ended';
    DELETE FROM outbox WHERE seq < 3;
    INSERT INTO signing_key VALUES ('0123456789abcdef', 'ed25519', x'00ff', 1, NULL), ('fedcba9876543210', 'ed25519', x'01', 0, 1);
    INSERT INTO checkpoint VALUES (1, 1, '{}');
    INSERT INTO account VALUES ('wang', '王工', 'inspector', '{\"kind\":\"everything\"}', '[]', 'ZF-1', 1, 'hash', 0, NULL,
        x'01ff', 1, 59000000, 'https://id.example wang', 3, 1, 2);
    INSERT INTO session VALUES (zeroblob(32), x'01', 'a1', 'wang', 3, '10.0.0.8', 'Firefox', 1, 2, 3, 4);
    INSERT INTO verdict VALUES (2, 1, 'confirmed', 0, 5, '{\"version\":1,\"standing\":null,\"replaced\":[]}', NULL);
    INSERT INTO written VALUES (3, 2, NULL, '已 佩 戴');
    INSERT INTO casefile VALUES (1, zeroblob(16), 'plant', 2, 'noticed', 0, 'remind', '2026-03-09', 'wang', 1, 2, 2, 1, '{}', NULL);
    INSERT INTO casefile_violation VALUES (1, 2, 1, 1);
    INSERT INTO casefile_step VALUES (1, 1, 'propose', 'wang', 'inspector', 1, 'draft', ''), (1, 2, 'issue', 'wang', 'inspector', 2, 'noticed', '');
    INSERT INTO disposal_signature VALUES (1, 'wang', 'ZF-1', 8);
    INSERT INTO disposal VALUES (1, 9, '{\"violations\":[],\"findings\":[],\"files\":[]}');
    INSERT INTO delivery VALUES (3, 1, 2, 'enterprise', 'issue', 2);
    INSERT INTO finding VALUES (2, zeroblob(16), 'plant', 'gate', NULL, '安全出口堵塞', '二车间东门', 5, 6, 'wang', 'inspector', NULL);
    INSERT INTO casefile_finding VALUES (1, 2, 1, 1);
    INSERT INTO site_record VALUES ('plant', 1, '{}', 'wang', 7);
    INSERT INTO attachment VALUES (1, zeroblob(16), 'plant', 1, 2, 1, 'pdf', '整改报告.pdf', 'plant', 'enterprise', 3, '@attachments/2026/03/01/x',
        9, '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 4, 1, 1, 2);
    INSERT INTO recusal VALUES ('plant', 'li', '亲属', 1);
    INSERT INTO camera_review VALUES ('gate', 1, '2026-01-01', '{}', 0, 'admin', 1);
    INSERT INTO token VALUES ('t1', zeroblob(32), 'export', 'wang', '{\"kind\":\"everything\"}', '[\"see_violations\"]', 'wang', 1, NULL, 9);";

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::new(WallTime::from_micros(START).unwrap())
}

/// A data folder whose database has rows in every table.
fn seeded() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    seeded_database::seed(folder.path());
    runtime().block_on(async {
        let mut connection = connect(&database(folder.path())).await;
        sqlx::raw_sql(MORE).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    folder
}

fn database(folder: &Path) -> PathBuf {
    folder.join("anjian.db")
}

/// Every row of every table, and the schema with its triggers.
fn content(database: &Path) -> (Vec<String>, Vec<String>) {
    runtime().block_on(async {
        let index = [
            "written_text",
            "written_text_config",
            "written_text_data",
            "written_text_docsize",
            "written_text_idx",
        ];
        let all = columns(database, &[&["_sqlx_migrations", "store_copy"][..], &index].concat()).await;
        (rows(database, &all).await, schema(database).await)
    })
}

pub(crate) fn sqlite(folder: &Path) -> StoreAddress {
    format!("sqlite:{}", folder.display()).parse().unwrap()
}

/// The database that the tests give to a folder.
pub(crate) fn server(folder: &Path) -> StoreAddress {
    postgres::database(folder).to_string().parse().unwrap()
}

pub(crate) fn order(from: StoreAddress, to: StoreAddress) -> CopyOrder {
    CopyOrder { from, to, files: None }
}

pub(crate) fn copy(order: &CopyOrder) -> Result<CopyReport, CopyError> {
    runtime().block_on(copy_store(order, &clock(), &mut |_| {}))
}

/// Runs SQL on the server of a folder.
pub(crate) fn change(folder: &Path, sql: &'static str) {
    runtime().block_on(async {
        let address = postgres::database(folder).to_string();
        let mut connection = PgConnection::connect(&address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// A process that is killed after so many steps; `None` when it is.
fn copy_until(steps: usize, order: &CopyOrder) -> Option<Result<CopyReport, CopyError>> {
    let runtime = runtime();
    let _entered = runtime.enter();
    let (clock, mut left) = (clock(), steps);
    let mut ignore = |_: CopyProgress| {};
    let mut work = Box::pin(copy_store(order, &clock, &mut ignore));
    runtime.block_on(std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    }))
}

#[test]
fn there_and_back_every_row_is_the_same() {
    let folder = seeded();
    let before = content(&database(folder.path()));
    let there = copy(&order(sqlite(folder.path()), server(folder.path()))).unwrap();
    assert_eq!(content(&database(folder.path())), before, "the source stays as it was");
    for name in ["anjian.db", "anjian.db-wal", "anjian.db-shm"] {
        let _ = std::fs::rename(folder.path().join(name), folder.path().join(format!("old-{name}")));
    }
    let back = copy(&order(server(folder.path()), sqlite(folder.path()))).unwrap();
    assert_eq!(content(&database(folder.path())), before);
    let rows = |report: &CopyReport| -> Vec<_> {
        report.tables.iter().map(|table| (table.name.clone(), table.rows)).collect()
    };
    assert_eq!(rows(&there), rows(&back));
    let digest = |report: &CopyReport, name: &str| {
        report.tables.iter().find(|table| table.name == name).map(|table| table.sha256.clone()).unwrap()
    };
    assert_eq!(digest(&there, "violation"), digest(&back, "violation"));
    assert!(there.tables.iter().all(|table| table.rows > 0), "{there:?}");
}

#[test]
fn a_killed_copy_goes_on_where_it_was() {
    for turn in [true, false] {
        let (folder, other) = (seeded(), tempfile::tempdir().unwrap());
        let before = content(&database(folder.path()));
        let to_server = order(sqlite(folder.path()), server(folder.path()));
        let order = if turn {
            to_server
        } else {
            copy(&to_server).unwrap();
            std::fs::copy(folder.path().join("node"), other.path().join("node")).unwrap();
            order(server(folder.path()), sqlite(other.path()))
        };
        let mut resumed = 0;
        let report = (1..).find_map(|kill| {
            let done = copy_until(kill * 5, &order)?;
            resumed = kill;
            Some(done.unwrap())
        });
        let report = report.unwrap();
        assert!(resumed > 2 && report.found > 0, "{resumed}: {report:?}");
        if !turn {
            assert_eq!(content(&database(other.path())), before);
        }
    }
}

#[test]
fn nobody_opens_a_half_copied_index() {
    let folder = seeded();
    let order = order(sqlite(folder.path()), server(folder.path()));
    let mut kill = 0;
    let open = || {
        runtime().block_on(Index::open_on(
            folder.path(),
            &postgres::database(folder.path()),
            Arc::new(clock()),
        ))
    };
    let refused = loop {
        kill += 1;
        assert!(copy_until(kill * 10, &order).is_none(), "it was not stopped half-way");
        let pages = runtime().block_on(async {
            let address = postgres::database(folder.path()).to_string();
            let mut connection = PgConnection::connect(&address).await.unwrap();
            let sql = "SELECT count(*) FROM store_copy WHERE done > 0";
            let pages = sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut connection).await;
            // The schema may not be there yet.
            pages.unwrap_or(0)
        });
        if pages > 0 {
            break open().err().unwrap();
        }
    };
    assert!(matches!(refused, IndexError::CopyUnfinished { .. }), "{refused:?}");
    let told = refused.to_string();
    assert!(told.contains("anjian store copy --from sqlite:"), "{told}");
    copy(&order).unwrap();
    open().unwrap();
}

#[test]
fn the_node_is_known_on_the_other_side() {
    let store = Store::open(Arc::new(Sqlite));
    let run = store.run(RunKind::Live, "gate");
    let first = store.recorded(&run, 10);
    store.sink.close_violation(&closed(&first, 15, CloseReason::Ended), &[]).unwrap();
    let folder = store.folder.clone();
    drop(store);
    copy(&order(sqlite(folder.path()), server(folder.path()))).unwrap();

    let store = Store::on(Arc::new(Postgres), folder.clone());
    let kind = anjian_indexer::EvidenceKind::Snapshot;
    let file = store.wait(store.index.evidence_file(&store.viewer, first.id, kind)).unwrap().unwrap();
    assert!(file.local().unwrap().exists(), "{file:?}");
    let report = store.wait(store.index.check(&mut |_| {})).unwrap();
    assert_eq!(report.findings, [], "counts, rows and files agree");
    let gate = "gate".parse().unwrap();
    store.wait(store.index.close_interrupted()).unwrap();
    store.wait(store.index.take_cameras(&[gate])).unwrap();
    let second = store.recorded(&store.run(RunKind::Live, "gate"), 20);
    assert_eq!(
        store.search(&Default::default()).iter().map(|row| row.id).collect::<Vec<_>>(),
        [second.id, first.id]
    );
    drop(store);
    let seqs = "DO $$ BEGIN ASSERT (SELECT array_agg(seq ORDER BY seq) FROM violation) = ARRAY[1, 2]::bigint[]; END $$";
    change(folder.path(), seqs);
}

#[test]
fn the_nodes_of_a_server_become_the_one_of_the_folder() {
    let unused = Store::open(Arc::new(Postgres));
    let store = unused.another_node();
    drop(unused);
    change(store.folder.path(), "DELETE FROM camera; DELETE FROM site");
    let site = crate::fixture::site("plant");
    store.wait(store.index.put_site(&site)).unwrap();
    store.wait(store.index.put_camera(&crate::fixture::camera("gate"))).unwrap();
    let violation = store.recorded(&store.run(RunKind::Live, "gate"), 10);
    let folder = store.folder.clone();
    drop(store);
    let report = copy(&order(server(folder.path()), sqlite(folder.path()))).unwrap();
    let nodes = report.tables.iter().find(|table| table.name == "node").unwrap();
    assert_eq!(nodes.rows, 1, "the other has nothing and stays behind");
    let store = Store::on(Arc::new(Sqlite), folder);
    let kind = anjian_indexer::EvidenceKind::Snapshot;
    let file = store.wait(store.index.evidence_file(&store.viewer, violation.id, kind)).unwrap().unwrap();
    assert!(file.local().unwrap().exists(), "{file:?}");
    assert_eq!(store.wait(store.index.check(&mut |_| {})).unwrap().findings, []);
}

#[test]
fn both_sides_are_compared_at_the_end_and_progress_is_told() {
    let folder = seeded();
    let order = order(sqlite(folder.path()), server(folder.path()));
    let mut heard = Vec::new();
    runtime().block_on(copy_store(&order, &clock(), &mut |step| heard.push(step))).unwrap();
    for phase in [CopyPhase::Copying, CopyPhase::Comparing] {
        let last = heard.iter().rfind(|step| step.phase == phase).unwrap();
        assert_eq!(last.done, last.total, "{last:?}");
    }
    let again = copy(&order).unwrap();
    assert_eq!(again.found, heard[0].total, "nothing is copied twice");
    change(folder.path(), "UPDATE violation SET rule = 'caps' WHERE seq = 5");
    let told = copy(&order).unwrap_err().to_string();
    assert!(told.contains("was finished at") && !told.contains("dropdb"), "{told}");
    // As a kill before the last step leaves it.
    change(folder.path(), "UPDATE store_copy SET finished_us = NULL");
    for (sql, table, key) in [
        ("UPDATE violation SET rule = 'caps' WHERE seq = 5", "table violation:", "differs is [5]"),
        (
            "UPDATE violation SET rule = 'hats' WHERE seq = 5; DELETE FROM hold WHERE id = 2",
            "table hold:",
            "[2]",
        ),
    ] {
        change(folder.path(), sql);
        let told = copy(&order).unwrap_err().to_string();
        assert!(told.contains(table) && told.contains(key) && told.contains("dropdb"), "{told}");
    }
}

/// Table, column, type and whether it must be there.
type Schema = Vec<(String, String, String, bool)>;

#[test]
fn both_engines_have_the_same_tables_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    let (sqlite, server): (Schema, Schema) = runtime().block_on(async {
        let address = postgres::database(folder.path());
        drop(Index::open(folder.path(), Arc::new(clock())).await.unwrap());
        drop(Index::open_on(folder.path(), &address, Arc::new(clock())).await.unwrap());
        let sql = "SELECT t.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
             WHERE t.type = 'table' AND t.name <> '_sqlx_migrations' AND t.name NOT LIKE 'written!_text%' ESCAPE '!' ORDER BY 1, 2";
        let rows = sqlx::query(sql).fetch_all(&mut connect(&database(folder.path())).await).await.unwrap();
        let sqlite = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
        let sql = "SELECT table_name::text COLLATE \"C\", column_name::text COLLATE \"C\", data_type::text, is_nullable = 'NO' \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' ORDER BY 1, 2";
        let mut connection = PgConnection::connect(&address.to_string()).await.unwrap();
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        (sqlite, rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect())
    });
    let word = |kind: &str| match kind {
        "bigint" => "INTEGER",
        "double precision" => "REAL",
        "text" => "TEXT",
        "bytea" => "BLOB",
        other => panic!("{other}: no type of this schema"),
    };
    let server: Schema = server
        .into_iter()
        .map(|(table, name, kind, must)| (table, name, word(&kind).to_owned(), must))
        .collect();
    assert_eq!(sqlite, server);
    assert!(sqlite.iter().any(|(table, ..)| table == "store_copy"));
}
