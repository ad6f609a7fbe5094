//! Which way a search takes through the indexes, and that each way finds the same.

use std::sync::Arc;

use anjian_domain::{RunKind, Score, SystemClock, Verdict, WallTime};
use jiff::tz::TimeZone;

use super::*;
use crate::engine::sql;
use crate::engine::sqlite::walks::is_narrow;
use crate::violations::calendar;
use crate::violations::count;
use crate::violations::occurring::occurring_sql;
use crate::violations::probe::{candidates, probe_sql};
use crate::violations::tally;
use crate::{GroupBy, ViolationStatus};

/// What SQLite says that it will do.
async fn explain(index: &Index, sql: &Builder) -> Vec<String> {
    let explained = sql.build().explain().fetch_all(&index.inner.reader).await.unwrap();
    explained.iter().map(|row| row.try_get("detail").unwrap()).collect()
}

/// Every visit of `violation` is a search in the named index, in its order.
#[track_caller]
fn check(steps: &[String], name: &str, index: &str) {
    let steps_text = steps.join("\n");
    assert!(!steps_text.contains("TEMP B-TREE"), "{name} sorts:\n{steps_text}");
    assert!(!steps_text.contains("SCAN violation"), "{name} scans:\n{steps_text}");
    assert!(!steps_text.contains("SCAN v"), "{name} scans:\n{steps_text}");
    let searches: Vec<_> = steps.iter().filter(|step| step.starts_with("SEARCH violation ")).collect();
    assert!(!searches.is_empty(), "{name}:\n{steps_text}");
    for search in searches {
        assert!(search.contains(&format!("INDEX {index} ")), "{name}: {search}");
        assert!(search.contains("opened_us"), "{name} ignores the range: {search}");
    }
}

fn behaviour(name: &str) -> Behaviour {
    name.parse().unwrap()
}

/// What an index may hold: behaviours of this version and of another.
fn occurring() -> Vec<Behaviour> {
    ["hot_work", "no_hard_hat", "of_another_version", "overcrowding"].map(behaviour).to_vec()
}

fn shapes() -> Vec<(&'static str, &'static str, ViolationQuery)> {
    let any = ViolationQuery::default;
    let wall = |micros| WallTime::from_micros(micros);
    let cameras = |count: usize| (0..count).map(|n| format!("camera-{n}").parse().unwrap()).collect();
    let hats = || vec![behaviour("no_hard_hat")];
    let cursor = Some(Cursor { opened_at: wall(9).unwrap(), seq: 7 });
    let sites = || vec!["plant".parse().unwrap()];
    vec![
        ("newest", "violation_by_time", any()),
        ("deep", "violation_by_time", ViolationQuery { cursor, ..any() }),
        ("range", "violation_by_time", ViolationQuery { from: wall(1), to: wall(9), ..any() }),
        ("score", "violation_by_time", ViolationQuery { min_score: Score::new(0.9), ..any() }),
        (
            "behaviour, score",
            "violation_by_behaviour",
            ViolationQuery { behaviours: hats(), min_score: Score::new(0.9), ..any() },
        ),
        ("runs", "violation_by_time", ViolationQuery { runs: vec![RunKind::Live], ..any() }),
        ("behaviour", "violation_by_behaviour", ViolationQuery { behaviours: hats(), ..any() }),
        ("camera", "violation_by_camera", ViolationQuery { cameras: cameras(1), ..any() }),
        (
            "all",
            "violation_by_camera",
            ViolationQuery {
                cameras: cameras(3),
                behaviours: vec![behaviour("no_hard_hat"), behaviour("hot_work")],
                sites: sites(),
                zones: vec!["dock".parse().unwrap()],
                statuses: vec![ViolationStatus::Open, ViolationStatus::Closed],
                verdicts: vec![Verdict::None, Verdict::Confirmed],
                runs: vec![RunKind::Live],
                from: wall(1),
                to: wall(9),
                min_score: Score::new(0.5),
                cursor,
                limit: 200,
                ..any()
            },
        ),
        (
            "most cameras",
            "violation_by_camera",
            ViolationQuery { cameras: cameras(ViolationQuery::MAX_VALUES), cursor, ..any() },
        ),
        ("site", "violation_by_site", ViolationQuery { sites: sites(), behaviours: hats(), ..any() }),
        ("zone", "violation_by_zone", ViolationQuery { zones: vec!["dock".parse().unwrap()], ..any() }),
        (
            "open",
            "violation_by_status",
            ViolationQuery { statuses: vec![ViolationStatus::Open], cameras: cameras(2), ..any() },
        ),
        (
            "closed",
            "violation_by_status",
            ViolationQuery { statuses: vec![ViolationStatus::Closed], ..any() },
        ),
        (
            "judged",
            "violation_by_verdict",
            ViolationQuery { verdicts: vec![Verdict::Confirmed, Verdict::Dismissed], ..any() },
        ),
        (
            "open, judged",
            "violation_by_status",
            ViolationQuery {
                statuses: vec![ViolationStatus::Open],
                verdicts: vec![Verdict::Confirmed],
                ..any()
            },
        ),
        (
            "closed, not judged",
            "violation_by_verdict",
            ViolationQuery {
                statuses: vec![ViolationStatus::Closed],
                verdicts: vec![Verdict::None],
                ..any()
            },
        ),
        (
            "dismissed at a site",
            "violation_by_site",
            ViolationQuery { sites: sites(), verdicts: vec![Verdict::Dismissed], ..any() },
        ),
    ]
}

