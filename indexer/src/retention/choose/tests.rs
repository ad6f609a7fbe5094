//! Retention on a disk that is as full as a test wants it.

use crate::engine::sql;
use std::path::PathBuf;
use std::sync::Arc;

use anjian_domain::{ManualClock, Place, Scope, Segment, TimeSource, VideoCodec, Viewer};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::engine::disk::tests::{SmallDisk, files};
use crate::engine::open::Create;
use crate::{CameraLimits, ClipSettings, GapCause, NewHold, RecordingSettings, Retention};

const MINUTE: u64 = 60;

struct Store {
    index: Index,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

fn at(minutes: u64) -> WallTime {
    WallTime::from_micros(1_772_323_200_000_000).unwrap().plus(Duration::from_secs(minutes * MINUTE))
}

fn camera(number: usize) -> CameraId {
    format!("camera-{number}").parse().unwrap()
}

impl Store {
    async fn open(retention: Retention, reserve_bytes: u64, disk_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(at(0)));
        let disk = Arc::new(SmallDisk { folder: folder.path().into(), disk_bytes });
        let index =
            Index::open_as(folder.path(), &crate::Database::Embedded, clock.clone(), Create::IfMissing, disk)
                .await
                .unwrap();
        let recordings = folder.path().join("recordings");
        let clips = ClipSettings::default();
        index
            .set_recording(RecordingSettings {
                folder: recordings,
                retention,
                clips,
                reserve_bytes,
                move_after: None,
            })
            .unwrap();
        let mut writer = index.write().await.unwrap();
        let mut transaction = writer.begin("camera").await.unwrap();
        let sql = "INSERT INTO site VALUES ('plant', '', '', '', '', 1, '');
            INSERT INTO camera (id, site, name, is_configured) VALUES ('camera-0', 'plant', '', 1),
                ('camera-1', 'plant', '', 1), ('camera-2', 'plant', '', 1);
            INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us)
                VALUES (zeroblob(16), 'live', 'plant', 'camera-0', '', '', 0, 0);";
        sql::script(&mut transaction, sql).await.unwrap();
        transaction.commit().await.unwrap();
        drop(writer);
        Self { index, clock, folder }
    }

    /// A minute of a camera, with a file of that size.
    async fn record(&self, number: usize, minute: u64, size_bytes: u64) -> Segment {
        let (camera, start) = (camera(number), at(minute));
        let segment = Segment {
            path: Segment::path_of(&camera, start),
            camera,
            start,
            duration: Duration::from_secs(MINUTE),
            size_bytes,
            sha256: Some("cd".repeat(32)),
            video: VideoCodec::H264,
            width_px: 160,
            height_px: 120,
            audio: None,
            time_source: TimeSource::Arrival,
            clock_offset_us: 0,
            clock_error_us: None,
            place: Place::Here,
        };
        let path = self.index.recordings_folder().join(&segment.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path).unwrap().set_len(size_bytes).unwrap();
        self.index.begin_segment(&segment).await.unwrap();
        self.index.end_segment(&segment).await.unwrap();
        segment
    }

    async fn hold(&self, number: usize, from: u64, to: u64) -> i64 {
        let hold =
            NewHold { camera: camera(number), from: at(from), to: at(to), who: "a".into(), why: "b".into() };
        self.index.put_hold(&Viewer::local(), &hold).await.unwrap().id
    }

    /// A violation of a camera whose clip is due.
    async fn due(&self, number: usize, minute: u64) {
        let sql = "INSERT INTO violation (id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, \
             score, score_step, status, opened_us, opened_media_ns) VALUES (randomblob(16), zeroblob(16), 'live', \
             'plant', $1, 'dock', 'no_hard_hat', 'r', 'v', 'm', 0.5, 32, 'open', $2, 0) RETURNING seq";
        let mut writer = self.index.write().await.unwrap();
        let mut transaction = writer.begin("violation").await.unwrap();
        let query = sql::query(sql).bind(camera(number).as_str().to_owned()).bind(at(minute).as_micros());
        let seq: i64 = query.scalar(&mut transaction).await.unwrap();
        crate::evidence::clip_row::insert_due(&mut transaction, seq).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Every row, and the same for files; both in order.
    async fn rows_and_files(&self) -> (Vec<String>, Vec<String>) {
        let mut rows = Vec::new();
        for number in 0..3 {
            let found =
                self.index.segments(&Viewer::local(), &camera(number), at(0), at(40_000)).await.unwrap();
            rows.extend(found.into_iter().map(|segment| segment.path));
        }
        let root = self.index.recordings_folder();
        let name = |path: PathBuf| path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let mut found: Vec<_> = files(root).into_iter().map(name).collect();
        found.sort();
        rows.sort();
        (rows, found)
    }

    async fn candidates(&self, number: usize) -> Vec<Candidate> {
        self.index.may_go(&camera(number), Place::Here, None).await.unwrap()
    }

    fn set_clock(&self, minute: u64) {
        self.clock.set(at(minute));
    }
}

