//! The evidence folder: files appear whole or not at all, and stay after a power failure. Knows nothing of rows.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{CameraId, Violation, ViolationId, WallTime};
use anjian_footage::{Cut, WholeFile, write_whole};
use jiff::tz::TimeZone;
use rustix::fs::Access;
use sha2::{Digest, Sha256};

use crate::{EvidenceKind, EvidenceRow, IndexError};

/// Nothing new is put into folders of days that are so long past.
const PAST: Duration = Duration::from_secs(48 * 3_600);

/// Where evidence lies: `<camera>/<yyyy>/<mm>/<dd>/<violation>/<kind>`, by the UTC day of opening.
#[derive(Debug, Clone)]
pub(crate) struct EvidenceFolder {
    root: PathBuf,
}

/// A file that is safe on disk, and the row that it needs.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    /// In the evidence folder, with forward slashes.
    pub(crate) path: String,
    pub(crate) row: EvidenceRow,
}

/// A file that is to go, and its row.
#[derive(Debug, Clone)]
pub(crate) struct GivenUp {
    /// Of the violation or the attachment.
    pub(crate) seq: i64,
    pub(crate) kind: String,
    /// In the evidence folder, with forward slashes.
    pub(crate) path: String,
    /// When the violation opened, or the attachment was sent.
    pub(crate) opened: WallTime,
}

impl EvidenceFolder {
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the file with this stored path lies.
    pub(crate) fn locate(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes the files of a violation, all or none.
    pub(crate) fn store(
        &self,
        violation: &Violation,
        files: &[(EvidenceKind, &[u8])],
    ) -> Result<Vec<StoredFile>, IndexError> {
        let folder = violation_folder(violation);
        create_durable(&self.root, &self.locate(&folder))?;
        let stored: Result<Vec<_>, _> =
            files.iter().map(|(kind, bytes)| self.store_one(&folder, *kind, bytes)).collect();
        if stored.is_err() {
            self.discard(violation);
        }
        stored
    }

    /// Writes the clip of a violation that has its other files.
    pub(crate) fn store_clip(
        &self,
        camera: &CameraId,
        violation: ViolationId,
        opened: WallTime,
        cut: &Cut,
    ) -> Result<StoredFile, IndexError> {
        let folder = folder_of(camera, violation, opened);
        create_durable(&self.root, &self.locate(&folder))?;
        let kind = EvidenceKind::Clip;
        let path = format!("{folder}/{}", kind.file_name());
        let digest = cut.write_to(&self.locate(&path))?;
        Ok(StoredFile {
            path,
            row: EvidenceRow { kind, size_bytes: digest.size_bytes, sha256: digest.sha256 },
        })
    }

    /// Deletes a file. One that is gone already is no error. Folders of past days go with their last file.
    pub(crate) fn delete(&self, file: &GivenUp, now: WallTime) -> Result<(), IndexError> {
        let path = self.locate(&file.path);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                return Err(IndexError::File { doing: "delete", path, source });
            }
            _ => {}
        }
        // A violation of today may be about to get its folder.
        if now.since(file.opened) > PAST {
            // Stops at the first folder that still holds something.
            let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.root);
            let _ = { folders }.try_for_each(std::fs::remove_dir);
        }
        Ok(())
    }

    /// Takes away what was begun of a clip that is not to be. Failing here loses nothing: `check` finds what is left.
    pub(crate) fn discard_clip(&self, camera: &CameraId, violation: ViolationId, opened: WallTime) {
        let folder = self.locate(&folder_of(camera, violation, opened));
        let clip = folder.join(EvidenceKind::Clip.file_name());
        let _ = std::fs::remove_file(WholeFile::partial_of(&clip));
        let _ = std::fs::remove_file(clip);
    }

    /// Begins to write a file that belongs to no violation. Dropping it unfinished leaves nothing.
    pub(crate) fn begin(&self, path: &str) -> Result<WholeFile, IndexError> {
        let file = self.locate(path);
        create_durable(&self.root, file.parent().unwrap_or(&self.root))?;
        WholeFile::create(&file).map_err(|source| IndexError::File { doing: "write", path: file, source })
    }

    fn store_one(&self, folder: &str, kind: EvidenceKind, bytes: &[u8]) -> Result<StoredFile, IndexError> {
        let path = format!("{folder}/{}", kind.file_name());
        let file = self.locate(&path);
        write_whole(&file, bytes).map_err(|source| IndexError::File {
            doing: "write",
            path: file,
            source,
        })?;
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(StoredFile {
            path,
            row: EvidenceRow { kind, size_bytes, sha256: hex::encode(Sha256::digest(bytes)) },
        })
    }

    /// Takes away the files of a violation that has no row. Failing here loses nothing: `check` finds what is left.
    pub(crate) fn discard(&self, violation: &Violation) {
        let folder = self.locate(&violation_folder(violation));
        for kind in EvidenceKind::ALL {
            let _ = std::fs::remove_file(folder.join(kind.file_name()));
        }
        // Stops at the first folder that still holds something.
        let _ = folder.ancestors().take_while(|f| *f != self.root).try_for_each(std::fs::remove_dir);
    }

    /// Whether files may be written: the folder is there, its rights allow it and its file system is not read-only.
    pub(crate) fn probe(&self) -> Result<(), IndexError> {
        let probed = rustix::fs::access(&self.root, Access::WRITE_OK | Access::EXEC_OK);
        probed.map_err(|error| IndexError::File {
            doing: "write in",
            path: self.root.clone(),
            source: error.into(),
        })
    }
}

fn violation_folder(violation: &Violation) -> String {
    folder_of(&violation.camera, violation.id, violation.opened.wall)
}

fn folder_of(camera: &CameraId, violation: ViolationId, opened: WallTime) -> String {
    let day = opened.timestamp().to_zoned(TimeZone::UTC).date();
    let (year, month, day) = (day.year(), day.month(), day.day());
    format!("{camera}/{year:04}/{month:02}/{day:02}/{violation}")
}

fn sync_folder(folder: &Path) -> Result<(), IndexError> {
    let synced = File::open(folder).and_then(|opened| opened.sync_all());
    synced.map_err(|source| IndexError::File { doing: "make durable", path: folder.into(), source })
}

/// Creates `folder` and what is missing above it, up to `root`. A new folder survives a power cut only when the one
/// above it is synced too.
fn create_durable(root: &Path, folder: &Path) -> Result<(), IndexError> {
    match std::fs::create_dir(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound && folder != root => {
            folder.parent().map_or(Ok(()), |parent| create_durable(root, parent))?;
            create_durable(root, folder)
        }
        Err(source) => Err(IndexError::File { doing: "create", path: folder.into(), source }),
    }
}