/// The drivers that a page may be given, the usual one first.
fn drivers(query: &ViolationQuery) -> Vec<Driver> {
    let usual = Driver::of(query);
    std::iter::once(usual).chain(candidates(usual, query)).collect()
}

#[tokio::test]
async fn every_page_walks_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    for (name, expected, query) in shapes() {
        assert_eq!(Driver::of(&query).index(), expected, "{name}");
        for driver in drivers(&query) {
            let steps =
                explain(&index, &page_sql(Engine::Sqlite, driver, &query, &occurring(), 51).unwrap()).await;
            check(&steps, name, driver.index());
        }
    }
}

#[tokio::test]
async fn probes_enter_an_index_by_every_condition() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    for (name, _, query) in shapes() {
        for driver in drivers(&query).split_off(1) {
            let steps = explain(&index, &probe_sql(driver, &query, &occurring()).unwrap()).await;
            check(&steps, name, driver.index());
            assert!(steps.iter().any(|step| step.contains("COVERING INDEX")), "{name}: {steps:#?}");
        }
    }
}

/// Ten thousand violations, spread over every column.
const SPREAD: &str = "INSERT INTO site VALUES ('plant', '', '', '', '', 1, ''), ('mill', '', '', '', '', 1, '');
    INSERT INTO camera (id, site, name, is_configured)
        VALUES ('camera-0', 'plant', '', 1), ('camera-1', 'plant', '', 1), ('camera-2', 'mill', '', 1);
    INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us)
        VALUES (zeroblob(16), 'live', 'plant', 'camera-0', '', '', 0, 0);
    WITH RECURSIVE n (i, h) AS (VALUES (1, 7) UNION ALL SELECT i + 1, (h * 16807) % 2147483647 FROM n WHERE i < 10000)
    INSERT INTO violation (id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score,
        status, verdict, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, score_step)
    SELECT randomblob(16), zeroblob(16), iif(h % 5 = 0, 'archive', 'live'), iif(h % 3 = 2, 'mill', 'plant'),
        'camera-' || (h % 3), iif(h % 7 < 3, 'dock', 'ramp'),
        CASE h % 4 WHEN 0 THEN 'hot_work' WHEN 1 THEN 'of_another_version' ELSE 'no_hard_hat' END, 'r', 'v', 'm',
        (h % 1001) / 1000.0, iif(h % 50 = 1, 'open', 'closed'),
        CASE WHEN h % 100 = 0 THEN 'dismissed' WHEN h % 10 = 1 THEN 'confirmed' ELSE 'none' END,
        h % 11, 0, iif(h % 50 = 1, NULL, 99), iif(h % 50 = 1, NULL, 0), iif(h % 50 = 1, NULL, 'left'),
        CAST((h % 1001) / 1000.0 * 64 AS INTEGER) FROM n";

