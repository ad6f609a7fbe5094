//! An object as a file for code that reads files: boxes of MP4 here and there, media from one end to the other.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use anjian_domain::{ErrorKind, Shortage};
use bytes::Bytes;
use tokio::runtime::Handle;

use super::client::Bucket;
use crate::IndexError;

/// What a single look costs: it holds the boxes of a fragment.
const BLOCK_BYTES: u64 = 256 * 1024;
/// What is read ahead at most. A reader that goes on asks for twice as much each time.
const AHEAD_BYTES: u64 = 2 * 1024 * 1024;
/// Memory of a reader.
const KEPT_BYTES: u64 = 4 * 1024 * 1024;

/// Blocks of an object, which were read in one request.
#[derive(Debug)]
struct Span {
    start: u64,
    bytes: Bytes,
}

impl Span {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn end(&self) -> u64 {
        self.start + self.len()
    }

    fn holds(&self, position: u64) -> bool {
        (self.start..self.end()).contains(&position)
    }
}

/// Reads one object of known size, on a thread that may block. Keeps up to 4 MiB.
#[derive(Debug)]
pub struct RangedReader {
    bucket: Bucket,
    key: Arc<str>,
    size_bytes: u64,
    runtime: Handle,
    position: u64,
    /// The one used last at the end.
    spans: Vec<Span>,
    requests: u64,
}

impl RangedReader {
    /// A reader at the beginning of the object. Asks nothing yet.
    #[must_use]
    pub fn new(bucket: Bucket, key: &str, size_bytes: u64, runtime: Handle) -> Self {
        Self { bucket, key: key.into(), size_bytes, runtime, position: 0, spans: Vec::new(), requests: 0 }
    }

    /// Size of the object.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.size_bytes
    }

    /// How often it has asked the bucket.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// The bytes from the position to the end of what one request gave.
    fn at_position(&mut self) -> Result<Bytes, IndexError> {
        let position = self.position;
        let span = match self.spans.iter().position(|span| span.holds(position)) {
            Some(index) => self.spans.remove(index),
            None => self.fetch(position)?,
        };
        let offset = usize::try_from(position - span.start).unwrap_or(usize::MAX);
        let bytes = span.bytes.slice(offset.min(span.bytes.len())..);
        self.spans.push(span);
        Ok(bytes)
    }

    fn fetch(&mut self, position: u64) -> Result<Span, IndexError> {
        let start = position - position % BLOCK_BYTES;
        let before = self.spans.iter().find(|span| span.end() == start);
        let length = before.map_or(BLOCK_BYTES, |span| (span.len() * 2).min(AHEAD_BYTES));
        let end = (start + length).min(self.size_bytes);
        self.requests += 1;
        let bytes = self.runtime.block_on(self.bucket.read(&self.key, start..end))?;
        while self.spans.iter().map(Span::len).sum::<u64>() + (end - start) > KEPT_BYTES {
            self.spans.remove(0);
        }
        Ok(Span { start, bytes })
    }
}

impl Read for RangedReader {
    /// # Panics
    /// On a thread that runs async work.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size_bytes || buffer.is_empty() {
            return Ok(0);
        }
        let bytes = self.at_position().map_err(into_io)?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for RangedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let sought = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = sought.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// An error of the same kind, so that whoever only knows files decides alike.
fn into_io(error: IndexError) -> io::Error {
    let kind = match error.kind() {
        ErrorKind::Missing => io::ErrorKind::NotFound,
        ErrorKind::Refused => io::ErrorKind::PermissionDenied,
        ErrorKind::Corrupt => io::ErrorKind::InvalidData,
        ErrorKind::Invalid => io::ErrorKind::InvalidInput,
        ErrorKind::Unavailable(Shortage::Room) => io::ErrorKind::StorageFull,
        ErrorKind::Unavailable(Shortage::Disk) => io::ErrorKind::StaleNetworkFileHandle,
        ErrorKind::Unavailable(Shortage::Memory) => io::ErrorKind::OutOfMemory,
        ErrorKind::Unavailable(Shortage::Busy) => io::ErrorKind::ResourceBusy,
        ErrorKind::Unavailable(Shortage::Peer | Shortage::Descriptors) => io::ErrorKind::TimedOut,
    };
    io::Error::new(kind, error)
}
