//! Serves made-up violations and recordings of the sample clips, for working on the page without cameras:
//! `cargo run -p anjian-api --example seeded -- [ADDRESS] [FOLDER OF JPEG FILES]`, then `npm run dev` in `api/web`.
//! Needs ffmpeg.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the person at the keyboard")]

#[path = "../tests/seed/mod.rs"]
mod seed;
#[path = "../tests/seed/ffmpeg.rs"]
mod seed_ffmpeg;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_api::{ApiSettings, Ports, serve_on};
use anjian_domain::{BlindCause, CameraMinute, CameraState, Clock, RecordingState, SystemClock, WallTime};
use seed::footage::{Film, camera_id};
use seed::{Breach, Seed};
use seed_ffmpeg::FfmpegPictures;

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
    let recording = tokio::spawn(record(seed.clone(), now));
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let settings = ApiSettings { connections: 64, ..ApiSettings::new(listener.local_addr().unwrap()) };
    let stop = async { tokio::signal::ctrl_c().await.unwrap() };
    let (pictures, behaviours) = (Arc::new(FfmpegPictures), seed::behaviours());
    let ports = Ports { pictures, behaviours, ..Ports::new(Arc::new(String::new)) };
    serve_on(listener, settings, seed.index.clone(), ports, stop).await.unwrap();
    live.abort();
    recording.abort();
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

/// A day of two cameras: few small pictures long ago, many large ones of late; with gaps, and times in which nothing
/// moved or nothing was seen. The day is there at once, what the page tells of its minutes comes bit by bit.
async fn record(seed: Seed, now: WallTime) {
    let videos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-videos");
    let film = |name: &str, size, fps| Film::of_clip(&videos.join(name).join("clip.mp4"), size, fps);
    let [(bay, late_bay), (crowd, late_crowd)] = ["loading-bay-hat-off", "workshop-crowd"]
        .map(|name| (film(name, [640, 360], 2), film(name, [1280, 720], 10)));
    let ago = |minutes: u64| now.minus(Duration::from_mins(minutes));
    for (camera, film, hours) in [(0, &bay, 26_u64), (1, &crowd, 9)] {
        seed.recorder_state(camera, RecordingState::Recording, ago(hours * 60), None).await;
        for part in 0..hours * 6 - 6 {
            let start = ago(hours * 60 - part * 10);
            if part % 37 == 20 {
                seed.recorder_state(camera, RecordingState::Waiting, start, Some("no data for 5 s")).await;
                continue;
            }
            if part % 37 == 21 {
                seed.recorder_state(camera, RecordingState::Recording, start, None).await;
            }
            seed.film(camera, start, Duration::from_mins(10), film).await;
        }
        seed.recorder_state(camera, RecordingState::DiskFull, ago(60), Some("no space left on device")).await;
        seed.recorder_state(camera, RecordingState::Recording, ago(57), None).await;
    }
    seed.film_minutes(0, ago(57), 56, &late_bay.with_g711()).await;
    seed.film_minutes(1, ago(57), 56, &late_crowd).await;
    for camera in 0..2 {
        seed.recorder_state(camera, RecordingState::Stopped, ago(1), Some("the example records no more"))
            .await;
    }
    seed.index.note_due_clips().await.unwrap();
    println!("recordings are there: a data folder of {}", seed.index.recordings_folder().display());
    for minute in 0..26 * 60 {
        for camera in (0..2).filter(|camera| minute < [26, 9][*camera] * 60) {
            seed.minute(made_up_minute(camera, ago(minute + 1), minute)).await;
        }
    }
}

/// Of the minutes of a day some were blind, the nights were quiet.
fn made_up_minute(camera: usize, begins: WallTime, number: u64) -> CameraMinute {
    let seconds = |is_so: bool| Duration::from_secs(if is_so { 60 } else { 0 });
    let is_blind = (130..152).contains(&number) || (700..705).contains(&number);
    let is_gated = !is_blind && (200..640).contains(&number) && number % 50 < 44;
    let is_alone = (900..960).contains(&number);
    let micros = begins.as_micros();
    CameraMinute {
        camera: camera_id(camera),
        minute: WallTime::from_micros(micros - micros.rem_euclid(60_000_000)).unwrap(),
        analysed: seconds(!is_blind && !is_gated && !is_alone),
        gated: seconds(is_gated),
        blind: seconds(is_blind),
        blind_cause: is_blind.then_some(if number > 600 { BlindCause::Frozen } else { BlindCause::Covered }),
        persons: None,
    }
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
    let behaviour = if number % 5 == 3 { "overcrowding" } else { "no_hard_hat" };
    let score = 0.55 + f32::from(u8::try_from(number * 29 % 44).unwrap()) / 100.0;
    Breach { camera: usize::try_from(number * 7 % 3).unwrap(), behaviour, opened, lasted, score }
}

fn read_pictures(folder: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "jpg")).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).map(|jpeg| (jpeg.clone(), jpeg)).collect()
}