async fn spread(folder: &tempfile::TempDir) -> Index {
    let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    let mut writer = index.write().await.unwrap();
    let mut transaction = writer.begin("violation").await.unwrap();
    sql::script(&mut transaction, SPREAD).await.unwrap();
    transaction.commit().await.unwrap();
    drop(writer);
    index
}

#[tokio::test]
async fn every_driver_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let index = spread(&folder).await;
    let (viewer, mut compared) = (Viewer::local(), 0);
    for (name, _, query) in shapes() {
        let mut pages = Vec::new();
        let occurring = index.occurring_behaviours(&query).await.unwrap();
        for driver in drivers(&query).into_iter().chain([Driver::Time, Driver::Score]) {
            let sql = page_sql(Engine::Sqlite, driver, &query, &occurring, 201).unwrap();
            let rows = sql.build().fetch_all(&index.inner.reader).await.unwrap();
            pages.push(page(&Viewer::local(), &rows, 200).unwrap());
        }
        assert!(pages.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
        compared += pages[0].items.len();
        assert_eq!(
            index.search_violations(&viewer, &ViolationQuery { limit: 200, ..query }).await.unwrap(),
            pages[0]
        );
    }
    assert!(compared > 1_000, "{compared}");
}

#[tokio::test]
async fn occurring_behaviours_are_found_by_steps() {
    let folder = tempfile::tempdir().unwrap();
    let empty = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    let any = ViolationQuery::default();
    assert_eq!(empty.occurring_behaviours(&any).await.unwrap(), []);
    let steps = explain(&empty, &occurring_sql()).await;
    let visits = steps.iter().filter(|step| step.contains(" violation "));
    assert!(
        visits.clone().all(|visit| visit.contains("COVERING INDEX violation_by_behaviour")),
        "{steps:#?}"
    );
    assert!(visits.clone().any(|visit| visit.contains("(behaviour>?)")), "{steps:#?}");
    let folder = tempfile::tempdir().unwrap();
    let full = spread(&folder).await;
    let found = full.occurring_behaviours(&any).await.unwrap();
    assert_eq!(found, ["hot_work", "no_hard_hat", "of_another_version"].map(behaviour));
    let named = ViolationQuery { behaviours: vec![behaviour("hot_work")], ..any };
    assert_eq!(full.occurring_behaviours(&named).await.unwrap(), [], "the query says which");
}

/// Ids that the index holds, and so many others that `count` are asked for.
fn ids<T: std::str::FromStr<Err: std::fmt::Debug>>(held: &[&str], count: usize) -> Vec<T> {
    let others = (held.len()..count).map(|n| format!("other-{n}"));
    others.chain(held.iter().map(|id| (*id).to_owned())).map(|id| id.parse().unwrap()).collect()
}

