//! Makes a segment whole again after its process was killed.

use std::fs::OpenOptions;
use std::path::Path;

use anjian_domain::Segment;

use crate::{FootageError, Pieces, Result, digest, scan};

/// What came out of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The segment with its duration, size and digest. A duration of zero: nothing of it can be played,
    /// remove it.
    pub segment: Segment,
    /// Where its pieces are.
    pub pieces: Pieces,
    /// What was torn and is gone.
    pub removed_bytes: u64,
}

/// Cuts the torn tail off `root/path`, if it has one, and waits until that is safe on disk. A file that is
/// whole stays as it is. Must not be called while the file is being written.
///
/// # Errors
/// When the file cannot be read or changed, or is no segment at all.
pub fn repair(root: &Path, path: &str) -> Result<Repair> {
    let file_path = root.join(path);
    let scanned = scan(&file_path)?;
    let removed_bytes = scanned.size_bytes - scanned.whole_bytes();
    let file = OpenOptions::new().write(true).open(&file_path);
    let failed = |error| FootageError::io("repair", &file_path, error);
    let file = file.map_err(failed)?;
    if removed_bytes > 0 {
        file.set_len(scanned.whole_bytes()).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    let digest = digest(&file_path)?;
    let segment =
        Segment { size_bytes: digest.size_bytes, sha256: Some(digest.sha256), ..scanned.segment(path) };
    Ok(Repair { segment, pieces: Pieces::of(&scanned), removed_bytes })
}
