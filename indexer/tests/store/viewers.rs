//! A viewer of one site: nothing shows that there is another.

use std::fmt::Debug;
use std::time::Duration;

use anjian_casework::roles::AccountScope;
use anjian_domain::{
    CameraId, CameraMinute, CameraSink, CameraState, CameraStatus, CloseReason, CoverageSink, EvidenceSink,
    RecordingChange, RecordingState, Role, Run, RunId, RunKind, Scope, Score, Segment, SegmentSink, SiteId,
    Sites, TrackId, Verdict, Viewer, Violation, ViolationId,
};
use anjian_indexer::{
    CountKey, EvidenceKind, GroupBy, HoldQuery, IndexError, LiveKind, NewHold, Storage, ViolationQuery,
    ViolationStatus, WhichHolds,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::fixture::{Store, at, behaviour, camera, closed, evidence, site};
use crate::holds::new_hold;
use crate::recordings::{keep, segment};

/// Seconds that everything happens in.
const END: u64 = 4_000;

/// What happens at one camera.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Violation { behaviour: usize, is_closed: bool },
    State(bool),
    Recorded,
    Recorder(bool),
    Minute,
    Hold { is_lifted: bool },
}

fn happenings() -> impl Strategy<Value = Vec<(usize, Happening)>> {
    let happening = prop_oneof![
        3 => (0..4_usize, any::<bool>())
            .prop_map(|(behaviour, is_closed)| Happening::Violation { behaviour, is_closed }),
        1 => any::<bool>().prop_map(Happening::State),
        2 => Just(Happening::Recorded),
        1 => any::<bool>().prop_map(Happening::Recorder),
        1 => Just(Happening::Minute),
        1 => any::<bool>().prop_map(|is_lifted| Happening::Hold { is_lifted }),
    ];
    prop::collection::vec((0..CAMERAS.len(), happening), 0..30)
}

/// Cameras and their sites; `press` is the stranger's.
const CAMERAS: [(&str, &str); 3] = [("gate", "plant"), ("yard", "plant"), ("press", "mill")];

fn run_of(number: usize) -> Run {
    let (camera, site) = CAMERAS[number];
    Run {
        id: RunId(Uuid::from_u128(number as u128 + 1)),
        kind: RunKind::Live,
        site: site.parse().unwrap(),
        camera: camera.parse().unwrap(),
        source: format!("rtsp://{camera}/live"),
        model: "nano@0f3c21aa90d1".into(),
        rules: Vec::new(),
        settings: serde_json::Value::Null,
        started_at: at(0).wall,
        footage: None,
    }
}

const BEHAVIOURS: [&str; 4] = ["no_hard_hat", "hot_work", "overcrowding", "no_anti_static"];

fn violation_of(number: usize, seconds: u64, kind: &str) -> Violation {
    let run = run_of(number);
    Violation {
        id: ViolationId(Uuid::from_u128(u128::from(seconds) << 64 | number as u128)),
        run: run.id,
        site: run.site,
        camera: run.camera,
        zone: "dock".parse().unwrap(),
        behaviour: behaviour(kind),
        rule: "rule".parse().unwrap(),
        rule_version: format!("{kind}@1"),
        model: run.model,
        score: Score::new(0.75).unwrap(),
        opened: at(seconds),
        closed: None,
        track: Some(TrackId(seconds)),
    }
}

/// Each at its own time, a hundred seconds after the one before.
fn happen(store: &Store, seconds: u64, number: usize, happening: Happening) {
    let camera: CameraId = CAMERAS[number].0.parse().unwrap();
    match happening {
        Happening::Violation { behaviour, is_closed } => {
            let violation = violation_of(number, seconds, BEHAVIOURS[behaviour]);
            store.record(&violation);
            if is_closed {
                let end = closed(&violation, seconds + 9, CloseReason::Left);
                store.sink.close_violation(&end, &[]).unwrap();
            }
        }
        Happening::State(is_live) => {
            let state = if is_live { CameraState::Live } else { CameraState::Failed };
            let since = at(seconds).wall;
            let status = CameraStatus { camera, state, since, reason: None, last_frame: Some(since) };
            store.sink.camera_status(&status).unwrap();
        }
        Happening::Recorded => {
            let start = at(seconds).wall;
            let path = Segment::path_of(&camera, start);
            keep(store, &Segment { camera, start, path, ..segment(0.0, 60.0) });
        }
        Happening::Recorder(is_recording) => {
            let state = if is_recording { RecordingState::Recording } else { RecordingState::Waiting };
            let change = RecordingChange { camera, state, since: at(seconds).wall, reason: None };
            store.sink.recording_changed(&change).unwrap();
        }
        Happening::Minute => {
            let (analysed, none) = (Duration::from_secs(20), Duration::ZERO);
            let minute = at(seconds).wall;
            let minute = CameraMinute {
                camera,
                minute,
                analysed,
                gated: none,
                blind: none,
                blind_cause: None,
                persons: None,
            };
            store.sink.add_minute(&minute).unwrap();
        }
        Happening::Hold { is_lifted } => {
            let hold = NewHold { camera, ..new_hold("gate", seconds, seconds + 60) };
            let hold = store.wait(store.index.put_hold(&store.viewer, &hold)).unwrap();
            if is_lifted {
                store.wait(store.index.lift_hold(&store.viewer, hold.id, "李", "结案")).unwrap();
            }
        }
    }
}

