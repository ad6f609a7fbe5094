//! Files that vanish, cannot be deleted and cannot be read under a running server.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock, WallTime};
use anjian_tests::{CAMERAS, Plant, pass, run, segments};
use anyhow::{Context, Result, ensure};

/// The recordings of the first camera expire after half a minute, and nothing in them is a violation: no clip needs them.
const SHORT_LIVED: &str =
    "max_age_days = 0.0004\n[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 50\n";

fn keys(camera: &str) -> String {
    if camera == CAMERAS[0] { SHORT_LIVED } else { Plant::RULE }.to_owned()
}

fn files(plant: &Plant, camera: &str) -> Vec<PathBuf> {
    let mut found = segments(&plant.data().join("recordings").join(camera));
    found.sort();
    found
}

#[test]
fn one_file_harms_nothing_but_itself() -> Result<()> {
    let plant = Plant::start(&[], keys)?;
    let begun = SystemClock.now();
    plant.expect("three segments", |plant| files(plant, CAMERAS[0]).len() >= 3)?;
    a_segment_that_cannot_be_deleted(&plant)?;
    recordings_that_vanish(&plant)?;
    others_were_unharmed(&plant, begun)?;
    // What somebody else deleted is missed by the check, and put right by a repair.
    let folder = plant.server.folder.path().to_owned();
    let repaired = run(&folder, &["check", "--config", "anjian.toml", "--repair"])?;
    ensure!(repaired.code <= 1, "{repaired:?}");
    plant.expect_nothing_lost()?;
    plant.server.stop()
}

/// It stops no other from expiring, and is named.
fn a_segment_that_cannot_be_deleted(plant: &Plant) -> Result<()> {
    let stuck = files(plant, CAMERAS[0]).first().context("no segment")?.clone();
    let next = files(plant, CAMERAS[0]).get(1).context("no second segment")?.clone();
    // A folder with something in it: nobody deletes that as a file, not even root.
    std::fs::remove_file(&stuck)?;
    std::fs::create_dir(&stuck)?;
    std::fs::write(stuck.join("inside"), b"")?;
    plant.expect("the next segment to expire", |_| !next.exists())?;
    let name = stuck.file_name().context("no name")?.to_string_lossy().into_owned();
    plant.expect("the file to be named", |plant| {
        plant.server.body("/healthz").is_ok_and(|health| health.contains(&name))
    })?;
    ensure!(stuck.exists());
    std::fs::remove_dir_all(&stuck)?;
    Ok(())
}

/// The camera records again, without help, in a folder made anew.
fn recordings_that_vanish(plant: &Plant) -> Result<()> {
    std::fs::remove_dir_all(plant.data().join("recordings").join(CAMERAS[0]))?;
    plant.expect("a new segment", |plant| !files(plant, CAMERAS[0]).is_empty())?;
    plant.expect("recording again", Plant::is_recording)?;
    plant.expect("health again", Plant::is_healthy)
}

fn others_were_unharmed(plant: &Plant, begun: WallTime) -> Result<()> {
    pass(Duration::from_secs(2));
    let gaps = plant.gaps(CAMERAS[1], begun, SystemClock.now())?;
    ensure!(gaps.is_empty(), "{gaps:?}");
    ensure!(!plant.violations(Some(CAMERAS[1])).is_empty(), "{}", plant.server.log());
    Ok(())
}
