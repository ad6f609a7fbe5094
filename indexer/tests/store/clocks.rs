//! What a clock that was wrong has dated: where it lies, what is marked, and what goes.

use std::time::Duration;

use anjian_domain::{ClockReading, EvidenceSink, RunKind, Segment, SegmentSink, TimeSource, WallTime};
use anjian_indexer::{ClipReport, ClockFault, ClockStep, Retention, ViolationQuery};

use crate::clips::{clip, note, played};
use crate::fixture::{Store, at, evidence};
use crate::media::{record, set_up};
use crate::recordings::gate;

const HOUR_S: u64 = 3_600;
const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3_600 * SECOND_US;

fn step(store: &Store, found: WallTime, step_us: i64) -> Option<ClockFault> {
    store.wait(store.index.note_clock_step(ClockStep { found, step_us })).unwrap()
}

/// By how much the clocks of all segments were ahead, in seconds, the earliest first.
fn segments_ahead(store: &Store) -> Vec<Option<i64>> {
    let (from, to) = (at(0).wall, at(20 * 24 * HOUR_S).wall);
    let found = store.wait(store.index.segments(&store.viewer, &gate(), from, to)).unwrap();
    found.iter().map(|segment| segment.clock_error_us.map(|micros| micros / SECOND_US)).collect()
}

/// The same of violations, the oldest row first.
fn violations_ahead(store: &Store) -> Vec<Option<i64>> {
    let mut rows = store.search(&ViolationQuery::default());
    rows.sort_by_key(|row| row.opened_at);
    rows.iter().map(|row| row.clock.error_us.map(|micros| micros / SECOND_US)).collect()
}

pub(crate) fn what_a_wrong_clock_dated_is_marked_and_nothing_else(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 60);
    store.recorded(&run, 10);
    // An hour ahead from minute one on, and set right after three minutes.
    assert!(step(store, at(HOUR_S + 60).wall, HOUR_US).is_none());
    record(store, at(HOUR_S + 70).wall, 60);
    store.recorded(&run, HOUR_S + 80);
    let archived = store.run(RunKind::Archive, "gate");
    store.recorded(&archived, HOUR_S + 90);
    store.clock.set(at(240).wall);
    let fault = step(store, at(240).wall, -HOUR_US).unwrap();
    assert_eq!((fault.ahead_us / SECOND_US, fault.segments, fault.violations), (3_600, 1, 1));
    record(store, at(250).wall, 60);
    store.recorded(&run, 260);
    assert_eq!(segments_ahead(store), [None, None, Some(3_600)]);
    assert_eq!(violations_ahead(store), [None, None, Some(3_600), None], "footage has no clock of ours");
    // What comes later at the same hour is right.
    record(store, at(HOUR_S + 200).wall, 60);
    assert_eq!(segments_ahead(store), [None, None, Some(3_600), None]);
    assert_eq!(
        step(store, at(HOUR_S + 300).wall, -5_000_000).unwrap().segments,
        0,
        "each fault is marked once"
    );
}

pub(crate) fn marks_move_when_a_clock_that_was_set_back_is_set_forward_again(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    for start in [HOUR_S - 100, HOUR_S + 100] {
        record(store, at(start).wall, 60);
        store.recorded(&run, start + 10);
    }
    // Somebody sets the clock back by an hour, for a minute.
    assert_eq!(step(store, at(200).wall, -HOUR_US).unwrap().segments, 2);
    assert_eq!(violations_ahead(store), [Some(3_600), Some(3_600)]);
    record(store, at(210).wall, 60);
    store.recorded(&run, 220);
    let fault = step(store, at(HOUR_S + 270).wall, HOUR_US).unwrap();
    assert_eq!((fault.ahead_us / SECOND_US, fault.segments, fault.violations), (-3_600, 1, 1));
    assert_eq!(segments_ahead(store), [Some(-3_600), None, None]);
    assert_eq!(violations_ahead(store), [Some(-3_600), None, None]);
}

/// A step that turns out to have been the wrong one takes back its own marks, not those of another that was exactly as long.
pub(crate) fn steps_of_one_size_keep_their_own_marks(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    step(store, at(HOUR_S).wall, HOUR_US);
    store.recorded(&run, HOUR_S + 10);
    step(store, at(20).wall, -HOUR_US);
    store.recorded(&run, 2 * HOUR_S);
    step(store, at(HOUR_S + 10).wall, -HOUR_US);
    assert_eq!(violations_ahead(store), [Some(3_600), Some(3_600)]);
    step(store, at(2 * HOUR_S + 20).wall, HOUR_US);
    assert_eq!(violations_ahead(store), [Some(3_600), None]);
}