/// More than SQLite takes of arms, of variables, or of both.
fn wide_shapes() -> Vec<(&'static str, ViolationQuery)> {
    let most = ViolationQuery::MAX_VALUES;
    let cameras = || ids(&["camera-0", "camera-2"], most);
    let zones = || ids(&["dock"], most);
    let behaviours = |count| (0..count).map(|n| behaviour(&format!("b{n}"))).chain(occurring()).collect();
    let any = || ViolationQuery { limit: 200, ..ViolationQuery::default() };
    let asked = || ViolationQuery { cameras: cameras(), behaviours: behaviours(4), ..any() };
    let cursor = Some(Cursor { opened_at: WallTime::from_micros(7).unwrap(), seq: 5_000 });
    vec![
        ("arms", asked()),
        (
            "variables",
            ViolationQuery {
                zones: zones(),
                behaviours: behaviours(3),
                verdicts: vec![Verdict::None, Verdict::Confirmed, Verdict::Dismissed],
                runs: vec![RunKind::Live, RunKind::Archive],
                ..asked()
            },
        ),
        ("both", ViolationQuery { zones: zones(), ..asked() }),
        ("deep, in a range", ViolationQuery { cursor, from: WallTime::from_micros(2), ..asked() }),
        (
            "zones",
            ViolationQuery { cameras: vec![], zones: zones(), sites: ids(&["plant"], most), ..asked() },
        ),
        (
            "scores",
            ViolationQuery {
                cameras: vec![],
                min_score: Score::new(0.2),
                behaviours: behaviours(60),
                ..any()
            },
        ),
        (
            "everything",
            ViolationQuery {
                cameras: cameras(),
                zones: zones(),
                sites: ids(&["plant", "mill"], most),
                behaviours: behaviours(60),
                statuses: ViolationStatus::ALL.to_vec(),
                verdicts: vec![Verdict::None, Verdict::Confirmed, Verdict::Dismissed],
                runs: vec![RunKind::Live, RunKind::Archive],
                min_score: Score::new(0.1),
                ..any()
            },
        ),
    ]
}

#[tokio::test]
async fn more_than_one_statement_takes_is_found_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let index = spread(&folder).await;
    let (viewer, words) = (Viewer::local(), |field: &[String], word: &str| field.iter().any(|w| w == word));
    let all = index.search_all().await;
    for (name, query) in wide_shapes() {
        let driver = index.choose_driver(&query, &[]).await.unwrap();
        let plan = Plan::driven_by(driver, &query, &[]).unwrap();
        assert!(!is_narrow(&plan.walks((0, 0), 51)), "{name} is meant to be wide");
        let steps = explain(&index, &page_sql(Engine::Sqlite, driver, &query, &[], 201).unwrap()).await;
        let text = steps.join("\n");
        assert!(!text.contains("SCAN v") && !text.contains("SCAN n"), "{name}: {text}");
        assert!(
            text.contains(&format!("SEARCH n USING COVERING INDEX {} ", driver.index())),
            "{name}: {text}"
        );
        let before = query.cursor.map_or((i64::MAX, 0), |cursor| (cursor.opened_at.as_micros(), cursor.seq));
        let is_asked = |(row, seq): &&(ViolationRow, i64)| {
            let is_one =
                |column: &str, word: &str| plan.words(column).is_empty() || words(plan.words(column), word);
            is_one("camera", row.camera.as_str())
                && is_one("zone", row.zone.as_str())
                && is_one("site", row.site.as_str())
                && is_one("behaviour", row.behaviour.as_str())
                && (row.opened_at.as_micros(), *seq) < before
                && query.from.is_none_or(|from| row.opened_at >= from)
                && query.min_score.is_none_or(|least| row.score >= least)
        };
        let expected: Vec<_> = all.iter().filter(is_asked).take(200).map(|(row, _)| row.clone()).collect();
        assert!(expected.len() > 100, "{name} finds something");
        let found = index.search_violations(&viewer, &query).await.unwrap();
        assert_eq!(found.items, expected, "{name}");
        // Counts bind every word once.
        index.count_violations(&viewer, &query, GroupBy::Camera).await.unwrap();
    }
}

impl Index {
    /// Every violation with its `seq`, newest first, without any of what is tested here.
    async fn search_all(&self) -> Vec<(ViolationRow, i64)> {
        let columns = list_row::COLUMNS;
        let sql = format!("SELECT {columns} FROM violation AS v ORDER BY v.opened_us DESC, v.seq DESC");
        let rows = sql::query(&sql).fetch_all(&self.inner.reader).await.unwrap();
        let decode = |row| list_row::decode(&Viewer::local(), row).map(|(place, row)| (row, place.seq));
        rows.iter().map(decode).collect::<Result<_, _>>().unwrap()
    }
}

