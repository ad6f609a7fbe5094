//! The page in a real Chromium, on a real server with a seeded index: `web/test/page.mjs` looks, this records. And
//! its calendar and filters by themselves: `web/test/logic.mjs`. And its types: they are made from the OpenAPI document.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test, which shows what the script says")]

mod seed;
#[path = "seed/ffmpeg.rs"]
mod seed_ffmpeg;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anjian_api::{ApiSettings, LoginSettings, NewPassword, Ports, serve_on};
use anjian_casework::roles::AccountScope;
use anjian_domain::{CameraState, Clock, RecordingState, Role, SystemClock, Viewer, WallTime};
use anjian_indexer::AccountSettings;
use seed::footage::Film;
use seed::{Breach, Seed};
use seed_ffmpeg::FfmpegPictures;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::{Semaphore, oneshot};

/// Browsers that run at once: scripts wait for pictures and events, and a machine with two cores has no more to give.
static BROWSERS: Semaphore = Semaphore::const_new(2);

const NEEDS: &str = "run scripts/setup --tests, which installs it";

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

#[track_caller]
fn check_there(path: &Path, what: &str) {
    assert!(path.exists(), "{what} is missing ({}): {NEEDS}", path.display());
}

/// The machine's own Node.js where it is new enough, else the fetched one.
async fn node() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/fetch-node");
    let output = Command::new(script).output().await.unwrap();
    assert!(output.status.success(), "no Node.js: {NEEDS}\n{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()).join("node")
}

fn made_up(number: u64, opened: WallTime, lasted: Option<Duration>) -> Breach {
    let behaviour = if number % 4 == 3 { "overcrowding" } else { "no_hard_hat" };
    Breach { camera: usize::try_from(number % 3).unwrap(), behaviour, opened, lasted, score: 0.8 }
}

async fn fill(seed: &Seed, now: WallTime) {
    for number in 0..24 {
        let opened = now.minus(Duration::from_secs(600 + number * 3_000));
        seed.breach(made_up(number, opened, Some(Duration::from_secs(20)))).await;
    }
    seed.camera_state(0, CameraState::Live, now.minus(Duration::from_hours(3)), None).await;
    seed.camera_state(1, CameraState::Failed, now.minus(Duration::from_hours(30)), Some("wrong password"))
        .await;
}

/// Where it is between two and three in the afternoon: the day that is shown has a past, whenever the test runs.
fn zone_of_afternoon(now: WallTime) -> String {
    let hours_east = 14 - now.as_micros().div_euclid(3_600_000_000).rem_euclid(24);
    // These names count to the west.
    if hours_east > 0 { format!("Etc/GMT-{hours_east}") } else { format!("Etc/GMT+{}", -hours_east) }
}

/// Half an hour of camera 0: large pictures, a gap of a minute and a half, small pictures. A violation lies in it.
async fn record(seed: &Seed, now: WallTime) {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-videos/loading-bay-hat-off/clip.mp4");
    check_there(&clip, "a sample clip");
    let ago = |seconds: u64| now.minus(Duration::from_secs(seconds));
    let [large, small] = [[1280, 720], [640, 360]].map(|size| Film::of_clip(&clip, size, 10));
    seed.recorder_state(0, RecordingState::Recording, ago(1_800), None).await;
    seed.film_minutes(0, ago(1_800), 18, &large).await;
    seed.recorder_state(0, RecordingState::Waiting, ago(720), Some("no data for 5 s")).await;
    seed.recorder_state(0, RecordingState::Recording, ago(630), None).await;
    seed.film_minutes(0, ago(630), 9, &small.with_g711()).await;
    let mut recorded = 0;
    loop {
        let report = seed.index.note_due_clips().await.unwrap();
        recorded += report.recorded;
        if report.recorded + report.unrecorded == 0 {
            break;
        }
    }
    assert!(recorded > 0, "no violation lies in the recording");
}

/// Does what the script asks for, and answers the script's last line.
async fn follow(seed: &Seed, script: tokio::process::ChildStdout) -> String {
    let (mut lines, mut last, mut open) = (BufReader::new(script).lines(), String::new(), None);
    while let Some(line) = lines.next_line().await.unwrap() {
        match line.as_str() {
            "record now" => {
                let breach = made_up(0, SystemClock.now(), None);
                seed.breach(breach).await;
                open = Some(breach);
            }
            "close it" => {
                let breach = open.take().expect("something was recorded");
                seed.close(Breach { lasted: Some(Duration::from_secs(5)), ..breach }).await;
            }
            other => println!("{other}"),
        }
        last = line;
    }
    last
}

/// Serves what was recorded to everybody and lets a script look at it.
async fn look(seed: &Seed, script: &str) {
    look_as(seed, script, None, &[]).await;
}

