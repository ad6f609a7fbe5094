//! Where the pieces of segments are that players load.

use std::collections::BTreeMap;

use anjian_domain::{Role, Scope, Segment, SegmentSink, Sites, Viewer, WallTime};
use anjian_footage::{Pieces, scan};
use anjian_indexer::{Index, Retention};

use crate::fixture::{Store, at};
use crate::media::{begin, folder, record, set_up, write};

fn known(store: &Store, segments: &[Segment]) -> BTreeMap<WallTime, Pieces> {
    store.wait(store.index.pieces(&store.viewer, segments)).unwrap()
}

fn of_file(store: &Store, segment: &Segment) -> Pieces {
    Pieces::of(&scan(&folder(store).join(&segment.path)).unwrap())
}

pub(crate) fn pieces_are_kept_when_a_segment_ends_and_go_with_it(store: &Store) {
    set_up(store, Retention::default(), 0);
    let segments: Vec<_> = (0..4).map(|number| record(store, at(number * 20).wall, 20)).collect();
    let expected: BTreeMap<_, _> =
        segments.iter().map(|segment| (segment.start, of_file(store, segment))).collect();
    assert_eq!(
        expected[&segments[0].start].iter(&segments[0]).count(),
        5,
        "a keyframe a second, 4 s a piece"
    );
    // No file is read: they hold nothing any more.
    for segment in &segments {
        std::fs::write(folder(store).join(&segment.path), vec![0; segment.size_bytes as usize]).unwrap();
    }
    assert_eq!(known(store, &segments), expected);
    assert_eq!(known(store, &segments[1..2]).into_keys().collect::<Vec<_>>(), [segments[1].start]);
    assert_eq!(known(store, &[]), BTreeMap::new());
    let mill = Sites::new(["mill".parse().unwrap()]).unwrap();
    let stranger = Viewer::new("anna", Role::Inspector, Scope::Sites(mill)).unwrap();
    assert_eq!(store.wait(store.index.pieces(&stranger, &segments)).unwrap(), BTreeMap::new());
    // The row of a segment whose file is gone is dropped by a repair.
    std::fs::remove_file(folder(store).join(&segments[0].path)).unwrap();
    store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
    assert_eq!(
        known(store, &segments).into_keys().collect::<Vec<_>>(),
        [segments[1].start, segments[2].start, segments[3].start]
    );
}

pub(crate) fn missing_pieces_are_kept_later(store: &Store) {
    set_up(store, Retention::default(), 0);
    let writer = write(store, at(0).wall, 20);
    let segment = writer.finish(Some(20_000_000_000)).unwrap();
    let (path, aside) = (folder(store).join(&segment.path), store.folder.path().join("aside"));
    // The disk does not answer when the segment ends: it has its row all the same.
    std::fs::rename(&path, &aside).unwrap();
    store.sink.end_segment(&segment).unwrap();
    assert_eq!(known(store, std::slice::from_ref(&segment)), BTreeMap::new());
    std::fs::rename(&aside, &path).unwrap();
    let pieces = of_file(store, &segment);
    let keep = |segment: &Segment| {
        store.wait(store.index.keep_pieces(&[(segment.clone(), pieces.clone())])).unwrap();
        known(store, std::slice::from_ref(segment))
    };
    let other_size = Segment { size_bytes: segment.size_bytes + 1, ..segment.clone() };
    assert_eq!(keep(&other_size), BTreeMap::new(), "they are of another file");
    assert_eq!(keep(&segment), BTreeMap::from([(segment.start, pieces.clone())]));
    assert_eq!(known(store, &[other_size]), BTreeMap::new());
    let growing = begin(store, at(60).wall, 7);
    assert_eq!(keep(&growing), BTreeMap::new(), "its file grows");
}

pub(crate) fn rebuilding_makes_pieces_anew(store: &Store) {
    set_up(store, Retention::default(), 0);
    let segments: Vec<_> = (0..3).map(|number| record(store, at(number * 20).wall, 20)).collect();
    let before = known(store, &segments);
    drop(write(store, at(100).wall, 9));
    let index: &Index = &store.index;
    let rebuilt = store.wait(index.rebuild_segments(&mut |_| {})).unwrap();
    assert_eq!(rebuilt.segments, 4);
    let found =
        store.wait(index.segments(&store.viewer, &segments[0].camera, at(0).wall, at(200).wall)).unwrap();
    let after = known(store, &found);
    assert_eq!(after.len(), 4, "the one that a kill left has pieces too");
    assert!(before.iter().all(|(start, pieces)| after[start] == *pieces));
}
