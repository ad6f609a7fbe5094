//! Clips whose recording goes: cut before, by policy, and whole again after a kill at any step.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{RecordingState, Run, RunKind, Verdict, Violation, WallTime};
use anjian_indexer::{
    CameraLimits, CheckFinding, ClipState, EvidenceKind, EvidenceLimits, ExpiredBy, Expiry, GapCause,
    Retention,
};

use crate::clips::{clip, note, played, stored, violation};
use crate::fixture::{Store, at, evidence_files};
use crate::holds::new_hold;
use crate::media::{files, folder, record, set_up};
use crate::recordings::tell;

/// Everything that is recorded is too old.
fn passing(evidence: EvidenceLimits) -> Retention {
    let every_camera = CameraLimits { max_age: Some(Duration::from_secs(1)), max_bytes: None };
    Retention { every_camera, evidence, ..Retention::default() }
}

/// Segments of ten seconds of `gate`, from the start on.
fn filmed(store: &Store, evidence: EvidenceLimits, segments: u64) -> Run {
    set_up(store, passing(evidence), 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    (0..segments).for_each(|number| drop(record(store, at(number * 10).wall, 10)));
    run
}

fn retain(store: &Store) -> Expiry {
    store.wait(store.index.run_retention()).unwrap()
}

pub(crate) fn check_is_clean(store: &Store) {
    let report = store.wait(store.index.check(&mut |_| {})).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}

fn shown(store: &Store, violation: &Violation) -> (ClipState, Option<WallTime>, Option<WallTime>) {
    let clip = clip(store, violation);
    (clip.state, clip.from, clip.to)
}

/// Where the clip of a violation is written.
fn clip_path(store: &Store, violation: &Violation) -> PathBuf {
    let beside =
        store.wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Snapshot)).unwrap();
    beside.unwrap().local().unwrap().with_file_name("clip.mp4")
}

pub(crate) fn clips_are_cut_before_their_recording_goes(store: &Store) {
    let run = filmed(store, EvidenceLimits::default(), 20);
    let violation = violation(store, &run, 55, 60);
    store.clock.set(at(300).wall);
    // 50 s to 110 s may be in the clip.
    assert_eq!((retain(store).segments, files(store).len()), (14, 6), "its range is not known yet");
    assert_eq!(note(store).recorded, 1);
    let noted = played(store, &violation).unwrap();
    let expiry = retain(store);
    assert_eq!((expiry.segments, expiry.clips, expiry.problem), (6, 1, None));
    assert_eq!(files(store), [] as [&str; 0]);
    assert_eq!(shown(store, &violation), (ClipState::Cut, Some(at(50).wall), Some(at(65).wall)));
    let file = stored(store, &violation).unwrap();
    let local = file.local().unwrap().to_owned();
    assert_eq!((file.size_bytes, file.sha256), (noted.size_bytes, noted.sha256), "the bytes that were noted");
    assert_eq!(std::fs::metadata(local).unwrap().len(), noted.size_bytes);
    check_is_clean(store);
    let recordings = store.index.recordings(&store.viewer, &run.camera, at(0).wall, at(200).wall);
    let gaps = store.wait(recordings).unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].cause), (1, GapCause::Expired));
    let again = retain(store);
    assert_eq!((again.segments, again.clips), (0, 0), "once");
}

