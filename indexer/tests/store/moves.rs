//! Evidence that is moved into a bucket; a folder stands for it, `tests/bucket` shows that both do the same.

use std::path::Path;

use anjian_domain::{CloseReason, ErrorKind, EvidenceSink, RunKind, Violation};
use anjian_indexer::{Bucket, BucketSettings, CheckFinding, EvidenceFile, EvidenceKind, FilePlace, Index};
use tempfile::TempDir;

use crate::fixture::{Store, closed, evidence_files};

const KINDS: [EvidenceKind; 2] = [EvidenceKind::Snapshot, EvidenceKind::SnapshotAnnotated];

pub(crate) fn open(folder: &Path) -> Bucket {
    let address = format!("file://{}", folder.display()).parse().unwrap();
    Bucket::open(&BucketSettings::of(address)).unwrap()
}

fn with_bucket(store: &Store) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    store.index.set_bucket(open(folder.path())).unwrap();
    folder
}

fn two(store: &Store) -> [Violation; 2] {
    let run = store.run(RunKind::Live, "gate");
    [10, 20].map(|opened| {
        let violation = store.recorded(&run, opened);
        store.sink.close_violation(&closed(&violation, opened + 5, CloseReason::Ended), &[]).unwrap();
        violation
    })
}

fn file(store: &Store, violation: &Violation, kind: EvidenceKind) -> EvidenceFile {
    store.wait(store.index.evidence_file(&store.viewer, violation.id, kind)).unwrap().unwrap()
}

pub(crate) fn findings(store: &Store) -> Vec<CheckFinding> {
    store.wait(store.index.check(&mut |_| {})).unwrap().findings
}

/// Every file of each lies in the bucket, with the bytes that were recorded, and none on the local disk.
fn are_moved(store: &Store, violations: &[Violation]) {
    let bucket = store.index.bucket().unwrap();
    for violation in violations {
        for kind in KINDS {
            let file = file(store, violation, kind);
            let FilePlace::Bucket(key) = &file.place else { panic!("{file:?}") };
            let bytes = store.wait(bucket.read(key, 0..file.size_bytes)).unwrap();
            assert!(bytes.ends_with(violation.id.to_string().as_bytes()), "{bytes:?}");
        }
    }
    assert_eq!(evidence_files(store), [""; 0], "nothing stays on the local disk");
    assert_eq!(findings(store), []);
}

pub(crate) fn evidence_moves_into_the_bucket(store: &Store) {
    let violations = two(store);
    assert_eq!(store.wait(store.index.move_evidence()).unwrap().files, 0, "there is no bucket");
    let _folder = with_bucket(store);
    let moved = store.wait(store.index.move_evidence()).unwrap();
    assert_eq!((moved.files, moved.failed), (4, 0), "{moved:?}");
    are_moved(store, &violations);
    assert_eq!(store.wait(store.index.move_evidence()).unwrap().files, 0);
}

pub(crate) fn a_kill_at_any_step_moves_nothing_twice(store: &Store) {
    let folder = tempfile::tempdir().unwrap();
    store.index.set_bucket(open(folder.path())).unwrap();
    crate::media::set_up(store, anjian_indexer::Retention::default(), 0);
    for steps in 0.. {
        let violations = two(store);
        let is_done = store.kill_after(steps, async |index: &Index| {
            index.set_bucket(open(folder.path())).unwrap();
            index.move_evidence().await.unwrap();
        });
        for violation in &violations {
            for kind in KINDS {
                let file = file(store, violation, kind);
                match &file.place {
                    FilePlace::Folder(path) => assert!(path.exists(), "{steps}: {file:?}"),
                    FilePlace::Bucket(key) => {
                        let size = store.wait(store.index.bucket().unwrap().size(key)).unwrap();
                        assert_eq!(size, Some(file.size_bytes), "{steps}: {file:?}");
                    }
                }
            }
        }
        store.wait(store.index.remove_left_evidence()).unwrap();
        store.wait(store.index.move_evidence()).unwrap();
        are_moved(store, &violations);
        if is_done {
            return;
        }
    }
}

pub(crate) fn evidence_waits_while_the_bucket_is_away(store: &Store) {
    let folder = with_bucket(store);
    let away = folder.path().with_extension("away");
    std::fs::rename(folder.path(), &away).unwrap();
    let violations = two(store);
    let error = store.wait(store.index.move_evidence()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unavailable(_) | ErrorKind::Missing), "{error}");
    assert!(file(store, &violations[0], EvidenceKind::Snapshot).local().unwrap().exists());
    std::fs::rename(&away, folder.path()).unwrap();
    store.wait(store.index.move_evidence()).unwrap();
    are_moved(store, &violations);
}

pub(crate) fn damage_in_the_bucket_is_found(store: &Store) {
    let [first, second] = two(store);
    let folder = with_bucket(store);
    store.wait(store.index.move_evidence()).unwrap();
    let object = |violation: &Violation, kind| {
        let FilePlace::Bucket(key) = file(store, violation, kind).place else { panic!("it was moved") };
        folder.path().join(key)
    };
    let [snapshot, annotated] = KINDS.map(|kind| object(&first, kind));
    let changed = std::fs::read(&snapshot).unwrap().to_ascii_uppercase();
    std::fs::write(&snapshot, changed).unwrap();
    std::fs::write(&annotated, "short").unwrap();
    std::fs::remove_file(object(&second, EvidenceKind::Snapshot)).unwrap();
    let orphan = folder.path().join("evidence/gate/2026/03/01/nobody/snapshot.jpg");
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, "of nobody").unwrap();
    let found = findings(store);
    assert!(
        matches!(
            &found[..],
            [
                CheckFinding::WrongDigest { .. },
                CheckFinding::WrongSize { .. },
                CheckFinding::MissingFile { .. },
                CheckFinding::OrphanFile { .. },
            ]
        ),
        "{found:?}"
    );
    store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
    assert!(!orphan.exists(), "what nobody names goes");
    let beside = store.beside();
    let told = findings(&beside);
    assert!(told.iter().any(|finding| finding.to_string().contains("[store] bucket")), "{told:?}");
}
