//! Clips of violations, cut out of real segment files.

use std::time::Duration;

use anjian_domain::{
    CloseReason, EvidenceSink, RecordingState, Run, RunKind, SegmentSink, VideoCodec, Violation, WallTime,
};
use anjian_footage::{Tracks, VideoTrack};
use anjian_indexer::{
    CameraLimits, ClipReport, ClipRow, ClipState, EvidenceKind, GapCause, LiveKind, Retention,
};

use crate::fixture::{Store, at, closed};
use crate::media::{begin, files, folder, record, record_as, set_up, tracks};
use crate::recordings::tell;

fn cut(store: &Store) -> ClipReport {
    store.wait(store.index.cut_due_clips()).unwrap()
}

fn clip(store: &Store, violation: &Violation) -> ClipRow {
    store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap().clip.unwrap()
}

fn shown(store: &Store, violation: &Violation) -> (Option<WallTime>, Option<WallTime>) {
    let clip = clip(store, violation);
    assert_eq!(clip.state, ClipState::Cut, "{:?}", clip.reason);
    (clip.from, clip.to)
}

/// A live violation from `opened` to `ended`, told when it happened.
fn violation(store: &Store, run: &Run, opened: u64, ended: u64) -> Violation {
    let violation = store.recorded(run, opened);
    store.sink.close_violation(&closed(&violation, ended, CloseReason::Ended), &[]).unwrap();
    violation
}

pub(crate) fn clips_are_cut_when_the_recording_reaches_past_them(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    let archived = store.recorded(&store.run(RunKind::Archive, "gate"), 12);
    tell(store, 0, RecordingState::Recording, None);
    record(store, at(0).wall, 10);
    store.clock.set(at(20).wall);
    let violation = store.recorded(&run, 12);
    assert_eq!(cut(store), ClipReport { waiting: 1, ..ClipReport::default() }, "it is going on");
    store.sink.close_violation(&closed(&violation, 18, CloseReason::Ended), &[]).unwrap();
    assert_eq!(clip(store, &violation).state, ClipState::Due);
    store.clock.set(at(22).wall);
    assert_eq!(cut(store).waiting, 1, "five seconds after its end have not passed");
    record(store, at(10).wall, 10);
    store.clock.set(at(24).wall);
    assert_eq!(cut(store).waiting, 1, "the recording ends at 20 s");

    record(store, at(20).wall, 10);
    store.clock.set(at(31).wall);
    let mut updates = store.listen();
    assert_eq!(cut(store), ClipReport { cut: 1, ..ClipReport::default() });
    assert_eq!(shown(store, &violation), (Some(at(7).wall), Some(at(23).wall)));
    assert_eq!(clip(store, &violation).reason, None);
    let told = updates.next().unwrap().kind;
    assert!(matches!(told, LiveKind::Violation(row) if row.id == violation.id && row.has_clip));
    let file = store
        .wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Clip))
        .unwrap()
        .unwrap();
    assert_eq!(std::fs::metadata(&file.path).unwrap().len(), file.size_bytes);
    assert!(file.path.ends_with("clip.mp4"));
    assert!(store.wait(store.index.check(&mut |_| {})).unwrap().is_clean());
    assert_eq!(cut(store), ClipReport::default(), "once");
    let archived = store.wait(store.index.violation(&store.viewer, archived.id)).unwrap().unwrap();
    assert_eq!(archived.clip, None);
}

pub(crate) fn clips_show_what_there_is(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 100, RecordingState::Recording, None);
    record(store, at(100).wall, 30);
    tell(store, 130, RecordingState::Waiting, Some("no data"));
    tell(store, 150, RecordingState::Recording, None);
    record(store, at(150).wall, 100);
    let early = violation(store, &run, 102, 104);
    let over_gap = violation(store, &run, 128, 152);
    let long = violation(store, &run, 160, 240);
    store.clock.set(at(300).wall);
    assert_eq!(cut(store), ClipReport { cut: 3, ..ClipReport::default() });
    assert_eq!(shown(store, &early), (Some(at(100).wall), Some(at(109).wall)), "from where recording begins");
    assert!(clip(store, &early).reason.unwrap().contains("unrecorded"));
    assert_eq!(shown(store, &over_gap), (Some(at(123).wall), Some(at(157).wall)));
    let reason = clip(store, &over_gap).reason.unwrap();
    assert!(reason.contains("00:02:10Z to 2026-03-01T00:02:30Z (waiting)"), "{reason}");
    assert_eq!(shown(store, &long), (Some(at(155).wall), Some(at(215).wall)), "a minute at most");
}

