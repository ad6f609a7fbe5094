//! What is recorded survives fifty kills, and a full disk costs no evidence.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{
    Camera, Recording, Server, Shows, clip, play, recorded_until, run, segments, test_clip, wait_for,
};
use anyhow::{Context, Result, ensure};

const PATIENCE: Duration = Duration::from_secs(60);
const KILLS: usize = 50;
/// What a kill may cost.
const LOSS_MAX: Duration = Duration::from_secs(1);
const CAMERAS: [&str; 2] = ["dock", "gate"];

/// The same moments in every run of the test: 0.1 to 2.6 s.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(100 + (self.0 >> 33) % 2_500)
    }
}

/// Two cameras of different coding, and the folder in which `anjian record` finds its configuration.
struct Site {
    folder: tempfile::TempDir,
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

    fn recordings(&self) -> PathBuf {
        self.folder.path().join("data/recordings")
    }

    /// Waits until the newest segment of a camera has pictures that were not there `before`.
    fn wait_until_recording(&self, camera: &str, before: usize) -> Result<()> {
        wait_for(&format!("a segment of {camera}"), PATIENCE, || {
            let files = segments(&self.recordings().join(camera));
            let newest = files.get(before..)?.last()?;
            anjian_footage::scan(newest).ok().filter(|file| !file.fragments.is_empty()).map(|_| ())
        })
    }

    fn check(&self, arguments: &[&str]) -> Result<anjian_tests::Finished> {
        run(self.folder.path(), &[&["check", "--config", "anjian.toml"], arguments].concat())
    }
}

#[test]
fn fifty_kills_cost_at_most_the_last_second_each() -> Result<()> {
    let site = Site::new()?;
    let mut moments = Moments(5);
    for round in 0..KILLS {
        let before: Vec<_> = CAMERAS.iter().map(|id| segments(&site.recordings().join(id)).len()).collect();
        let process = Recording::start(site.folder.path())?;
        for (camera, before) in CAMERAS.iter().zip(before) {
            site.wait_until_recording(camera, before)?;
        }
        // The fault that is caused, not a wait for something.
        SystemClock.sleep(moments.next());
        let killed_at = process.kill()?;
        for camera in CAMERAS {
            let until = recorded_until(&site.recordings(), camera)?.context("nothing was recorded")?;
            let lost = killed_at.since(until);
            ensure!(lost <= LOSS_MAX, "round {round}: {camera} lost {lost:?}");
        }
    }
    let found = site.check(&[])?;
    let complaints: Vec<_> = found.stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    ensure!(found.code == 1, "two segments were left open: {found:?}");
    ensure!(
        complaints.len() <= CAMERAS.len() && complaints.iter().all(|line| line.contains("was not finished")),
        "{complaints:#?}"
    );
    let repaired = site.check(&["--repair"])?;
    ensure!(repaired.code == 0, "{repaired:?}");
    let again = site.check(&[])?;
    ensure!(again.code == 0, "{again:?}");
    every_segment_plays(&site)
}

fn every_segment_plays(site: &Site) -> Result<()> {
    for camera in CAMERAS {
        let files = segments(&site.recordings().join(camera));
        ensure!(files.len() >= KILLS, "{camera}: {} segments", files.len());
        for file in files {
            ensure!(play(&file)? > 0, "{} shows nothing", file.display());
        }
    }
    Ok(())
}

/// A hat comes off once in every 14 s of this clip.
const RULES: &str = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\n";

/// The data folder of a server on a small file system of its own, in a mount namespace that only it sees.
struct SmallDisk {
    server: Server,
}

impl SmallDisk {
    /// `None` where this machine does not let tests mount anything.
    fn start(config: &str) -> Result<Option<Self>> {
        let mut trial = std::process::Command::new("unshare");
        trial.args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]);
        if !trial.output().is_ok_and(|output| output.status.success()) {
            return Ok(None);
        }
        let mount = "mount -t tmpfs -o size=40m none data && exec \"$0\" \"$@\"";
        let server = Server::start_under(&["unshare", "-rm", "sh", "-c", mount], config, "data")?;
        Ok(Some(Self { server }))
    }

    /// Its data folder, seen from here.
    fn data(&self) -> Result<PathBuf> {
        let folder = self.server.folder.path().join("data");
        Ok(Path::new("/proc")
            .join(self.server.pid()?.to_string())
            .join("root")
            .join(folder.strip_prefix("/")?))
    }

    fn recorder(&self) -> Option<String> {
        let storage = self.server.get("/api/v1/storage").ok()?;
        Some(storage["cameras"].as_array()?.first()?["recorder"]["state"].as_str()?.to_owned())
    }

    fn wait_for_recorder(&self, state: &str) -> Result<()> {
        let reached = wait_for(&format!("recorder {state}"), PATIENCE, || {
            self.recorder().filter(|now| now == state).map(|_| ())
        });
        reached.map_err(|error| error.context(format!("{:?}\n{}", self.recorder(), self.server.log())))
    }

    fn violations(&self) -> usize {
        self.server.violations().map_or(0, |found| found.len())
    }
}

/// Writes until not a byte more goes in.
fn fill(path: &Path) -> Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    for piece in [&[0_u8; 65_536][..], &[0; 512], &[0]] {
        while file.write_all(piece).is_ok() {}
    }
    Ok(())
}

#[test]
fn a_full_disk_stops_recording_and_not_evidence_and_all_resumes() -> Result<()> {
    let camera = Camera::start(Shows::Clip(&clip("loading-bay-hat-off")), 0)?;
    let recording = "[recording]\nsegment_s = 5\nmin_free_gb = 0\nreserve_mb = 12\n";
    let config = format!("{recording}[[camera]]\nid = \"dock\"\nmain = \"{}\"\n{RULES}", camera.url);
    let Some(disk) = SmallDisk::start(&config)? else {
        // Said where whoever reads the test's output sees it.
        let _ =
            std::io::Write::write_all(&mut std::io::stderr(), b"skipped: this machine allows no mounts\n");
        return Ok(());
    };
    disk.wait_for_recorder("recording")?;
    let filler = disk.data()?.join("filler");
    fill(&filler)?;
    disk.wait_for_recorder("disk_full")?;
    let before = disk.violations();
    let more = wait_for("a violation on a full disk", PATIENCE, || {
        (disk.violations() > before).then(|| disk.server.violations().ok())?
    });
    let found = more.map_err(|error| error.context(disk.server.log()))?;
    let picture = found[0]["snapshot"].as_str().context("no picture")?;
    ensure!(disk.server.get_bytes(picture)?.starts_with(&[0xff, 0xd8]), "a JPEG begins so");

    std::fs::remove_file(&filler)?;
    disk.wait_for_recorder("recording")?;
    let gaps = wait_for("the gap", PATIENCE, || {
        let now = SystemClock.now();
        let range = format!("from={}&to={now}", now.minus(Duration::from_secs(3_600)));
        let found = disk.server.get(&format!("/api/v1/cameras/dock/recordings?{range}")).ok()?;
        let gaps = found["gaps"].as_array()?.clone();
        gaps.iter().any(|gap| gap["cause"] == "disk_full").then_some(gaps)
    })?;
    ensure!(gaps.iter().all(|gap| gap["reason"].as_str() != Some("")), "{gaps:?}");
    disk.server.stop()
}