fn add_mill(store: &Store) {
    store.wait(store.index.put_site(&site("mill"))).unwrap();
    let press = anjian_domain::Camera { site: "mill".parse().unwrap(), ..camera("press") };
    store.wait(store.index.put_camera(&press)).unwrap();
    store.sink.begin_run(&run_of(2)).unwrap();
}

fn viewer_of(site: &str) -> Viewer {
    let sites = Sites::new([site.parse().unwrap()]).unwrap();
    Viewer::new(site, Role::Inspector, Scope::Sites(sites)).unwrap()
}

fn queries() -> Vec<ViolationQuery> {
    let any =
        || ViolationQuery { from: Some(at(0).wall), to: Some(at(END).wall), ..ViolationQuery::default() };
    let sites = |names: &[&str]| -> Vec<SiteId> { names.iter().map(|name| name.parse().unwrap()).collect() };
    let cameras = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    vec![
        any(),
        ViolationQuery::default(),
        ViolationQuery { limit: 2, ..any() },
        ViolationQuery { sites: sites(&["mill"]), ..ViolationQuery::default() },
        ViolationQuery { sites: sites(&["nowhere"]), ..any() },
        ViolationQuery { sites: sites(&["mill", "plant"]), ..any() },
        ViolationQuery { cameras: cameras(&["press"]), ..any() },
        ViolationQuery { cameras: cameras(&["press", "gate"]), ..ViolationQuery::default() },
        ViolationQuery { zones: vec!["dock".parse().unwrap()], ..any() },
        ViolationQuery { behaviours: vec![behaviour("no_hard_hat"), behaviour("hot_work")], ..any() },
        ViolationQuery { statuses: vec![ViolationStatus::Open], ..ViolationQuery::default() },
        ViolationQuery { statuses: vec![ViolationStatus::Closed], sites: sites(&["mill"]), ..any() },
        ViolationQuery { verdicts: vec![Verdict::None], ..ViolationQuery::default() },
        ViolationQuery { min_score: Score::new(0.5), ..any() },
        ViolationQuery { min_score: Score::new(0.9), ..any() },
    ]
}

/// Everything that a viewer can learn, as text; numbers that all sites share are left out.
fn learned(store: &Store, viewer: &Viewer) -> Vec<String> {
    let mut all = Vec::new();
    violations(store, viewer, &mut all);
    places(store, viewer, &mut all);
    recordings(store, viewer, &mut all);
    let folder = store.folder.path().to_string_lossy().into_owned();
    all.into_iter().map(|text: String| text.replace(&folder, "FOLDER")).collect()
}

fn say(all: &mut Vec<String>, what: impl Debug) {
    all.push(format!("{what:?}"));
}

fn violations(store: &Store, viewer: &Viewer, all: &mut Vec<String>) {
    let groups = || {
        let zone = TimeZone::UTC;
        [GroupBy::Behaviour, GroupBy::Camera, GroupBy::Hour(zone.clone()), GroupBy::Day(zone)]
    };
    for query in queries() {
        let mut page_query = query.clone();
        loop {
            let page = store.wait(store.index.search_violations(viewer, &page_query)).unwrap();
            say(all, (&page.items, page.next_cursor.is_some()));
            page_query.cursor = page.next_cursor;
            if page_query.cursor.is_none() {
                break;
            }
        }
        for group in groups() {
            say(all, store.wait(store.index.count_violations(viewer, &query, group)).ok());
        }
    }
    for number in 0..CAMERAS.len() {
        for seconds in (0..END).step_by(100) {
            let id = violation_of(number, seconds, "no_hard_hat").id;
            say(all, store.wait(store.index.violation(viewer, id)).unwrap());
            say(all, store.wait(store.index.evidence_file(viewer, id, EvidenceKind::Snapshot)).unwrap());
        }
    }
    for update in store.wait(store.index.live_since(viewer, 0, 1_000)).unwrap() {
        say(all, update.kind);
    }
}

