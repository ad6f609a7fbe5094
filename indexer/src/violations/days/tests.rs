//! Counts from the tallies of days are those over rows, whatever happened to the violations.

use std::ops::Range;
use std::sync::Arc;

use anjian_domain::{Behaviour, Role, Scope, Score, Sites, SystemClock, Verdict, Viewer, WallTime};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::engine::sql;
use crate::{CheckFinding, ViolationCount, ViolationStatus};

#[track_caller]
fn check(hours: Range<i64>, expected: &[(Range<i64>, &str)]) {
    let found = whole_days(hours);
    let found: Vec<_> = found.iter().map(|part| (part.days.clone(), part.counted.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn hours_become_days_and_what_is_left_of_the_first_and_the_last() {
    check(0..0, &[]);
    check(0..24, &[(0..1, "count")]);
    check(-24..48, &[(-1..2, "count")]);
    check(22..26, &[(0..1, "h22 + h23"), (1..2, "h00 + h01")]);
    check(23..73, &[(0..1, "h23"), (1..3, "count"), (3..4, "h00")]);
    check(3..5, &[(0..1, "h03 + h04")]);
    check(-1..0, &[(-1..0, "h23")]);
}

const CAMERAS: [(&str, &str); 3] = [("gate", "plant"), ("yard", "plant"), ("press", "mill")];
const ZONES: [&str; 3] = ["dock", "ramp", "picture"];
const BEHAVIOURS: [&str; 3] = ["no_hard_hat", "hot_work", "of_another_version"];

/// What happens to violations. The numbers choose among those that are there.
#[derive(Debug, Clone)]
enum Change {
    Open { camera: usize, zone: &'static str, behaviour: &'static str, run: &'static str, at_us: i64 },
    Close(usize),
    Judge(usize, Verdict),
    Expire(usize),
}

/// Four days around 1970: before it moments are below zero. Some on the hour, some beside it.
fn moments() -> impl Strategy<Value = i64> {
    let hour = -48_i64..48;
    (hour, select(vec![0, 1, 1_799_999_999, 1_800_000_000, HOUR_US - 1]))
        .prop_map(|(hour, more)| hour * HOUR_US + more)
}

fn changes() -> impl Strategy<Value = Change> {
    let verdict = select(vec![Verdict::None, Verdict::Confirmed, Verdict::Dismissed]);
    let opening = (
        0..CAMERAS.len(),
        select(ZONES.to_vec()),
        select(BEHAVIOURS.to_vec()),
        select(vec!["live", "archive"]),
    );
    prop_oneof![
        4 => (opening, moments()).prop_map(|((camera, zone, behaviour, run), at_us)| {
            Change::Open { camera, zone, behaviour, run, at_us }
        }),
        2 => any::<usize>().prop_map(Change::Close),
        2 => (any::<usize>(), verdict).prop_map(|(which, verdict)| Change::Judge(which, verdict)),
        1 => any::<usize>().prop_map(Change::Expire),
    ]
}

/// One statement, as recording, judging and retention write it.
fn sql_of(change: &Change, seqs: &mut Vec<i64>, next: &mut i64) -> Option<String> {
    let chosen = |which: &usize, seqs: &[i64]| (!seqs.is_empty()).then(|| which % seqs.len());
    match change {
        Change::Open { camera, zone, behaviour, run, at_us } => {
            *next += 1;
            seqs.push(*next);
            let (camera, site) = CAMERAS[*camera];
            Some(format!(
                "INSERT INTO violation (seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, \
                 score, score_step, status, opened_us, opened_media_ns) VALUES ({next}, randomblob(16), zeroblob(16), \
                 '{run}', '{site}', '{camera}', '{zone}', '{behaviour}', 'r', 'v', 'm', 0.5, 32, 'open', {at_us}, 0)"
            ))
        }
        Change::Close(which) => chosen(which, seqs).map(|place| {
            let seq = seqs[place];
            format!(
                "UPDATE violation SET closed_us = opened_us, closed_media_ns = 0, close_reason = 'left', status = 'closed' \
                 WHERE seq = {seq}"
            )
        }),
        Change::Judge(which, verdict) => chosen(which, seqs)
            .map(|place| format!("UPDATE violation SET verdict = '{verdict}' WHERE seq = {}", seqs[place])),
        Change::Expire(which) => chosen(which, seqs)
            .map(|place| format!("DELETE FROM violation WHERE seq = {}", seqs.swap_remove(place))),
    }
}

fn questions() -> impl Strategy<Value = (ViolationQuery, GroupBy)> {
    let zone = select(vec!["UTC", "Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin"]);
    let group = (0..4, zone).prop_map(|(group, zone)| match group {
        0 => GroupBy::Behaviour,
        1 => GroupBy::Camera,
        2 => GroupBy::Hour(TimeZone::get(zone).unwrap()),
        _ => GroupBy::Day(TimeZone::get(zone).unwrap()),
    });
    let ids = |words: Vec<&'static str>| {
        let most = words.len();
        prop_oneof![2 => Just(Vec::new()), 1 => subsequence(words, 0..=most)]
    };
    let cameras = ids(CAMERAS.iter().map(|(camera, _)| *camera).collect());
    let lists = (cameras, ids(ZONES.to_vec()), ids(BEHAVIOURS.to_vec()), ids(vec!["plant", "mill"]));
    let states = (
        ids(vec!["open", "closed"]),
        ids(vec!["none", "confirmed", "dismissed"]),
        ids(vec!["live", "archive"]),
    );
    let range = prop_oneof![1 => Just(None), 4 => (moments(), moments()).prop_map(Some)];
    (lists, states, range, group).prop_map(|((cameras, zones, behaviours, sites), states, range, group)| {
        let word = |text: &&str| serde_json::Value::from(*text);
        let (statuses, verdicts, runs) = states;
        let needs_range = matches!(group, GroupBy::Hour(_) | GroupBy::Day(_));
        let range = range.or(needs_range.then_some((-30 * HOUR_US, 30 * HOUR_US)));
        let read = |words: &[&str]| serde_json::Value::from(words.iter().map(word).collect::<Vec<_>>());
        let query = ViolationQuery {
            cameras: serde_json::from_value(read(&cameras)).unwrap(),
            zones: serde_json::from_value(read(&zones)).unwrap(),
            behaviours: serde_json::from_value(read(&behaviours)).unwrap(),
            sites: serde_json::from_value(read(&sites)).unwrap(),
            statuses: serde_json::from_value(read(&statuses)).unwrap(),
            verdicts: serde_json::from_value(read(&verdicts)).unwrap(),
            runs: serde_json::from_value(read(&runs)).unwrap(),
            from: range.and_then(|(one, other)| WallTime::from_micros(one.min(other))),
            to: range.and_then(|(one, other)| WallTime::from_micros(one.max(other))),
            ..ViolationQuery::default()
        };
        (query, group)
    })
}

async fn store() -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    let mut places =
        "INSERT INTO site VALUES ('plant', '', '', 'UTC', '', 1, ''), ('mill', '', '', 'UTC', '', 1, '');"
            .to_owned();
    for (camera, site) in CAMERAS {
        places += &format!(
            "INSERT INTO camera (id, site, name, is_configured) VALUES ('{camera}', '{site}', '', 1);"
        );
    }
    places += "INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us)
        VALUES (zeroblob(16), 'live', 'plant', 'gate', '', '', 0, 0)";
    write(&index, places).await;
    (folder, index)
}

async fn write(index: &Index, sql: String) {
    let mut writer = index.write().await.unwrap();
    let mut transaction = writer.begin("violation").await.unwrap();
    sql::script(&mut transaction, &sql).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn counts(
    index: &Index,
    viewer: &Viewer,
    query: &ViolationQuery,
    group: &GroupBy,
) -> Vec<ViolationCount> {
    index.count_violations(viewer, query, group.clone()).await.unwrap()
}

#[test]
fn tallies_count_what_the_rows_count() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_folder, index) = runtime.block_on(store());
    let plant = Sites::new(vec!["plant".parse().unwrap()]).unwrap();
    let viewers = [Viewer::local(), Viewer::new("anna", Role::Inspector, Scope::Sites(plant)).unwrap()];
    // What earlier cases left is there for later ones.
    let (mut seqs, mut next, mut counted) = (Vec::new(), 0, 0);
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let cases = (prop::collection::vec(changes(), 0..40), prop::collection::vec(questions(), 12));
    let outcome = {
        let state = std::cell::RefCell::new((&mut seqs, &mut next, &mut counted));
        runner.run(&cases, |(changes, questions)| {
            let (seqs, next, counted) = &mut *state.borrow_mut();
            let sql: Vec<_> = changes.iter().filter_map(|change| sql_of(change, seqs, next)).collect();
            runtime.block_on(write(&index, sql.join(";")));
            for (query, group) in questions {
                for viewer in &viewers {
                    // Every score is at least 0, and no tally knows scores.
                    let over_rows = ViolationQuery { min_score: Score::new(0.0), ..query.clone() };
                    let tallied = runtime.block_on(counts(&index, viewer, &query, &group));
                    let expected = runtime.block_on(counts(&index, viewer, &over_rows, &group));
                    **counted += expected.len();
                    prop_assert_eq!(tallied, expected, "{:?} by {:?}", query, group);
                }
            }
            Ok(())
        })
    };
    outcome.unwrap();
    assert!(counted > 1_000, "the questions find something: {counted}");
    let report = runtime.block_on(index.check(&mut |_| {})).unwrap();
    let wrong: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| matches!(finding, CheckFinding::WrongCounts { .. }))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn a_wrong_tally_is_found_and_built_anew() {
    let (_folder, index) = store().await;
    let (mut seqs, mut next) = (Vec::new(), 0);
    for at_us in [-1, 0, HOUR_US] {
        let opening = Change::Open { camera: 0, zone: "dock", behaviour: "hot_work", run: "live", at_us };
        write(&index, sql_of(&opening, &mut seqs, &mut next).unwrap()).await;
    }
    let wrong = |report: &crate::CheckReport| -> Vec<&'static str> {
        let tables = report.findings.iter().filter_map(|finding| match finding {
            CheckFinding::WrongCounts { table } => Some(*table),
            _ => None,
        });
        tables.collect()
    };
    assert_eq!(wrong(&index.check(&mut |_| {}).await.unwrap()), [""; 0]);
    for (damage, tables) in [
        ("DELETE FROM violation_day WHERE day_us = 0", vec!["violation_day"]),
        ("UPDATE violation_day_of_camera SET h00 = 7 WHERE day_us = 0", vec!["violation_day_of_camera"]),
        ("UPDATE violation_tally SET count = count + 1", vec!["violation_tally"]),
        (
            "UPDATE violation_day SET count = -3; UPDATE violation_day_of_camera SET zone = 'ramp'",
            vec!["violation_day", "violation_day_of_camera"],
        ),
    ] {
        write(&index, damage.to_owned()).await;
        let found = index.check(&mut |_| {}).await.unwrap();
        let mut named = wrong(&found);
        named.sort_unstable();
        assert_eq!(named, tables, "{damage}");
        assert!(found.findings.iter().any(|finding| finding.to_string().contains("--repair")), "{damage}");
        let repaired = index.check_and_repair(&mut |_| {}).await.unwrap();
        assert_eq!((wrong(&repaired).len(), repaired.repaired), (0, tables.len() as u64), "{damage}");
        assert_eq!(wrong(&index.check(&mut |_| {}).await.unwrap()), [""; 0], "{damage}");
    }
    let query = ViolationQuery::default();
    let counted = counts(&index, &Viewer::local(), &query, &GroupBy::Behaviour).await;
    let key = CountKey::Behaviour("hot_work".parse::<Behaviour>().unwrap());
    assert_eq!(counted, [ViolationCount { key, count: 3 }]);
}

/// A count that is wrong must not keep a violation from being recorded or closed.
#[tokio::test]
async fn a_missing_tally_stops_no_violation() {
    let (_folder, index) = store().await;
    let (mut seqs, mut next) = (Vec::new(), 0);
    let opening = Change::Open { camera: 0, zone: "dock", behaviour: "hot_work", run: "live", at_us: 5 };
    write(&index, sql_of(&opening, &mut seqs, &mut next).unwrap()).await;
    write(&index, "DELETE FROM violation_day; DELETE FROM violation_day_of_camera".to_owned()).await;
    for change in [Change::Close(0), Change::Judge(0, Verdict::Confirmed)] {
        write(&index, sql_of(&change, &mut seqs, &mut next).unwrap()).await;
    }
    let query = ViolationQuery { statuses: vec![ViolationStatus::Closed], ..ViolationQuery::default() };
    assert_eq!(index.search_violations(&Viewer::local(), &query).await.unwrap().items.len(), 1);
}
