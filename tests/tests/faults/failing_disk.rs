//! A disk that fails: writes and syncs that answer EIO, then a file system that is read-only, then a process that has no
//! descriptors left.

use std::path::Path;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_tests::{CAMERAS, Fault, FaultySystem, Plant, pass};
use anyhow::{Result, ensure};

/// Longer than a violation is apart from the next: some evidence has to wait.
const LASTING: Duration = Duration::from_secs(16);

/// What fails, and what it answers.
const FAULTS: [(&str, Fault, i32); 3] = [
    ("a disk that can neither write nor sync", Fault::Writing, nix::libc::EIO),
    ("a read-only file system", Fault::OpeningToWrite, nix::libc::EROFS),
    ("no descriptors", Fault::Opening, nix::libc::EMFILE),
];

struct FailingDisk {
    plant: Plant,
    system: FaultySystem,
}

impl FailingDisk {
    fn start(folder: &Path) -> Result<Self> {
        let system = FaultySystem::prepare(folder)?;
        Ok(Self { plant: Plant::start(&system.wrapper(), |_| Plant::RULE.to_owned())?, system })
    }

    fn suffer(&self, name: &str, fault: Fault, errno: i32) -> Result<()> {
        let plant = &self.plant;
        let before = plant.violations(None).len();
        let begun = SystemClock.now();
        self.system.set(fault, errno.into())?;
        pass(LASTING);
        let health = plant.server.body("/healthz")?;
        self.system.set(fault, 0)?;
        ensure!(!health.contains(r#""status":"ok""#), "{name}: {health}\n{}", plant.server.log());
        plant.expect(&format!("recording after {name}"), Plant::is_recording)?;
        plant.expect(&format!("health after {name}"), Plant::is_healthy)?;
        plant.expect(&format!("evidence after {name}"), |plant| plant.violations(None).len() > before)?;
        // What is missing has a cause.
        for id in CAMERAS {
            let gaps = plant.gaps(id, begun, SystemClock.now())?;
            let is_explained = |(cause, _): &(String, f64)| cause != "lost" && cause != "unrecorded";
            ensure!(gaps.iter().all(is_explained), "{name}: {id}: {gaps:?}");
        }
        Ok(())
    }
}

#[test]
fn a_disk_that_fails_costs_no_evidence_and_all_goes_on_afterwards() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let disk = FailingDisk::start(folder.path())?;
    disk.plant.expect("a violation", |plant| !plant.violations(None).is_empty())?;
    for (name, fault, errno) in FAULTS {
        disk.suffer(name, fault, errno)?;
    }
    disk.plant.expect_nothing_lost()?;
    disk.plant.server.stop()
}
