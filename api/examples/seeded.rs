//! Serves made-up violations, for working on the page without cameras:
//! `cargo run -p anjian-api --example seeded -- [ADDRESS] [FOLDER OF JPEG FILES]`, then `npm run dev` in `api/web`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the person at the keyboard")]

#[path = "../tests/seed/mod.rs"]
mod seed;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_api::{ApiSettings, Ports, serve_on};
use anjian_domain::{Behaviour, CameraState, Clock, SystemClock, WallTime};
use seed::{Breach, Seed};

const HOUR_S: u64 = 3_600;

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let now = SystemClock.now();
    let mut seed = Seed::new(folder.path(), now.minus(Duration::from_hours(24 * 9))).await;
    if let Some(pictures) = std::env::args().nth(2) {
        seed = seed.with_pictures(read_pictures(Path::new(&pictures)));
    }
    fill(&seed, now).await;
    let live = tokio::spawn(go_on(seed.clone()));
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let settings = ApiSettings { listen: listener.local_addr().unwrap(), hosts: Vec::new() };
    let stop = async { tokio::signal::ctrl_c().await.unwrap() };
    serve_on(listener, settings, seed.index.clone(), Ports::new(Arc::new(String::new)), stop).await.unwrap();
    live.abort();
}

/// A week that is quiet at night, and cameras in every state.
async fn fill(seed: &Seed, now: WallTime) {
    for number in 0..160_u64 {
        let ago = number * number * 24 + number * 47;
        let opened = now.minus(Duration::from_secs(ago));
        seed.breach(made_up(
            number,
            opened,
            (number > 1).then(|| Duration::from_secs(4 + number * 13 % 340)),
        ))
        .await;
    }
    let since = |hours: u64| now.minus(Duration::from_secs(hours * HOUR_S + 754));
    seed.camera_state(0, CameraState::Live, since(9), None).await;
    let reason = "no data for 5 s; trying again every 10 s";
    seed.camera_state(1, CameraState::Stalled, since(0), Some(reason)).await;
    let reason = "the camera refused user and password (401); correct the url in anjian.toml";
    seed.camera_state(2, CameraState::Failed, since(51), Some(reason)).await;
}

/// A new one every 20 seconds that lasts 10.
async fn go_on(seed: Seed) {
    for number in 1_000.. {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let breach = made_up(number, SystemClock.now(), None);
        seed.breach(breach).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        seed.close(Breach { lasted: Some(Duration::from_secs(10)), ..breach }).await;
    }
}

fn made_up(number: u64, opened: WallTime, lasted: Option<Duration>) -> Breach {
    let behaviour = if number % 5 == 3 { Behaviour::Overcrowding } else { Behaviour::NoHardHat };
    let score = 0.55 + f32::from(u8::try_from(number * 29 % 44).unwrap()) / 100.0;
    Breach { camera: usize::try_from(number * 7 % 3).unwrap(), behaviour, opened, lasted, score }
}

fn read_pictures(folder: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "jpg")).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).map(|jpeg| (jpeg.clone(), jpeg)).collect()
}
