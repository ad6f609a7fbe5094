//! The bytes of a file, without those that no reader gets past, and how far reading has come.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the thread that reads and the one that waits for it share.
#[derive(Debug, Default)]
pub(super) struct Progress {
    moves: AtomicU64,
    is_unwanted: AtomicBool,
    fault: Mutex<Option<std::io::Error>>,
}

impl Progress {
    /// Changes whenever something moves.
    pub(super) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    pub(super) fn moved(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// No more of the file is wanted.
    pub(super) fn give_up(&self) {
        self.is_unwanted.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_unwanted(&self) -> bool {
        self.is_unwanted.load(Ordering::Relaxed)
    }

    /// Why the system did not give bytes; libav only says that it did not.
    pub(super) fn take_fault(&self) -> Option<std::io::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn has_fault(&self) -> bool {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn note<T>(&self, result: Result<T>) -> Result<T> {
        result.inspect_err(|error| {
            let copy = std::io::Error::new(error.kind(), error.to_string());
            self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(copy);
        })
    }
}

/// A file as if some stretches of it were not there.
#[derive(Debug)]
pub(super) struct Bytes {
    file: File,
    /// What is there, in the order of the file; none empty.
    parts: Vec<Range<u64>>,
    /// From the beginning of what is there.
    at: u64,
    progress: Arc<Progress>,
}

impl Bytes {
    /// Everything but `holes`, which are in order and do not overlap.
    pub(super) fn new(file: File, size_bytes: u64, holes: &[Range<u64>], progress: Arc<Progress>) -> Self {
        let mut parts = Vec::new();
        let mut begin = 0;
        for hole in holes {
            if hole.start > begin {
                parts.push(begin..hole.start);
            }
            begin = hole.end;
        }
        if size_bytes > begin {
            parts.push(begin..size_bytes);
        }
        Self { file, parts, at: 0, progress }
    }

    fn size(&self) -> u64 {
        self.parts.iter().map(|part| part.end - part.start).sum()
    }

    /// Where the next byte lies in the file, and how many follow it without a hole.
    fn place(&self) -> Option<(u64, u64)> {
        let mut left = self.at;
        for part in &self.parts {
            let bytes = part.end - part.start;
            if left < bytes {
                return Some((part.start + left, bytes - left));
            }
            left -= bytes;
        }
        None
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let Some((offset, bytes)) = self.place() else { return Ok(0) };
        let wanted = usize::try_from(bytes).unwrap_or(usize::MAX).min(buffer.len());
        let sought = self.file.seek(SeekFrom::Start(offset));
        let read = sought.and_then(|_| self.file.read(buffer.get_mut(..wanted).unwrap_or_default()));
        let read = self.progress.note(read)?;
        self.progress.moved();
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.size().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn holes_are_read_over() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let progress = Arc::new(Progress::default());
        let mut bytes = Bytes::new(file.try_clone().unwrap(), 10, &[2..4, 9..10], Arc::clone(&progress));
        let mut text = String::new();
        bytes.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), progress.moves() > 1), ("0145678", true));
        bytes.seek(SeekFrom::End(-3)).unwrap();
        text.clear();
        bytes.read_to_string(&mut text).unwrap();
        assert_eq!(text, "678");
        assert!(bytes.seek(SeekFrom::Current(-8)).is_err());
        let mut whole = Bytes::new(file, 10, &[], progress);
        assert_eq!(whole.seek(SeekFrom::End(0)).unwrap(), 10);
    }
}