pub(crate) fn a_kill_at_any_step_loses_no_clip(store: &Store) {
    let mut was_cut = [false; 2];
    for steps in 0.. {
        let store = store.another();
        let run = filmed(&store, EvidenceLimits::default(), 3);
        let violation = violation(&store, &run, 12, 20);
        store.clock.set(at(300).wall);
        assert_eq!(note(&store).recorded, 1);
        let noted = played(&store, &violation).unwrap();
        let is_done = store.kill_after(steps, async |index| drop(index.run_retention().await.unwrap()));

        let state = clip(&store, &violation).state;
        was_cut[usize::from(state == ClipState::Cut)] = true;
        match state {
            ClipState::Recorded => assert_eq!(played(&store, &violation).as_ref(), Some(&noted), "{steps}"),
            ClipState::Cut => assert_eq!(stored(&store, &violation).unwrap().sha256, noted.sha256, "{steps}"),
            state => panic!("{state:?} after {steps} steps"),
        }
        store.wait(store.index.recover_recordings()).unwrap();
        check_is_clean(&store);
        retain(&store);
        assert_eq!(files(&store), [] as [&str; 0]);
        assert_eq!(stored(&store, &violation).unwrap().sha256, noted.sha256, "{steps}");
        check_is_clean(&store);
        assert_eq!(evidence_files(&store).len(), 3);
        if is_done {
            assert!(steps > 10 && was_cut == [true; 2], "{steps} {was_cut:?}");
            return;
        }
    }
}

pub(crate) fn what_a_kill_left_of_a_clip_is_replaced(store: &Store) {
    let run = filmed(store, EvidenceLimits::default(), 6);
    let [kept, lost] = [violation(store, &run, 20, 30), violation(store, &run, 25, 30)];
    // What kills leave: one after the file, one while it was written.
    for left in [clip_path(store, &kept), clip_path(store, &kept).with_extension("mp4.partial")] {
        std::fs::write(left, "an earlier process").unwrap();
    }
    check_is_clean(store);
    store.clock.set(at(100).wall);
    assert_eq!(note(store).recorded, 2);
    check_is_clean(store);
    assert_eq!(retain(store).clips, 2);
    check_is_clean(store);
    assert_eq!(store.wait(store.index.check(&mut |_| {})).unwrap().files, 6);
    // A clip that is cut is cut for good.
    std::fs::write(clip_path(store, &lost).with_extension("mp4.partial"), "somebody else").unwrap();
    assert_eq!(store.wait(store.index.check(&mut |_| {})).unwrap().findings.len(), 1);
}

pub(crate) fn policy_cuts_short_what_nobody_confirmed(store: &Store) {
    let limits = EvidenceLimits { max_age: Some(Duration::from_secs(400)), ..EvidenceLimits::default() };
    let run = filmed(store, limits, 30);
    let old = violation(store, &run, 20, 60);
    let [none, dismissed, confirmed] = [0, 1, 2].map(|at| violation(store, &run, 110 + at, 160));
    let [held, old_confirmed] = [violation(store, &run, 210, 260), violation(store, &run, 21, 60)];
    store.judge(dismissed.id, Verdict::Dismissed);
    store.judge(confirmed.id, Verdict::Confirmed);
    store.judge(old_confirmed.id, Verdict::Confirmed);
    store.clock.set(at(500).wall);
    assert_eq!(note(store).recorded, 6);
    // The segment with its end stays, those before it go.
    store.wait(store.index.put_hold(&store.viewer, &new_hold("gate", 262, 264))).unwrap();
    let expiry = retain(store);
    assert_eq!((expiry.segments, expiry.clips), (29, 5), "{expiry:?}");
    let cut = |from, to| (ClipState::Cut, Some(at(from).wall), Some(at(to).wall));
    assert_eq!(shown(store, &none), cut(105, 125));
    assert_eq!(shown(store, &dismissed), cut(106, 126));
    assert_eq!(shown(store, &confirmed), cut(107, 165));
    assert_eq!(shown(store, &old_confirmed), cut(16, 65));
    assert_eq!(shown(store, &held), cut(205, 265));
    let expired = clip(store, &old);
    assert_eq!((expired.state, expired.digest), (ClipState::Expired, None));
    let expired = expired.expired.unwrap();
    assert_eq!((expired.at, expired.by), (at(500).wall, ExpiredBy::Age));
    check_is_clean(store);
}

