//! What both comparisons share: how much is read at once, and the digest of a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// Rows that are read, or files that are looked up, at once.
pub(crate) const BATCH: usize = 256;
/// While somebody records, a file without a row may be one whose row comes in a moment.
pub(crate) const YOUNG: Duration = Duration::from_secs(60);

/// Size and SHA-256 of a file, read in pieces: a clip can be large.
pub(crate) fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let mut size_bytes = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((size_bytes, hex::encode(hasher.finalize())));
        }
        hasher.update(&piece[..read]);
        size_bytes += read as u64;
    }
}
