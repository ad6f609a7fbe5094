//! A full disk stops recordings and costs no evidence.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{Camera, Server, Shows, clip, wait_for};
use anyhow::{Context, Result, ensure};

const PATIENCE: Duration = Duration::from_secs(60);
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
