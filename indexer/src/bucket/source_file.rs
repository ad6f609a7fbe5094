//! A file that is copied to the bucket: read in parts, and compared with the size and the digest of its row.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::cause::Cause;

/// The file, and what was read of it.
#[derive(Debug)]
pub(super) struct SourceFile {
    path: PathBuf,
    file: File,
    hash: Sha256,
    read_bytes: u64,
}

impl SourceFile {
    pub(super) fn open(path: &Path) -> Result<Self, Cause> {
        let file = File::open(path).map_err(|source| unreadable(path, source))?;
        Ok(Self { path: path.to_owned(), file, hash: Sha256::new(), read_bytes: 0 })
    }

    /// The next `part_bytes`, fewer at the end of the file. Blocks.
    pub(super) fn read_part(&mut self, part_bytes: u64) -> Result<Bytes, Cause> {
        let mut part = Vec::with_capacity(usize::try_from(part_bytes).unwrap_or_default());
        let read = self.file.by_ref().take(part_bytes).read_to_end(&mut part);
        read.map_err(|source| unreadable(&self.path, source))?;
        self.hash.update(&part);
        self.read_bytes += part.len() as u64;
        Ok(part.into())
    }

    /// Whether what was read is all of the file, and what was recorded. Blocks.
    pub(super) fn verify(mut self, size_bytes: u64, sha256: &str) -> Result<(), Cause> {
        let found =
            self.file.metadata().map_or(self.read_bytes, |metadata| metadata.len().max(self.read_bytes));
        if found != size_bytes || self.read_bytes != size_bytes {
            return Err(Cause::Length { what: "the file", expected: size_bytes, found });
        }
        let found = hex::encode(self.hash.finalize_reset());
        if found.eq_ignore_ascii_case(sha256) {
            return Ok(());
        }
        Err(Cause::Digest { expected: sha256.to_owned(), found })
    }
}

fn unreadable(path: &Path, source: io::Error) -> Cause {
    Cause::Source { path: path.to_owned(), source }
}
