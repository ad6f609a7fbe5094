//! Recording violations and reading them back.

use anjian_domain::{CloseReason, ErrorKind, EvidenceSink, RunKind, RunOutcome, Verdict, ViolationId};
use anjian_indexer::{EvidenceKind, IndexError, ViolationQuery, ViolationStatus};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fixture::{Store, at, closed, evidence, evidence_files, point};

pub(crate) fn what_was_recorded_is_found_again(store: &Store) {
    let run = store.run(RunKind::Archive, "gate");
    let violation = store.violation(&run, 100);
    let given = evidence(&violation);
    store.sink.open_violation(&violation, &given).unwrap();

    let detail = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap();
    assert_eq!(detail.row.status, ViolationStatus::Open);
    assert_eq!((detail.row.site.as_str(), detail.row.camera.as_str()), ("plant", "gate"));
    assert_eq!((detail.row.opened_at, detail.row.opened_s), (violation.opened.wall, 100.0));
    assert_eq!((detail.row.closed_at, detail.row.close_reason), (None, None));
    assert_eq!((detail.row.track, detail.row.score), (violation.track, violation.score));
    assert_eq!((detail.row.run, detail.row.run_kind), (run.id, RunKind::Archive));
    assert!(!detail.row.has_clip);
    assert_eq!((detail.snapshot_at, &detail.detections), (given.snapshot_at, &given.detections));
    assert_eq!((&detail.path, detail.rule.as_ref()), (&given.path, run.rules.first()));
    assert_eq!((detail.run.source.as_str(), detail.run.ended_at), (run.source.as_str(), None));

    let pictures =
        [(EvidenceKind::Snapshot, given.clean_jpeg), (EvidenceKind::SnapshotAnnotated, given.annotated_jpeg)];
    for (kind, bytes) in pictures {
        let file = store.wait(store.index.evidence_file(&store.viewer, violation.id, kind)).unwrap().unwrap();
        assert_eq!(std::fs::read(file.local().unwrap()).unwrap(), bytes);
        let digest = hex::encode(Sha256::digest(&bytes));
        assert_eq!(
            (file.size_bytes, file.sha256, file.media_type),
            (bytes.len() as u64, digest, "image/jpeg")
        );
        assert!(detail.evidence.iter().any(|row| row.kind == kind && row.size_bytes == bytes.len() as u64));
    }
    assert_eq!(
        store.wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Clip)).unwrap(),
        None
    );

    let path = [point(at(100)), point(at(101))];
    store.sink.close_violation(&closed(&violation, 130, CloseReason::Left), &path).unwrap();
    let detail = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap();
    assert_eq!(detail.row.status, ViolationStatus::Closed);
    assert_eq!((detail.row.closed_at, detail.row.closed_s), (Some(at(130).wall), Some(130.0)));
    assert_eq!((detail.row.close_reason, detail.path), (Some(CloseReason::Left), path.to_vec()));

    let nobody = ViolationId(Uuid::from_u128(1));
    assert_eq!(store.wait(store.index.violation(&store.viewer, nobody)).unwrap(), None);
    assert_eq!(
        store.wait(store.index.evidence_file(&store.viewer, nobody, EvidenceKind::Snapshot)).unwrap(),
        None
    );
}

pub(crate) fn files_lie_by_camera_and_day(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    // 23:59:59 of the first day, UTC, though the snapshot is of the second.
    let violation = store.recorded(&run, 24 * 3600 - 1);
    let folder = format!("gate/2026/03/01/{}", violation.id);
    assert_eq!(
        evidence_files(store),
        [format!("{folder}/snapshot.jpg"), format!("{folder}/snapshot_annotated.jpg")]
    );
}

pub(crate) fn recording_twice_is_recording_once(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    store.sink.begin_run(&run).unwrap();
    let violation = store.recorded(&run, 10);
    let before = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap();
    let mut updates = store.listen();
    store.record(&violation);
    assert_eq!(store.wait(store.index.violation(&store.viewer, violation.id)).unwrap(), before);
    assert!(updates.next().is_none(), "nothing changed, so nothing is told");
    assert_eq!(store.search(&ViolationQuery::default()).len(), 1);
    assert_eq!(evidence_files(store).len(), 2);

    let end = closed(&violation, 20, CloseReason::Ended);
    store.sink.close_violation(&end, &[]).unwrap();
    store.record(&violation);
    let after = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap();
    assert_eq!(after.row.status, ViolationStatus::Closed, "opening again does not open again");
}

pub(crate) fn closing_keeps_the_first_end(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let violation = store.recorded(&run, 10);
    store.sink.close_violation(&closed(&violation, 20, CloseReason::Ended), &[point(at(11))]).unwrap();
    let first = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap();
    store.sink.close_violation(&closed(&violation, 90, CloseReason::Left), &[]).unwrap();
    assert_eq!(store.wait(store.index.violation(&store.viewer, violation.id)).unwrap(), first);
}

pub(crate) fn a_verdict_outlives_the_end(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let violation = store.recorded(&run, 10);
    store.judge(violation.id, Verdict::Dismissed);
    store.sink.close_violation(&closed(&violation, 20, CloseReason::Ended), &[]).unwrap();
    let row = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap().row;
    let expected = (ViolationStatus::Closed, Verdict::Dismissed, Some(at(20).wall));
    assert_eq!((row.status, row.verdict, row.closed_at), expected);
}

pub(crate) fn an_undeclared_rule_loses_no_evidence(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let mut violation = store.violation(&run, 10);
    violation.rule_version = "no_hard_hat@000000000000".into();
    store.record(&violation);
    let detail = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap();
    assert_eq!((detail.rule, detail.row.rule_version.as_str()), (None, "no_hard_hat@000000000000"));
}

pub(crate) fn orders_are_kept(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let mut stranger = store.violation(&run, 10);
    stranger.run.0 = Uuid::from_u128(77);
    let error = store.sink.open_violation(&stranger, &evidence(&stranger)).unwrap_err();
    assert!(error.message.contains(&stranger.run.to_string()), "{error}");
    assert_eq!(error.kind, ErrorKind::Missing);
    assert_eq!(evidence_files(store), [""; 0], "nothing of a failed call stays");

    let unopened = closed(&store.violation(&run, 10), 20, CloseReason::Ended);
    let error = store.sink.close_violation(&unopened, &[]).unwrap_err();
    assert!(matches!(
        error.source.as_ref().unwrap().downcast_ref::<IndexError>(),
        Some(IndexError::UnknownViolation(id)) if *id == unopened.id
    ));
    let endless = store.recorded(&run, 5);
    assert!(store.sink.close_violation(&endless, &[]).unwrap_err().message.contains("no end"));
    assert!(store.sink.end_run(stranger.run, None, RunOutcome::Complete).is_err());
}