/// One limit, so that it can be said what is needed.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Age(u64),
    CameraBytes(u64),
    Bytes(u64),
    Free(u64),
}

const DISK: u64 = 10_000;

impl Limit {
    fn retention(self) -> Retention {
        let every_camera = match self {
            Self::Age(minutes) => {
                CameraLimits { max_age: Some(Duration::from_secs(minutes * MINUTE)), max_bytes: None }
            }
            Self::CameraBytes(bytes) => CameraLimits { max_age: None, max_bytes: Some(bytes) },
            _ => CameraLimits::default(),
        };
        let max_bytes = if let Self::Bytes(bytes) = self { Some(bytes) } else { None };
        let min_free_bytes = if let Self::Free(bytes) = self { bytes } else { 0 };
        Retention { every_camera, max_bytes, min_free_bytes, ..Retention::default() }
    }

    /// Whether what is left of the segments is as the limit wants it, in the camera of `of` or in all.
    fn is_kept(self, left: &[&Segment], of: &Segment, now: u64) -> bool {
        let all: u64 = left.iter().map(|segment| segment.size_bytes).sum();
        let camera = left.iter().filter(|s| s.camera == of.camera).map(|s| s.size_bytes).sum::<u64>();
        match self {
            Self::Age(minutes) => of.end() >= at(now).minus(Duration::from_secs(minutes * MINUTE)),
            Self::CameraBytes(bytes) => camera <= bytes,
            Self::Bytes(bytes) => all <= bytes,
            Self::Free(bytes) => DISK.saturating_sub(all) >= bytes,
        }
    }
}

fn limits() -> impl Strategy<Value = Limit> {
    prop_oneof![
        (0_u64..70).prop_map(Limit::Age),
        (0_u64..3_000).prop_map(Limit::CameraBytes),
        (0_u64..6_000).prop_map(Limit::Bytes),
        (0_u64..10_000).prop_map(Limit::Free),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Held, needed and unfinished segments stay; the others go from the oldest on, until the limit is kept and not
    /// one longer; rows and files agree.
    #[test]
    fn only_what_must_and_may_go_goes(
        sizes in prop::collection::vec((0_usize..3, 1_u64..400), 1..40),
        holds in prop::collection::vec((0_usize..3, 0_u64..40, 1_u64..10), 0..4),
        due in prop::option::of((0_usize..3, 0_u64..40)),
        limit in limits(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(limit.retention(), 0, DISK).await;
            let mut segments = Vec::new();
            for ((number, size_bytes), minute) in sizes.iter().zip(0..) {
                segments.push(store.record(*number, minute, *size_bytes).await);
            }
            let open = segments.last().unwrap().clone();
            store.index.forget_segment(&open.camera, open.start).await.unwrap();
            store.index.begin_segment(&open).await.unwrap();
            for (number, from, length) in &holds {
                store.hold(*number, *from, from + length).await;
            }
            if let Some((number, minute)) = due {
                store.due(number, minute).await;
            }
            let now = 60;
            store.set_clock(now);
            let is_safe = |segment: &Segment| {
                let touches = |number: usize, from: WallTime, to: WallTime| {
                    segment.camera == camera(number) && segment.end() > from && segment.start < to
                };
                let (five, sixty) = (Duration::from_secs(5), Duration::from_secs(60));
                *segment == open
                    || holds.iter().any(|(number, from, length)| touches(*number, at(*from), at(from + length)))
                    || due.is_some_and(|(number, minute)| {
                        let from = at(minute).minus(five);
                        touches(number, from, from.plus(sixty))
                    })
            };
            let expiry = store.index.run_retention().await.unwrap();
            let (rows, files) = store.rows_and_files().await;
            assert_eq!(rows, files);
            let (left, gone): (Vec<&Segment>, Vec<&Segment>) =
                segments.iter().partition(|segment| rows.contains(&segment.path));
            assert_eq!(expiry.segments, gone.len() as u64);
            assert_eq!(expiry.bytes, gone.iter().map(|segment| segment.size_bytes).sum::<u64>());
            assert!(gone.iter().all(|segment| !is_safe(segment)), "something safe is gone");
            let may_go: Vec<&&Segment> = left.iter().filter(|segment| !is_safe(segment)).collect();
            for segment in &gone {
                let rivals = may_go.iter().filter(|left| {
                    !matches!(limit, Limit::Age(_) | Limit::CameraBytes(_)) || left.camera == segment.camera
                });
                assert!(rivals.into_iter().all(|left| left.start > segment.start), "not the oldest first");
            }
            for segment in &may_go {
                assert!(limit.is_kept(&left, segment, now), "{limit:?} is not kept and {} could go", segment.path);
            }
            let newest_of = |of: &Segment| gone.iter().filter(|s| s.camera == of.camera).max_by_key(|s| s.start).copied();
            for segment in &gone {
                let undone = match limit {
                    Limit::Age(_) => Some(*segment),
                    Limit::CameraBytes(_) => newest_of(segment),
                    _ => gone.iter().max_by_key(|segment| segment.start).copied(),
                }.unwrap();
                let with: Vec<&Segment> = left.iter().copied().chain([undone]).collect();
                assert!(!limit.is_kept(&with, undone, now), "{limit:?}: {} need not have gone", undone.path);
            }
            let spans = store.index.recording_spans(&Scope::Everything, None).await.unwrap();
            let bytes: u64 = spans.iter().map(|span| span.bytes).sum();
            assert_eq!(bytes, left.iter().map(|segment| segment.size_bytes).sum::<u64>());
            assert_eq!(store.index.run_retention().await.unwrap().segments, 0, "a second time nothing goes");
        });
    }
}

