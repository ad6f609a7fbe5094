//! One file, folder or lock that fails stops nothing but itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use anjian_domain::{ErrorKind, EvidenceSink, RunKind, SegmentSink, Shortage};
use anjian_indexer::{CameraLimits, CheckFinding, Recovery, Retention};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::fixture::{Sqlite, Store, at, evidence, evidence_files};
use crate::media::{begin, files, folder, record, set_up};
use crate::recordings::{gate, recorded_until};

fn store() -> Store {
    Store::open(std::sync::Arc::new(Sqlite))
}

/// A folder in place of a file can neither be read nor deleted as one, not even by root.
fn block(path: &Path) {
    std::fs::remove_file(path).unwrap();
    std::fs::create_dir_all(path.join("in the way")).unwrap();
}

fn unblock(path: &Path) {
    std::fs::remove_dir_all(path).unwrap();
}

fn rows(store: &Store) -> usize {
    store.wait(store.index.segments(&store.viewer, &gate(), at(0).wall, at(86_400).wall)).unwrap().len()
}

#[test]
fn an_open_segment_that_cannot_be_read_does_not_keep_the_system_from_starting() {
    let store = store();
    set_up(&store, Retention::default(), 0);
    let unreadable = begin(&store, at(0).wall, 5);
    let path = folder(&store).join(&unreadable.path);
    let bytes = std::fs::read(&path).unwrap();
    block(&path);
    let open = begin(&store, at(60).wall, 5);
    let recovered = store.wait(store.index.recover_recordings()).unwrap();
    assert_eq!(recovered, Recovery { repaired: 1, failed: 1, ..Recovery::default() });
    // Retention goes on too, and says what it cannot do.
    record(&store, at(120).wall, 10);
    store.clock.set(at(1_000).wall);
    let expiry = store.wait(store.index.run_retention()).unwrap();
    assert_eq!(expiry.stuck, 1);
    assert!(expiry.stuck_reason.unwrap().contains(&unreadable.path));
    // It is mended once it can be read.
    unblock(&path);
    std::fs::write(&path, bytes).unwrap();
    let expiry = store.wait(store.index.run_retention()).unwrap();
    assert_eq!((expiry.stuck, rows(&store)), (0, 3));
    assert!(store.wait(store.index.check(&mut |_| {})).unwrap().is_clean(), "{}", open.path);
}

#[test]
fn a_file_that_cannot_be_deleted_stops_no_other() {
    let store = store();
    let limits = CameraLimits { max_age: Some(Duration::from_secs(60)), max_bytes: None };
    set_up(&store, Retention { every_camera: limits, ..Retention::default() }, 0);
    let kept: Vec<_> = (0..6).map(|n| record(&store, at(n * 10).wall, 10)).collect();
    let stuck = folder(&store).join(&kept[0].path);
    block(&stuck);
    store.clock.set(at(1_000).wall);
    for round in 0..3 {
        let expiry = store.wait(store.index.run_retention()).unwrap();
        assert_eq!((expiry.segments, expiry.stuck), (if round == 0 { 5 } else { 0 }, 1), "{round}");
        assert!(expiry.stuck_reason.unwrap().contains(&kept[0].path));
    }
    unblock(&stuck);
    let expiry = store.wait(store.index.run_retention()).unwrap();
    assert_eq!((expiry.stuck, rows(&store), files(&store).len()), (0, 0, 0));
}

#[test]
fn a_rebuild_that_is_cut_short_leaves_the_old_index_and_one_bad_file_stops_no_other() {
    let store = store();
    set_up(&store, Retention::default(), 0);
    let kept: Vec<_> = (0..6).map(|n| record(&store, at(n * 10).wall, 10)).collect();
    let killed = catch_unwind(AssertUnwindSafe(|| {
        store.wait(store.index.rebuild_segments(&mut |_| panic!("killed in the middle")))
    }));
    assert!(killed.is_err());
    assert_eq!(rows(&store), 6, "the old rows stand");
    block(&folder(&store).join(&kept[2].path));
    std::fs::write(folder(&store).join("gate/notes.txt"), "not a segment, and longer than nothing").unwrap();
    let rebuilt = store.wait(store.index.rebuild_segments(&mut |_| {})).unwrap();
    assert_eq!((rebuilt.segments, rows(&store)), (5, 5));
    assert!(rebuilt.unusable.iter().all(|finding| matches!(finding, CheckFinding::SegmentOrphan { .. })));
}

