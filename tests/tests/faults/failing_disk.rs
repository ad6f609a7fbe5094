//! A disk that fails: writes and syncs that answer EIO, then a file system that is read-only, then a process that has no
//! descriptors left. `libfiu` stands between the server and the system's calls.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{CAMERAS, Plant, pass};
use anyhow::{Result, ensure};

/// Longer than a violation is apart from the next: some evidence has to wait.
const FAULT: Duration = Duration::from_secs(16);

/// A kind of fault: the calls that fail, and what they answer.
struct Fault {
    name: &'static str,
    calls: &'static [&'static str],
    errno: i32,
}

/// Calls named `write` serve sockets and wake threads too: they are left alone.
const FAULTS: [Fault; 3] = [
    Fault {
        name: "a disk that can neither write nor sync",
        calls: &[
            "posix/io/rw/pwrite",
            "posix/io/rw/pwritev",
            "posix/io/sync/fsync",
            "posix/io/sync/fdatasync",
        ],
        errno: nix::libc::EIO,
    },
    Fault { name: "a read-only file system", calls: &["posix/io/oc/open"], errno: nix::libc::EROFS },
    Fault { name: "no descriptors", calls: &["posix/io/oc/open"], errno: nix::libc::EMFILE },
];

struct FailingDisk {
    plant: Plant,
    control: PathBuf,
}

impl FailingDisk {
    fn start(folder: &Path) -> Result<Self> {
        ensure!(Path::new("/usr/bin/fiu-run").exists(), "fiu-run is missing: run scripts/setup --tests");
        let control = folder.join("control");
        let path = control.to_string_lossy().into_owned();
        let plant = Plant::start(&["fiu-run", "-x", "-f", &path], |_| Plant::RULE.to_owned())?;
        Ok(Self { plant, control })
    }

    fn order(&self, order: &str) -> Result<()> {
        let pid = self.plant.server.pid()?.to_string();
        let sent =
            Command::new("fiu-ctrl").arg("-f").arg(&self.control).args(["-c", order, &pid]).output()?;
        ensure!(sent.status.success(), "{order}: {}", String::from_utf8_lossy(&sent.stderr));
        Ok(())
    }

    fn suffer(&self, fault: &Fault) -> Result<()> {
        let plant = &self.plant;
        let before = plant.violations(None).len();
        let begun = SystemClock.now();
        for call in fault.calls {
            self.order(&format!("enable name={call},failinfo={}", fault.errno))?;
        }
        pass(FAULT);
        let health = plant.server.body("/healthz")?;
        for call in fault.calls {
            self.order(&format!("disable name={call}"))?;
        }
        ensure!(!health.contains(r#""status":"ok""#), "{}: {health}\n{}", fault.name, plant.server.log());
        plant.expect(&format!("recording after {}", fault.name), Plant::is_recording)?;
        plant.expect(&format!("health after {}", fault.name), Plant::is_healthy)?;
        plant.expect(&format!("evidence after {}", fault.name), |plant| {
            plant.violations(None).len() > before
        })?;
        // What is missing has a cause.
        for id in CAMERAS {
            let gaps = plant.gaps(id, begun, SystemClock.now())?;
            let is_explained = |(cause, _): &(String, f64)| cause != "lost" && cause != "unrecorded";
            ensure!(gaps.iter().all(is_explained), "{}: {id}: {gaps:?}", fault.name);
        }
        Ok(())
    }
}

#[test]
fn a_disk_that_fails_costs_no_evidence_and_all_goes_on_afterwards() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let disk = FailingDisk::start(folder.path())?;
    disk.plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    for fault in &FAULTS {
        disk.suffer(fault)?;
    }
    disk.plant.expect_nothing_lost()?;
    disk.plant.server.stop()
}
