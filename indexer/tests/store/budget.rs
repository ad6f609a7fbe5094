//! The budget of evidence: what nobody confirmed goes by age and size, its row says so, and nothing is left over.

use std::time::Duration;

use anjian_domain::{RecordingState, RunKind, Verdict, Violation, ViolationId};
use anjian_indexer::{
    CameraLimits, ClipState, EvidenceExpiry, EvidenceKind, EvidenceLimits, Expired, ExpiredBy, Retention,
    ViolationDetail, ViolationQuery,
};

use crate::clips::{note, violation};
use crate::fixture::{Store, at, evidence_files};
use crate::holds::new_hold;
use crate::kept_clips::check_is_clean;
use crate::media::{record, set_up};
use crate::recordings::tell;

/// A recorded camera with violations a second apart: unjudged, dismissed and confirmed in turn. Their clips are cut and
/// their recording is gone.
fn filled(store: &Store, evidence: EvidenceLimits, count: u64) -> Vec<Violation> {
    let every_camera = CameraLimits { max_age: Some(Duration::from_secs(1)), max_bytes: None };
    set_up(store, Retention { every_camera, evidence, ..Retention::default() }, 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    (0..6).for_each(|number| drop(record(store, at(number * 10).wall, 10)));
    let violations: Vec<_> =
        (0..count).map(|number| violation(store, &run, 20 + number, 30 + number)).collect();
    for (number, violation) in violations.iter().enumerate() {
        match number % 3 {
            1 => store.judge(violation.id, Verdict::Dismissed),
            2 => store.judge(violation.id, Verdict::Confirmed),
            _ => {}
        }
    }
    store.clock.set(at(100).wall);
    assert_eq!(note(store).recorded, count);
    assert_eq!(store.wait(store.index.run_retention()).unwrap().clips, count);
    violations
}

fn expire(store: &Store) -> EvidenceExpiry {
    store.wait(store.index.run_evidence_retention()).unwrap()
}

fn detail(store: &Store, id: ViolationId) -> ViolationDetail {
    store.wait(store.index.violation(&store.viewer, id)).unwrap().unwrap()
}

/// Which of the violations have a clip, and which have pictures.
fn left(store: &Store, violations: &[Violation]) -> [String; 2] {
    let rows: Vec<_> = violations.iter().map(|violation| detail(store, violation.id).row).collect();
    let marks =
        |has: &dyn Fn(usize) -> bool| (0..rows.len()).map(|at| if has(at) { 'x' } else { '-' }).collect();
    [marks(&|at| rows[at].has_clip), marks(&|at| rows[at].has_pictures)]
}

fn limits(max_age_s: Option<u64>, max_bytes: Option<u64>) -> EvidenceLimits {
    EvidenceLimits { max_age: max_age_s.map(Duration::from_secs), max_bytes, ..EvidenceLimits::default() }
}

pub(crate) fn age_takes_what_nobody_confirmed(store: &Store) {
    let violations = filled(store, limits(Some(1_000), None), 9);
    // Nothing was recorded of the yard, and no footage is kept here of what was analysed from files.
    let yard = violation(store, &store.run(RunKind::Live, "yard"), 20, 21);
    let archived = violation(store, &store.run(RunKind::Archive, "gate"), 22, 23);
    note(store);
    store.clock.set(at(1_034).wall);
    let hold = store.wait(store.index.put_hold(&store.viewer, &new_hold("gate", 25, 26))).unwrap();
    assert_eq!(expire(store), EvidenceExpiry::default(), "all that is old enough is held");
    store.wait(store.index.lift_hold(&store.viewer, hold.id, "王", "结案")).unwrap();
    store.wait(store.index.put_hold(&store.viewer, &new_hold("gate", 10, 16))).unwrap();

    let files_before = evidence_files(store).len();
    let expiry = expire(store);
    // The first one is held: it opened at 20 s, and its clip begins at 15 s. The fifth ended at 34 s: not before.
    assert_eq!((expiry.clips, expiry.pictures, expiry.failed), (2, 2, 0), "{expiry:?}");
    assert_eq!(left(store, &violations), ["x-x-xxxxx", "x-x-xxxxx"].map(String::from));
    assert_eq!(evidence_files(store).len(), files_before - 6);
    assert_eq!(left(store, &[yard, archived]), ["--", "xx"].map(String::from));
    let gone = detail(store, violations[1].id);
    let expired = Some(Expired { at: at(1_034).wall, by: ExpiredBy::Age });
    assert_eq!((gone.pictures_expired, gone.evidence.len()), (expired, 0));
    let clip = gone.clip.unwrap();
    assert_eq!((clip.state, clip.expired, clip.from), (ClipState::Expired, expired, Some(at(16).wall)));
    for kind in EvidenceKind::ALL {
        assert_eq!(store.wait(store.index.evidence_file(&store.viewer, gone.row.id, kind)).unwrap(), None);
    }
    assert_eq!(store.search(&ViolationQuery::default()).len(), 11, "every violation is still found");
    check_is_clean(store);
    store.clock.set(at(100_000).wall);
    expire(store);
    assert_eq!(left(store, &violations), ["x-x--x--x", "x-x--x--x"].map(String::from));
    assert_eq!(expire(store), EvidenceExpiry::default(), "once");
    check_is_clean(store);
}

pub(crate) fn size_takes_clips_first(store: &Store) {
    let violations = filled(store, limits(None, None), 9);
    let bytes = |store: &Store| store.wait(store.index.storage(&store.viewer)).unwrap().evidence.bytes;
    let all = bytes(store);
    let size_of = |kind, at: usize| {
        let file = store.wait(store.index.evidence_file(&store.viewer, violations[at].id, kind)).unwrap();
        file.unwrap().size_bytes
    };
    let files: u64 = (0..9).flat_map(|at| EvidenceKind::ALL.map(|kind| size_of(kind, at))).sum();
    assert_eq!(all, files, "clips that were cut count");
    let (clip, picture) = (size_of(EvidenceKind::Clip, 1), size_of(EvidenceKind::Snapshot, 1));
    // How much is too much, and what is left.
    for (over, clips, pictures, is_short) in [
        (0, "xxxxxxxxx", "xxxxxxxxx", false),
        (1, "x-xxxxxxx", "xxxxxxxxx", false),
        (clip + 1, "x-xx-xxxx", "xxxxxxxxx", false),
        (3 * clip + 1, "--xx-xx-x", "xxxxxxxxx", false),
        (6 * clip + 2 * picture, "--x--x--x", "x-xxxxxxx", false),
        (all, "--x--x--x", "--x--x--x", true),
    ] {
        let store = store.another();
        let violations = filled(&store, limits(None, Some(all - over)), 9);
        let expiry = expire(&store);
        assert_eq!(left(&store, &violations), [clips, pictures].map(String::from), "{over} over");
        assert_eq!((expiry.bytes, expiry.is_short), (all - bytes(&store), is_short), "{over} over");
        assert!(is_short || bytes(&store) <= all - over);
        check_is_clean(&store);
    }
}

pub(crate) fn a_kill_at_any_step_leaves_nothing_over(store: &Store) {
    for steps in 0.. {
        let store = store.another();
        let violations = filled(&store, limits(Some(1_000), None), 3);
        store.clock.set(at(10_000).wall);
        let is_done =
            store.kill_after(steps, async |index| drop(index.run_evidence_retention().await.unwrap()));
        check_is_clean(&store);
        // What the rows call kept is there.
        for violation in &violations {
            for file in detail(&store, violation.id).evidence {
                let id = violation.id;
                let kept = store.wait(store.index.evidence_file(&store.viewer, id, file.kind)).unwrap();
                assert!(kept.unwrap().local().unwrap().exists(), "{steps}");
            }
        }
        expire(&store);
        assert_eq!(left(&store, &violations), ["--x"; 2].map(String::from), "{steps}");
        assert_eq!(evidence_files(&store).len(), 3, "{steps}");
        check_is_clean(&store);
        if is_done {
            assert!(steps > 10, "{steps}");
            return;
        }
    }
}

pub(crate) fn what_cannot_be_deleted_stops_nothing(store: &Store) {
    let violations = filled(store, limits(Some(1_000), None), 9);
    store.clock.set(at(10_000).wall);
    let file = store.wait(store.index.evidence_file(&store.viewer, violations[0].id, EvidenceKind::Snapshot));
    let path = file.unwrap().unwrap().local().unwrap().to_owned();
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir_all(path.join("in the way")).unwrap();
    let expiry = expire(store);
    assert_eq!((expiry.clips, expiry.pictures, expiry.failed), (6, 6, 1));
    assert!(expiry.problem.unwrap().contains("snapshot.jpg"));
    assert_eq!(evidence_files(store).len(), 9, "everything else is gone");
    std::fs::remove_dir_all(&path).unwrap();
    assert_eq!(expire(store), EvidenceExpiry::default());
    check_is_clean(store);
}

pub(crate) fn the_forecast_counts_evidence(store: &Store) {
    filled(store, EvidenceLimits::default(), 9);
    let day = 24 * 3_600;
    let storage = |store: &Store| store.wait(store.index.storage(&store.viewer)).unwrap();
    store.clock.set(at(day / 2).wall);
    let half = storage(store);
    assert_eq!(half.evidence.bytes_a_day, 2 * half.evidence.bytes, "half a day of watching");
    assert_eq!((half.bytes_a_day, half.recorded_bytes), (0, 0));
    let full = half.days_until_full.unwrap();
    let expected = (half.free_bytes - half.min_free_bytes) as f64 / half.evidence.bytes_a_day as f64;
    assert!((full / expected - 1.0).abs() < 0.01, "{full} {expected}");

    // Of clips in the recording counts what will be cut.
    let start = at(day / 2).wall;
    (0..10).for_each(|number| drop(record(store, start.plus(Duration::from_secs(number * 10)), 10)));
    let run = store.run(RunKind::Live, "gate");
    let short = violation(store, &run, day / 2 + 20, day / 2 + 60);
    store.clock.set(at(day / 2 + 200).wall);
    assert_eq!(note(store).recorded, 1);
    let whole = detail(store, short.id).clip.unwrap().digest.unwrap().size_bytes;
    let pictures: u64 =
        detail(store, short.id).evidence.iter().map(|file| file.size_bytes).sum::<u64>() - whole;
    let grown = |store: &Store| {
        let (now, half_day) = (storage(store).evidence.bytes_a_day, day / 2 + 200);
        (now * half_day / day) as i64 - half.evidence.bytes.cast_signed()
    };
    // 20 s of 50 s.
    assert!(
        (grown(store) - (pictures + whole * 20 / 50).cast_signed()).abs() <= 2,
        "{} {whole}",
        grown(store)
    );
    store.judge(short.id, Verdict::Confirmed);
    assert!((grown(store) - (pictures + whole).cast_signed()).abs() <= 2, "{} {whole}", grown(store));
}