#[tokio::test]
async fn a_kill_between_any_two_steps_is_mended() {
    for steps in 0..=3 {
        let store = Store::open(Limit::Age(1).retention(), 0, DISK).await;
        for minute in 0..3 {
            store.record(0, minute, 100).await;
        }
        store.set_clock(60);
        let chosen = store.candidates(0).await[..2].to_vec();
        if steps > 0 {
            assert_eq!(store.index.mark(&chosen).await.unwrap(), chosen);
            let seen = store.index.segments(&Viewer::local(), &camera(0), at(0), at(60)).await.unwrap();
            assert_eq!(seen.len(), 1, "nobody sees what is given up");
        }
        if steps > 1 {
            store.index.delete_files(chosen[..1].to_vec()).await.unwrap();
        }
        if steps > 2 {
            store.index.delete_files(chosen.clone()).await.unwrap();
        }
        // The process is killed here. The next one finishes what was begun, and that only.
        let removed = store.index.recover_recordings().await.unwrap().removed;
        assert_eq!(removed, if steps > 0 { 2 } else { 0 }, "{steps}");
        let (rows, files) = store.rows_and_files().await;
        assert_eq!(rows, files, "{steps}");
        assert_eq!(rows.len(), if steps > 0 { 1 } else { 3 }, "{steps}");
        let span = store.index.recording_span(&Viewer::local(), &camera(0)).await.unwrap().unwrap();
        assert_eq!(span.bytes, rows.len() as u64 * 100);
    }
}

#[tokio::test]
async fn what_was_left_open_is_mended_once_the_recorder_went_on() {
    let store = Store::open(Retention::default(), 0, DISK).await;
    let left = store.record(0, 0, 100).await;
    store.index.forget_segment(&left.camera, left.start).await.unwrap();
    store.index.begin_segment(&left).await.unwrap();
    let count = async || {
        store.index.run_retention().await.unwrap();
        store.rows_and_files().await.0.len()
    };
    store.set_clock(20);
    assert_eq!(count().await, 1, "nothing is newer: it may be written still");
    store.record(0, 19, 100).await;
    // The file holds no picture.
    assert_eq!(count().await, 1);
    assert_eq!(store.index.recorded_until(&camera(0), at(60)).await.unwrap(), Some(at(20)));
}

#[tokio::test]
async fn a_hold_that_comes_in_time_keeps() {
    let store = Store::open(Limit::Age(1).retention(), 0, DISK).await;
    for minute in 0..4 {
        store.record(0, minute, 100).await;
    }
    store.set_clock(60);
    let chosen = store.candidates(0).await;
    // Between the choice and the mark.
    let hold = store.hold(0, 0, 1).await;
    assert_eq!(store.index.expire(&chosen[..1]).await.unwrap().segments, 0);
    // After the mark, but the process was killed before the file was deleted; of the other it was deleted.
    store.index.mark(&chosen[1..3]).await.unwrap();
    store.index.delete_files(chosen[2..3].to_vec()).await.unwrap();
    store.hold(0, 1, 3).await;
    assert_eq!(store.index.finish_expiring(Place::Here).await.unwrap().segments, 1);
    assert_eq!(store.rows_and_files().await.0.len(), 3);
    assert_eq!(store.index.run_retention().await.unwrap().segments, 1, "only the last is not held");
    store.index.lift_hold(&Viewer::local(), hold, "c", "d").await.unwrap();
    assert_eq!(store.index.run_retention().await.unwrap().segments, 1);
    assert_eq!(store.index.storage(&Viewer::local()).await.unwrap().held_bytes, 100);
}

