//! The evidence folder: files appear whole or not at all, and stay after a power cut. Knows nothing of rows.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anjian_domain::{CameraId, Violation, ViolationId, WallTime};
use anjian_footage::Cut;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::{EvidenceKind, EvidenceRow, IndexError};

/// End of the name of a file that is being written.
const PARTIAL: &str = ".partial";

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
        let outcome = stored.and_then(|stored| sync_folder(&self.locate(&folder)).map(|()| stored));
        if outcome.is_err() {
            self.discard(violation);
        }
        outcome
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
        let (file, partial) = (self.locate(&path), self.locate(&format!("{path}{PARTIAL}")));
        // What a killed process left; the cut writes only where nothing is.
        let _ = std::fs::remove_file(&partial);
        let written = cut.write_to(&partial).map_err(IndexError::from).and_then(|digest| {
            let renamed = std::fs::rename(&partial, &file);
            renamed.map_err(|source| IndexError::File { doing: "write", path: file, source }).map(|()| digest)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        let digest = written?;
        sync_folder(&self.locate(&folder))?;
        Ok(StoredFile {
            path,
            row: EvidenceRow { kind, size_bytes: digest.size_bytes, sha256: digest.sha256 },
        })
    }

    fn store_one(&self, folder: &str, kind: EvidenceKind, bytes: &[u8]) -> Result<StoredFile, IndexError> {
        let path = format!("{folder}/{}", kind.file_name());
        let file = self.locate(&path);
        let partial = self.locate(&format!("{path}{PARTIAL}"));
        let written = write_durable(&partial, bytes).and_then(|()| std::fs::rename(&partial, &file));
        written.map_err(|source| IndexError::File { doing: "write", path: file, source })?;
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
            let file = folder.join(kind.file_name());
            let _ = std::fs::remove_file(folder.join(format!("{}{PARTIAL}", kind.file_name())));
            let _ = std::fs::remove_file(file);
        }
        // Stops at the first folder that still holds something.
        let _ = folder.ancestors().take_while(|f| *f != self.root).try_for_each(std::fs::remove_dir);
    }

    /// Whether a file can be written and taken away again.
    pub(crate) fn probe(&self) -> Result<(), IndexError> {
        let path = self.locate(&format!("health{PARTIAL}"));
        // A page of bytes, because a full disk still takes an empty file.
        let probed = write_durable(&path, &[0; 4_096]);
        let removed = std::fs::remove_file(&path);
        probed.and(removed).map_err(|source| IndexError::File { doing: "write", path, source })
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

fn write_durable(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
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
