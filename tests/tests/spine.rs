//! From an RTSP camera to a searchable violation, and the same from a file.

use std::time::Duration;

use anjian_tests::{Camera, Server, Shows, clip, run, wait_for};
use anyhow::{Context, Result};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);
/// Five frames a second are judged.
const INTERVAL_S: f64 = 0.2;

const RULES: &str = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n\
    [[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 3\n";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// What `analyze` finds in a clip.
fn analyzed(camera: &str) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("a.toml"), format!("[[camera]]\nid = \"dock\"\n{RULES}"))?;
    let video = clip(camera).display().to_string();
    let found = run(folder.path(), &["analyze", &video, "--config", "a.toml", "--start", "2026-03-01T08:00:00Z"])?;
    assert_eq!(found.code, 0, "{}", found.stderr);
    let lines = found.stdout.lines().map(serde_json::from_str);
    let lines: Vec<Value> = lines.collect::<Result<_, _>>()?;
    for line in &lines {
        let snapshot = line["snapshot"].as_str().context("no snapshot")?;
        assert!(std::path::Path::new(snapshot).is_file(), "{snapshot}");
    }
    Ok(lines)
}

#[test]
fn a_camera_and_its_recording_give_the_same_violations() -> Result<()> {
    let expected: Vec<_> =
        analyzed("loading-bay-hat-off")?.into_iter().filter(|line| line["behaviour"] == "no_hard_hat").collect();
    assert!(!expected.is_empty(), "the clip shows a bare head");
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let server = Server::start(&format!("[[camera]]\nid = \"dock\"\nmain = \"{}\"\n{RULES}", camera.url))?;
    let seen = wait_for("closed violations", PATIENCE, || {
        let closed = server.violations().ok()?.into_iter().filter(|item| item["status"] == "closed");
        let mut seen: Vec<_> = closed.filter(|item| item["behaviour"] == "no_hard_hat").collect();
        seen.reverse();
        (seen.len() >= expected.len()).then_some(seen)
    })?;
    for (live, archive) in seen.iter().zip(&expected) {
        assert_eq!(live["rule_version"], archive["rule_version"]);
        assert_eq!(live["model"], archive["model"]);
        let opened = (number(&live["opened_s"]) - number(&archive["opened_s"])).abs();
        assert!(opened <= INTERVAL_S + 1e-3, "opened {opened} s apart: {live} {archive}");
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
    let found = server.get(&format!("/api/v1/violations?behaviour={behaviour}&camera=dock&status=open&status=closed"))?;
    assert!(!found["items"].as_array().context("no items")?.is_empty());
    let other = server.get("/api/v1/violations?behaviour=hot_work")?;
    assert_eq!(other["items"], serde_json::json!([]));
    let figures = String::from_utf8(server.get_bytes("/metrics")?)?;
    assert!(figures.contains("anjian_frames_analysed_total{camera=\"dock\"}"), "{figures}");
    server.stop()
}
