//! What a process holds at a moment: memory, threads, descriptors.

use anyhow::Result;
use nix::unistd::Pid;
use procfs::process::Process;

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory.
    pub resident_bytes: u64,
    /// Threads.
    pub threads: u64,
    /// Open files, sockets and pipes.
    pub descriptors: u64,
}

impl Usage {
    /// Of a process that this user may look into.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn of(process: Pid) -> Result<Self> {
        let process = Process::new(process.as_raw())?;
        let stat = process.stat()?;
        Ok(Self {
            resident_bytes: stat.rss * procfs::page_size(),
            threads: u64::try_from(stat.num_threads)?,
            descriptors: u64::try_from(process.fd_count()?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn what_a_process_takes_is_counted() {
        let before = Usage::of(Pid::this()).unwrap();
        assert!(before.resident_bytes > 1 << 20, "{before:?}");
        let files: Vec<_> = (0..20).map(|_| File::open("/dev/null").unwrap()).collect();
        // The page cache of the allocator cannot serve this much, and every page of it is written.
        let memory = vec![1_u8; 64 << 20];
        let barrier = Barrier::new(11);
        let after = std::thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| barrier.wait());
            }
            let after = Usage::of(Pid::this()).unwrap();
            barrier.wait();
            after
        });
        assert_eq!((files.len(), memory.len()), (20, 64 << 20));
        // Other tests of this process come and go meanwhile.
        assert!(after.descriptors >= before.descriptors + 10, "{before:?} {after:?}");
        assert!(after.threads >= before.threads + 5, "{before:?} {after:?}");
        assert!(after.resident_bytes >= before.resident_bytes + (32 << 20), "{before:?} {after:?}");
    }
}
