//! Search and counts over a million violations: two years of 50 cameras at 5 sites, plus a camera with a hundred and
//! a behaviour with a thousand; and the same million within 30 days. Each is made once and kept in the target folder.

mod million;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{Score, SystemClock, Verdict, Viewer, WallTime};
use anjian_indexer::{GroupBy, Index, ViolationPage, ViolationQuery};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

use million::{ROWS, START_US, STEP_US, at, deep_cursor, fill, shapes};

/// A million in 30 days.
const MONTH_STEP_US: i64 = 2_592_000;

fn open_filled(runtime: &Runtime, step_us: i64) -> Index {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("a-million-violations-5-{step_us}"));
    runtime.block_on(async {
        let index = Index::open(&folder, Arc::new(SystemClock)).await.expect("the folder is ours");
        let options = SqliteConnectOptions::new()
            .filename(folder.join("anjian.db"))
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", "-1000000");
        let mut connection = SqliteConnection::connect_with(&options).await.expect("it was just created");
        let count = sqlx::query_scalar("SELECT count(*) FROM violation").fetch_one(&mut connection).await;
        if count.unwrap_or(0) < ROWS {
            let mut filling = connection.begin().await.expect("nobody else uses it");
            sqlx::raw_sql(sqlx::AssertSqlSafe(fill(ROWS, step_us)))
                .execute(&mut *filling)
                .await
                .expect("the schema is the one that this fills");
            filling.commit().await.expect("the disk holds a gigabyte");
        }
        connection.close().await.expect("nothing is left to do");
        index
    })
}

fn search(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be made");
    let index = open_filled(&runtime, STEP_US);
    let page = |query: &ViolationQuery| -> ViolationPage {
        runtime.block_on(index.search_violations(&Viewer::local(), query)).expect("it can be read")
    };
    let mut group = criterion.benchmark_group("search");
    for (name, query) in shapes(deep_cursor(&runtime, &index)) {
        let rows = page(&query).items.len();
        group.bench_function(format!("{name} ({rows} rows)"), |bencher| bencher.iter(|| page(&query)));
    }
    group.finish();
}

fn count(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be made");
    let index = open_filled(&runtime, STEP_US);
    let zone = || TimeZone::get("Asia/Shanghai").expect("in the tables");
    // A day, a month and all of the two years.
    let range =
        |share: f64| ViolationQuery { from: Some(at(0.5)), to: Some(at(0.5 + share)), ..Default::default() };
    let cases = [
        ("day by behaviour", range(1.0 / 730.0), GroupBy::Behaviour),
        ("day by camera", range(1.0 / 730.0), GroupBy::Camera),
        ("day by hour", range(1.0 / 730.0), GroupBy::Hour(zone())),
        ("month by behaviour", range(1.0 / 25.0), GroupBy::Behaviour),
        ("month by hour", range(1.0 / 25.0), GroupBy::Hour(zone())),
        ("year by day", range(0.5), GroupBy::Day(zone())),
        ("all time by behaviour", ViolationQuery::default(), GroupBy::Behaviour),
        ("all time by camera", ViolationQuery::default(), GroupBy::Camera),
    ];
    let viewer = Viewer::local();
    let mut group = criterion.benchmark_group("count");
    for (name, query, group_by) in cases {
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(index.count_violations(&viewer, &query, group_by.clone())));
        });
    }
    group.finish();
}

/// What the page asks for at once, over 30 days that hold the million; and the same over rows, as it was asked before
/// there were tallies: they know no score.
fn count_a_month(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be made");
    let index = open_filled(&runtime, MONTH_STEP_US);
    let zone = TimeZone::get("Asia/Shanghai").expect("in the tables");
    let from = WallTime::from_micros(START_US).expect("a date of ours").plus(Duration::from_secs(17));
    let to = from.plus(Duration::from_hours(24 * 30));
    let month = || ViolationQuery { from: Some(from), to: Some(to), ..ViolationQuery::default() };
    let cameras = |count: usize| (0..count).map(|n| format!("camera-{n}").parse().expect("an id")).collect();
    let viewer = Viewer::local();
    let ask = async |query: &ViolationQuery| {
        for group in [GroupBy::Behaviour, GroupBy::Camera, GroupBy::Hour(zone.clone())] {
            index.count_violations(&viewer, query, group).await.expect("it can be read");
        }
    };
    let mut group = criterion.benchmark_group("a million in 30 days");
    for (name, query) in [
        ("page", month()),
        ("page, over rows", ViolationQuery { min_score: Score::new(0.0), ..month() }),
        ("page, a camera", ViolationQuery { cameras: cameras(1), ..month() }),
        ("page, 50 cameras", ViolationQuery { cameras: cameras(50), ..month() }),
        ("page, a verdict", ViolationQuery { verdicts: vec![Verdict::Confirmed], ..month() }),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| runtime.block_on(ask(&query))));
    }
    group.bench_function("page, 50 clients at once", |bencher| {
        let query = month();
        bencher.iter(|| runtime.block_on(futures_of(50, || ask(&query))));
    });
    group.finish();
}

/// Waits for as many of them at once.
async fn futures_of<F: Future<Output = ()>>(count: usize, ask: impl Fn() -> F) {
    let mut waiting: Vec<_> = (0..count).map(|_| Box::pin(ask())).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|asked| asked.as_mut().poll(context).is_pending());
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = search, count, count_a_month
}
criterion_main!(benches);
