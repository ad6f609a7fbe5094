//! Segments that are moved into a bucket by age; a folder stands for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{Place, RecordingState, RunKind, Segment};
use anjian_footage::scan_segment;
use anjian_indexer::{CameraLimits, CheckFinding, ClipSettings, Index, RecordingSettings, Retention};
use tempfile::TempDir;

use crate::clips::{note, played, violation};
use crate::fixture::{Store, at};
use crate::holds::new_hold;
use crate::media::{files, folder, record};
use crate::moves::{findings, open};
use crate::recordings::{gate, tell};

const AGE_S: u64 = 100;

/// Three segments of ten seconds; the first two are old enough to move.
fn three(store: &Store, retention: Retention) -> TempDir {
    let bucket = tempfile::tempdir().unwrap();
    let settings = RecordingSettings {
        folder: folder(store),
        retention,
        clips: ClipSettings::default(),
        reserve_bytes: 0,
        move_after: Some(Duration::from_secs(AGE_S)),
    };
    store.index.set_recording(settings).unwrap();
    store.index.set_bucket(open(bucket.path())).unwrap();
    tell(store, 0, RecordingState::Recording, None);
    for start in [0, 10, 20] {
        record(store, at(start).wall, 10);
    }
    store.clock.set(at(AGE_S + 25).wall);
    bucket
}

fn segments(store: &Store) -> Vec<Segment> {
    store.wait(store.index.segments(&store.viewer, &gate(), at(0).wall, at(1_000).wall)).unwrap()
}

fn places(store: &Store) -> Vec<Place> {
    segments(store).iter().map(|segment| segment.place).collect()
}

fn object(bucket: &TempDir, segment: &Segment) -> PathBuf {
    bucket.path().join("recordings").join(&segment.path)
}

fn read(store: &Store, segment: &Segment) -> u64 {
    let shelf = store.wait(async { store.index.shelf() });
    scan_segment(&shelf, segment).unwrap().whole_bytes()
}

pub(crate) fn segments_move_into_the_bucket_by_age(store: &Store) {
    let bucket = three(store, Retention::default());
    let run = store.run(RunKind::Live, "gate");
    let shown = violation(store, &run, 8, 14);
    assert_eq!(note(store).recorded, 1);
    let before = played(store, &shown);
    let moved = store.wait(store.index.move_segments()).unwrap();
    assert_eq!((moved.segments, moved.failed), (2, 0), "{moved:?}");
    assert_eq!(places(store), [Place::Bucket, Place::Bucket, Place::Here]);
    let all = segments(store);
    assert_eq!(files(store), [all[2].path.clone()], "the others left the local disk");
    assert_eq!(moved.bytes, all[0].size_bytes + all[1].size_bytes);
    for segment in &all {
        assert_eq!(read(store, segment), segment.size_bytes);
        let local = store.wait(store.index.segment_file(segment)).unwrap();
        assert_eq!(std::fs::metadata(&local).unwrap().len(), segment.size_bytes);
    }
    assert_eq!(std::fs::metadata(object(&bucket, &all[0])).unwrap().len(), all[0].size_bytes);
    // A plan that was made before the move reads on.
    assert_eq!(read(store, &Segment { place: Place::Here, ..all[0].clone() }), all[0].size_bytes);
    assert_eq!(played(store, &shown), before, "the clip is the same to the byte");
    assert_eq!(store.wait(store.index.move_segments()).unwrap().segments, 0);
    assert_eq!(findings(store), []);
    store.wait(store.index.drop_fetched()).unwrap();
    let local = store.wait(store.index.segment_file(&all[0])).unwrap();
    assert!(local.exists(), "it is fetched again");
}

pub(crate) fn a_kill_at_any_step_leaves_each_segment_in_one_place(store: &Store) {
    let bucket = three(store, Retention::default());
    for steps in 0.. {
        let is_done = store.kill_after(steps, async |index: &Index| {
            index.set_bucket(open(bucket.path())).unwrap();
            index.move_segments().await.unwrap();
        });
        for segment in segments(store) {
            assert_eq!(read(store, &segment), segment.size_bytes, "{steps}: {segment:?}");
        }
        if is_done {
            break;
        }
    }
    store.wait(store.index.remove_left_segments()).unwrap();
    assert_eq!(places(store), [Place::Bucket, Place::Bucket, Place::Here]);
    assert_eq!(files(store).len(), 1);
    assert_eq!(findings(store), []);
}

