//! From an RTSP camera to a searchable violation, and the same from a file.

use std::time::Duration;

use anjian_domain::WallTime;
use anjian_tests::{Camera, Server, Shows, clip, run, wait_for};
use anyhow::{Context, Result};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);
/// Every frame of the clip is judged, so that a camera and its recording show the same ones.
const INTERVAL_S: f64 = 0.1;
/// A camera may be joined between two frames of its recording, so each end may be one frame off.
const END_S: f64 = INTERVAL_S + 0.01;
const CAMERA: &str = "[[camera]]\nid = \"dock\"\nanalysis_fps = 10\n";

const BEHAVIOURS: [&str; 2] = ["no_hard_hat", "overcrowding"];
/// The camera shows the clip over and over: what ended must have closed before everybody is in two places at once.
const RULES: &str = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n\
    [[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 3\nrelease_s = 1.5\n";

/// What `analyze` finds in a clip.
fn analyzed(camera: &str) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("a.toml"), format!("{CAMERA}{RULES}"))?;
    let video = clip(camera).display().to_string();
    let found =
        run(folder.path(), &["analyze", &video, "--config", "a.toml", "--start", "2026-03-01T08:00:00Z"])?;
    assert_eq!(found.code, 0, "{}", found.stderr);
    let lines = found.stdout.lines().map(serde_json::from_str);
    let lines: Vec<Value> = lines.collect::<Result<_, _>>()?;
    for line in &lines {
        let snapshot = line["snapshot"].as_str().context("no snapshot")?;
        assert!(std::path::Path::new(snapshot).is_file(), "{snapshot}");
    }
    Ok(lines)
}

/// When a violation of a behaviour opened and how long it lasted, seconds.
fn episode(found: &[Value], behaviour: &str) -> Result<(f64, f64)> {
    let line = found
        .iter()
        .find(|line| line["behaviour"] == behaviour)
        .with_context(|| format!("no {behaviour}"))?;
    let time = |key: &str| -> Result<f64> {
        let text = line[key].as_str().with_context(|| format!("no {key}: {line}"))?;
        let at: WallTime = text.parse()?;
        Ok(at.as_micros() as f64 / 1e6)
    };
    let opened = time("opened_at")?;
    Ok((opened, time("closed_at")? - opened))
}

/// A camera's clock begins when it is connected, a file's with its first frame: only the times between violations can
/// be compared, each end to within one interval.
#[test]
fn a_camera_and_its_recording_give_the_same_violations() -> Result<()> {
    let archive = analyzed("loading-bay-hat-off")?;
    assert_eq!(archive.len(), BEHAVIOURS.len(), "{archive:?}");
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let server = Server::start(&format!("{CAMERA}main = \"{}\"\n{RULES}", camera.url))?;
    let live = wait_for("closed violations", PATIENCE, || {
        let mut found = server.violations().ok()?;
        found.reverse();
        found.truncate(archive.len());
        let is_closed = found.len() == archive.len() && found.iter().all(|item| item["status"] == "closed");
        is_closed.then_some(found)
    })?;
    let mut shifts = vec![];
    for behaviour in BEHAVIOURS {
        let ((opened, lasted), (live_opened, live_lasted)) =
            (episode(&archive, behaviour)?, episode(&live, behaviour)?);
        assert!((lasted - live_lasted).abs() <= END_S + INTERVAL_S, "{behaviour}: {live:?} {archive:?}");
        shifts.push(live_opened - opened);
    }
    assert!((shifts[0] - shifts[1]).abs() <= END_S, "{live:?} {archive:?}");
    for (live, archive) in live.iter().zip(&archive) {
        assert_eq!(live["model"], archive["model"]);
    }
    server.stop()
}

#[test]
fn search_pictures_and_figures_are_served() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let server = Server::start(&format!("[[camera]]\nid = \"dock\"\nmain = \"{}\"\n{RULES}", camera.url))?;
    let violation = wait_for("a violation", PATIENCE, || server.violations().ok()?.first().cloned())?;
    for key in ["snapshot", "snapshot_annotated"] {
        let picture = server.get_bytes(violation[key].as_str().context("no picture")?)?;
        assert_eq!(picture.get(..2), Some(&[0xff, 0xd8][..]), "a JPEG begins so");
    }
    let behaviour = violation["behaviour"].as_str().context("no behaviour")?;
    let found = server
        .get(&format!("/api/v1/violations?behaviour={behaviour}&camera=dock&status=open&status=closed"))?;
    assert!(!found["items"].as_array().context("no items")?.is_empty());
    let other = server.get("/api/v1/violations?behaviour=hot_work")?;
    assert_eq!(other["items"], serde_json::json!([]));
    let figures = String::from_utf8(server.get_bytes("/metrics")?)?;
    assert!(figures.contains("anjian_frames_analysed_total{camera=\"dock\"}"), "{figures}");
    server.stop()
}
