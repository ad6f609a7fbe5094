//! The digest of a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::{FootageError, Result};

/// Size and digest of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Bytes of the file.
    pub size_bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// Reads a file once, in pieces.
///
/// # Errors
/// When it cannot be read.
pub fn digest(path: &Path) -> Result<Digest> {
    let failed = |error| FootageError::io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    let mut hash = Sha256::new();
    let mut size_bytes = 0;
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            return Ok(Digest { size_bytes, sha256: hex::encode(hash.finalize()) });
        }
        hash.update(&buffer[..count]);
        size_bytes += count as u64;
    }
}
