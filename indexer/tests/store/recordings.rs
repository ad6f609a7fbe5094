//! Segments, gaps, completeness and coverage.

use std::time::Duration;

use anjian_domain::{
    BlindCause, CameraId, CameraMinute, CoverageSink, ErrorKind, PersonCount, Place, RecordingChange,
    RecordingState, Segment, SegmentSink, TimeSource, VideoCodec, WallTime,
};
use anjian_indexer::{GapCause, Index, IndexError};
use jiff::Zoned;

use crate::fixture::{Store, at};

/// End of the newest span of the gate in which something is recorded.
pub(crate) fn recorded_until(store: &Store) -> Option<WallTime> {
    let spans = store.sink.recorded_spans(&gate(), Duration::from_secs(120)).unwrap();
    spans.last().map(|span| span.to)
}

pub(crate) fn gate() -> CameraId {
    "gate".parse().unwrap()
}

/// A segment of camera `gate`, `start_s` after the start, finished.
pub(crate) fn segment(start_s: f64, duration_s: f64) -> Segment {
    let start = at(0).wall.plus(Duration::from_secs_f64(start_s));
    Segment {
        camera: gate(),
        path: Segment::path_of(&gate(), start),
        start,
        duration: Duration::from_secs_f64(duration_s),
        size_bytes: 1_000,
        sha256: Some("ab".repeat(32)),
        video: VideoCodec::H264,
        width_px: 1_920,
        height_px: 1_080,
        audio: None,
        time_source: TimeSource::Arrival,
        clock_offset_us: 0,
        clock_error_us: None,
        place: Place::Here,
    }
}

pub(crate) fn unfinished(segment: &Segment) -> Segment {
    Segment { sha256: None, duration: Duration::from_millis(500), size_bytes: 10, ..segment.clone() }
}

pub(crate) fn keep(store: &Store, segment: &Segment) {
    store.sink.begin_segment(&unfinished(segment)).unwrap();
    store.sink.end_segment(segment).unwrap();
}

pub(crate) fn tell(store: &Store, since_s: u64, state: RecordingState, reason: Option<&str>) {
    let reason = reason.map(str::to_owned);
    let change = RecordingChange { camera: gate(), state, since: at(since_s).wall, reason };
    store.sink.recording_changed(&change).unwrap();
}

fn seconds(from: WallTime) -> f64 {
    from.since(at(0).wall).as_secs_f64()
}