/// The same, with a login and more arguments for the script.
async fn look_as(seed: &Seed, script: &str, login: Option<LoginSettings>, more: &[&str]) {
    let chromium =
        std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    let _place = BROWSERS.acquire().await.unwrap();
    check_there(&chromium, "Chromium");
    check_there(&web().join("node_modules/playwright-core"), "the page's test library");
    check_there(&web().join("dist/index.html"), "the built page");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let settings = ApiSettings { connections: 64, login, ..ApiSettings::new(address) };
    let stopped = async { stopping.await.unwrap() };
    let (pictures, behaviours) = (Arc::new(FfmpegPictures), seed::behaviours());
    let ports = Ports { pictures, behaviours, ..Ports::new(Arc::new(String::new)) };
    let server = tokio::spawn(serve_on(listener, settings, seed.index.clone(), ports, stopped));

    let mut script = Command::new(node().await)
        .arg(web().join("test").join(script))
        .arg(format!("http://{address}"))
        .args(more)
        .env("CHROMIUM", &chromium)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let said = follow(seed, script.stdout.take().unwrap()).await;
    assert!(script.wait().await.unwrap().success(), "{said}");

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_types_of_the_page_are_those_of_the_document() {
    check_there(&web().join("node_modules/openapi-typescript"), "what makes the page's types");
    let node = node().await;
    let (npm, tools) = (node.with_file_name("npm"), node.parent().unwrap());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([tools.to_owned()].into_iter().chain(std::env::split_paths(&path)));
    let mut making = Command::new(npm)
        .args(["run", "--silent", "types"])
        .current_dir(web())
        .env("PATH", path.unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut document = making.stdin.take().unwrap();
    document.write_all(anjian_api::openapi().as_bytes()).await.unwrap();
    drop(document);
    let made = making.wait_with_output().await.unwrap();
    assert!(made.status.success(), "{}", made.status);
    let kept = std::fs::read(web().join("src/lib/openapi.ts")).unwrap();
    assert!(made.stdout == kept, "the document has changed: run scripts/write-web-types");
}

#[tokio::test]
async fn the_page_reckons_right() {
    check_there(&web().join("node_modules/vite"), "the page's build tool");
    let output = Command::new(node().await).arg(web().join("test/logic.mjs")).output().await.unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    println!("{said}");
}

#[tokio::test]
async fn the_page_works_in_chromium() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemClock.now();
    let seed = Seed::new(folder.path(), now.minus(Duration::from_hours(48))).await;
    seed.move_to(&zone_of_afternoon(now)).await;
    fill(&seed, now).await;
    record(&seed, now).await;

    look(&seed, "page.mjs").await;
}

#[tokio::test]
async fn people_sign_in_in_chromium() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemClock.now();
    let seed = Seed::new(folder.path(), now.minus(Duration::from_hours(48))).await;
    fill(&seed, now).await;
    let password = NewPassword::one_time(now).unwrap();
    let settings = AccountSettings {
        shown_name: String::new(),
        role: Role::Admin,
        scope: AccountScope::Everything,
        grants: [].into(),
        certificate: String::new(),
        is_active: true,
    };
    let name = "admin".parse().unwrap();
    seed.index.add_account(&Viewer::local(), &name, &settings, &password.kept).await.unwrap();
    look_as(&seed, "login.mjs", Some(LoginSettings::default()), &[&password.text]).await;
}

/// States that are hard to reach: an expired session, a provider that does not answer, hundreds of entries. The script brings a
/// server of its own.
#[tokio::test]
async fn every_state_of_the_login_is_shown_in_chromium() {
    look_at_mock("accounts.mjs").await;
}

/// Slow networks, lost answers, a second inspector at the same moment: the script brings a server that it can hold back.
#[tokio::test]
async fn the_inbox_is_judged_by_keyboard_in_chromium() {
    look_at_mock("inbox.mjs").await;
}

#[tokio::test]
async fn no_verdict_is_wrong_or_lost_in_chromium() {
    look_at_mock("judging.mjs").await;
}

/// Cases from a violation to their end, on the page of officers and on an enterprise's phone.
#[tokio::test]
async fn cases_go_to_their_end_in_chromium() {
    look_at_mock("cases.mjs").await;
}

/// Attachments, and findings of an officer's phone without a signal.
#[tokio::test]
async fn nothing_of_a_visit_on_site_is_lost_in_chromium() {
    look_at_mock("site.mjs").await;
}

/// Two officers dispose of a case; a signature is bound to what the officer saw.
#[tokio::test]
async fn two_officers_dispose_of_a_case_in_chromium() {
    look_at_mock("disposals.mjs").await;
}

/// Lets a script look that brings a server of its own.
async fn look_at_mock(script: &str) {
    let folder = tempfile::tempdir().unwrap();
    let seed = Seed::new(folder.path(), SystemClock.now()).await;
    look(&seed, script).await;
}

/// A small picture a second for 25 hours, in Berlin; from noon on the machine's clock was 90 s behind what it had said.
async fn record_a_long_day(seed: &Seed, midnight: WallTime) {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-videos/loading-bay-hat-off/clip.mp4");
    check_there(&clip, "a sample clip");
    let morning = Film::of_clip(&clip, [160, 90], 1);
    let afternoon = morning.clone().with_clock_offset(-90_000_000);
    seed.recorder_state(0, RecordingState::Recording, midnight, None).await;
    let piece = Duration::from_mins(10);
    for number in 0..25 * 6 {
        let film = if number < 13 * 6 { &morning } else { &afternoon };
        seed.film(0, midnight.plus(piece * number), piece, film).await;
    }
    let minutes = |number: u64| midnight.plus(Duration::from_mins(number));
    // A day is 25 hours long: 23:59 is its last minute.
    for opened in [minutes(150), minutes(210), minutes(25 * 60 - 1), minutes(25 * 60)] {
        seed.breach(made_up(0, opened, Some(Duration::from_secs(20)))).await;
    }
}

#[tokio::test]
async fn a_day_of_25_hours_plays() {
    let folder = tempfile::tempdir().unwrap();
    let midnight: WallTime = "2026-10-24T22:00:00Z".parse().unwrap();
    let seed = Seed::new(folder.path(), midnight).await;
    seed.move_to("Europe/Berlin").await;
    record_a_long_day(&seed, midnight).await;
    look(&seed, "day.mjs").await;
}