#[tokio::test]
async fn a_full_disk_gives_the_reserve_to_evidence_and_makes_it_again() {
    let store = Store::open(Retention::default(), 1_000, DISK).await;
    let reserve = store.folder.path().join("reserve");
    assert_eq!(reserve.metadata().unwrap().len(), 1_000);
    assert!(store.index.refuse_without_reserve().is_ok());
    for minute in 0..9 {
        store.record(0, minute, 950).await;
    }
    store.set_clock(60);
    let storage = store.index.storage(&Viewer::local()).await.unwrap();
    assert_eq!((storage.free_bytes, storage.recorded_bytes), (450, 8_550));

    assert!(store.index.give_up_reserve());
    assert!(!store.index.give_up_reserve(), "it is given up once");
    let refused = store.index.refuse_without_reserve().unwrap_err();
    assert!(matches!(refused, IndexError::ReserveGivenUp { .. }), "{refused}");
    assert!(store.index.storage(&Viewer::local()).await.unwrap().is_reserve_given_up);
    // Everything is held: there is no room to be had.
    let hold = store.hold(0, 0, 60).await;
    let expiry = store.index.run_retention().await.unwrap();
    assert_eq!((expiry.segments, expiry.is_short, reserve.exists()), (0, true, false));
    store.index.lift_hold(&Viewer::local(), hold, "c", "d").await.unwrap();
    // Twice its size must be free: 1,450 are.
    let expiry = store.index.run_retention().await.unwrap();
    assert_eq!((expiry.segments, expiry.is_short, reserve.exists()), (1, false, true));
    assert_eq!(expiry.free_bytes, 1_400);
    assert!(store.index.refuse_without_reserve().is_ok());
}

#[tokio::test]
async fn storage_tells_rates_and_when_the_disk_is_full() {
    let most = CameraLimits { max_age: None, max_bytes: Some(1_500) };
    let cameras = BTreeMap::from([(camera(1), most)]);
    let store =
        Store::open(Retention { cameras, min_free_bytes: 1_000, ..Retention::default() }, 0, 1_000_000).await;
    for minute in 0..10 {
        store.record(0, minute, 100).await;
        store.record(1, minute, 100).await;
    }
    store.set_clock(10);
    store.hold(0, 0, 2).await;
    store.hold(0, 1, 3).await;
    let storage = store.index.storage(&Viewer::local()).await.unwrap();
    // 100 bytes a minute.
    assert_eq!(storage.cameras.iter().map(|camera| camera.bytes_a_day).collect::<Vec<_>>(), [144_000; 2]);
    assert_eq!((storage.held_bytes, storage.recorded_bytes, storage.bytes_a_day), (300, 2_000, 288_000));
    // 997,000 are left: 500 for the one that has its size soon, the rest for the other.
    let days = storage.days_until_full.unwrap();
    assert!((days - 996_500.0 / 144_000.0).abs() < 0.001, "{days}");
    // A day later nothing was recorded lately.
    store.set_clock(60 * 25);
    let storage = store.index.storage(&Viewer::local()).await.unwrap();
    assert_eq!((storage.bytes_a_day, storage.days_until_full), (0, None));
}

#[tokio::test]
async fn old_words_are_forgotten_but_for_the_last() {
    use anjian_domain::{CameraMinute, PersonCount, RecordingChange, RecordingState};
    let store = Store::open(Retention::default(), 0, DISK).await;
    let day = 24 * 60;
    let told = |minute, state| RecordingChange { camera: camera(0), state, since: at(minute), reason: None };
    for (minute, state) in
        [(0, RecordingState::Recording), (5, RecordingState::Stopped), (500 * day, RecordingState::Waiting)]
    {
        store.index.keep_recording_change(&told(minute, state)).await.unwrap();
    }
    for minute in [0, 500 * day] {
        let (analysed, gated, blind) = (Duration::from_secs(60), Duration::ZERO, Duration::ZERO);
        let minute = CameraMinute {
            camera: camera(0),
            minute: at(minute),
            analysed,
            gated,
            blind,
            blind_cause: None,
            persons: Some(PersonCount::default()),
        };
        store.index.add_minute(&minute).await.unwrap();
    }
    store.set_clock(501 * day);
    store.index.run_retention().await.unwrap();
    let count = |sql: &'static str| {
        let reader = store.index.inner.reader.clone();
        async move { sql::query(sql).scalar::<i64>(&reader).await.unwrap() }
    };
    assert_eq!(count("SELECT count(*) FROM recording_change").await, 2);
    assert_eq!(count("SELECT count(*) FROM coverage_minute").await, 1);
    let gaps = store
        .index
        .completeness(&Viewer::local(), &camera(0), at(490 * day), at(501 * day))
        .await
        .unwrap()
        .gaps;
    assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [GapCause::Stopped, GapCause::Waiting]);
}
