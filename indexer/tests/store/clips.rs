//! Clips of violations, in real segment files.

use std::time::Duration;

use anjian_domain::{
    CloseReason, EvidenceSink, RecordingState, Run, RunKind, Segment, SegmentSink, VideoCodec, Violation,
    WallTime,
};
use anjian_footage::{Cut, Digest, Tracks, VideoTrack};
use anjian_indexer::{ClipReport, ClipRow, ClipState, EvidenceFile, EvidenceKind, LiveKind, Retention};

use crate::fixture::{Store, at, closed};
use crate::media::{SECOND_NS, begin, folder, push, record, record_as, set_up, tracks, write};
use crate::recordings::tell;

pub(crate) fn note(store: &Store) -> ClipReport {
    store.wait(store.index.note_due_clips()).unwrap()
}

pub(crate) fn clip(store: &Store, violation: &Violation) -> ClipRow {
    store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap().clip.unwrap()
}

fn shown(store: &Store, violation: &Violation) -> (Option<WallTime>, Option<WallTime>) {
    let clip = clip(store, violation);
    assert_eq!(clip.state, ClipState::Recorded, "{:?}", clip.reason);
    (clip.from, clip.to)
}

/// Size and digest of what the recording gives of the clip, which are those that were noted.
pub(crate) fn played(store: &Store, violation: &Violation) -> Option<Digest> {
    let clip = store.wait(store.index.recorded_clip(&store.viewer, violation.id)).unwrap()?;
    let shelf = store.wait(async { store.index.shelf() });
    let cut = Cut::plan(shelf, &clip.segments, clip.from, clip.to).unwrap();
    let digest = cut.digest().unwrap();
    let noted = Digest { size_bytes: clip.digest.size_bytes, sha256: clip.digest.sha256 };
    assert_eq!((digest.clone(), cut.len()), (noted, digest.size_bytes));
    Some(digest)
}

/// The clip's own file.
pub(crate) fn stored(store: &Store, violation: &Violation) -> Option<EvidenceFile> {
    store.wait(store.index.evidence_file(&store.viewer, violation.id, EvidenceKind::Clip)).unwrap()
}

/// A live violation from `opened` to `ended`, told when it happened.
pub(crate) fn violation(store: &Store, run: &Run, opened: u64, ended: u64) -> Violation {
    let violation = store.recorded(run, opened);
    store.sink.close_violation(&closed(&violation, ended, CloseReason::Ended), &[]).unwrap();
    violation
}

pub(crate) fn clips_can_be_had_when_the_recording_reaches_past_them(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    let archived = store.recorded(&store.run(RunKind::Archive, "gate"), 12);
    tell(store, 0, RecordingState::Recording, None);
    record(store, at(0).wall, 10);
    store.clock.set(at(20).wall);
    let violation = store.recorded(&run, 12);
    assert_eq!(note(store), ClipReport { waiting: 1, ..ClipReport::default() }, "it is going on");
    store.sink.close_violation(&closed(&violation, 18, CloseReason::Ended), &[]).unwrap();
    assert_eq!(clip(store, &violation).state, ClipState::Due);
    store.clock.set(at(22).wall);
    assert_eq!(note(store).waiting, 1, "five seconds after its end have not passed");
    record(store, at(10).wall, 10);
    store.clock.set(at(24).wall);
    assert_eq!(note(store).waiting, 1, "the recording ends at 20 s");

    record(store, at(20).wall, 10);
    store.clock.set(at(31).wall);
    let mut updates = store.listen();
    assert_eq!(note(store), ClipReport { recorded: 1, ..ClipReport::default() });
    assert_eq!(shown(store, &violation), (Some(at(7).wall), Some(at(23).wall)));
    assert_eq!(clip(store, &violation).reason, None);
    let told = updates.next().unwrap().kind;
    assert!(matches!(told, LiveKind::Violation(row) if row.id == violation.id && row.has_clip));
    let digest = played(store, &violation).expect("it lies in the recording");
    let detail = store.wait(store.index.violation(&store.viewer, violation.id)).unwrap().unwrap();
    let row = detail.evidence.iter().find(|row| row.kind == EvidenceKind::Clip).unwrap();
    assert_eq!((row.size_bytes, &row.sha256), (digest.size_bytes, &digest.sha256));
    assert_eq!(stored(store, &violation), None, "it takes no room of its own");
    let report = store.wait(store.index.check(&mut |_| {})).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.files, report.clips), (4, 1));
    assert_eq!(note(store), ClipReport::default(), "once");
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
    assert_eq!(note(store), ClipReport { recorded: 3, ..ClipReport::default() });
    assert_eq!(shown(store, &early), (Some(at(100).wall), Some(at(109).wall)), "from where recording begins");
    assert!(clip(store, &early).reason.unwrap().contains("unrecorded"));
    assert_eq!(shown(store, &over_gap), (Some(at(123).wall), Some(at(157).wall)));
    let reason = clip(store, &over_gap).reason.unwrap();
    assert!(reason.contains("00:02:10Z to 2026-03-01T00:02:30Z (waiting)"), "{reason}");
    assert_eq!(shown(store, &long), (Some(at(155).wall), Some(at(215).wall)), "a minute at most");
}

