//! What the inbox asks, of a million violations over real HTTP: by one client; by fifty that each ask twice a second, as people at work
//! do; and by fifty that never pause. The last keep every core busy, so their times say how many calls a second the machine answers.
//! `cargo bench --profile dev -p anjian-api --bench inbox_load`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures with a clock of its own")]

#[path = "../../indexer/benches/million/mod.rs"]
#[allow(dead_code, reason = "its other questions are asked without HTTP")]
mod million;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anjian_analysis::rules::Behaviours;
use anjian_api::{ApiSettings, Ports, serve_on};
use anjian_domain::SystemClock;
use anjian_indexer::Index;
use million::{ROWS, STEP_US, at, fill};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const CLIENTS: usize = 50;
/// Between two calls of a person.
const PAUSE: Duration = Duration::from_millis(500);
/// Times that each client asks everything.
const ROUNDS: usize = 4;

/// What officers made of the violations, and wrote: every confirmed or dismissed one has a verdict, each tenth of these words.
const JUDGED: &str = "
    INSERT INTO verdict (violation, version, shown, is_settled, state, reason)
        SELECT seq, 1, verdict, 1, '{\"version\":1,\"standing\":null,\"replaced\":[]}',
            iif(verdict = 'dismissed', iif(seq % 2 = 0, 'hat_worn', 'other'), NULL)
        FROM violation WHERE verdict <> 'none';
    INSERT INTO written (violation, spaced)
        SELECT violation, iif(violation % 1000 = 0, ' 动  火  作  业 ', ' 现  场  核  实 ') FROM verdict WHERE violation % 10 = 0;
    ANALYZE;";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("a-million-judged-1");
    let index = filled(&folder).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let behaviours = Behaviours::built_in().list();
    let ports = Ports { behaviours, ..Ports::new(Arc::new(String::new)) };
    tokio::spawn(serve_on(listener, ApiSettings::new(address), index, ports, std::future::pending()));
    let calls = Arc::new(calls(&format!("http://{address}/api/v1/violations")).await);
    ask_all(&calls, 0, 1, Duration::ZERO).await;
    let mut alone = ask_all(&calls, 0, ROUNDS, Duration::ZERO).await;
    let mut paced = crowd(&calls, PAUSE).await;
    let begun = Instant::now();
    let mut busy = crowd(&calls, Duration::ZERO).await;
    let asked: usize = busy.values().map(Vec::len).sum();
    println!("milliseconds              one client     {CLIENTS} that pause {CLIENTS} that do not");
    println!("                           p50    p95    p50    p95    p50    p95");
    for (name, times) in &mut alone {
        print(name, [times, paced.get_mut(name).unwrap(), busy.get_mut(name).unwrap()]);
    }
    let [mut alone, mut paced, mut busy] =
        [alone, paced, busy].map(|times| times.into_values().flatten().collect::<Vec<_>>());
    print("all", [&mut alone, &mut paced, &mut busy]);
    let ratio = |times: &mut [Duration]| {
        at_percent(times, 95).as_secs_f64() / at_percent(&mut alone.clone(), 95).as_secs_f64()
    };
    println!(
        "p95 of all, times one client's: {:.1} with pauses, {:.1} without",
        ratio(&mut paced),
        ratio(&mut busy)
    );
    println!("calls a second without pauses: {:.0}", asked as f64 / begun.elapsed().as_secs_f64());
}

/// Fifty clients at once.
async fn crowd(calls: &Arc<Vec<(&'static str, String)>>, pause: Duration) -> Times {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let calls = Arc::clone(calls);
        clients.spawn(async move {
            // They did not all come in the same moment.
            tokio::time::sleep(pause.mul_f64(client as f64 / CLIENTS as f64)).await;
            ask_all(&calls, client, ROUNDS, pause).await
        });
    }
    let mut all = Times::new();
    for times in clients.join_all().await {
        times.into_iter().for_each(|(name, times)| all.entry(name).or_default().extend(times));
    }
    all
}

/// Of each call, how long its answers took.
type Times = BTreeMap<&'static str, Vec<Duration>>;

fn print(name: &str, columns: [&mut Vec<Duration>; 3]) {
    print!("{name:<24}");
    for times in columns {
        for percent in [50, 95] {
            print!(" {:>6.1}", at_percent(times, percent).as_secs_f64() * 1_000.0);
        }
    }
    println!();
}

fn at_percent(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[times.len() * percent / 100]
}

/// Opens the index, filled on its first use.
async fn filled(folder: &Path) -> Index {
    let is_new = !folder.join("filled").exists();
    if is_new {
        let _ = std::fs::remove_dir_all(folder);
    }
    let index = Index::open(folder, Arc::new(SystemClock)).await.unwrap();
    if is_new {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("anjian.db"));
        let mut filling: SqliteConnection = options.pragma("cache_size", "-1000000").connect().await.unwrap();
        let sql = format!("BEGIN; {} {JUDGED} COMMIT;", fill(ROWS, STEP_US));
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut filling).await.unwrap();
        filling.close().await.unwrap();
        std::fs::write(folder.join("filled"), "").unwrap();
    }
    index
}

/// What the page asks when an inspector opens the inbox, turns its pages and filters it, over a week of ten thousand.
async fn calls(base: &str) -> Vec<(&'static str, String)> {
    let week = format!("from={}", at(0.99));
    let month = format!("from={}&to={}&time_zone=Asia/Shanghai", at(0.95), at(0.99));
    let page = reqwest::get(format!("{base}?{week}&verdict=none&limit=50")).await.unwrap();
    let page: serde_json::Value = page.error_for_status().unwrap().json().await.unwrap();
    let id = page["items"][0]["id"].as_str().unwrap();
    let cursor = page["next_cursor"].as_str().unwrap();
    let question = |name, rest: String| (name, format!("{base}{rest}"));
    vec![
        question("list", format!("?{week}&verdict=none&limit=50")),
        question("list, next page", format!("?{week}&verdict=none&limit=50&cursor={cursor}")),
        question(
            "list, two filters",
            format!("?{week}&verdict=none&camera=camera-3&behaviour=hot_work&limit=50"),
        ),
        question("list, a site", format!("?{week}&verdict=none&site=site-2&limit=50")),
        question("list, confirmed", format!("?{week}&verdict=confirmed&limit=50")),
        question("list, a reason", format!("?{week}&reason=hat_worn&limit=50")),
        question("list, a reason, all times", "?reason=hat_worn&limit=50".to_owned()),
        question("list, words", format!("?{week}&words=动火&limit=50")),
        question("list, words, all times", "?words=动火&limit=50".to_owned()),
        question("counts by behaviour", format!("/counts?{month}&verdict=none&group_by=behaviour")),
        question("counts by camera", format!("/counts?{month}&verdict=none&group_by=camera")),
        question("counts by day", format!("/counts?{month}&verdict=none&group_by=day")),
        question("one violation", format!("/{id}")),
    ]
}

/// Asks everything so many times, beginning with another call for each client.
async fn ask_all(calls: &[(&'static str, String)], first: usize, rounds: usize, pause: Duration) -> Times {
    let client = reqwest::Client::new();
    let mut times = Times::new();
    for turn in 0..calls.len() * rounds {
        let (name, address) = &calls[(first + turn) % calls.len()];
        let begun = Instant::now();
        let answer = client.get(address).send().await.unwrap().error_for_status().unwrap();
        assert!(!answer.bytes().await.unwrap().is_empty());
        times.entry(name).or_default().push(begun.elapsed());
        tokio::time::sleep(pause).await;
    }
    times
}
