//! Filters and counts.

use anjian_domain::{CloseReason, EvidenceSink, RunKind, Score, Verdict, ViolationId, WallTime};
use anjian_indexer::{CountKey, GroupBy, IndexError, ViolationCount, ViolationQuery, ViolationStatus};
use jiff::tz::TimeZone;

use crate::fixture::{Store, at, behaviour, closed, ids};

/// Four violations, 0 the oldest.
fn fill(store: &Store) -> [ViolationId; 4] {
    let live = store.run(RunKind::Live, "gate");
    let archive = store.run(RunKind::Archive, "yard");
    let mut first = store.violation(&live, 100);
    first.zone = "ramp".parse().unwrap();
    let mut second = store.violation(&archive, 200);
    second.behaviour = behaviour("overcrowding");
    second.score = Score::new(0.3).unwrap();
    let mut third = store.violation(&live, 300);
    third.behaviour = behaviour("hot_work");
    third.score = Score::new(0.95).unwrap();
    let fourth = store.violation(&archive, 400);
    for violation in [&first, &second, &third, &fourth] {
        store.record(violation);
    }
    store.sink.close_violation(&closed(&first, 110, CloseReason::Ended), &[]).unwrap();
    store.sink.close_violation(&closed(&second, 210, CloseReason::Ended), &[]).unwrap();
    store.judge(second.id, Verdict::Confirmed);
    store.judge(fourth.id, Verdict::Dismissed);
    [first.id, second.id, third.id, fourth.id]
}

pub(crate) fn each_filter_narrows(store: &Store) {
    let all = fill(store);
    let any = ViolationQuery::default;
    let gate = || vec!["gate".parse().unwrap()];
    let both = || vec!["yard".parse().unwrap(), "gate".parse().unwrap(), "yard".parse().unwrap()];
    let plant = || vec!["plant".parse().unwrap()];
    let score = |value| Score::new(value);
    let hats = || vec![behaviour("no_hard_hat")];
    let cases: Vec<(&str, ViolationQuery, &[usize])> = vec![
        ("all", any(), &[3, 2, 1, 0]),
        ("camera", ViolationQuery { cameras: gate(), ..any() }, &[2, 0]),
        ("repeated cameras", ViolationQuery { cameras: both(), ..any() }, &[3, 2, 1, 0]),
        ("site", ViolationQuery { sites: plant(), ..any() }, &[3, 2, 1, 0]),
        ("other site", ViolationQuery { sites: vec!["mill".parse().unwrap()], ..any() }, &[]),
        ("zone", ViolationQuery { zones: vec!["ramp".parse().unwrap()], ..any() }, &[0]),
        ("behaviour", ViolationQuery { behaviours: hats(), ..any() }, &[3, 0]),
        (
            "behaviours",
            ViolationQuery {
                behaviours: ["overcrowding", "no_hard_hat", "hot_work"].map(behaviour).to_vec(),
                ..any()
            },
            &[3, 2, 1, 0],
        ),
        ("open", ViolationQuery { statuses: vec![ViolationStatus::Open], ..any() }, &[3, 2]),
        ("closed", ViolationQuery { statuses: vec![ViolationStatus::Closed], ..any() }, &[1, 0]),
        ("not judged", ViolationQuery { verdicts: vec![Verdict::None], ..any() }, &[2, 0]),
        (
            "judged",
            ViolationQuery { verdicts: vec![Verdict::Confirmed, Verdict::Dismissed], ..any() },
            &[3, 1],
        ),
        (
            "open and judged",
            ViolationQuery {
                statuses: vec![ViolationStatus::Open],
                verdicts: vec![Verdict::Confirmed, Verdict::Dismissed],
                ..any()
            },
            &[3],
        ),
        (
            "dismissed on a camera",
            ViolationQuery { verdicts: vec![Verdict::Dismissed], cameras: gate(), ..any() },
            &[],
        ),
        ("run", ViolationQuery { runs: vec![RunKind::Archive], ..any() }, &[3, 1]),
        ("score", ViolationQuery { min_score: score(0.75), ..any() }, &[3, 2, 0]),
        ("high score", ViolationQuery { min_score: score(0.95), ..any() }, &[2]),
        ("from", ViolationQuery { from: Some(at(200).wall), ..any() }, &[3, 2, 1]),
        ("to", ViolationQuery { to: Some(at(200).wall), ..any() }, &[0]),
        (
            "camera, behaviour, site, score",
            ViolationQuery {
                cameras: both(),
                behaviours: hats(),
                sites: plant(),
                min_score: score(0.5),
                ..any()
            },
            &[3, 0],
        ),
        (
            "open on a camera",
            ViolationQuery {
                statuses: vec![ViolationStatus::Open],
                cameras: gate(),
                sites: plant(),
                ..any()
            },
            &[2],
        ),
        (
            "zone of a camera",
            ViolationQuery { zones: vec!["dock".parse().unwrap()], cameras: gate(), ..any() },
            &[2],
        ),
        (
            "nothing",
            ViolationQuery { behaviours: vec![behaviour("no_anti_static")], cameras: gate(), ..any() },
            &[],
        ),
    ];
    for (name, query, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|position| all[*position]).collect();
        assert_eq!(ids(&store.search(&query)), expected, "{name}");
    }
}

