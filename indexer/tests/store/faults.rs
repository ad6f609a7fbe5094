//! Faults of SQLite and of the file system, caused for real.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use anjian_domain::{ErrorKind, EvidenceSink, RunKind, Shortage, SinkError, SystemClock, Viewer};
use anjian_indexer::{Database, Index, IndexError, ViolationQuery};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::fixture::{Sqlite, Store, evidence, evidence_files};

fn store() -> Store {
    Store::open(Arc::new(Sqlite))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn execute(database: &Path, sql: &'static str) {
    runtime().block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[track_caller]
fn refused(folder: &Path) -> IndexError {
    let refused = runtime().block_on(Index::open(folder, Arc::new(SystemClock)));
    refused.err().expect("this folder cannot be opened")
}

#[test]
fn folders_that_cannot_be_opened_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    for (path, named) in [(file.clone(), &file), (file.join("below"), &file.join("below"))] {
        let error = refused(&path);
        assert!(matches!(&error, IndexError::NotADirectory { path } if path == named), "{error}");
    }
    let blocked = folder.path().join("blocked");
    std::fs::create_dir(&blocked).unwrap();
    std::fs::write(blocked.join("evidence"), "a file where the folder should be").unwrap();
    let error = refused(&blocked);
    assert!(matches!(&error, IndexError::NotADirectory { path } if path.ends_with("evidence")), "{error}");
}

#[test]
fn a_text_file_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("anjian.db");
    std::fs::write(&database, "violations, many of them\n".repeat(100)).unwrap();
    let before = std::fs::read(&database).unwrap();
    let error = refused(folder.path());
    assert!(matches!(&error, IndexError::Corrupt { path, .. } if *path == database), "{error:?}");
    assert!(error.to_string().contains("backup") && error.kind() == ErrorKind::Corrupt);
    assert_eq!(std::fs::read(&database).unwrap(), before, "it is not touched");
}

#[test]
fn a_newer_schema_is_left_alone() {
    let store = store();
    let database = store.folder.path().join("anjian.db");
    execute(
        &database,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99990101000000, 'of the future', 1, x'00', 0)",
    );
    let error = refused(store.folder.path());
    assert!(matches!(error, IndexError::NewerSchema { found: 99_990_101_000_000, .. }), "{error}");
}

#[test]
fn looking_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_path_buf(), folder.path().join("nowhere")] {
        let looked =
            runtime().block_on(Index::open_existing(&path, &Database::default(), Arc::new(SystemClock)));
        assert!(matches!(looked.err(), Some(IndexError::Missing { .. })), "{}", path.display());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let store = store();
    let run = store.run(RunKind::Archive, "gate");
    let violation = store.recorded(&run, 1);
    let database = Database::default();
    let looked = Index::open_existing(store.folder.path(), &database, Arc::new(SystemClock));
    let index = runtime().block_on(looked).unwrap();
    assert!(store.wait(index.violation(&Viewer::local(), violation.id)).unwrap().is_some());
}

/// Nothing of the failed call is left, and the same call succeeds once the fault is gone.
#[track_caller]
fn fails_and_recovers(store: &Store, fault: impl FnOnce(&Path), repair: impl FnOnce(&Path)) -> SinkError {
    let run = store.run(RunKind::Live, "gate");
    let violation = store.violation(&run, 10);
    let folder = store.folder.path().join(format!("evidence/gate/2026/03/01/{}", violation.id));
    fault(&folder);
    let error = store.sink.open_violation(&violation, &evidence(&violation)).unwrap_err();
    assert_eq!(store.search(&ViolationQuery::default()), []);
    assert_eq!(store.wait(store.index.violation(&store.viewer, violation.id)).unwrap(), None);
    assert!(
        evidence_files(store).iter().all(|file| !file.contains("snapshot")),
        "{:?}",
        evidence_files(store)
    );
    repair(&folder);
    store.record(&violation);
    assert_eq!((store.search(&ViolationQuery::default()).len(), evidence_files(store).len()), (1, 2));
    error
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    // Whatever is written to /dev/full fails as on a full disk. The second file is the one that no longer fits.
    let fill = |folder: &Path| {
        std::fs::create_dir_all(folder).unwrap();
        symlink("/dev/full", folder.join("snapshot_annotated.jpg.partial")).unwrap();
    };
    let error = fails_and_recovers(&store(), fill, |_| {});
    assert_eq!(error.kind, ErrorKind::Unavailable(Shortage::Room), "{error}");
    assert!(error.message.contains("snapshot_annotated.jpg") && error.message.contains("space"), "{error}");
}

#[test]
fn a_file_in_the_place_of_a_folder_is_named() {
    let gate = |folder: &Path| folder.ancestors().nth(4).unwrap().to_path_buf();
    let block = |folder: &Path| std::fs::write(gate(folder), "in the way").unwrap();
    let error = fails_and_recovers(&store(), block, |folder| std::fs::remove_file(gate(folder)).unwrap());
    assert!(error.kind == ErrorKind::Invalid && error.message.contains("evidence/gate"), "{error}");
}

#[test]
fn a_refused_row_takes_its_files_with_it() {
    let store = store();
    let database = store.folder.path().join("anjian.db");
    let error = fails_and_recovers(
        &store,
        |_| {
            execute(
                &database,
                "CREATE TRIGGER refuse BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'not today'); END",
            );
        },
        |_| execute(&database, "DROP TRIGGER refuse"),
    );
    assert!(error.message.contains("outbox") && error.message.contains("not today"), "{error}");
}

#[test]
fn health_tells_of_a_lost_folder() {
    let store = store();
    store.wait(store.index.health()).unwrap();
    let evidence = store.folder.path().join("evidence");
    assert_eq!(std::fs::read_dir(&evidence).unwrap().count(), 0, "the probe is taken away");
    std::fs::remove_dir(&evidence).unwrap();
    let error = store.wait(store.index.health()).unwrap_err();
    assert!(matches!(&error, IndexError::File { path, .. } if path.starts_with(&evidence)), "{error}");
}

#[test]
fn two_processes_write_and_read_at_once() {
    let serve = store();
    let analyze = serve.beside();
    let most = ViolationQuery { limit: ViolationQuery::MAX_LIMIT, ..ViolationQuery::default() };
    std::thread::scope(|scope| {
        for (store, camera) in [(&serve, "gate"), (&analyze, "yard")] {
            scope.spawn(|| {
                let run = store.run(RunKind::Live, camera);
                (0..25).for_each(|seconds| drop(store.recorded(&run, seconds)));
            });
        }
        scope.spawn(|| (0..50).for_each(|_| assert!(serve.search(&most).len() <= 50)));
    });
    for store in [&serve, &analyze] {
        assert_eq!(store.search(&most).len(), 50);
        assert!(store.wait(store.index.check(&mut |_| {})).unwrap().is_clean());
    }
}
