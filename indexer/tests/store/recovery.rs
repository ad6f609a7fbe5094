//! Recordings after a kill, damaged recordings, and an index made again from media files.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use anjian_domain::{RecordingState, Segment, SegmentSink, Viewer, WallTime};
use anjian_indexer::{CheckFinding, CheckReport, GapCause, Index, IndexError, Recovery, Retention};

use crate::fixture::{Store, at};
use crate::media::{begin, files, folder, record, set_up, write};
use crate::recordings::{gate, recorded_until, tell};

fn segments(store: &Store) -> Vec<Segment> {
    store.wait(store.index.segments(&store.viewer, &gate(), at(0).wall, at(86_400).wall)).unwrap()
}

fn check(store: &Store) -> CheckReport {
    store.wait(store.index.check(&mut |_| {})).unwrap()
}

fn check_and_repair(store: &Store) -> CheckReport {
    store.wait(store.index.check_and_repair(&mut |_| {})).unwrap()
}

/// What a kill in the middle of a write leaves at the end of a file.
fn tear(store: &Store, path: &str) {
    let mut file = OpenOptions::new().append(true).open(folder(store).join(path)).unwrap();
    file.write_all(&[0, 0, 1, 0, b'm', b'o', b'o', b'f', 0, 0, 0, 16, b'm']).unwrap();
}

pub(crate) fn killed_recordings_are_mended(store: &Store) {
    set_up(store, Retention::default(), 0);
    tell(store, 0, RecordingState::Recording, None);
    let whole = record(store, at(0).wall, 10);
    let open = begin(store, at(10).wall, 5);
    tear(store, &open.path);
    // Killed between file and row, and before anything was in the file.
    let unknown = write(store, at(20).wall, 3);
    let unknown_path = unknown.segment().path.clone();
    drop(unknown);
    let empty = Segment::path_of(&gate(), at(30).wall);
    std::fs::write(folder(store).join(&empty), "").unwrap();
    // A row whose file never came to be safe.
    store.clock.set(at(100).wall);
    let findings = check(store).findings;
    let is_open = |finding: &CheckFinding| matches!(finding, CheckFinding::SegmentUnfinished { path } if path.ends_with(&open.path));
    assert_eq!((findings.len(), findings.iter().filter(|f| is_open(f)).count()), (3, 1), "{findings:#?}");

    let recovered = store.wait(store.index.recover_recordings()).unwrap();
    assert_eq!(recovered, Recovery { repaired: 1, adopted: 1, dropped: 1, ..Recovery::default() });
    assert_eq!(files(store), [whole.path.clone(), open.path.clone(), unknown_path.clone()]);
    let found = segments(store);
    assert_eq!(found[0], whole);
    assert_eq!((&found[1].path, found[1].duration), (&open.path, Duration::from_secs(5)));
    assert_eq!((&found[2].path, found[2].duration), (&unknown_path, Duration::from_secs(3)));
    assert!(check(store).is_clean(), "{:#?}", check(store).findings);
    assert_eq!(store.wait(store.index.recover_recordings()).unwrap(), Recovery::default());

    tell(store, 90, RecordingState::Recording, None);
    let gaps =
        store.wait(store.index.recordings(&store.viewer, &gate(), at(0).wall, at(90).wall)).unwrap().gaps;
    let gaps: Vec<_> = gaps.iter().map(|gap| (gap.from, gap.to, gap.cause)).collect();
    let last = (at(23).wall, at(90).wall, GapCause::Interrupted);
    assert_eq!(gaps[1..], [last]);
    assert_eq!((gaps[0].0, gaps[0].1), (at(15).wall, at(20).wall));
}

