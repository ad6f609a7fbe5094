//! A file of no use but its size, on the disk of the evidence. When that disk is full it is deleted, so that evidence
//! can still be written; recording waits until there is room to make it again. Its file alone says whether it is
//! there: another process may have given it up.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use anjian_domain::{ErrorKind, Shortage};
use anjian_footage::WholeFile;
use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use crate::{Index, IndexError};

const NAME: &str = "reserve";
/// The reserve is made when so many times its size is free, so that it is not given up at once again.
const ROOM: u64 = 2;

impl Index {
    /// Makes the reserve as the settings want it, if there is room.
    pub(crate) fn set_up_reserve(&self) -> Result<(), IndexError> {
        if self.recording_settings().reserve_bytes == 0 {
            // One that earlier settings wanted.
            let _ = std::fs::remove_file(self.reserve_path());
        }
        self.fill_reserve().map(drop)
    }

    fn reserve_path(&self) -> PathBuf {
        self.inner.data_dir.join(NAME)
    }

    /// Whether there should be a reserve, but is none.
    pub(crate) fn lacks_reserve(&self) -> bool {
        let wanted = self.recording_settings().reserve_bytes;
        wanted > 0 && std::fs::metadata(self.reserve_path()).map_or(true, |found| found.len() != wanted)
    }

    /// Bytes that must be free on the disk of the evidence for the reserve to be made again; 0 when it is there.
    pub(crate) fn reserve_need(&self) -> u64 {
        if self.lacks_reserve() { self.recording_settings().reserve_bytes.saturating_mul(ROOM) } else { 0 }
    }

    /// Recording must not take the room that was made for evidence.
    ///
    /// # Errors
    /// [`IndexError::ReserveGivenUp`] when there is no reserve and no room for it.
    pub(crate) fn refuse_without_reserve(&self) -> Result<(), IndexError> {
        if self.fill_reserve()? {
            return Ok(());
        }
        Err(IndexError::ReserveGivenUp { path: self.inner.data_dir.clone() })
    }

    /// Makes the reserve if it is missing and there is room. Answers whether it is there, or not wanted.
    pub(crate) fn fill_reserve(&self) -> Result<bool, IndexError> {
        let _alone = self.reserve_lock();
        if !self.lacks_reserve() {
            return Ok(true);
        }
        if self.room(&self.inner.data_dir)?.free_bytes < self.reserve_need() {
            return Ok(false);
        }
        let path = self.reserve_path();
        match fill(&path, self.recording_settings().reserve_bytes) {
            Ok(()) => Ok(true),
            Err(error) if ErrorKind::from(&error) == ErrorKind::Unavailable(Shortage::Room) => Ok(false),
            Err(source) => Err(IndexError::File { doing: "write", path, source }),
        }
    }

    /// Deletes the reserve. Answers whether that made room.
    pub(crate) fn give_up_reserve(&self) -> bool {
        let _alone = self.reserve_lock();
        self.recording_settings().reserve_bytes > 0 && std::fs::remove_file(self.reserve_path()).is_ok()
    }

    /// Recorders and the evidence thread make it and give it up one after the other.
    fn reserve_lock(&self) -> MutexGuard<'_, ()> {
        self.inner.reserve.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes `bytes` of the disk for real: a file with a hole in it would hold nothing back.
fn fill(path: &Path, bytes: u64) -> std::io::Result<()> {
    let mut reserve = WholeFile::create(path)?;
    match rustix::fs::fallocate(reserve.file(), FallocateFlags::empty(), 0, bytes) {
        Ok(()) => {}
        // Not every file system can; zeros take the same room.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
            std::io::copy(&mut std::io::repeat(0).take(bytes), &mut reserve)?;
        }
        Err(error) => return Err(error.into()),
    }
    reserve.finish()
}
