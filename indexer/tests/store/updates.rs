//! What listeners hear.

use anjian_domain::{CameraSink, CameraState, CameraStatus, CloseReason, EvidenceSink, RunKind};
use anjian_indexer::{LiveKind, LiveUpdate, ViolationStatus};

use crate::fixture::{Store, at, closed};

fn describe(update: &LiveUpdate) -> String {
    match &update.kind {
        LiveKind::Violation(row) => format!("{} {}", row.camera, row.status),
        LiveKind::Camera(row) => format!("{} {}", row.camera, row.state.as_str()),
        LiveKind::Case(row) => format!("{} {}", row.id, row.stage),
    }
}

fn gate_is(state: CameraState) -> CameraStatus {
    let camera = "gate".parse().unwrap();
    CameraStatus { camera, state, since: at(1).wall, reason: None, last_frame: None }
}

pub(crate) fn changes_are_told_after_commit(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let mut updates = store.listen();
    let mut committed = store.index.committed();
    let violation = store.recorded(&run, 10);
    let opened = updates.next().unwrap();
    assert_eq!(describe(&opened), "gate open");
    let elsewhere = store.beside();
    assert_eq!(
        elsewhere.wait(elsewhere.index.live_since(&elsewhere.viewer, 0, 10)).unwrap(),
        std::slice::from_ref(&opened)
    );

    store.sink.close_violation(&closed(&violation, 20, CloseReason::Ended), &[]).unwrap();
    store.sink.camera_status(&gate_is(CameraState::Stalled)).unwrap();
    let told: Vec<_> = std::iter::from_fn(|| updates.next()).collect();
    assert_eq!(told.iter().map(describe).collect::<Vec<_>>(), ["gate closed", "gate stalled"]);
    assert!(opened.seq < told[0].seq && told[0].seq < told[1].seq);
    assert!(committed.has_changed().unwrap(), "listeners know that there is something to read");
    assert_eq!(*committed.borrow_and_update(), told[1].seq);
    assert_eq!(store.wait(store.index.updates_kept()).unwrap(), 1..=told[1].seq);
}

pub(crate) fn lost_updates_are_caught_up_with(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let violation = store.recorded(&run, 10);
    let beside = store.beside();
    let other = beside.recorded(&beside.run(RunKind::Archive, "yard"), 11);
    store.sink.close_violation(&closed(&violation, 20, CloseReason::Ended), &[]).unwrap();
    store.sink.camera_status(&gate_is(CameraState::Live)).unwrap();
    let all = store.wait(store.index.live_since(&store.viewer, 0, 100)).unwrap();
    // The first tells the violation as it is now.
    assert_eq!(
        all.iter().map(describe).collect::<Vec<_>>(),
        ["gate closed", "yard open", "gate closed", "gate live"]
    );
    assert!(all.is_sorted_by_key(|update| update.seq));
    let LiveKind::Violation(row) = &all[1].kind else { panic!("{all:?}") };
    assert_eq!((row.id, row.status), (other.id, ViolationStatus::Open), "also what another process recorded");

    let rest = store.wait(store.index.live_since(&store.viewer, all[1].seq, 1)).unwrap();
    assert_eq!(rest, all[2..3]);
    assert_eq!(store.wait(store.index.live_since(&store.viewer, all[3].seq, 100)).unwrap(), []);
    assert_eq!(store.wait(store.index.live_since(&store.viewer, 0, 0)).unwrap(), []);
}