pub(crate) fn segments_are_found_by_range(store: &Store) {
    let kept: Vec<Segment> = (0..10).map(|n| segment(f64::from(n) * 60.0, 60.0)).collect();
    kept.iter().for_each(|segment| keep(store, segment));
    store.clock.set(at(3_600).wall);
    let found = |from, to| {
        let found =
            store.wait(store.index.segments(&store.viewer, &gate(), at(from).wall, at(to).wall)).unwrap();
        found.iter().map(|segment| seconds(segment.start) as u64 / 60).collect::<Vec<_>>()
    };
    let cases: &[(u64, u64, &[u64])] = &[
        (0, 600, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (0, 60, &[0]),
        (59, 61, &[0, 1]),
        (60, 120, &[1]),
        (90, 91, &[1]),
        (599, 3_600, &[9]),
        (600, 3_600, &[]),
    ];
    for (from, to, expected) in cases {
        assert_eq!(found(*from, *to), *expected, "{from}..{to}");
    }
    let all = store.wait(store.index.segments(&store.viewer, &gate(), at(0).wall, at(600).wall)).unwrap();
    assert_eq!(all, kept);
    let span = store.wait(store.index.recording_span(&store.viewer, &gate())).unwrap().unwrap();
    assert_eq!((span.from, span.to, span.segments, span.bytes), (at(0).wall, at(600).wall, 10, 10_000));
    assert_eq!(
        store.wait(store.index.recording_span(&store.viewer, &"yard".parse().unwrap())).unwrap(),
        None
    );
    assert_eq!(recorded_until(store), Some(at(600).wall));
}

pub(crate) fn overlaps_are_refused(store: &Store) {
    keep(store, &segment(0.0, 60.0));
    let refused = |segment: &Segment, kind| {
        let error = store.sink.begin_segment(segment).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        error.message
    };
    for start in [59.9, 0.0] {
        let message = refused(&segment(start, 1.0), ErrorKind::Invalid);
        assert!(message.contains("overlaps") && message.contains("gate"), "{message}");
    }
    let misnamed = Segment { path: "gate/elsewhere.mp4".into(), ..segment(60.0, 1.0) };
    assert!(refused(&misnamed, ErrorKind::Invalid).contains("elsewhere"));
    let unknown = Segment { camera: "cellar".parse().unwrap(), ..segment(60.0, 1.0) };
    assert!(refused(&unknown, ErrorKind::Missing).contains("cellar"));

    // The one that is being written may be begun again, but not grow into the next.
    let open = segment(60.0, 60.0);
    store.sink.begin_segment(&unfinished(&open)).unwrap();
    store.sink.begin_segment(&unfinished(&open)).unwrap();
    store.sink.begin_segment(&unfinished(&segment(90.0, 60.0))).unwrap();
    let error = store.sink.end_segment(&open).unwrap_err();
    assert!(error.message.contains("overlaps"), "{error}");
    store.sink.end_segment(&segment(60.0, 30.0)).unwrap();
    // Nothing came: it was not recorded at all.
    store.sink.end_segment(&Segment { duration: Duration::ZERO, ..segment(90.0, 0.0) }).unwrap();
    assert_eq!(recorded_until(store), Some(at(90).wall));
    let undigested = Segment { sha256: None, ..segment(90.0, 10.0) };
    assert!(store.sink.end_segment(&undigested).unwrap_err().message.contains("digest"));
}

pub(crate) fn gaps_are_told_with_their_cause(store: &Store) {
    tell(store, 0, RecordingState::Recording, None);
    keep(store, &segment(0.0, 60.0));
    tell(store, 63, RecordingState::Waiting, Some("no data for 3 s"));
    tell(store, 63, RecordingState::Waiting, Some("no data for 3 s"));
    tell(store, 90, RecordingState::Recording, None);
    keep(store, &segment(90.2, 60.0));
    store.clock.set(at(155).wall);
    let open = segment(150.2, 60.0);
    store.sink.begin_segment(&unfinished(&open)).unwrap();

    let found = store.wait(store.index.recordings(&store.viewer, &gate(), at(0).wall, at(300).wall)).unwrap();
    assert_eq!(found.to, at(155).wall, "what is to come is no gap");
    assert_eq!(found.segments.len(), 3);
    assert_eq!(found.segments[2].end(), at(155).wall, "the open one lasts until now");
    let [gap] = &found.gaps[..] else { panic!("{:#?}", found.gaps) };
    assert_eq!((gap.from, seconds(gap.to), gap.cause), (at(60).wall, 90.2, GapCause::Waiting));
    assert_eq!(gap.reason.as_deref(), Some("no data for 3 s"));
    let state = store.wait(store.index.recording_state(&store.viewer, &gate())).unwrap().unwrap();
    assert_eq!((state.state, state.since), (RecordingState::Recording, at(90).wall));

    // It stops without having finished: what is open lasts until then.
    tell(store, 170, RecordingState::DiskFull, Some("no space left"));
    store.clock.set(at(200).wall);
    let report =
        store.wait(store.index.completeness(&store.viewer, &gate(), at(0).wall, at(300).wall)).unwrap();
    assert_eq!((report.to, report.segments), (at(200).wall, 3));
    assert_eq!(report.missing, Duration::from_secs_f64(30.2 + 30.0));
    assert_eq!(report.recorded, Duration::from_secs_f64(200.0 - 60.2));
    assert!((report.share - 139.8 / 200.0).abs() < 1e-9, "{}", report.share);
    assert_eq!(report.gaps[1].cause, GapCause::DiskFull);
    assert_eq!((report.gaps[1].from, report.gaps[1].to), (at(170).wall, at(200).wall));
    // A camera of which nothing is known, and a time that has not come.
    let yard = "yard".parse().unwrap();
    let report =
        store.wait(store.index.completeness(&store.viewer, &yard, at(0).wall, at(100).wall)).unwrap();
    assert_eq!((report.share, report.gaps[0].cause), (0.0, GapCause::Unrecorded));
    let report =
        store.wait(store.index.completeness(&store.viewer, &yard, at(300).wall, at(400).wall)).unwrap();
    assert_eq!((report.share, report.to, report.gaps.len()), (1.0, at(300).wall, 0));
}

pub(crate) fn ranges_are_bounded(store: &Store) {
    let day = 24 * 3_600;
    let refused = |from: u64, to: u64| {
        let (from, to) = (at(from).wall, at(to).wall);
        [
            store.wait(store.index.segments(&store.viewer, &gate(), from, to)).err(),
            store.wait(store.index.coverage(&store.viewer, &gate(), from, to)).err(),
            store.wait(store.index.completeness(&store.viewer, &gate(), from, to)).err(),
        ]
        .map(|error| matches!(error, Some(IndexError::Query(_))))
    };
    assert_eq!(refused(5, 5), [true, true, true]);
    assert_eq!(refused(6, 5), [true, true, true]);
    assert_eq!(refused(0, 32 * day), [false, false, false]);
    assert_eq!(refused(0, 32 * day + 1), [true, true, false]);
    assert_eq!(refused(0, 400 * day + 1), [true, true, true]);
}

pub(crate) fn a_year_is_reported_in_pieces(store: &Store) {
    // An hour in each of a hundred days, with gaps over the edges of pieces.
    tell(store, 0, RecordingState::Stopped, None);
    let day = 24 * 3_600;
    (0..100).for_each(|n| keep(store, &segment(f64::from(n * day), 3_600.0)));
    store.clock.set(at(100 * 24 * 3_600).wall);
    let (from, to) = (at(1_800).wall, at(100 * 24 * 3_600).wall);
    let report = store.wait(store.index.completeness(&store.viewer, &gate(), from, to)).unwrap();
    assert_eq!(report.recorded, Duration::from_secs(100 * 3_600 - 1_800));
    assert_eq!(report.missing, Duration::from_secs(100 * 23 * 3_600));
    assert_eq!((report.segments, report.gaps.len()), (100, 100), "a gap over an edge is one gap");
}

pub(crate) fn minutes_of_local_days_are_right(store: &Store) {
    // A recording without end, and days on which clocks change.
    for (day, hours) in [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 25)] {
        let from: Zoned = format!("{day}T00:00:00[Europe/Berlin]").parse().unwrap();
        let to = from.tomorrow().unwrap();
        let (from, to) = (WallTime::new(from.timestamp()), WallTime::new(to.timestamp()));
        store.clock.set(to.plus(Duration::from_secs(60)));
        let start = seconds(from);
        (0..hours).for_each(|hour| keep(store, &segment(start + f64::from(hour) * 3_600.0, 3_600.0)));
        let minutes = store.wait(store.index.coverage(&store.viewer, &gate(), from, to)).unwrap();
        assert_eq!(minutes.len(), hours as usize * 60, "{day}");
        assert!(minutes.iter().all(|minute| minute.recorded == Duration::from_secs(60)), "{day}");
        let report = store.wait(store.index.completeness(&store.viewer, &gate(), from, to)).unwrap();
        assert_eq!((report.share, report.gaps.len()), (1.0, 0), "{day}: {:?}", report.gaps);
    }
}

