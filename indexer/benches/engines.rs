//! SQLite and PostgreSQL side by side: every shape of question over the same violations, as multiples of a lookup by id, and how
//! many violations with evidence are recorded in a second. `ANJIAN_BENCH_ROWS` sets how many violations; a million by default.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod million;
#[path = "../../tests/src/private_postgres.rs"]
#[expect(dead_code, unreachable_pub, reason = "a module of the tests, which need more of it")]
mod private_postgres;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{
    Clock, ClockReading, Detections, EvidenceSink, MediaTime, Moment, OpeningEvidence, Run, RunId, RunKind,
    Score, SystemClock, TimeSource, Viewer, Violation, ViolationId,
};
use anjian_indexer::{Database, Index, IndexSink, ViolationQuery};
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use tokio::runtime::Runtime;
use uuid::Uuid;

use million::{ROWS, STEP_US, at, deep_cursor, fill, shapes};
use private_postgres::PrivatePostgres;

/// Questions of each shape; the second slowest of a hundred is their 99th percentile.
const ASKED: usize = 200;
const RECORDING: Duration = Duration::from_secs(5);
/// Bytes of a picture of 1080p.
const PICTURE_BYTES: usize = 150_000;

/// What the engines call differently.
const POSTGRESQL: [(&str, &str); 9] = [
    ("iif(h % 20 = 0, 'archive', 'live')", "CASE WHEN h % 20 = 0 THEN 'archive' ELSE 'live' END"),
    (
        "iif(camera < 0, 'site-0', 'site-' || (camera % 5))",
        "CASE WHEN camera < 0 THEN 'site-0' ELSE 'site-' || (camera % 5) END",
    ),
    (
        "iif(camera < 0, 'rare', 'camera-' || camera)",
        "CASE WHEN camera < 0 THEN 'rare' ELSE 'camera-' || camera END",
    ),
    // Its numbers are 64 bits wide from the start.
    ("VALUES (1) UNION ALL", "VALUES (1::bigint) UNION ALL"),
    ("randomblob(16)", "decode(md5(i::text), 'hex')"),
    ("zeroblob(16)", "decode(repeat('00', 16), 'hex')"),
    ("iif(i % 10000 = 0, -1, h % 50)", "CASE WHEN i % 10000 = 0 THEN -1 ELSE h % 50 END"),
    ("printf('%064d', seq)", "lpad(seq::text, 64, '0')"),
    ("CAST((h % 1000) / 1000.0 * 64 AS INTEGER)", "floor((h % 1000) / 1000.0 * 64)"),
];

/// What the trigger would have written.
const TALLY: &str = "INSERT INTO violation_tally (camera, site, behaviour, status, verdict, run_kind, count) \
    SELECT camera, site, behaviour, status, verdict, run_kind, count(*) FROM violation GROUP BY 1, 2, 3, 4, 5, 6;";

/// Times of one shape, milliseconds.
struct Figures {
    name: &'static str,
    rows: usize,
    median_ms: f64,
    p99_ms: f64,
}

fn rows() -> i64 {
    std::env::var("ANJIAN_BENCH_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROWS)
}

async fn fill_sqlite(file: &Path) -> sqlx::Result<()> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection: SqliteConnection = options.pragma("cache_size", "-1000000").connect().await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("BEGIN; {} COMMIT; ANALYZE;", fill(rows(), STEP_US))))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