fn places(store: &Store, viewer: &Viewer, all: &mut Vec<String>) {
    say(all, store.wait(store.index.sites(viewer)).unwrap());
    say(all, store.wait(store.index.cameras(viewer)).unwrap());
    let everything = HoldQuery { which: WhichHolds::All, ..HoldQuery::default() };
    let of_press = HoldQuery { camera: Some("press".parse().unwrap()), ..everything.clone() };
    for query in [HoldQuery::default(), everything, of_press] {
        let holds = store.wait(store.index.holds(viewer, &query)).unwrap();
        for mut hold in holds {
            let found = store.wait(store.index.hold(viewer, hold.id)).unwrap();
            assert_eq!(found.as_ref(), Some(&hold));
            hold.id = 0;
            say(all, hold);
        }
    }
}

fn recordings(store: &Store, viewer: &Viewer, all: &mut Vec<String>) {
    let (from, to) = (at(0).wall, at(END).wall);
    for (name, _) in CAMERAS {
        let camera = name.parse().unwrap();
        say(all, store.wait(store.index.recordings(viewer, &camera, from, to)).unwrap());
        say(all, store.wait(store.index.segments(viewer, &camera, from, to)).unwrap());
        say(all, store.wait(store.index.recording_span(viewer, &camera)).unwrap());
        say(all, store.wait(store.index.recording_state(viewer, &camera)).unwrap());
        say(all, store.wait(store.index.coverage(viewer, &camera, from, to)).unwrap());
        say(all, store.wait(store.index.completeness(viewer, &camera, from, to)).unwrap());
    }
    say(all, store.wait(store.index.recording_states(viewer)).unwrap());
    // The disk is the machine's, and others write to it while this runs.
    let storage = store.wait(store.index.storage(viewer)).unwrap();
    let is_filling = storage.days_until_full.is_some();
    say(all, (Storage { disk_bytes: 0, free_bytes: 0, days_until_full: None, ..storage }, is_filling));
}

/// The first answer that is not the same.
fn difference(one: &[String], other: &[String]) -> Option<(String, String)> {
    let differs = one.iter().zip(other).find(|(one, other)| one != other);
    let differs = differs.map(|(one, other)| (one.clone(), other.clone()));
    let lengths = (one.len().to_string(), other.len().to_string());
    differs.or_else(|| (one.len() != other.len()).then_some(lengths))
}

/// Two indexes, one of which never knew the other site, answer a viewer alike.
pub(crate) fn another_site_is_as_if_it_were_not_there(store: &Store) {
    let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&happenings(), |happenings| {
        let (mixed, alone) = (store.another(), store.another());
        for store in [&mixed, &alone] {
            (0..2).for_each(|number| store.sink.begin_run(&run_of(number)).unwrap());
        }
        add_mill(&mixed);
        for ((number, happening), seconds) in happenings.iter().zip((0..).step_by(100)) {
            for store in [&mixed, &alone] {
                store.clock.set(at(seconds + 60).wall);
            }
            happen(&mixed, seconds, *number, *happening);
            if CAMERAS[*number].1 == "plant" {
                happen(&alone, seconds, *number, *happening);
            }
        }
        let plant = viewer_of("plant");
        let seen = learned(&mixed, &plant);
        prop_assert_eq!(difference(&seen, &learned(&alone, &plant)), None);
        // Who sees all sees no more where there is no more.
        prop_assert_eq!(difference(&seen, &learned(&alone, &Viewer::local())), None);
        let mill = learned(&mixed, &viewer_of("mill")).join("\n");
        prop_assert!(!mill.contains("plant"), "{}", mill);
        let stranger = viewer_of("nowhere");
        prop_assert_eq!(difference(&learned(&alone, &stranger), &learned(&mixed, &stranger)), None);
        Ok(())
    });
    outcome.unwrap();
}

