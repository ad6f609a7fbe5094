//! Cameras that die, freeze and talk nonsense, beside one that does nothing of the kind.

use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{Camera, Server, Shows, clip, wait_for};
use anyhow::Result;
use serde_json::Value;

/// The outage that the issue asks for.
const OUTAGE: Duration = Duration::from_secs(10);
/// A camera must be back so soon after its source is.
const BACK_WITHIN: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);

fn config(cameras: &[(&str, &str)]) -> String {
    let camera =
        |(id, url): &(&str, &str)| format!("[[camera]]\nid = \"{id}\"\nmain = \"{url}\"\nanalysis_fps = 2\n");
    cameras.iter().map(camera).collect()
}

fn state(server: &Server, camera: &str) -> Option<String> {
    Some(server.camera(camera).ok()?["state"].as_str()?.to_owned())
}

fn wait_for_state(
    server: &Server,
    camera: &str,
    patience: Duration,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<String> {
    let reached = wait_for(&format!("camera {camera}"), patience, || {
        state(server, camera).filter(|now| is_wanted(now))
    });
    reached.map_err(|error| error.context(format!("{:?}\n{}", server.camera(camera), server.log())))
}

fn is_live(state: &str) -> bool {
    state == "live"
}

#[test]
fn one_camera_dies_one_freezes_one_raves_and_the_fourth_goes_on() -> Result<()> {
    let video = clip("loading-bay-hat-off");
    let doomed = Camera::start(Shows::Clip(&video), 0)?;
    let frozen = Camera::start(Shows::Clip(&video), 0)?;
    let raving = Camera::start(Shows::Garbage, 0)?;
    let steady = Camera::start(Shows::Clip(&video), 0)?;
    let server = Server::start(&config(&[
        ("doomed", &doomed.url),
        ("frozen", &frozen.url),
        ("raving", &raving.url),
        ("steady", &steady.url),
    ]))?;
    for camera in ["doomed", "frozen", "steady"] {
        wait_for_state(&server, camera, PATIENCE, is_live)?;
    }
    let steady_since = server.camera("steady")?["since"].clone();

    let (doomed_port, raving_port) = (doomed.port()?, raving.port()?);
    drop(doomed);
    frozen.freeze()?;
    let over = SystemClock.monotonic() + OUTAGE;
    for camera in ["doomed", "frozen"] {
        wait_for_state(&server, camera, OUTAGE, |state| !is_live(state))?;
    }
    let seen_before = server.camera("steady")?["last_frame"].clone();
    wait_for("the outage to last", PATIENCE, || (SystemClock.monotonic() >= over).then_some(()))?;
    assert!(!is_live(&state(&server, "raving").unwrap_or_default()), "garbage is not a picture");
    let steady_now = server.camera("steady")?;
    assert_eq!(steady_now["since"], steady_since, "the healthy camera was disturbed: {}", server.log());
    assert!(steady_now["last_frame"].as_str() > seen_before.as_str(), "{steady_now} after {seen_before}");

    frozen.thaw()?;
    let _revived = Camera::start(Shows::Clip(&video), doomed_port)?;
    drop(raving);
    let _sobered = Camera::start(Shows::Clip(&video), raving_port)?;
    let all_back = SystemClock.monotonic() + BACK_WITHIN;
    for camera in ["doomed", "frozen", "raving"] {
        wait_for_state(&server, camera, all_back.saturating_sub(SystemClock.monotonic()), is_live)?;
    }
    assert_eq!(server.camera("steady")?["since"], steady_since);
    server.stop()
}

#[test]
fn a_camera_out_of_reach_keeps_its_password_to_itself() -> Result<()> {
    let server = Server::start(&config(&[("dock", "rtsp://admin:hunter2@127.0.0.1:9/live?pwd=hunter2")]))?;
    let reason =
        wait_for("a reason", PATIENCE, || server.camera("dock").ok()?["reason"].as_str().map(str::to_owned))?;
    let shown = format!("{reason} {} {}", server.get("/api/v1/cameras")?, server.log());
    assert!(!shown.contains("hunter2"), "{shown}");
    server.stop()
}

#[test]
fn a_killed_server_leaves_nothing_half_done() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let rules = "[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 0\nhold_s = 0\n";
    let server = Server::start(&format!("{}{rules}", config(&[("dock", &camera.url)])))?;
    let open = wait_for("a violation", PATIENCE, || server.violations().ok()?.first().cloned())?;
    assert_eq!(open["status"], "open");

    let server = Server::start_in(server.kill()?)?;
    let id = open["id"].as_str().unwrap_or_default();
    let after: Value = server.get(&format!("/api/v1/violations/{id}"))?;
    assert_eq!(after["status"], "closed", "{after}");
    assert_eq!(after["close_reason"], "interrupted", "{after}");
    let folder = server.folder.path().to_owned();
    let picture = server.get_bytes(after["snapshot"].as_str().unwrap_or_default())?;
    assert_eq!(picture.get(..2), Some(&[0xff, 0xd8][..]), "a JPEG begins so");
    let checked = anjian_tests::run(&folder, &["check", "--config", "anjian.toml"])?;
    assert_eq!(checked.code, 0, "{checked:?}");
    server.stop()
}
