//! A million violations at 50 cameras of 5 sites, plus a camera with a hundred and a behaviour with a thousand; and every
//! shape of question that the page asks.

use std::time::Duration;

use anjian_domain::{Behaviour, Detections, MediaTime, Moment, Score, Verdict, Viewer, WallTime};
use anjian_indexer::{Cursor, Index, ViolationQuery, ViolationStatus};
use tokio::runtime::Runtime;

pub(crate) const ROWS: i64 = 1_000_000;
/// 2024-01-01T00:00:00Z.
pub(crate) const START_US: i64 = 1_704_067_200_000_000;
/// About a minute between violations.
pub(crate) const STEP_US: i64 = 63_072_000;

/// `h` spreads like a random number, and is the same every time.
const FILL: &str = "
    INSERT INTO site VALUES ('site-0', '', '', 'Asia/Shanghai', '', 1, ''), ('site-1', '', '', 'Asia/Shanghai', '', 1, ''),
        ('site-2', '', '', 'Asia/Shanghai', '', 1, ''), ('site-3', '', '', 'Asia/Shanghai', '', 1, ''),
        ('site-4', '', '', 'Asia/Shanghai', '', 1, '');
    WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 49)
    INSERT INTO camera (id, site, name, is_configured) SELECT 'camera-' || i, 'site-' || (i % 5), '', 1 FROM n;
    INSERT INTO camera (id, site, name, is_configured) VALUES ('rare', 'site-0', '', 1);
    INSERT INTO run (id, kind, site, camera, source, model, started_us, last_seen_us)
        VALUES (zeroblob(16), 'live', 'site-0', 'rare', '', '', 0, 0);
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000),
        spread (i, h) AS (SELECT i, (i * 2654435761) % 4294967296 >> 7 FROM n),
        placed (i, h, camera) AS (SELECT i, h, iif(i % 10000 = 0, -1, h % 50) FROM spread)
    INSERT INTO violation (seq, id, run, run_kind, site, camera, zone, behaviour, rule, rule_version, model, score,
        status, verdict, opened_us, opened_media_ns, closed_us, closed_media_ns, close_reason, track, score_step)
    SELECT i, randomblob(16), zeroblob(16), iif(h % 20 = 0, 'archive', 'live'),
        iif(camera < 0, 'site-0', 'site-' || (camera % 5)), iif(camera < 0, 'rare', 'camera-' || camera),
        'zone-' || (h % 7),
        CASE WHEN i % 1000 = 500 THEN 'no_anti_static' WHEN h % 100 < 60 THEN 'no_hard_hat'
            WHEN h % 100 < 99 THEN 'overcrowding' ELSE 'hot_work' END,
        'hats', 'no_hard_hat@1f0c9ad2b7e4', 'head-helmet-person-nano@0f3c21aa90d1', (h % 1000) / 1000.0,
        'closed', CASE WHEN i % 5000 = 0 THEN 'dismissed' WHEN h % 10 = 0 THEN 'confirmed' ELSE 'none' END,
        1704067200000000 + i * STEP, i * 1000000, 1704067200000000 + i * STEP + 9000000, i * 1000000, 'left', i, CAST((h % 1000) / 1000.0 * 64 AS INTEGER)
    FROM placed;
    INSERT INTO evidence (violation, kind, camera, path, size_bytes, sha256)
        SELECT seq, 'snapshot', camera, seq, 1, printf('%064d', seq) FROM violation WHERE seq % 100 = 0;
    INSERT INTO violation_detail (violation, snapshot_us, snapshot_media_ns, detections, path)
        SELECT seq, opened_us, opened_media_ns, 'DETECTIONS', '[]' FROM violation;";

/// What fills an empty schema of SQLite with `rows` violations, one each `step_us` microseconds.
pub(crate) fn fill(rows: i64, step_us: i64) -> String {
    let at = Moment { media: MediaTime::from_millis(0), wall: at(0.0) };
    let seen = Detections { camera: "rare".parse().expect("an id"), at, items: vec![] };
    let seen = serde_json::to_string(&seen).expect("plain values");
    let fill = FILL.replace("STEP", &step_us.to_string()).replace("DETECTIONS", &seen);
    fill.replace("i < 1000000", &format!("i < {rows}"))
}

/// The moment by which `share` of the rows had opened, 0..1.
pub(crate) fn at(share: f64) -> WallTime {
    WallTime::from_micros(START_US).expect("a date of ours").plus(share_of_range(share))
}

