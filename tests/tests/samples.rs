//! Every sample clip through `anjian analyze`, against its ground truth; and the truth against its clip.

use std::path::Path;
use std::process::{Command, Output};

use anjian_tests::{checkout, run};
use anyhow::{Context, Result};
use serde_json::Value;

/// An analyzer that judges five times a second over smoothed states may open and close this much off the truth.
const TOLERANCE_S: f64 = 1.5;

fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

/// What `analyze` says of a sample clip under the demo's own zones and rules.
fn found(camera: &str) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    let samples = checkout().join("sample-videos");
    let config = std::fs::read_to_string(samples.join("anjian.toml"))?;
    let config = config.replace("data_dir = \"../demo-data\"", "data_dir = \"data\"");
    let galleries = format!("galleries_dir = {:?}", samples.join("galleries"));
    let config = config.replace("galleries_dir = \"galleries\"", &galleries);
    std::fs::write(folder.path().join("anjian.toml"), config)?;
    let clip = samples.join(camera).join("clip.mp4").display().to_string();
    let arguments = ["analyze", &clip, "--config", "anjian.toml", "--camera", camera];
    let finished = run(folder.path(), &arguments)?;
    assert_eq!(finished.code, 0, "{camera}: {}", finished.stderr);
    Ok(finished.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn seconds(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or(f64::NAN)
}

fn is_same(truth: &Value, found: &Value) -> bool {
    truth["behaviour"] == found["behaviour"]
        && truth["zone"] == found["zone"]
        && (seconds(truth, "start_s") - seconds(found, "opened_s")).abs() <= TOLERANCE_S
        && (seconds(truth, "end_s") - seconds(found, "closed_s")).abs() <= TOLERANCE_S
}

/// What `anjian.toml` says of a camera: its zones and rules.
fn rules(camera: &str) -> Result<String> {
    let config = std::fs::read_to_string(checkout().join("sample-videos/anjian.toml"))?;
    let id = format!("\nid = \"{camera}\"\n");
    let section = config.split("[[camera]]").find(|section| section.contains(&id)).unwrap_or_default();
    Ok(section.to_owned())
}

/// Truth tells of behaviours that this version does not judge; only those with a rule are expected.
fn is_judged(rules: &str, violation: &Value) -> bool {
    let behaviour = violation["behaviour"].as_str().unwrap_or_default();
    rules.contains(&format!("behaviour = \"{behaviour}\""))
}

/// The cameras of the demo: folders with a clip.
fn cameras() -> Result<Vec<String>> {
    let mut names = vec![];
    for entry in std::fs::read_dir(checkout().join("sample-videos"))? {
        let entry = entry?;
        if entry.path().join("clip.mp4").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[test]
fn every_violation_of_the_truth_is_found_once_and_nothing_else() -> Result<()> {
    let cameras = cameras()?;
    assert!(!cameras.is_empty(), "sample-videos holds no clip");
    for camera in cameras {
        let truth = read(&checkout().join("sample-videos").join(&camera).join("truth.json"))?;
        let expected = truth["violations"].as_array().context("no violations in truth.json")?;
        let rules = rules(&camera)?;
        let expected: Vec<_> = expected.iter().filter(|violation| is_judged(&rules, violation)).collect();
        let mut found = found(&camera)?;
        assert_eq!(found.len(), expected.len(), "{camera}: expected {expected:?}, found {found:?}");
        for violation in expected {
            // Two people can break a rule at the same time: each is found once.
            let hit = found.iter().position(|line| is_same(violation, line));
            let hit = hit.with_context(|| format!("{camera}: {violation} is not in {found:?}"))?;
            found.swap_remove(hit);
        }
    }
    Ok(())
}

/// The demo names every clip, or a clip would stand there that nobody sees.
#[test]
fn every_clip_is_a_camera_of_the_demo() -> Result<()> {
    let config = std::fs::read_to_string(checkout().join("sample-videos/anjian.toml"))?;
    for camera in cameras()? {
        assert!(config.contains(&format!("[[camera]]\nid = \"{camera}\"")), "{camera} is not in anjian.toml");
    }
    Ok(())
}

/// The studio's own check of truth files: frames, size, boxes inside the picture, violations that follow from frames.
fn check_truth(folder: &Path) -> Result<Output> {
    let script = checkout().join("sample-videos/studio/check_truth.py");
    let mut command = Command::new("python3");
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).arg(folder);
    command.output().context("python3 is missing: run scripts/setup")
}

#[test]
fn every_truth_agrees_with_its_clip() -> Result<()> {
    for camera in cameras()? {
        let checked = check_truth(&checkout().join("sample-videos").join(&camera))?;
        assert!(checked.status.success(), "{camera}: {checked:?}");
    }
    Ok(())
}

#[test]
fn a_truth_that_lies_is_noticed() -> Result<()> {
    let source = checkout().join("sample-videos/loading-bay-hat-off");
    let lies = [
        ("\"frames\": ", "\"frames\": 1"),
        ("\"width_px\": ", "\"width_px\": 1"),
        ("\"bare\"", "\"helmet\""),
    ];
    for (said, instead) in lies {
        let folder = tempfile::tempdir()?;
        std::fs::copy(source.join("clip.mp4"), folder.path().join("clip.mp4"))?;
        let truth = std::fs::read_to_string(source.join("truth.json"))?;
        anyhow::ensure!(truth.contains(said), "the truth does not say {said}");
        std::fs::write(folder.path().join("truth.json"), truth.replace(said, instead))?;
        let checked = check_truth(folder.path())?;
        assert_eq!(checked.status.code(), Some(1), "{instead}: {checked:?}");
    }
    Ok(())
}
