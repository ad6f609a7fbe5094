//! What the audit adds to a page's calls: pictures that stand in it already beside pictures that come into it, asked in turns over
//! real HTTP. `cargo bench -p anjian-api --bench audit_cost`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures with a clock of its own")]

#[path = "../tests/seed/mod.rs"]
mod seed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anjian_api::{ApiSettings, Ports, serve_on};
use anjian_domain::{Clock, SystemClock, ViolationId};
use seed::{Breach, Seed};
use tokio::net::TcpListener;

const PICTURES: u64 = 400;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let now = SystemClock.now();
    let (address, ids) = runtime.block_on(async {
        let seed = Seed::new(folder.path(), now.minus(Duration::from_hours(2))).await;
        let mut ids = Vec::new();
        for number in 0..PICTURES {
            let opened = now.minus(Duration::from_secs(3_600 + number));
            let lasted = Some(Duration::from_secs(1));
            ids.push(
                seed.breach(Breach { camera: 0, behaviour: "no_hard_hat", opened, lasted, score: 0.8 }).await,
            );
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ports = Ports::new(Arc::new(String::new));
        tokio::spawn(serve_on(
            listener,
            ApiSettings::new(address),
            seed.index.clone(),
            ports,
            std::future::pending(),
        ));
        (address, ids)
    });
    let client = reqwest::blocking::Client::new();
    let ask = |id: ViolationId| {
        let begun = Instant::now();
        let answer =
            client.get(format!("http://{address}/api/v1/violations/{id}/snapshot.jpg")).send().unwrap();
        assert!(answer.bytes().unwrap().len() > 100);
        begun.elapsed()
    };
    // Connections and caches are there before anything counts.
    let (warm, ids) = ids.split_at(20);
    for id in warm {
        ask(*id);
    }
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for id in ids {
        first.push(ask(*id));
        again.push(ask(*id));
    }
    let [p50, p95] = [50, 95].map(|percent| (at(&mut first, percent), at(&mut again, percent)));
    println!("a picture that comes into the audit: p50 {:?}, p95 {:?}", p50.0, p95.0);
    println!("one that stands there already:       p50 {:?}, p95 {:?}", p50.1, p95.1);
    println!("the audit adds at p95: {:.2} ms", (p95.0.as_secs_f64() - p95.1.as_secs_f64()) * 1_000.0);
}

fn at(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[times.len() * percent / 100]
}
