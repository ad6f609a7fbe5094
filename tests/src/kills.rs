//! `anjian record`, killed again and again: what each kill costs, and whether everything plays afterwards.
//!
//! The test of the short tier and that of the long one differ only in the number of kills.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{Camera, Finished, Recording, Shows, play, recorded_until, run, segments, test_clip, wait_for};

const PATIENCE: Duration = Duration::from_secs(60);
const CAMERAS: [&str; 2] = ["dock", "gate"];

/// What the kills cost.
#[derive(Debug)]
pub struct KillReport {
    /// Recording lost by each kill and camera, between the last written picture and the kill.
    pub losses: Vec<Duration>,
    /// Segments that play.
    pub segments: usize,
}

/// Records two cameras and kills the recorder so many times. Calls `on_kill` after each with its number, from 1.
///
/// # Errors
/// When a kill costs more than `most`, `check --repair` leaves anything to repair, or a segment does not play.
pub fn kill_recording(kills: usize, most: Duration, on_kill: &mut dyn FnMut(usize)) -> Result<KillReport> {
    let site = Site::new()?;
    let (mut moments, mut losses) = (Moments(5), vec![]);
    for number in 1..=kills {
        for (camera, lost) in CAMERAS.into_iter().zip(site.record_and_kill(moments.next())?) {
            ensure!(lost <= most, "kill {number}: {camera} lost {lost:?}");
            losses.push(lost);
        }
        on_kill(number);
    }
    site.check_and_repair()?;
    Ok(KillReport { losses, segments: site.play_all(kills)? })
}

/// The same moments in every run: 0.1 to 2.6 s.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(100 + (self.0 >> 33) % 2_500)
    }
}

/// Two cameras of different coding, and the folder in which `anjian record` finds its configuration.
struct Site {
    folder: TempDir,
    _cameras: [Camera; 2],
}

impl Site {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let camera = |encoder| Camera::start(Shows::Clip(&test_clip(folder.path(), encoder, "320x240")?), 0);
        let cameras = [camera("libx264")?, camera("libx265")?];
        let mut config = String::from("data_dir = \"data\"\n[recording]\nsegment_s = 5\nreserve_mb = 0\n");
        for (id, camera) in CAMERAS.iter().zip(&cameras) {
            config.push_str(&format!("[[camera]]\nid = \"{id}\"\nmain = \"{}\"\n", camera.url));
        }
        std::fs::write(folder.path().join("anjian.toml"), config)?;
        Ok(Self { folder, _cameras: cameras })
    }

    /// Kills a recorder at a moment after both cameras have pictures in new segments; answers what each lost.
    fn record_and_kill(&self, after: Duration) -> Result<[Duration; 2]> {
        let before = CAMERAS.map(|camera| self.segments(camera).len());
        let process = Recording::start(self.folder.path())?;
        for (camera, before) in CAMERAS.iter().zip(before) {
            self.wait_until_recording(camera, before)?;
        }
        // The fault that is caused, not a wait for something.
        SystemClock.sleep(after);
        let killed_at = process.kill()?;
        let mut losses = [Duration::ZERO; 2];
        for (lost, camera) in losses.iter_mut().zip(CAMERAS) {
            let until = recorded_until(&self.recordings(), camera)?.context("nothing was recorded")?;
            *lost = killed_at.since(until);
        }
        Ok(losses)
    }

    fn recordings(&self) -> PathBuf {
        self.folder.path().join("data/recordings")
    }

    fn segments(&self, camera: &str) -> Vec<PathBuf> {
        segments(&self.recordings().join(camera))
    }

    /// Waits until the newest segment of a camera has pictures that were not there `before`.
    fn wait_until_recording(&self, camera: &str, before: usize) -> Result<()> {
        wait_for(&format!("a segment of {camera}"), PATIENCE, || {
            let files = self.segments(camera);
            let newest = files.get(before..)?.last()?;
            anjian_footage::scan(newest).ok().filter(|file| !file.fragments.is_empty()).map(|_| ())
        })
    }

    /// At most the segments that the last kill left open are found, and one repair closes them.
    fn check_and_repair(&self) -> Result<()> {
        let found = self.check(&[])?;
        let complaints: Vec<_> = found.stderr.lines().filter(|line| !line.trim().is_empty()).collect();
        ensure!(found.code == 1, "two segments were left open: {found:?}");
        ensure!(
            complaints.len() <= CAMERAS.len()
                && complaints.iter().all(|line| line.contains("was not finished")),
            "{complaints:#?}"
        );
        for arguments in [&["--repair"][..], &[]] {
            let checked = self.check(arguments)?;
            ensure!(checked.code == 0, "{arguments:?}: {checked:?}");
        }
        Ok(())
    }

    fn check(&self, arguments: &[&str]) -> Result<Finished> {
        run(self.folder.path(), &[&["check", "--config", "anjian.toml"], arguments].concat())
    }

    /// Plays every segment; answers how many there are: at least one of each camera for each kill.
    fn play_all(&self, kills: usize) -> Result<usize> {
        let mut played = 0;
        for camera in CAMERAS {
            let files = self.segments(camera);
            ensure!(files.len() >= kills, "{camera}: {} segments", files.len());
            for file in &files {
                ensure!(play(file)? > 0, "{} shows nothing", file.display());
            }
            played += files.len();
        }
        Ok(played)
    }
}