pub(crate) fn coverage_adds_up(store: &Store) {
    let minute = |start_s: u64, analysed: u64, gated: u64, blind: Option<(u64, BlindCause)>| CameraMinute {
        camera: gate(),
        minute: at(start_s).wall,
        analysed: Duration::from_secs(analysed),
        gated: Duration::from_secs(gated),
        blind: Duration::from_secs(blind.map_or(0, |(blind, _)| blind)),
        blind_cause: blind.map(|(_, cause)| cause),
        persons: None,
    };
    let count = |picture, zones: &[(&str, u32)]| PersonCount {
        picture,
        zones: zones.iter().map(|(zone, persons)| (zone.parse().unwrap(), *persons)).collect(),
    };
    let seen = |minute, persons| CameraMinute { persons: Some(persons), ..minute };
    tell(store, 0, RecordingState::Recording, None);
    keep(store, &segment(0.0, 90.0));
    tell(store, 90, RecordingState::Failed, Some("input/output error"));
    let told = [
        seen(minute(0, 20, 10, None), count(3, &[("dock", 1), ("gate", 2)])),
        seen(minute(0, 10, 20, None), count(2, &[("dock", 2)])),
        minute(60, 0, 0, Some((10, BlindCause::Black))),
        minute(60, 10, 0, Some((15, BlindCause::Covered))),
        seen(minute(60, 5, 0, Some((10, BlindCause::Black))), count(0, &[])),
        // More than there is of a minute.
        minute(120, 50, 50, Some((30, BlindCause::Moved))),
    ];
    told.iter().for_each(|minute| store.sink.add_minute(minute).unwrap());
    store.clock.set(at(190).wall);
    let found = store.wait(store.index.coverage(&store.viewer, &gate(), at(30).wall, at(500).wall)).unwrap();
    let lines: Vec<_> = found
        .iter()
        .map(|m| {
            let seconds = [m.length, m.recorded, m.gap, m.analysed, m.gated, m.blind].map(|d| d.as_secs());
            (seconds, m.gap_cause, m.blind_cause)
        })
        .collect();
    let failed = Some(GapCause::Failed);
    let expected = [
        ([60, 60, 0, 30, 30, 0], None, None),
        ([60, 30, 30, 15, 0, 35], failed, Some(BlindCause::Black)),
        ([60, 0, 60, 0, 30, 30], failed, Some(BlindCause::Moved)),
        ([10, 0, 10, 0, 0, 0], failed, None),
    ];
    assert_eq!(lines, expected);
    let persons: Vec<_> = found.into_iter().map(|minute| minute.persons).collect();
    let most = [Some(count(3, &[("dock", 2), ("gate", 2)])), Some(count(0, &[])), None, None];
    assert_eq!(persons, most, "the most at once; nobody is not unknown");
    let unknown = CameraMinute { camera: "cellar".parse().unwrap(), ..told[0].clone() };
    assert!(store.sink.add_minute(&unknown).unwrap_err().message.contains("cellar"));
    assert_eq!(Index::GAP_TOLERANCE, Duration::from_millis(500));
}