pub(crate) fn rows_without_files_become_gaps(store: &Store) {
    set_up(store, Retention::default(), 0);
    tell(store, 0, RecordingState::Recording, None);
    let kept: Vec<_> = (0..5).map(|n| record(store, at(n * 10).wall, 10)).collect();
    std::fs::remove_file(folder(store).join(&kept[1].path)).unwrap();
    let mut bytes = std::fs::read(folder(store).join(&kept[2].path)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(folder(store).join(&kept[2].path), bytes).unwrap();
    tear(store, &kept[3].path);
    store.clock.set(at(86_400 * 365 * 40).wall);
    let lost = write(store, at(100).wall, 4).segment().path.clone();
    let text = folder(store).join("gate/notes.txt");
    std::fs::write(&text, "not a segment").unwrap();
    let copy = folder(store).join(Segment::path_of(&gate(), at(200).wall));
    std::fs::copy(folder(store).join(&kept[0].path), &copy).unwrap();

    let report = check(store);
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!((report.segments, report.repaired, found.len()), (5, 0, 6), "{found:#?}");
    for finding in &found {
        assert!(finding.contains("/recordings/gate/"), "{finding}");
    }
    assert_eq!(files(store).len(), 7);

    let report = check_and_repair(store);
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!((report.repaired, found.len()), (2, 4), "{found:#?}");
    for (path, why) in [
        (&kept[2].path, "changed"),
        (&kept[3].path, "bytes"),
        (&"notes.txt".into(), "no row"),
        (&kept[0].path, "copy"),
    ] {
        assert!(
            found.iter().any(|line| line.contains(path.as_str()) && line.contains(why)),
            "{why}: {found:#?}"
        );
    }
    let rows: Vec<String> = segments(store).into_iter().map(|segment| segment.path).collect();
    assert_eq!(rows, [&kept[0].path, &kept[2].path, &kept[3].path, &kept[4].path, &lost].map(Clone::clone));
    let gaps =
        store.wait(store.index.recordings(&store.viewer, &gate(), at(0).wall, at(50).wall)).unwrap().gaps;
    assert_eq!((gaps.len(), gaps[0].cause, gaps[0].from), (1, GapCause::Lost, at(10).wall));
    assert_eq!(check_and_repair(store).repaired, 0, "what is mended stays mended");
}

pub(crate) fn the_live_system_is_left_alone(store: &Store) {
    set_up(store, Retention::default(), 0);
    let live = store.beside();
    set_up(&live, Retention::default(), 0);
    store.wait(live.index.close_interrupted()).unwrap();
    let open = begin(&live, at(0).wall, 5);
    store.clock.set(at(5).wall);
    let before = std::fs::read(folder(store).join(&open.path)).unwrap();
    for report in [check(store), check_and_repair(store)] {
        assert!(report.is_clean() && report.repaired == 0, "{:#?}", report.findings);
    }
    let refused = store.wait(store.index.rebuild_segments(&mut |_| {})).unwrap_err();
    assert!(matches!(refused, IndexError::LiveElsewhere { .. }), "{refused}");
    assert_eq!(std::fs::read(folder(store).join(&open.path)).unwrap(), before);
    assert_eq!(segments(store).len(), 1);
}

pub(crate) fn the_index_is_made_again_from_media(store: &Store) {
    set_up(store, Retention::default(), 0);
    let mut kept: Vec<_> = (0..20).map(|n| record(store, at(n * 10).wall, 10)).collect();
    drop(write(store, at(300).wall, 7));
    store.clock.set(at(400).wall);
    // Another data folder: neither site nor camera are known there.
    let fresh = tempfile::tempdir().unwrap();
    let index = store.wait(Index::open(fresh.path(), store.clock.clone())).unwrap();
    std::fs::rename(folder(store), fresh.path().join("recordings")).unwrap();
    let mut steps = 0;
    let rebuilt = store.wait(index.rebuild_segments(&mut |_| steps += 1)).unwrap();
    assert_eq!((rebuilt.segments, rebuilt.empty, rebuilt.unusable.len(), steps), (21, 0, 0, 1));
    let mut found =
        store.wait(index.segments(&Viewer::local(), &gate(), at(0).wall, at(3_600).wall)).unwrap();
    let last = found.pop().unwrap();
    assert_eq!((last.start, last.duration), (at(300).wall, Duration::from_secs(7)));
    // Nobody knows at which keyframe the next file begins.
    kept.iter_mut().chain(&mut found).for_each(|segment| segment.duration = Duration::ZERO);
    assert_eq!(found, kept);
    assert!(store.wait(index.check(&mut |_| {})).unwrap().is_clean());
    let span = store.wait(index.recording_span(&Viewer::local(), &gate())).unwrap().unwrap();
    assert_eq!(span.segments, 21);
}

pub(crate) fn a_day_with_a_clock_that_went_back(store: &Store) {
    set_up(store, Retention::default(), 0);
    tell(store, 0, RecordingState::Recording, None);
    // At noon the clock is set back by 90 s: the placement goes on, and tells the difference.
    let noon = 12 * 60;
    for minute in 0..24 * 60_u64 {
        let start = at(minute * 60).wall;
        let clock = if minute < noon { start } else { start.minus(Duration::from_secs(90)) };
        store.clock.set(clock);
        let writer = write(store, start, 60);
        let offset = clock.as_micros() - start.as_micros();
        let told = Segment { clock_offset_us: offset, ..writer.segment().clone() };
        if minute.abs_diff(noon) < 5 {
            store.sink.begin_segment(&told).unwrap();
        }
        let finished = writer.finish(Some(60_000_000_000)).unwrap();
        store.sink.end_segment(&Segment { clock_offset_us: offset, ..finished }).unwrap();
        if minute == noon {
            // The clock went through these minutes before: nothing may be put there again.
            let again = Segment { start: clock, path: Segment::path_of(&gate(), clock), ..told };
            assert!(store.sink.begin_segment(&again).unwrap_err().message.contains("overlaps"));
        }
    }
    let end = at(24 * 3_600).wall;
    assert_eq!(recorded_until(store), Some(end), "ahead of the clock");
    let all = segments(store);
    assert_eq!(all.len(), 1_440);
    assert!(all.windows(2).all(|pair| pair[0].end() == pair[1].start));
    let report = store.wait(store.index.completeness(&store.viewer, &gate(), at(0).wall, end)).unwrap();
    assert_eq!((report.share, report.gaps.len(), report.segments), (1.0, 0, 1_440));
    assert!(report.is_clock_shifted);
    let minutes = store.wait(store.index.coverage(&store.viewer, &gate(), at(0).wall, end)).unwrap();
    assert_eq!(minutes.len(), 1_440);
    assert!(minutes.iter().all(|minute| minute.recorded == Duration::from_secs(60)));
    let around =
        |from: WallTime, to| store.wait(store.index.segments(&store.viewer, &gate(), from, to)).unwrap();
    for minute in [0, noon - 2, noon - 1, noon, noon + 1, noon + 2, 24 * 60 - 1] {
        let moment = at(minute * 60 + 30).wall;
        let found = around(moment, moment.plus(Duration::from_secs(1)));
        assert_eq!(found.iter().map(|segment| segment.start).collect::<Vec<_>>(), [at(minute * 60).wall]);
    }
    let offsets: Vec<i64> = around(at((noon - 1) * 60).wall, at((noon + 1) * 60).wall)
        .iter()
        .map(|segment| segment.clock_offset_us)
        .collect();
    assert_eq!(offsets, [0, -90_000_000]);
}