pub(crate) fn what_was_not_recorded_is_remembered(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 10);
    let violation = violation(store, &run, 30, 40);
    // A recorder may begin late; after that nothing will come.
    for (now, expected) in [(54, 1), (55, 0)] {
        store.clock.set(at(now).wall);
        assert_eq!(note(store).waiting, expected, "{now}");
    }
    let clip = clip(store, &violation);
    assert_eq!((clip.state, clip.from, clip.to), (ClipState::None, Some(at(25).wall), Some(at(45).wall)));
    assert!(clip.reason.unwrap().contains("not recorded"));
    record(store, at(60).wall, 60);
    assert_eq!(note(store), ClipReport::default(), "it is not tried again");
    assert_eq!((played(store, &violation), stored(store, &violation)), (None, None));
}

pub(crate) fn the_open_file_is_cut_too(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    tell(store, 0, RecordingState::Recording, None);
    begin(store, at(0).wall, 30);
    let inside = violation(store, &run, 10, 20);
    let beyond = violation(store, &run, 20, 26);
    store.clock.set(at(35).wall);
    assert_eq!(note(store), ClipReport { recorded: 1, waiting: 1, ..ClipReport::default() });
    assert_eq!(shown(store, &inside), (Some(at(5).wall), Some(at(25).wall)));
    // Nobody ever finishes the file: after a while there is no point in waiting.
    store.clock.set(at(700).wall);
    assert_eq!(note(store).recorded, 1);
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
    assert_eq!(note(store), ClipReport { recorded: 2, ..ClipReport::default() });
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
    assert_eq!(note(store), ClipReport { unrecorded: 1, ..ClipReport::default() });
    let clip = clip(store, &violation);
    assert!(clip.reason.unwrap().contains(&segment.path), "the file is named");
    assert_eq!(note(store), ClipReport::default());
}

pub(crate) fn the_digest_holds_while_the_file_grows(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 10);
    let mut writer = write(store, at(10).wall, 30);
    store.sink.begin_segment(&Segment { duration: Duration::ZERO, ..writer.segment().clone() }).unwrap();
    let violation = violation(store, &run, 12, 30);
    store.clock.set(at(41).wall);
    assert_eq!(note(store).recorded, 1);
    let noted = played(store, &violation);
    push(&mut writer, 30, 20);
    let segment = writer.finish(Some(50 * SECOND_NS.cast_signed())).unwrap();
    store.sink.end_segment(&segment).unwrap();
    assert_eq!(played(store, &violation), noted, "the same bytes");
    record(store, at(60).wall, 10);
    assert_eq!(played(store, &violation), noted);
}
