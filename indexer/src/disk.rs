//! How much room a disk has. Behind a trait, so that tests can fill a disk that is not.

use std::fmt::Debug;
use std::path::Path;

use crate::IndexError;

/// Room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Names the file system: equal for two folders on the same one.
    pub(crate) file_system: u64,
    /// All of it.
    pub(crate) disk_bytes: u64,
    /// What may still be written without being root.
    pub(crate) free_bytes: u64,
}

pub(crate) trait Disk: Debug + Send + Sync {
    /// Room on the disk of `folder`.
    fn room(&self, folder: &Path) -> std::io::Result<Room>;
}

/// The disks of this machine.
#[derive(Debug)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn room(&self, folder: &Path) -> std::io::Result<Room> {
        let found = rustix::fs::statvfs(folder)?;
        Ok(Room {
            file_system: found.f_fsid,
            disk_bytes: found.f_blocks.saturating_mul(found.f_frsize),
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
        })
    }
}

impl crate::Index {
    /// Blocks on the file system.
    pub(crate) fn room(&self, folder: &Path) -> Result<Room, IndexError> {
        let found = self.inner.disk.room(folder);
        found.map_err(|source| IndexError::File { doing: "ask for the room of", path: folder.into(), source })
    }
}