#[test]
fn what_a_kill_leaves_of_evidence_goes_at_the_next_start_or_by_repair() {
    let store = store();
    let run = store.run(RunKind::Live, "gate");
    let kept = store.recorded(&run, 5);
    // Killed between the files and the row: as if it never was.
    let lost = store.violation(&run, 6);
    let place = |id| {
        let files = evidence_files(&store);
        let path = files.iter().find(|path| path.contains(&kept.id.to_string())).unwrap();
        let day = path.split(&kept.id.to_string()).next().unwrap().to_owned();
        store.folder.path().join("evidence").join(day).join(id)
    };
    let leave = || {
        let folder = place(lost.id.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("snapshot.jpg"), evidence(&lost).clean_jpeg).unwrap();
        std::fs::write(folder.join("snapshot_annotated.jpg.partial"), "torn").unwrap();
    };
    let names: Vec<_> = evidence_files(&store);
    for by_repair in [false, true] {
        leave();
        std::fs::write(place("holiday".to_owned()).with_extension("txt"), "a person's").unwrap();
        store.clock.set(at(86_400 * 365 * 40).wall);
        if by_repair {
            let report = store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
            assert_eq!((report.repaired, report.findings.len()), (2, 1), "{:#?}", report.findings);
        } else {
            assert_eq!(store.wait(store.index.remove_left_evidence()).unwrap(), 2);
        }
        std::fs::remove_file(place("holiday".to_owned()).with_extension("txt")).unwrap();
        assert_eq!(evidence_files(&store), names);
        assert!(store.wait(store.index.check(&mut |_| {})).unwrap().is_clean());
    }
}

#[test]
fn a_recorder_waits_for_a_locked_database_for_a_moment_only() {
    let store = store();
    set_up(&store, Retention::default(), 0);
    let segment = record(&store, at(0).wall, 10);
    let options = SqliteConnectOptions::new().filename(store.folder.path().join("anjian.db"));
    let mut other = store.wait(SqliteConnection::connect_with(&options)).unwrap();
    store.wait(sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other)).unwrap();
    // Each of these is far shorter than SQLite's own patience of 10 s: the packets that wait meanwhile fit into their queue.
    let next = anjian_domain::Segment {
        start: at(20).wall,
        path: anjian_domain::Segment::path_of(&gate(), at(20).wall),
        duration: Duration::ZERO,
        ..segment.clone()
    };
    for _ in 0..3 {
        let error = store.sink.begin_segment(&next).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable(Shortage::Busy), "{error}");
    }
    assert_eq!(recorded_until(&store), Some(at(10).wall), "reading goes on");
    store.wait(sqlx::raw_sql("ROLLBACK").execute(&mut other)).unwrap();
    // The transactions that nobody waited for are rolled back, not left open.
    let mut tries = 0;
    while let Err(error) = store.sink.begin_segment(&next) {
        tries += 1;
        assert!(tries < 100, "{error}");
    }
    assert_eq!(rows(&store), 2);
}

#[test]
fn nothing_is_stored_while_the_data_folder_is_gone() {
    let store = store();
    let run = store.run(RunKind::Live, "gate");
    let violation = store.recorded(&run, 5);
    let (here, elsewhere) = (store.folder.path().to_path_buf(), store.folder.path().with_extension("moved"));
    std::fs::rename(&here, &elsewhere).unwrap();
    let later = store.violation(&run, 9);
    let error = store.sink.open_violation(&later, &evidence(&later)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable(Shortage::Disk), "{error}");
    assert!(!here.exists(), "it is not made again behind the person's back");
    std::fs::rename(&elsewhere, &here).unwrap();
    store.sink.open_violation(&later, &evidence(&later)).unwrap();
    let found = store.search(&anjian_indexer::ViolationQuery::default());
    assert_eq!(crate::fixture::ids(&found), [later.id, violation.id]);
}