/// What changes something answers for a camera, a violation or a hold of others as for one that is not there.
pub(crate) fn what_is_not_yours_is_not_there(store: &Store) {
    add_mill(store);
    let plant = viewer_of("plant");
    let evidence_of = violation_of(2, 100, "no_hard_hat");
    store.sink.open_violation(&evidence_of, &evidence(&evidence_of)).unwrap();
    let of_press = new_hold("press", 0, 60);
    let hold = store.wait(store.index.put_hold(&store.viewer, &of_press)).unwrap();
    for camera in ["press", "cellar"] {
        let refused = store.wait(store.index.put_hold(&plant, &new_hold(camera, 0, 60))).unwrap_err();
        assert!(matches!(&refused, IndexError::UnknownCamera(id) if id.as_str() == camera), "{refused}");
    }
    for id in [hold.id, 99] {
        assert_eq!(store.wait(store.index.hold(&plant, id)).unwrap(), None);
        assert_eq!(store.wait(store.index.lift_hold(&plant, id, "who", "why")).unwrap(), None);
    }
    assert_eq!(store.wait(store.index.hold(&store.viewer, hold.id)).unwrap(), Some(hold), "it still stands");
    let counted =
        store.wait(store.index.count_violations(&plant, &ViolationQuery::default(), GroupBy::Camera));
    assert_eq!(counted.unwrap(), []);
    let all =
        store.wait(store.index.count_violations(&store.viewer, &ViolationQuery::default(), GroupBy::Camera));
    assert!(matches!(&all.unwrap()[..], [count] if count.key == CountKey::Camera("press".parse().unwrap())));
}

pub(crate) fn an_enterprise_sees_what_was_confirmed(store: &Store) {
    let run = store.run(RunKind::Live, "gate");
    let [lead, confirmed, dismissed] = [0, 100, 200].map(|seconds| store.recorded(&run, seconds).id);
    store.judge(confirmed, Verdict::Confirmed);
    store.judge(dismissed, Verdict::Dismissed);
    let sites = Sites::new(["plant".parse().unwrap()]).unwrap();
    let viewer = Viewer::new("wang", Role::Enterprise, Scope::Sites(sites)).unwrap();
    let search = |query: &ViolationQuery| {
        let page = store.wait(store.index.search_violations(&viewer, query)).unwrap();
        page.items.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let any = ViolationQuery::default();
    assert_eq!(search(&any), [confirmed]);
    for verdicts in [vec![Verdict::None], vec![Verdict::Dismissed, Verdict::None]] {
        assert!(search(&ViolationQuery { verdicts, ..any.clone() }).is_empty());
    }
    assert_eq!(
        search(&ViolationQuery { verdicts: vec![Verdict::None, Verdict::Confirmed], ..any.clone() }),
        [confirmed]
    );
    let counted = store.wait(store.index.count_violations(&viewer, &any, GroupBy::Camera)).unwrap();
    assert_eq!(counted.iter().map(|group| group.count).sum::<u64>(), 1);
    for (id, is_seen) in [(lead, false), (confirmed, true), (dismissed, false)] {
        assert_eq!(store.wait(store.index.violation(&viewer, id)).unwrap().is_some(), is_seen);
        let picture = store.wait(store.index.evidence_file(&viewer, id, EvidenceKind::Snapshot)).unwrap();
        assert_eq!(picture.is_some(), is_seen);
        let clip = store.wait(store.index.evidence_file(&viewer, id, EvidenceKind::Clip)).unwrap();
        assert!(clip.is_none(), "a clip belongs to a notice");
    }
    let told = store.wait(store.index.live_since(&viewer, 0, 100)).unwrap();
    let told: Vec<_> = told
        .into_iter()
        .map(|update| match update.kind {
            LiveKind::Violation(row) => row.id,
            other => panic!("{other:?} is none of the enterprise's business"),
        })
        .collect();
    assert_eq!(told, [confirmed]);
}

pub(crate) fn a_large_region_is_searched_like_a_small_one(store: &Store) {
    let in_region = |id: &str| anjian_domain::Site { region: "330106".to_owned(), ..site(id) };
    store.wait(store.index.put_site(&in_region("plant"))).unwrap();
    for number in 0..300 {
        store.wait(store.index.put_site(&in_region(&format!("site-{number}")))).unwrap();
    }
    add_mill(store);
    let run = store.run(RunKind::Live, "gate");
    let mine = store.recorded(&run, 0).id;
    store.record(&violation_of(2, 100, "no_hard_hat"));
    let region = AccountScope::Region("3301".parse().unwrap());
    let scope = store.wait(store.index.scope_of(&region)).unwrap();
    let viewer = Viewer::new("wang", Role::Inspector, scope).unwrap();
    let any = ViolationQuery::default();
    let page = store.wait(store.index.search_violations(&viewer, &any)).unwrap();
    assert_eq!(page.items.into_iter().map(|row| row.id).collect::<Vec<_>>(), [mine]);
    let counted = store.wait(store.index.count_violations(&viewer, &any, GroupBy::Camera)).unwrap();
    assert_eq!(counted.iter().map(|group| group.count).sum::<u64>(), 1);
    assert_eq!(store.wait(store.index.sites(&viewer)).unwrap().len(), 301);
    assert_eq!(store.wait(store.index.live_since(&viewer, 0, 100)).unwrap().len(), 1);
}
