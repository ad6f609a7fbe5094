//! Runs that end, and Runs whose process was killed.

use std::time::Duration;

use anjian_domain::{
    CameraSink, CameraState, CameraStatus, CloseReason, EvidenceSink, Flaw, FlawKind, MediaTime, Role,
    RunKind, RunOutcome, Scope, Sites, Viewer, ViolationId,
};
use anjian_indexer::{ArchiveCover, FlawAt, IndexError, LiveKind, ViolationDetail, ViolationStatus};

use crate::fixture::{Store, at, closed};

fn detail(store: &Store, id: ViolationId) -> ViolationDetail {
    store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap()
}

pub(crate) fn killed_live_runs_are_closed_at_their_last_moment(store: &Store) {
    let killed = store.beside();
    let run = killed.run(RunKind::Live, "gate");
    let open = killed.recorded(&run, 10);
    let over = killed.recorded(&run, 11);
    killed.sink.close_violation(&closed(&over, 14, CloseReason::Left), &[]).unwrap();
    let silent = killed.recorded(&killed.run(RunKind::Live, "yard"), 50);
    killed.clock.advance(Duration::from_secs(30));
    let camera = "gate".parse().unwrap();
    let status = CameraStatus {
        camera,
        state: CameraState::Live,
        since: at(0).wall,
        reason: None,
        last_frame: Some(at(31).wall),
    };
    killed.sink.camera_status(&status).unwrap();
    drop(killed);

    let mut updates = store.listen();
    assert_eq!(store.wait(store.index.close_interrupted()).unwrap(), 2);
    let row = detail(store, open.id).row;
    assert_eq!((row.status, row.close_reason), (ViolationStatus::Closed, Some(CloseReason::Interrupted)));
    assert_eq!((row.closed_at, row.closed_s), (Some(at(31).wall), Some(31.0)), "the camera's last frame");
    assert_eq!(detail(store, open.id).run.ended_at, Some(at(31).wall));
    assert_eq!(detail(store, over.id).row.closed_at, Some(at(14).wall));
    assert_eq!(detail(store, silent.id).row.closed_at, Some(at(52).wall), "its snapshot was the last sign");
    let told = std::iter::from_fn(|| updates.next());
    assert_eq!(told.filter(|update| matches!(update.kind, LiveKind::Violation(_))).count(), 2);
    let cameras = store.wait(store.index.cameras(&store.viewer)).unwrap();
    assert!(cameras.iter().all(|camera| camera.state == CameraState::Stopped));
}

pub(crate) fn archive_runs_say_what_they_judged_and_what_not(store: &Store) {
    let flaw = Flaw {
        kind: FlawKind::Damaged,
        from: MediaTime::from_millis(4_000),
        to: MediaTime::from_millis(6_500),
    };
    let run = store.run(RunKind::Archive, "gate");
    store.sink.note_flaws(run.id, &[flaw]).unwrap();
    store.sink.end_run(run.id, Some(at(30)), RunOutcome::Complete).unwrap();
    let superseded = store.run(RunKind::Archive, "gate");
    store.sink.end_run(superseded.id, Some(at(30)), RunOutcome::Complete).unwrap();
    store.raw("UPDATE run SET superseded_by = id WHERE kind = 'archive' AND flaws IS NULL");
    store.sink.end_run(store.run(RunKind::Live, "gate").id, Some(at(30)), RunOutcome::Complete).unwrap();
    let gate = "gate".parse().unwrap();
    let cover = |viewer: &Viewer, from, to| {
        let (from, to) = (at(from).wall, at(to).wall);
        store.wait(store.index.archive_cover(viewer, &gate, from, to)).unwrap()
    };
    let expected = ArchiveCover {
        run: run.id,
        from: at(0).wall,
        to: at(30).wall,
        flaws: vec![FlawAt { flaw, from: at(4).wall, to: at(6).wall.plus(Duration::from_millis(500)) }],
    };
    assert_eq!(cover(&store.viewer, 10, 20), [expected]);
    assert_eq!(cover(&store.viewer, 30, 60), []);
    let mill = Sites::new(["mill".parse().unwrap()]).unwrap();
    let stranger = Viewer::new("zhao", Role::Inspector, Scope::Sites(mill)).unwrap();
    assert_eq!(cover(&stranger, 10, 20), []);
}

pub(crate) fn living_and_archive_runs_are_left_alone(store: &Store) {
    assert_eq!(store.wait(store.index.close_interrupted()).unwrap(), 0);
    let live = store.recorded(&store.run(RunKind::Live, "gate"), 10);
    let archive = store.beside();
    let archived = archive.recorded(&archive.run(RunKind::Archive, "yard"), 10);
    // A second live system is refused while the first lives, and told where.
    let error = archive.wait(archive.index.close_interrupted()).unwrap_err();
    assert!(matches!(&error, IndexError::LiveElsewhere { .. }));
    assert!(error.to_string().contains("serve.lock"), "{error}");
    assert_eq!(store.wait(store.index.close_interrupted()).unwrap(), 0, "its own Runs are not interrupted");
    for id in [live.id, archived.id] {
        assert_eq!(detail(store, id).row.status, ViolationStatus::Open);
    }
}

pub(crate) fn a_run_ends_once(store: &Store) {
    let run = store.run(RunKind::Archive, "gate");
    let violation = store.recorded(&run, 10);
    store.sink.end_run(run.id, Some(at(60)), RunOutcome::Complete).unwrap();
    store.sink.end_run(run.id, Some(at(90)), RunOutcome::Failed).unwrap();
    let found = detail(store, violation.id).run;
    assert_eq!((found.ended_at, found.last_media), (Some(at(60).wall), Some(at(60).media)));
    assert_eq!(found.outcome, Some(RunOutcome::Complete));

    let empty = store.run(RunKind::Archive, "yard");
    let other = store.recorded(&empty, 0);
    store.sink.end_run(empty.id, None, RunOutcome::Failed).unwrap();
    let found = detail(store, other.id).run;
    assert_eq!(
        (found.ended_at, found.last_media),
        (Some(at(2).wall), None),
        "its snapshot was the last sign"
    );
}

pub(crate) fn each_run_keeps_its_rules_as_they_stood(store: &Store) {
    let first = store.run(RunKind::Live, "gate");
    let mut second = first.clone();
    second.id.0 = uuid::Uuid::from_u128(4_711);
    // Should a digest ever miss something, the rule that judged is still the one that is shown.
    second.rules[0].definition["hold_ms"] = 9_000.into();
    store.sink.begin_run(&second).unwrap();
    for run in [&first, &second] {
        let violation = store.recorded(run, 10);
        assert_eq!(detail(store, violation.id).rule.as_ref(), run.rules.first());
    }
}