pub(crate) fn what_a_kill_left_of_a_move_goes(store: &Store) {
    let bucket = three(store, Retention::default());
    let first = segments(store)[0].clone();
    let local = folder(store).join(&first.path);
    let bytes = std::fs::read(&local).unwrap();
    store.wait(store.index.move_segments()).unwrap();
    let restore = |path: &Path| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &bytes).unwrap();
    };
    restore(&local);
    assert!(matches!(&findings(store)[..], [CheckFinding::SegmentOrphan { .. }]));
    assert_eq!(store.wait(store.index.remove_left_segments()).unwrap(), 1);
    assert_eq!(findings(store), []);
    restore(&local);
    let orphan = bucket.path().join("recordings/gate/2026/01/01/000000.000000Z.mp4");
    restore(&orphan);
    let found = findings(store);
    assert!(
        matches!(&found[..], [CheckFinding::OrphanFile { .. }, CheckFinding::SegmentOrphan { .. }]),
        "{found:?}"
    );
    assert_eq!(store.wait(store.index.check_and_repair(&mut |_| {})).unwrap().repaired, 1);
    assert!(!local.exists() && orphan.exists(), "a recording without a row may be all that is left of it");
    assert!(matches!(&findings(store)[..], [CheckFinding::OrphanFile { .. }]));
}

pub(crate) fn a_database_that_was_restored_finds_what_moved_since(store: &Store) {
    let _bucket = three(store, Retention::default());
    store.wait(store.index.move_segments()).unwrap();
    // As in a copy of the database that is older than the move.
    store.raw("UPDATE segment SET place = 1");
    let moved = segments(store).len() as u64 - files(store).len() as u64;
    assert_eq!((moved, places(store)), (2, vec![Place::Here; 3]));
    assert_eq!(store.wait(store.index.check_and_repair(&mut |_| {})).unwrap().repaired, moved);
    assert_eq!(places(store), [Place::Bucket, Place::Bucket, Place::Here]);
    assert_eq!(findings(store), []);
}

pub(crate) fn damage_of_segments_in_the_bucket_is_found(store: &Store) {
    let bucket = three(store, Retention::default());
    store.wait(store.index.move_segments()).unwrap();
    let [first, second, _] = &segments(store)[..] else { panic!("three") };
    let mut bytes = std::fs::read(object(&bucket, first)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(object(&bucket, first), bytes).unwrap();
    std::fs::remove_file(object(&bucket, second)).unwrap();
    let found = findings(store);
    assert!(
        matches!(&found[..], [CheckFinding::SegmentWrongDigest { .. }, CheckFinding::SegmentMissing { .. }]),
        "{found:?}"
    );
    store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
    assert_eq!(findings(store), found, "no row goes: it may be the wrong bucket");
    // What is left here is the only whole copy.
    let local = folder(store).join(&first.path);
    std::fs::create_dir_all(local.parent().unwrap()).unwrap();
    std::fs::write(&local, "all that is left").unwrap();
    store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
    assert!(local.exists());
    let beside = store.beside();
    let told = findings(&beside);
    assert!(told.iter().any(|finding| finding.to_string().contains("[store] bucket")), "{told:?}");
}

pub(crate) fn segments_in_the_bucket_expire_by_age_unless_held(store: &Store) {
    let every_camera = CameraLimits { max_age: Some(Duration::from_secs(300)), max_bytes: Some(1) };
    let bucket = three(store, Retention { every_camera, ..Retention::default() });
    store.wait(store.index.move_segments()).unwrap();
    let [first, second, _] = &segments(store)[..] else { panic!("three") };
    let retain = || {
        store.wait(store.index.run_retention()).unwrap();
        store.wait(store.index.run_bucket_retention()).unwrap()
    };
    let expiry = retain();
    assert_eq!(
        places(store),
        [Place::Bucket, Place::Bucket],
        "sizes are limits of the local disk: {expiry:?}"
    );
    store.wait(store.index.put_hold(&store.viewer, &new_hold("gate", 0, 9))).unwrap();
    store.clock.set(at(1_000).wall);
    let expiry = retain();
    assert_eq!((expiry.segments, expiry.stuck), (1, 0), "{expiry:?}");
    assert!(object(&bucket, first).exists(), "it is on hold");
    assert!(!object(&bucket, second).exists());
    assert_eq!(findings(store), []);
}

pub(crate) fn a_bucket_that_is_away_keeps_nothing_from_expiring_here(store: &Store) {
    let every_camera = CameraLimits { max_age: Some(Duration::from_secs(300)), max_bytes: None };
    let bucket = three(store, Retention { every_camera, ..Retention::default() });
    store.wait(store.index.move_segments()).unwrap();
    let away = bucket.path().with_extension("away");
    std::fs::rename(bucket.path(), &away).unwrap();
    store.clock.set(at(1_000).wall);
    let expiry = store.wait(store.index.run_retention()).unwrap();
    assert_eq!((expiry.segments, expiry.stuck), (1, 0), "{expiry:?}");
    assert_eq!(places(store), [Place::Bucket, Place::Bucket]);
    assert!(store.wait(store.index.run_bucket_retention()).is_err());
    std::fs::rename(&away, bucket.path()).unwrap();
    assert_eq!(store.wait(store.index.run_bucket_retention()).unwrap().stuck, 0);
    assert_eq!(places(store), []);
    assert_eq!(findings(store), []);
}
