//! Evidence that moves into a bucket with the rows.

use std::path::Path;
use std::sync::Arc;

use anjian_domain::{CloseReason, EvidenceSink, RunKind, Violation};
use anjian_indexer::{Bucket, BucketSettings, CopyError, CopyFiles, CopyOrder, EvidenceKind, FilePlace};
use tempfile::TempDir;

use crate::copies::{copy, order, server, sqlite};
use crate::fixture::{Backend, Postgres, Sqlite, Store, closed, evidence_files};

fn bucket(folder: &Path) -> Bucket {
    Bucket::open(&BucketSettings::of(format!("file://{}", folder.display()).parse().unwrap())).unwrap()
}

fn with_files(order: CopyOrder, to: &Path, from: Option<&Path>) -> CopyOrder {
    CopyOrder { files: Some(CopyFiles { to: bucket(to), from: from.map(bucket) }), ..order }
}

/// Forty violations, whose evidence lies in `far` or in the data folder.
fn filled(backend: Arc<dyn Backend>, far: Option<&Path>) -> (Arc<TempDir>, Vec<Violation>) {
    let store = Store::open(backend);
    let run = store.run(RunKind::Archive, "gate");
    let violations: Vec<_> = (0..40).map(|number| store.recorded(&run, number * 10)).collect();
    for violation in &violations {
        store.sink.close_violation(&closed(violation, 900, CloseReason::Ended), &[]).unwrap();
    }
    if let Some(far) = far {
        store.index.set_bucket(bucket(far)).unwrap();
        assert_eq!(store.wait(store.index.move_evidence()).unwrap().files, 80);
    }
    (store.folder.clone(), violations)
}

/// Every file lies in that bucket, as its row says, and what was left in the data folder is no longer named.
fn all_lie_in(backend: Arc<dyn Backend>, folder: Arc<TempDir>, violations: &[Violation], far: &Path) {
    let store = Store::on(backend, folder);
    store.index.set_bucket(bucket(far)).unwrap();
    for violation in violations {
        let file = store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Snapshot);
        let file = store.wait(file).unwrap().unwrap();
        assert!(matches!(file.place, FilePlace::Bucket(_)), "{file:?}");
    }
    store.wait(store.index.remove_left_evidence()).unwrap();
    assert_eq!(evidence_files(&store), [""; 0]);
    assert_eq!(store.wait(store.index.check(&mut |_| {})).unwrap().findings, []);
}

#[test]
fn local_evidence_moves_into_the_bucket() {
    let (folder, violations) = filled(Arc::new(Sqlite), None);
    let far = tempfile::tempdir().unwrap();
    let order = with_files(order(sqlite(folder.path()), server(folder.path())), far.path(), None);
    let report = copy(&order).unwrap();
    assert_eq!(report.files, 80);
    all_lie_in(Arc::new(Postgres), folder, &violations, far.path());
}

#[test]
fn evidence_moves_from_one_bucket_into_another() {
    let [old, new] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (folder, violations) = filled(Arc::new(Postgres), Some(old.path()));
    let plain = || order(server(folder.path()), sqlite(folder.path()));
    let refused = copy(&with_files(plain(), new.path(), None)).unwrap_err().to_string();
    assert!(refused.contains("--blobs-from") && refused.contains("gate/2026"), "{refused}");
    // The rows are there already.
    let report = copy(&with_files(plain(), new.path(), Some(old.path()))).unwrap();
    assert_eq!((report.files, report.found > 80), (80, true), "{report:?}");
    all_lie_in(Arc::new(Sqlite), folder, &violations, new.path());
}

#[test]
fn evidence_that_lies_in_the_bucket_is_compared_there() {
    let far = tempfile::tempdir().unwrap();
    let (folder, violations) = filled(Arc::new(Sqlite), Some(far.path()));
    let order = with_files(order(sqlite(folder.path()), server(folder.path())), far.path(), None);
    copy(&order).unwrap();
    all_lie_in(Arc::new(Postgres), folder, &violations, far.path());
}

#[test]
fn a_changed_file_stops_the_copy_and_is_named() {
    let (folder, _) = filled(Arc::new(Sqlite), None);
    let far = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("evidence");
    let store = Store::on(Arc::new(Sqlite), folder.clone());
    let path = evidence_files(&store).pop().unwrap();
    drop(store);
    let good = std::fs::read(evidence.join(&path)).unwrap();
    std::fs::write(evidence.join(&path), good.to_ascii_uppercase()).unwrap();
    let order = with_files(order(sqlite(folder.path()), server(folder.path())), far.path(), None);
    let refused = copy(&order).unwrap_err();
    assert!(matches!(&refused, CopyError::File { path: named, .. } if *named == path), "{refused:?}");
    std::fs::write(evidence.join(&path), good).unwrap();
    copy(&order).unwrap();
}
