//! A system whose clock is off or whose calls fail: a library of ours stands between the program and the kernel.
//!
//! `libfaketime` and `libfiu` do not go with a program that brings its allocator: what they do on a call asks for memory,
//! and jemalloc calls them while it is giving some.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/faulty_system.c");

/// Orders to a program that was started under [`FaultySystem::wrapper`].
#[derive(Debug)]
pub struct FaultySystem {
    orders: File,
    preload: String,
    path: String,
}

/// What may be off, in the order of `struct orders`.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The clock of the day, by seconds.
    Clock,
    /// `pwrite`, `pwritev`, `fsync` and `fdatasync` answer this `errno`.
    Writing,
    /// Every opening of a file answers this `errno`.
    Opening,
    /// Opening a file to write answers this `errno`.
    OpeningToWrite,
}

impl FaultySystem {
    /// Makes library and orders in a folder.
    ///
    /// # Errors
    /// When the library cannot be compiled.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let (library, path) = (folder.join("faulty_system.so"), folder.join("orders"));
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
            .arg(&library)
            .arg(SOURCE)
            .output()
            .context("cc")?;
        ensure!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        std::fs::write(&path, [0; 32])?;
        Ok(Self {
            orders: File::options().write(true).open(&path)?,
            preload: format!("LD_PRELOAD={}", library.display()),
            path: format!("FAULTY_SYSTEM={}", path.display()),
        })
    }

    /// The command that a program is started under.
    #[must_use]
    pub fn wrapper(&self) -> [&str; 3] {
        ["env", &self.preload, &self.path]
    }

    /// Lets a fault begin; 0 ends it.
    ///
    /// # Errors
    /// When the order cannot be written.
    pub fn set(&self, fault: Fault, value: i64) -> Result<()> {
        Ok(self.orders.write_all_at(&value.to_ne_bytes(), 8 * fault as u64)?)
    }
}