pub(crate) fn ranges_take_the_start_and_leave_the_end(store: &Store) {
    let all = fill(store);
    let query = |from, to| ViolationQuery { from, to, ..ViolationQuery::default() };
    let (early, late) = (Some(at(100).wall), Some(at(300).wall));
    assert_eq!(ids(&store.search(&query(early, late))), [all[1], all[0]]);
    assert_eq!(store.search(&query(late, early)), []);
    assert_eq!(store.search(&query(early, early)), []);
    let (first, last) = (WallTime::from_micros(i64::MIN / 1_000), WallTime::from_micros(i64::MAX / 1_000));
    assert_eq!(store.search(&query(first, last)).len(), 4);
}

pub(crate) fn long_lists_are_refused(store: &Store) {
    let cameras = |count: usize| (0..count).map(|n| format!("camera-{n}").parse().unwrap()).collect();
    let most = ViolationQuery { cameras: cameras(ViolationQuery::MAX_VALUES), ..ViolationQuery::default() };
    assert_eq!(store.search(&most), []);
    let more =
        ViolationQuery { cameras: cameras(ViolationQuery::MAX_VALUES + 1), ..ViolationQuery::default() };
    let error = store.wait(store.index.search_violations(&store.viewer, &more)).unwrap_err();
    assert!(matches!(&error, IndexError::Query(why) if why.contains("camera")), "{error}");
}

fn counts(store: &Store, query: &ViolationQuery, group_by: GroupBy) -> Vec<(CountKey, u64)> {
    let counts = store.wait(store.index.count_violations(&store.viewer, query, group_by)).unwrap();
    counts.into_iter().map(|ViolationCount { key, count }| (key, count)).collect()
}

pub(crate) fn behaviours_are_counted(store: &Store) {
    fill(store);
    let any = ViolationQuery::default;
    let cases = [
        ("all", any(), vec![("hot_work", 1), ("no_hard_hat", 2), ("overcrowding", 1)]),
        (
            "camera",
            ViolationQuery { cameras: vec!["gate".parse().unwrap()], ..any() },
            vec![("hot_work", 1), ("no_hard_hat", 1)],
        ),
        (
            "asked",
            ViolationQuery { behaviours: vec![behaviour("overcrowding")], ..any() },
            vec![("overcrowding", 1)],
        ),
        (
            "range",
            ViolationQuery { from: Some(at(300).wall), to: Some(at(400).wall), ..any() },
            vec![("hot_work", 1)],
        ),
        (
            "status",
            ViolationQuery { statuses: vec![ViolationStatus::Open], ..any() },
            vec![("hot_work", 1), ("no_hard_hat", 1)],
        ),
        (
            "verdict",
            ViolationQuery { verdicts: vec![Verdict::Confirmed], ..any() },
            vec![("overcrowding", 1)],
        ),
        ("score", ViolationQuery { min_score: Score::new(0.99), ..any() }, vec![]),
    ];
    for (name, query, expected) in cases {
        let expected: Vec<_> =
            expected.into_iter().map(|(name, count)| (CountKey::Behaviour(behaviour(name)), count)).collect();
        assert_eq!(counts(store, &query, GroupBy::Behaviour), expected, "{name}");
    }
}

pub(crate) fn cameras_are_counted(store: &Store) {
    fill(store);
    let key = |id: &str| CountKey::Camera(id.parse().unwrap());
    let any = ViolationQuery::default;
    assert_eq!(counts(store, &any(), GroupBy::Camera), [(key("gate"), 2), (key("yard"), 2)]);
    let one = ViolationQuery {
        cameras: vec!["yard".parse().unwrap()],
        behaviours: vec![behaviour("no_hard_hat")],
        ..any()
    };
    assert_eq!(counts(store, &one, GroupBy::Camera), [(key("yard"), 1)]);
}

pub(crate) fn hours_and_days_are_counted(store: &Store) {
    let run = store.run(RunKind::Archive, "gate");
    // Midnight in Shanghai is 16:00 UTC.
    for seconds in [0, 3_599, 3_600, 16 * 3_600 - 1, 16 * 3_600] {
        store.recorded(&run, seconds);
    }
    let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
    let query = ViolationQuery {
        from: Some(at(0).wall),
        to: Some(at(86_400).wall),
        behaviours: vec![behaviour("no_hard_hat"), behaviour("hot_work")],
        ..ViolationQuery::default()
    };
    let hour = |hours: u64| CountKey::Hour(at(hours * 3_600).wall);
    assert_eq!(
        counts(store, &query, GroupBy::Hour(shanghai.clone())),
        [(hour(0), 2), (hour(1), 1), (hour(15), 1), (hour(16), 1)]
    );
    let days = counts(store, &query, GroupBy::Day(shanghai));
    let named: Vec<_> = days
        .iter()
        .map(|(key, count)| match key {
            CountKey::Day(date, _) => (date.to_string(), *count),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(named, [("2026-03-01".to_owned(), 4), ("2026-03-02".to_owned(), 1)]);
    assert_eq!(days[1].0, CountKey::Day("2026-03-02".parse().unwrap(), at(16 * 3_600).wall));
}

pub(crate) fn counts_need_a_range(store: &Store) {
    let open = ViolationQuery::default();
    for group_by in [GroupBy::Hour(TimeZone::UTC), GroupBy::Day(TimeZone::UTC)] {
        let refused = store.wait(store.index.count_violations(&store.viewer, &open, group_by));
        assert!(matches!(refused, Err(IndexError::Query(_))));
    }
    let backward = ViolationQuery { from: Some(at(10).wall), to: Some(at(0).wall), ..open };
    assert_eq!(counts(store, &backward, GroupBy::Day(TimeZone::UTC)), []);
}