fn share_of_range(share: f64) -> Duration {
    Duration::from_micros((ROWS * STEP_US).unsigned_abs()).mul_f64(share)
}

pub(crate) fn deep_cursor(runtime: &Runtime, index: &Index) -> Option<Cursor> {
    let middle = ViolationQuery { to: Some(at(0.5)), ..ViolationQuery::default() };
    runtime.block_on(index.search_violations(&Viewer::local(), &middle)).expect("it can be read").next_cursor
}

fn behaviour(name: &str) -> Behaviour {
    name.parse().expect("a name in snake_case")
}

pub(crate) fn shapes(deep: Option<Cursor>) -> Vec<(&'static str, ViolationQuery)> {
    let any = ViolationQuery::default;
    let rare = || vec!["rare".parse().expect("an id")];
    let cameras = |count: usize| (0..count).map(|n| format!("camera-{n}").parse().expect("an id")).collect();
    let site = || vec!["site-1".parse().expect("an id")];
    let zone = || vec!["zone-3".parse().expect("an id")];
    let hats = || vec![behaviour("no_hard_hat")];
    let rare_behaviour = || vec![behaviour("no_anti_static")];
    let dismissed = || vec![Verdict::Dismissed];
    vec![
        ("newest page", any()),
        ("deep page", ViolationQuery { cursor: deep, ..any() }),
        ("newest 200", ViolationQuery { limit: 200, ..any() }),
        (
            "camera, behaviour, week",
            ViolationQuery {
                cameras: cameras(1),
                behaviours: hats(),
                from: Some(at(0.5)),
                to: Some(at(0.51)),
                ..any()
            },
        ),
        ("10 cameras", ViolationQuery { cameras: cameras(10), ..any() }),
        ("50 cameras, deep", ViolationQuery { cameras: cameras(50), cursor: deep, ..any() }),
        ("rare camera, common behaviour", ViolationQuery { cameras: rare(), behaviours: hats(), ..any() }),
        (
            "common camera, rare behaviour",
            ViolationQuery { cameras: cameras(1), behaviours: rare_behaviour(), ..any() },
        ),
        ("site, rare behaviour", ViolationQuery { sites: site(), behaviours: rare_behaviour(), ..any() }),
        ("camera, rare verdict", ViolationQuery { cameras: cameras(1), verdicts: dismissed(), ..any() }),
        ("site, rare verdict", ViolationQuery { sites: site(), verdicts: dismissed(), ..any() }),
        ("zone, rare verdict", ViolationQuery { zones: zone(), verdicts: dismissed(), ..any() }),
        (
            "site, common status",
            ViolationQuery { sites: site(), statuses: vec![ViolationStatus::Closed], ..any() },
        ),
        ("common verdict", ViolationQuery { verdicts: vec![Verdict::None], ..any() }),
        (
            "64 cameras, 8 behaviours, 64 zones",
            ViolationQuery {
                cameras: cameras(64),
                behaviours: (0..6)
                    .map(|n| behaviour(&format!("other_{n}")))
                    .chain(hats())
                    .chain(rare_behaviour())
                    .collect(),
                zones: (0..64).map(|n| format!("zone-{n}").parse().expect("an id")).collect(),
                ..any()
            },
        ),
        (
            "64 cameras, 8 behaviours, 64 zones that nothing has",
            ViolationQuery {
                cameras: cameras(64),
                behaviours: (0..7)
                    .map(|n| behaviour(&format!("other_{n}")))
                    .chain(rare_behaviour())
                    .collect(),
                zones: (100..164).map(|n| format!("zone-{n}").parse().expect("an id")).collect(),
                ..any()
            },
        ),
        ("open", ViolationQuery { statuses: vec![ViolationStatus::Open], ..any() }),
        ("zone", ViolationQuery { zones: zone(), ..any() }),
        ("score 0.3", ViolationQuery { min_score: Score::new(0.3), ..any() }),
        ("score 0.99", ViolationQuery { min_score: Score::new(0.99), ..any() }),
        // The highest is 0.999: a whole step of scores is walked in vain.
        ("score just above the highest", ViolationQuery { min_score: Score::new(0.9995), ..any() }),
        ("score that nothing has", ViolationQuery { min_score: Score::new(1.0), ..any() }),
        (
            "behaviour, score that nothing has",
            ViolationQuery { behaviours: hats(), min_score: Score::new(0.9995), ..any() },
        ),
    ]
}
