//! Recording beside analysis: segments that play, clips of violations, snapshots in full size, and what a kill leaves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anjian_tests::{Camera, Recording, Server, Shows, clip, play, run, wait_for};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);
/// Anybody at all is a violation that lasts as long as somebody is there.
const ANYBODY: &str =
    "[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 0\nhold_s = 0\nrelease_s = 0\n";
const SHORT: &str = "[recording]\nsegment_s = 5\nreserve_mb = 8\nmin_free_gb = 0\nclip_before_s = 2\nclip_after_s = 1\nclip_max_s = 8\n";

fn segments(folder: &Path) -> Vec<PathBuf> {
    anjian_tests::segments(&folder.join("data/recordings"))
}

fn check(folder: &Path, more: &[&str]) -> Result<anjian_tests::Finished> {
    run(folder, &[&["check", "--config", "anjian.toml"], more].concat())
}

#[test]
fn a_violation_gets_its_clip_out_of_the_recording() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let config = format!("{SHORT}[[camera]]\nid = \"dock\"\nmain = \"{}\"\n{ANYBODY}", camera.url);
    let mut server = Server::start(&config)?;
    let violation = wait_for("a clip", PATIENCE, || {
        server.violations().ok()?.into_iter().find(|violation| violation["clip"].is_string())
    })?;
    let path = server.folder.path().join("clip.mp4");
    std::fs::write(&path, server.get_bytes(violation["clip"].as_str().unwrap_or_default())?)?;
    let pictures = play(&path)?;
    assert!(pictures > 10, "{pictures} pictures of {violation}");
    let at = violation["opened_at"].as_str().context("no time")?;
    let still = server.get_bytes(&format!("/api/v1/cameras/dock/still.jpg?at={at}"))?;
    assert_eq!(jpeg_size(&still), Some((1280, 720)));
    let asked = serde_json::json!({ "camera": "dock", "at": at }).to_string();
    let garments = "/api/v1/galleries/coats/garments";
    // The first garment waits for the models, and a busy machine may ask to come again.
    let (status, enrolled) = wait_for("a garment", PATIENCE, || {
        let answer = server.post(garments, "application/json", asked.clone().into_bytes()).ok()?;
        (answer.0 != 503).then_some(answer)
    })?;
    assert_eq!((status, &enrolled["origin"]), (201, &format!("dock at {at}").into()), "{enrolled}");

    let folder = server.folder.path().to_owned();
    wait_for("a second segment", PATIENCE, || (segments(&folder).len() > 1).then_some(()))?;
    let health: Value = server.get("/healthz")?;
    assert_eq!(health["status"], "ok", "{health}");
    // The server takes its folder away with it.
    let kept = std::mem::replace(&mut server.folder, tempfile::tempdir()?);
    server.stop()?;
    let folder = kept.path().to_owned();
    for file in segments(&folder) {
        assert!(play(&file)? > 0, "{}", file.display());
    }
    let checked = check(&folder, &[])?;
    assert_eq!(checked.code, 0, "{checked:?}");
    Ok(())
}

/// Writes `anjian.toml` for these cameras into a folder of its own.
fn recorder(cameras: &[(&str, &Camera)]) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let camera =
        |(id, camera): &(&str, &Camera)| format!("[[camera]]\nid = \"{id}\"\nmain = \"{}\"\n", camera.url);
    let cameras: String = cameras.iter().map(camera).collect();
    std::fs::write(folder.path().join("anjian.toml"), format!("data_dir = \"data\"\n{SHORT}{cameras}"))?;
    Ok(folder)
}

fn wait_for_segments(folder: &Path, count: usize) -> Result<()> {
    wait_for("segments", PATIENCE, || (segments(folder).len() >= count).then_some(()))
}

#[test]
fn record_stops_in_order_and_leaves_nothing_to_repair() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("yard-all-well")), 0)?;
    let folder = recorder(&[("gate", &camera), ("dock", &camera)])?;
    let recording = Recording::start(folder.path())?;
    wait_for_segments(folder.path(), 4)?;
    recording.stop()?;
    for file in segments(folder.path()) {
        assert!(play(&file)? > 0, "{}", file.display());
    }
    let checked = check(folder.path(), &[])?;
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.stdout.contains("findings: 0"), "{checked:?}");
    Ok(())
}

#[test]
fn a_kill_loses_no_more_than_the_open_end_and_repair_mends_it() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("yard-all-well")), 0)?;
    let folder = recorder(&[("gate", &camera)])?;
    for round in 1..=3 {
        let recording = Recording::start(folder.path())?;
        wait_for_segments(folder.path(), round * 2)?;
        recording.kill()?;
    }
    let mended = check(folder.path(), &["--repair"])?;
    assert_eq!(mended.code, 0, "{mended:?}");
    for file in segments(folder.path()) {
        assert!(play(&file)? > 0, "{}", file.display());
    }
    let checked = check(folder.path(), &[])?;
    assert!(checked.code == 0 && checked.stdout.contains("findings: 0"), "{checked:?}");
    // The index is made again from the files alone, and says the same.
    let rebuilt = check(folder.path(), &["--rebuild-segments"])?;
    let count = format!("segments found: {}", segments(folder.path()).len());
    assert!(rebuilt.code == 0 && rebuilt.stdout.contains(&count), "{rebuilt:?} {count}");
    assert_eq!(check(folder.path(), &[])?.code, 0);
    Ok(())
}

#[test]
fn a_violation_seen_on_the_sub_stream_is_shown_as_large_as_the_main_stream() -> Result<()> {
    let main = clip("loading-bay-hat-off");
    let folder = tempfile::tempdir()?;
    let small = folder.path().join("small.mp4");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&main)
        .args(["-vf", "scale=640:360", "-g", "10"])
        .arg(&small)
        .status();
    ensure!(status.context("ffmpeg is missing: run scripts/setup --tests")?.success(), "ffmpeg failed");
    let (main, sub) = (Camera::start(Shows::Clip(&main), 0)?, Camera::start(Shows::Clip(&small), 0)?);
    let camera = format!("[[camera]]\nid = \"dock\"\nmain = \"{}\"\nsub = \"{}\"\n", main.url, sub.url);
    let server = Server::start(&format!("{SHORT}{camera}{ANYBODY}"))?;
    // The first may open before the main stream is there.
    let size = wait_for("a large snapshot", PATIENCE, || {
        let violations = server.violations().ok()?;
        let sizes = violations.iter().filter_map(|violation| {
            let jpeg = server.get_bytes(violation["snapshot_annotated"].as_str()?).ok()?;
            jpeg_size(&jpeg)
        });
        sizes.into_iter().find(|(width, _)| *width > 640)
    });
    assert_eq!(size.with_context(|| server.log())?, (1280, 720));
    server.stop()
}

/// Width and height as the frame header (SOF0 to SOF2) says.
fn jpeg_size(jpeg: &[u8]) -> Option<(u16, u16)> {
    let at = jpeg.windows(2).position(|marker| marker[0] == 0xff && (0xc0..=0xc2).contains(&marker[1]))?;
    let number =
        |offset: usize| Some(u16::from_be_bytes([*jpeg.get(at + offset)?, *jpeg.get(at + offset + 1)?]));
    Some((number(7)?, number(5)?))
}