async fn fill_postgresql(address: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(address).await?;
    let mut sql = fill(rows(), STEP_US);
    for (sqlite, postgresql) in POSTGRESQL {
        sql = sql.replace(sqlite, postgresql);
    }
    // A trigger for each of a million rows takes ten minutes. Questions ask the tally, and no hours of days.
    let sql = format!(
        "ALTER TABLE violation DISABLE TRIGGER USER; {sql} {TALLY} ALTER TABLE violation ENABLE TRIGGER USER;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await?;
    for sql in [
        "SELECT setval(pg_get_serial_sequence('violation', 'seq'), (SELECT max(seq) FROM violation))",
        "VACUUM ANALYZE",
    ] {
        sqlx::raw_sql(sql).execute(&mut connection).await?;
    }
    connection.close().await
}

/// How often the server read a whole table of violations.
async fn full_scans(address: &str) -> sqlx::Result<i64> {
    let mut connection = PgConnection::connect(address).await?;
    // Sessions tell what they did when they have been idle for ten seconds.
    tokio::time::sleep(Duration::from_secs(12)).await;
    let sql = "SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE relname IN ('violation', 'evidence', 'violation_detail')";
    let scans = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(scans)
}

fn since(begun: Duration) -> Duration {
    SystemClock.monotonic().saturating_sub(begun)
}

fn times(mut ask: impl FnMut(usize)) -> [f64; 2] {
    (0..ASKED / 10).for_each(&mut ask);
    let mut times: Vec<f64> = (0..ASKED)
        .map(|number| {
            let begun = SystemClock.monotonic();
            ask(number);
            since(begun).as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    [times[ASKED / 2], times[ASKED - ASKED / 100]]
}

/// The lookup by id first.
fn measure(runtime: &Runtime, index: &Index) -> Vec<Figures> {
    let viewer = Viewer::local();
    let page = |query: &ViolationQuery| {
        runtime.block_on(index.search_violations(&viewer, query)).expect("it can be read")
    };
    let one = |share: f64| {
        let query = ViolationQuery { to: Some(at(share)), limit: 1, ..ViolationQuery::default() };
        page(&query).items[0].id
    };
    let share_of_rows = rows() as f64 / ROWS as f64;
    let ids: Vec<_> = (1..=ASKED).map(|number| one(share_of_rows * number as f64 / ASKED as f64)).collect();
    let [median_ms, p99_ms] = times(|number| {
        runtime
            .block_on(index.violation(&viewer, ids[number]))
            .expect("it can be read")
            .expect("it is there");
    });
    let mut all = vec![Figures { name: "one by its id", rows: 1, median_ms, p99_ms }];
    for (name, query) in shapes(deep_cursor(runtime, index)) {
        let rows = page(&query).items.len();
        let [median_ms, p99_ms] = times(|_| drop(page(&query)));
        all.push(Figures { name, rows, median_ms, p99_ms });
    }
    all
}

/// Violations with two pictures that are recorded in a second, one after the other.
fn recording_rate(runtime: &Runtime, index: &Index) -> f64 {
    let sink = IndexSink::new(index.clone(), runtime.handle().clone());
    let run = Run {
        id: RunId(Uuid::now_v7()),
        kind: RunKind::Live,
        site: "site-1".parse().expect("an id"),
        camera: "camera-1".parse().expect("an id"),
        source: String::new(),
        model: "nano".into(),
        rules: vec![],
        settings: serde_json::json!({}),
        started_at: at(1.0),
        footage: None,
    };
    sink.begin_run(&run).expect("it can be written");
    let begun = SystemClock.monotonic();
    let mut count = 0;
    while since(begun) < RECORDING {
        let opened = Moment {
            media: MediaTime::from_millis(count * 1_000),
            wall: at(1.0).plus(Duration::from_secs(count)),
        };
        let violation = Violation {
            id: ViolationId(Uuid::now_v7()),
            run: run.id,
            site: run.site.clone(),
            camera: run.camera.clone(),
            zone: "zone-1".parse().expect("an id"),
            behaviour: "no_hard_hat".parse().expect("a name"),
            rule: "hats".parse().expect("an id"),
            rule_version: "no_hard_hat@1f0c9ad2b7e4".into(),
            model: run.model.clone(),
            score: Score::new(0.75).expect("a score"),
            opened,
            closed: None,
            track: None,
        };
        let evidence = OpeningEvidence {
            snapshot_at: opened,
            clock: ClockReading { source: TimeSource::Arrival, offset_us: 0 },
            clean_jpeg: vec![1; PICTURE_BYTES],
            annotated_jpeg: vec![2; PICTURE_BYTES],
            detections: Detections { camera: run.camera.clone(), at: opened, items: vec![] },
            path: vec![],
        };
        sink.open_violation(&violation, &evidence).expect("it can be written");
        count += 1;
    }
    count as f64 / since(begun).as_secs_f64()
}

fn print(sqlite: &[Figures], postgresql: &[Figures]) {
    println!("{} violations; milliseconds, and the 99th percentile as a multiple of a lookup's", rows());
    println!("| Question | Rows | SQLite p50 | p99 | × | PostgreSQL p50 | p99 | × |");
    println!("|---|---|---|---|---|---|---|---|");
    for (one, other) in sqlite.iter().zip(postgresql) {
        assert_eq!(one.rows, other.rows, "{}: both engines find the same", one.name);
        let cells = |all: &[Figures], of: &Figures| {
            format!("{:.2} | {:.2} | {:.1}", of.median_ms, of.p99_ms, of.p99_ms / all[0].p99_ms)
        };
        println!("| {} | {} | {} | {} |", one.name, one.rows, cells(sqlite, one), cells(postgresql, other));
    }
}

fn main() {
    let runtime = Runtime::new().expect("threads can be made");
    let folders = [(); 2].map(|()| tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder"));
    let server = PrivatePostgres::start();
    let address = server.create("bench");
    let database: Database = address.parse().expect("an address");
    let clock = Arc::new(SystemClock);
    let open = |folder: &Path, database: &Database| {
        runtime.block_on(Index::open_on(folder, database, clock.clone())).expect("it can be opened")
    };
    let sqlite = open(folders[0].path(), &Database::Embedded);
    runtime
        .block_on(fill_sqlite(&folders[0].path().join("anjian.db")))
        .expect("the schema is the one that this fills");
    let postgresql = open(folders[1].path(), &database);
    runtime.block_on(fill_postgresql(&address)).expect("the schema is the one that this fills");
    let scans = || runtime.block_on(full_scans(&address)).expect("the server says");
    let before = scans();
    print(&measure(&runtime, &sqlite), &measure(&runtime, &postgresql));
    println!("\nWhole tables of violations that PostgreSQL read meanwhile: {}", scans() - before);
    let [one, other] = [&sqlite, &postgresql].map(|index| recording_rate(&runtime, index));
    println!(
        "Violations recorded in a second, with two pictures of 150 KB: SQLite {one:.0}, PostgreSQL {other:.0}"
    );
    drop((sqlite, postgresql));
}