#[tokio::test]
async fn rare_fields_are_walked_first() {
    let folder = tempfile::tempdir().unwrap();
    let index = spread(&folder).await;
    let any = ViolationQuery::default;
    let site = || vec!["plant".parse().unwrap()];
    let status = |status| ViolationQuery { sites: site(), statuses: vec![status], ..any() };
    let verdict = |verdict| ViolationQuery { sites: site(), verdicts: vec![verdict], ..any() };
    let score = |score| ViolationQuery { sites: site(), min_score: Score::new(score), ..any() };
    let cases = [
        ("a rare verdict", verdict(Verdict::Dismissed), Driver::Verdict),
        ("a common verdict", verdict(Verdict::None), Driver::Site),
        ("a common status", status(ViolationStatus::Closed), Driver::Site),
        ("a rare score", score(0.95), Driver::Score),
        ("a common score", score(0.3), Driver::Site),
        ("only a score", ViolationQuery { sites: vec![], ..score(0.3) }, Driver::Score),
        ("only a site", ViolationQuery { sites: site(), ..any() }, Driver::Site),
    ];
    for (name, query, expected) in cases {
        assert_eq!(index.choose_driver(&query, &occurring()).await.unwrap(), expected, "{name}");
    }
}

#[tokio::test]
async fn the_tally_counts_as_the_index_does() {
    let folder = tempfile::tempdir().unwrap();
    let index = spread(&folder).await;
    let mut writer = index.write().await.unwrap();
    let mut transaction = writer.begin("violation").await.unwrap();
    let judged = "UPDATE violation SET verdict = 'confirmed' WHERE seq % 3 = 0;
        UPDATE violation SET status = 'closed', closed_us = 99, closed_media_ns = 0, close_reason = 'left'
        WHERE seq % 5 = 0; UPDATE violation SET run_kind = 'superseded' WHERE seq % 7 = 0; DELETE FROM violation WHERE seq % 17 = 0";
    sql::script(&mut transaction, judged).await.unwrap();
    transaction.commit().await.unwrap();
    drop(writer);
    let viewer = Viewer::local();
    let (mut behaviours, mut cameras) = (0, 0);
    for (name, _, query) in shapes() {
        // The same question in words that the tally does not know.
        let all =
            ViolationQuery { from: WallTime::from_micros(0), to: WallTime::from_micros(99), ..query.clone() };
        for group in [GroupBy::Behaviour, GroupBy::Camera] {
            if tally::counts(&query, &group).is_some() {
                let count = |query| index.count_violations(&viewer, query, group.clone());
                let tallied = count(&query).await.unwrap();
                assert_eq!(tallied, count(&all).await.unwrap(), "{name}");
                let counts = if group == GroupBy::Camera { &mut cameras } else { &mut behaviours };
                *counts += tallied.len();
            }
        }
    }
    assert!(behaviours > 10 && cameras > 10, "{behaviours} {cameras}");
}

#[tokio::test]
async fn every_count_walks_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    for (name, expected, query) in shapes() {
        let by_behaviour = if expected == "violation_by_time" { "violation_by_behaviour" } else { expected };
        check(
            &explain(&index, &count::by_behaviour(&query, &occurring()).unwrap().0).await,
            name,
            by_behaviour,
        );
        check(
            &explain(&index, &count::by_camera(&query, &occurring()).unwrap()).await,
            name,
            "violation_by_camera",
        );
        let day = [0, 86_400_000_000].map(WallTime::from_micros);
        let hours = calendar::hours(day[0], day[1], &TimeZone::UTC).unwrap();
        let hours: Vec<_> = hours.iter().map(|hour| hour.from.as_micros()..hour.to.as_micros()).collect();
        check(&explain(&index, &count::by_time(&query, &occurring(), &hours).unwrap()).await, name, expected);
    }
}
