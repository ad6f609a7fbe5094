//! How much room a disk has. Behind a trait, so that tests can fill a disk that is not.

use std::fmt::Debug;
use std::path::Path;

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

/// All of the disk of `folder`, bytes.
///
/// # Errors
/// When the file system cannot be asked.
pub fn disk_bytes(folder: &Path) -> std::io::Result<u64> {
    RealDisk.room(folder).map(|room| room.disk_bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A disk with nothing on it but recordings and the reserve below one folder.
    #[derive(Debug)]
    pub(crate) struct SmallDisk {
        pub(crate) folder: PathBuf,
        pub(crate) disk_bytes: u64,
    }

    impl Disk for SmallDisk {
        fn room(&self, _folder: &Path) -> std::io::Result<Room> {
            let used: u64 = files(&self.folder).iter().map(|path| path.metadata().unwrap().len()).sum();
            let free_bytes = self.disk_bytes.saturating_sub(used);
            Ok(Room { file_system: 1, disk_bytes: self.disk_bytes, free_bytes })
        }
    }

    pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder) else { return found };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path));
            } else if path.extension().is_some_and(|end| end == "mp4") || path.ends_with("reserve") {
                found.push(path);
            }
        }
        found
    }

    #[test]
    fn a_real_disk_has_room() {
        let folder = tempfile::tempdir().unwrap();
        let room = RealDisk.room(folder.path()).unwrap();
        assert!(room.free_bytes > 0 && room.disk_bytes >= room.free_bytes, "{room:?}");
        assert!(RealDisk.room(&folder.path().join("nowhere")).is_err());
    }
}