pub(crate) fn a_kill_between_file_and_row_is_mended(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 60);
    let violation = violation(store, &run, 20, 30);
    let beside = store
        .wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Snapshot))
        .unwrap()
        .unwrap()
        .path;
    // What two kills leave: one after the file, one while it was written.
    for left in ["clip.mp4", "clip.mp4.partial"] {
        std::fs::write(beside.with_file_name(left), "an earlier process").unwrap();
    }
    store.clock.set(at(100).wall);
    assert_eq!(cut(store).cut, 1);
    assert_eq!(shown(store, &violation), (Some(at(15).wall), Some(at(35).wall)));
    let report = store.wait(store.index.check(&mut |_| {})).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(report.files, 3);
}

pub(crate) fn what_was_not_recorded_is_remembered(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 10);
    let violation = violation(store, &run, 30, 40);
    // A recorder may begin late; after that nothing will come.
    for (now, expected) in [(54, 1), (55, 0)] {
        store.clock.set(at(now).wall);
        assert_eq!(cut(store).waiting, expected, "{now}");
    }
    let clip = clip(store, &violation);
    assert_eq!((clip.state, clip.from, clip.to), (ClipState::None, Some(at(25).wall), Some(at(45).wall)));
    assert!(clip.reason.unwrap().contains("not recorded"));
    record(store, at(60).wall, 60);
    assert_eq!(cut(store), ClipReport::default(), "it is not tried again");
    assert_eq!(
        store.wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Clip)).unwrap(),
        None
    );
}

pub(crate) fn the_open_file_is_cut_too(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    begin(store, at(0).wall, 30);
    let inside = violation(store, &run, 10, 20);
    let beyond = violation(store, &run, 20, 26);
    store.clock.set(at(35).wall);
    assert_eq!(cut(store), ClipReport { cut: 1, waiting: 1, ..ClipReport::default() });
    assert_eq!(shown(store, &inside), (Some(at(5).wall), Some(at(25).wall)));
    // Nobody ever finishes the file: after a while there is no point in waiting.
    store.clock.set(at(700).wall);
    assert_eq!(cut(store).cut, 1);
    assert_eq!(clip(store, &beyond).from, Some(at(15).wall));
}

pub(crate) fn a_change_of_codec_keeps_the_side_of_the_opening(store: &Store) {
    let mut hvcc = vec![0; 23];
    hvcc[0] = 1;
    let video = VideoTrack { codec: VideoCodec::H265, configuration: hvcc, ..tracks().video };
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 30);
    record_as(store, at(30).wall, 30, Tracks { video, audio: None });
    let before = violation(store, &run, 28, 40);
    let after = violation(store, &run, 31, 40);
    store.clock.set(at(100).wall);
    assert_eq!(cut(store), ClipReport { cut: 2, ..ClipReport::default() });
    assert_eq!(shown(store, &before), (Some(at(23).wall), Some(at(30).wall)));
    assert_eq!(shown(store, &after), (Some(at(30).wall), Some(at(45).wall)));
}

pub(crate) fn what_cannot_be_cut_is_remembered(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    let segment = record(store, at(0).wall, 60);
    let violation = violation(store, &run, 20, 30);
    std::fs::write(folder(store).join(&segment.path), "no segment at all").unwrap();
    store.clock.set(at(100).wall);
    assert_eq!(cut(store), ClipReport { unrecorded: 1, ..ClipReport::default() });
    let clip = clip(store, &violation);
    assert!(clip.reason.unwrap().contains(&segment.path), "the file is named");
    assert_eq!(cut(store), ClipReport::default());
}

pub(crate) fn segments_wait_for_the_clip(store: &Store) {
    let limits = CameraLimits { max_age: Some(Duration::from_secs(1)), max_bytes: None };
    set_up(store, Retention { every_camera: limits, ..Retention::default() }, 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    (0..20).for_each(|n| drop(record(store, at(n * 10).wall, 10)));
    let violation = violation(store, &run, 55, 60);
    store.clock.set(at(300).wall);
    let expired = store.wait(store.index.run_retention()).unwrap();
    // 50 s to 110 s may be in the clip.
    assert_eq!((expired.segments, files(store).len()), (14, 6));
    assert_eq!(cut(store).cut, 1);
    assert_eq!(shown(store, &violation), (Some(at(50).wall), Some(at(65).wall)));
    assert_eq!(store.wait(store.index.run_retention()).unwrap().segments, 6);
    assert_eq!(files(store), [] as [&str; 0]);
    let file = store
        .wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Clip))
        .unwrap()
        .unwrap();
    assert!(file.path.exists(), "evidence stays when its recording expires");
    let gaps = store
        .wait(store.index.recordings(&store.viewer, &run.camera, at(0).wall, at(200).wall))
        .unwrap()
        .gaps;
    assert_eq!((gaps.len(), gaps[0].cause), (1, GapCause::Expired));
    assert_eq!(store.sink.recorded_until(&run.camera).unwrap(), None);
}