pub(crate) fn without_a_short_clip_none_is_cut(store: &Store) {
    let run = filmed(store, EvidenceLimits { short_clip: Duration::ZERO, ..EvidenceLimits::default() }, 8);
    let (none, going_on) = (violation(store, &run, 12, 40), store.recorded(&run, 16));
    std::fs::write(clip_path(store, &none), "of a killed process").unwrap();
    store.clock.set(at(300).wall);
    assert_eq!(note(store).recorded, 2);
    let at_end = |violation: &Violation| shown(store, violation).2.unwrap();
    assert_eq!((at_end(&none), at_end(&going_on)), (at(45).wall, at(71).wall));
    assert_eq!(retain(store).clips, 1, "only what goes on is cut");
    let gone = clip(store, &none);
    assert_eq!((gone.state, gone.expired.unwrap().by), (ClipState::Expired, ExpiredBy::Recording));
    assert_eq!((played(store, &none), stored(store, &none)), (None, None));
    assert!(!clip_path(store, &none).exists(), "what was begun of it goes too");
    check_is_clean(store);
}

pub(crate) fn a_segment_stays_while_its_clip_cannot_be_cut(store: &Store) {
    let run = filmed(store, EvidenceLimits::default(), 20);
    let stuck = violation(store, &run, 32, 35);
    let other = violation(store, &run, 102, 105);
    store.clock.set(at(300).wall);
    assert_eq!(note(store).recorded, 2);
    // Whatever is written there fails as on a full disk.
    let full = clip_path(store, &stuck).with_extension("mp4.partial");
    symlink("/dev/full", &full).unwrap();
    let expiry = retain(store);
    let problem = expiry.problem.unwrap();
    assert!(problem.contains(&stuck.id.to_string()) && problem.contains("clip.mp4"), "{problem}");
    // Its own two segments stay, and the other clip has to wait for room as well.
    assert_eq!((expiry.segments, expiry.clips, expiry.clips_failed), (16, 0, 1));
    assert_eq!(files(store).len(), 4);
    for violation in [&stuck, &other] {
        assert!(played(store, violation).is_some());
    }
    let _ = std::fs::remove_file(full);
    let expiry = retain(store);
    assert_eq!((expiry.segments, expiry.clips, expiry.clips_failed, expiry.problem), (4, 2, 0, None));
    assert!(stored(store, &stuck).is_some() && stored(store, &other).is_some());
    check_is_clean(store);
}

pub(crate) fn a_clip_whose_recording_is_gone_is_found_and_noted_again(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    let segments: Vec<_> = (0..4).map(|number| record(store, at(number * 10).wall, 10)).collect();
    let violation = violation(store, &run, 12, 30);
    store.clock.set(at(100).wall);
    assert_eq!(note(store).recorded, 1);
    let whole = played(store, &violation).unwrap();
    let path = folder(store).join(&segments[2].path);
    let bytes = std::fs::read(&path).unwrap();

    let mut changed = bytes.clone();
    // The last picture of the segment's first half.
    let place = bytes.windows(4).rposition(|nal| nal == [0x65, 0x88, 0x80, 3]).unwrap();
    changed[place + 1] ^= 1;
    std::fs::write(&path, changed).unwrap();
    let found = store.wait(store.index.check_and_repair(&mut |_| {})).unwrap().findings;
    assert!(found.contains(&CheckFinding::ClipChanged { violation: violation.id }), "{found:?}");

    std::fs::remove_file(&path).unwrap();
    let found = store.wait(store.index.check(&mut |_| {})).unwrap().findings;
    let is_missing = |finding: &CheckFinding| matches!(finding, CheckFinding::ClipMissing { violation: of, .. } if *of == violation.id);
    assert!(found.iter().any(is_missing), "{found:?}");
    let repaired = store.wait(store.index.check_and_repair(&mut |_| {})).unwrap();
    assert_eq!((repaired.repaired, repaired.findings.len()), (2, 0), "{:?}", repaired.findings);
    check_is_clean(store);
    assert_eq!(note(store).recorded, 1);
    assert!(played(store, &violation).unwrap().size_bytes < whole.size_bytes);
    assert!(clip(store, &violation).reason.unwrap().contains("lost"));
    check_is_clean(store);
}