pub(crate) fn what_was_on_its_way_when_the_clock_was_set_is_marked_when_it_arrives(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    step(store, at(2 * HOUR_S).wall, HOUR_US);
    store.recorded(&run, 2 * HOUR_S + 10);
    let fault = step(store, at(HOUR_S + 20).wall, -HOUR_US).unwrap();
    // Frames that were taken before the step, and rightly dated ones.
    store.recorded(&run, 2 * HOUR_S + 19);
    record(store, at(2 * HOUR_S + 21).wall, 4);
    store.recorded(&run, HOUR_S + 21);
    record(store, at(HOUR_S + 25).wall, 4);
    assert_eq!(store.wait(store.index.mark_late(&fault)).unwrap(), (1, 1));
    assert_eq!(violations_ahead(store), [None, Some(3_600), Some(3_600)]);
    assert_eq!(segments_ahead(store), [None, Some(3_600)]);
    assert_eq!(store.wait(store.index.mark_late(&fault)).unwrap(), (0, 0));
    assert_eq!(fault.late_for(), Duration::from_secs(60));
    // The other way round: the clock was behind.
    step(store, at(300).wall, -HOUR_US - 7);
    let fault = step(store, at(HOUR_S + 330).wall, HOUR_US + 9).unwrap();
    store.recorded(&run, 329);
    store.recorded(&run, HOUR_S + 331);
    assert_eq!(store.wait(store.index.mark_late(&fault)).unwrap(), (0, 1));
    assert_eq!(violations_ahead(store), [Some(-3_600), None, None, Some(3_600), Some(3_600)]);
}

pub(crate) fn a_clock_that_was_set_while_nobody_watched_is_noticed(store: &Store) {
    set_up(store, Retention::default(), 0);
    store.clock.set(at(600).wall);
    assert_eq!(store.wait(store.index.missed_clock_step()).unwrap(), None);
    record(store, at(0).wall, 60);
    record(store, at(900).wall, 60);
    let missed = store.wait(store.index.missed_clock_step()).unwrap().unwrap();
    assert_eq!(missed, ClockStep { found: at(600).wall, step_us: -360_000_000 });
    assert_eq!(step(store, missed.found, missed.step_us).unwrap().segments, 1);
    assert_eq!(segments_ahead(store), [None, Some(360)]);
    assert_eq!(store.wait(store.index.missed_clock_step()).unwrap(), None, "it is known now");
}

pub(crate) fn new_segments_lie_at_their_time_before_what_lies_in_the_future(store: &Store) {
    set_up(store, Retention::default(), 0);
    store.clock.set(at(600).wall);
    record(store, at(0).wall, 60);
    record(store, at(120).wall, 60);
    record(store, at(HOUR_S).wall, 60);
    record(store, at(HOUR_S + 90).wall, 60);
    let spans = store.sink.recorded_spans(&gate(), Duration::from_secs(120)).unwrap();
    let spans: Vec<_> = spans.iter().map(|span| (span.from, span.to)).collect();
    assert_eq!(spans, [(at(0).wall, at(180).wall), (at(HOUR_S).wall, at(HOUR_S + 150).wall)]);
    let new = record(store, at(610).wall, 60);
    assert_eq!(new.end(), at(670).wall);
    let taken = Segment { start: at(HOUR_S + 10).wall, ..new };
    let taken = Segment { path: Segment::path_of(&gate(), taken.start), ..taken };
    let refused = store.sink.begin_segment(&taken).unwrap_err().to_string();
    assert!(refused.contains("gate"), "{refused}");
    // What has happened ends now, not in the future.
    let found = store.wait(store.index.recordings(&store.viewer, &gate(), at(0).wall, at(900).wall)).unwrap();
    assert_eq!((found.to, found.segments.len()), (at(670).wall, 3));
}

pub(crate) fn a_clip_is_cut_where_the_recording_holds_the_violation(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    // The clock was set back by 1,000 s over time that is recorded: pictures lie 1,000 s ahead of it.
    record(store, at(0).wall, 60);
    record(store, at(1_000).wall, 60);
    store.clock.set(at(100).wall);
    let found = store.violation(&run, 20);
    let clock = ClockReading { source: TimeSource::Arrival, offset_us: -1_000_000_000 };
    let told = anjian_domain::OpeningEvidence { clock, ..evidence(&found) };
    store.sink.open_violation(&found, &told).unwrap();
    let ended = crate::fixture::closed(&found, 30, anjian_domain::CloseReason::Ended);
    store.sink.close_violation(&ended, &[]).unwrap();
    assert_eq!(note(store), ClipReport { recorded: 1, ..ClipReport::default() });
    let shown = clip(store, &found);
    assert_eq!((shown.from, shown.to), (Some(at(1_015).wall), Some(at(1_035).wall)));
    assert!(played(store, &found).is_some());
    let row = &store.search(&ViolationQuery::default())[0];
    assert_eq!((row.opened_at, row.opened_place()), (at(20).wall, at(1_020).wall));
    assert_eq!(row.clock.source, Some(TimeSource::Arrival));
}

pub(crate) fn a_clip_whose_gap_is_filled_later_is_noted_again(store: &Store) {
    set_up(store, Retention::default(), 0);
    let run = store.run(RunKind::Live, "gate");
    record(store, at(0).wall, 60);
    let found = crate::clips::violation(store, &run, 50, 58);
    // The clock is set forward: the end of the clip is in the past at once, and nothing lies there.
    store.clock.set(at(HOUR_S).wall);
    assert_eq!(note(store).recorded, 1);
    assert!(clip(store, &found).reason.is_some_and(|reason| reason.contains("not recorded")));
    let before = played(store, &found);
    // It is set right, and the recording goes on where it was.
    store.clock.set(at(61).wall);
    record(store, at(61).wall, 60);
    assert_eq!(note(store).recorded, 1);
    assert_ne!(played(store, &found), before);
}

pub(crate) fn a_finished_segment_is_not_begun_again(store: &Store) {
    set_up(store, Retention::default(), 0);
    let done = record(store, at(0).wall, 60);
    let refused = store.sink.begin_segment(&done);
    assert!(refused.is_err_and(|error| error.to_string().contains(&done.start.to_string())));
}
