//! Several nodes on one database: each has its own cameras, folder and kills.

use std::time::Duration;

use anjian_domain::{CameraId, CloseReason, RunKind, Segment, SegmentSink};
use anjian_indexer::{EvidenceKind, IndexError, ViolationQuery, ViolationStatus};
use tokio::time::timeout;

use crate::fixture::{Store, at, camera, evidence_files, ids};
use crate::media::begun;

const HEARD_WITHIN: Duration = Duration::from_secs(10);

/// A node that serves this camera.
fn node(store: &Store, id: &str) -> Store {
    let node = store.another_node();
    serve(&node, id);
    node
}

fn serve(node: &Store, id: &str) {
    node.wait(node.index.put_camera(&camera(id))).unwrap();
    node.wait(node.index.close_interrupted()).unwrap();
    node.wait(node.index.take_cameras(&[camera_id(id)])).unwrap();
    node.wait(node.index.retain_configured(&["plant".parse().unwrap()], &[camera_id(id)])).unwrap();
}

fn camera_id(id: &str) -> CameraId {
    id.parse().unwrap()
}

pub(crate) fn a_killed_node_leaves_the_others_alone(store: &Store) {
    let (north, south) = (node(store, "north"), node(store, "south"));
    let of_north = north.recorded(&north.run(RunKind::Live, "north"), 10);
    let of_south = south.recorded(&south.run(RunKind::Live, "south"), 20);
    for (node, id) in [(&north, "north"), (&south, "south")] {
        node.sink.begin_segment(&begun(camera_id(id), at(0).wall)).unwrap();
    }
    let both = ids(&north.search(&ViolationQuery::default()));
    assert_eq!(both, [of_south.id, of_north.id], "one list");
    assert_eq!(ids(&south.search(&ViolationQuery::default())), both);

    let killed = south.folder.clone();
    drop(south);
    let again = store.node_at(killed);
    serve(&again, "south");
    let recovery = again.wait(again.index.recover_recordings()).unwrap();
    assert_eq!(recovery.dropped, 1, "its own segment that was never written, and no other: {recovery:?}");
    again.wait(again.index.remove_left_evidence()).unwrap();
    let rows = again.search(&ViolationQuery::default());
    let state = |row: &anjian_indexer::ViolationRow| (row.id, row.status, row.close_reason);
    assert_eq!(state(&rows[0]), (of_south.id, ViolationStatus::Closed, Some(CloseReason::Interrupted)));
    assert_eq!(state(&rows[1]), (of_north.id, ViolationStatus::Open, None));
    let configured = again.wait(again.index.cameras(&again.viewer)).unwrap();
    assert!(configured.iter().all(|row| row.is_configured), "each node says what its own cameras are");
    assert_eq!(evidence_files(&north).len(), 2, "evidence lies with the node that recorded it");
    assert_eq!(evidence_files(&again).len(), 2);
}

pub(crate) fn what_lies_elsewhere_is_told(store: &Store) {
    let (north, south) = (node(store, "north"), node(store, "south"));
    let violation = north.recorded(&north.run(RunKind::Live, "north"), 10);
    let begun = begun(camera_id("north"), at(0).wall);
    let segment = Segment { duration: Duration::from_secs(30), sha256: Some("0".repeat(64)), ..begun };
    north.sink.begin_segment(&segment).unwrap();
    north.sink.end_segment(&segment).unwrap();

    let evidence = |node: &Store| {
        let file = node.index.evidence_file(&node.viewer, violation.id, EvidenceKind::Snapshot);
        node.wait(file).map(Option::unwrap)
    };
    let recording = |node: &Store| {
        let (camera, until) = (camera_id("north"), at(60).wall);
        let segments = node.index.segments(&node.viewer, &camera, at(0).wall, until);
        let segments = node.wait(segments).unwrap();
        node.wait(node.index.segment_file(&segments[0]))
    };
    assert!(evidence(&north).unwrap().local().unwrap().exists());
    assert!(recording(&north).unwrap().starts_with(north.folder.path()));
    let folder = north.folder.path().display().to_string();
    for told in [evidence(&south).unwrap_err(), recording(&south).unwrap_err()] {
        assert!(matches!(&told, IndexError::Elsewhere { .. }), "{told}");
        assert!(told.to_string().contains(&folder), "names the node: {told}");
    }
    let spans = |node: &Store| node.wait(node.index.storage(&node.viewer)).unwrap().cameras.len();
    assert_eq!((spans(&north), spans(&south)), (1, 0), "each node counts its own disk");
}

pub(crate) fn a_camera_has_one_node(store: &Store) {
    let (north, south) = (node(store, "north"), node(store, "south"));
    let open = north.recorded(&north.run(RunKind::Live, "north"), 10);
    let take = |node: &Store| node.wait(node.index.take_cameras(&[camera_id("north")]));
    let refused = take(&south).unwrap_err();
    assert!(matches!(&refused, IndexError::CameraElsewhere { .. }), "{refused}");
    let folder = north.folder.path().display().to_string();
    assert!(refused.to_string().contains(&folder), "names the node: {refused}");

    store.clock.advance(Duration::from_secs(50));
    north.wait(north.index.beat()).unwrap();
    store.clock.advance(Duration::from_secs(50));
    assert!(take(&south).is_err(), "it is there");
    store.clock.advance(Duration::from_secs(11));
    take(&south).unwrap();
    let left = south.search(&ViolationQuery::default());
    assert_eq!((left[0].id, left[0].close_reason), (open.id, Some(CloseReason::Interrupted)));

    let refused = north.wait(north.index.take_cameras(&[camera_id("north")])).unwrap_err();
    assert!(matches!(&refused, IndexError::CameraElsewhere { .. }), "south has it now: {refused}");
    let plant = ["plant".parse().unwrap()];
    south.wait(south.index.retain_configured(&plant, &[camera_id("south")])).unwrap();
    take(&north).unwrap();
}

pub(crate) fn a_copy_of_a_node_is_noticed(store: &Store) {
    let north = node(store, "north");
    north.wait(north.index.beat()).unwrap();
    let copy = north.copied_node();
    copy.wait(copy.index.close_interrupted()).unwrap();
    copy.wait(copy.index.beat()).unwrap();
    let noticed = north.wait(north.index.beat()).unwrap_err();
    assert!(matches!(noticed, IndexError::NodeElsewhere { .. }), "{noticed}");
}

pub(crate) fn changes_of_other_nodes_are_heard(store: &Store) {
    let (north, south) = (node(store, "north"), node(store, "south"));
    let run = north.run(RunKind::Live, "north");
    let mut notifications = south.index.notifications();
    south.wait(async {
        // Whoever begins to hear may miss what is told meanwhile.
        let _ = timeout(Duration::from_millis(500), notifications.next()).await;
    });
    north.recorded(&run, 10);
    let newest = *north.wait(north.index.updates_kept()).unwrap().end();
    // Its connection is given back within the runtime.
    let heard = south.wait(async move {
        let told = async { while notifications.next().await < newest {} };
        timeout(HEARD_WITHIN, told).await
    });
    assert!(heard.is_ok(), "nothing was heard of change {newest}");
}
