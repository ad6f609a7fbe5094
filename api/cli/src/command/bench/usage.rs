//! What this process has used.

use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anyhow::Context;
use nix::time::ClockId;
use nix::unistd::Pid;
use procfs::process::Process;

/// CPU time and wall time between two moments.
pub struct Stopwatch {
    begun: Duration,
    cpu: Duration,
}

impl Stopwatch {
    pub fn start() -> anyhow::Result<Self> {
        Ok(Self { begun: SystemClock.monotonic(), cpu: cpu_time()? })
    }

    pub fn wall(&self) -> Duration {
        SystemClock.monotonic() - self.begun
    }

    /// CPU time of all threads.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        Ok(cpu_time()?.saturating_sub(self.cpu))
    }
}

fn cpu_time() -> anyhow::Result<Duration> {
    cpu_time_of(std::process::id())
}

/// CPU time of all threads of a process.
pub fn cpu_time_of(process: u32) -> anyhow::Result<Duration> {
    // In nanoseconds; `/proc` counts hundredths of a second, which is more than a recorder takes in one.
    let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(i32::try_from(process)?))?;
    Ok(clock.now()?.into())
}

/// Memory of a process in bytes; what it shares with others counts in part.
pub fn proportional_bytes(process: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
    Ok(kib.context("this system does not tell proportional memory")? * 1024)
}

/// Resident memory in bytes.
pub fn resident_bytes() -> anyhow::Result<u64> {
    let status = Process::myself()?.status()?;
    Ok(status.vmrss.context("this system does not tell resident memory")? * 1024)
}
