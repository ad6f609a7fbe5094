//! The files of a violation as callers get them.

use std::path::{Path, PathBuf};

use anjian_domain::WallTime;
use serde::{Deserialize, Serialize};

use crate::IndexError;
use crate::engine::columns::Columns;

/// Which file of a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// The frame as it was.
    Snapshot,
    /// The frame with zone, boxes, time and behaviour drawn in.
    SnapshotAnnotated,
    /// The moving pictures around it.
    Clip,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Snapshot, Self::SnapshotAnnotated, Self::Clip];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::SnapshotAnnotated => "snapshot_annotated",
            Self::Clip => "clip",
        }
    }

    /// The name of the file in the violation's folder.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot.jpg",
            Self::SnapshotAnnotated => "snapshot_annotated.jpg",
            Self::Clip => "clip.mp4",
        }
    }

    /// What the file holds, as HTTP says it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Snapshot | Self::SnapshotAnnotated => "image/jpeg",
            Self::Clip => "video/mp4",
        }
    }
}

/// A file of a violation, as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Which.
    pub kind: EvidenceKind,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A file of a violation, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Where.
    pub place: FilePlace,
    /// What it holds, as HTTP says it.
    pub media_type: &'static str,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits; serves as ETag, because evidence never changes.
    pub sha256: String,
}

impl EvidenceFile {
    /// Where it lies on the local disk; `None` when it lies in the bucket.
    #[must_use]
    pub fn local(&self) -> Option<&Path> {
        match &self.place {
            FilePlace::Folder(path) => Some(path),
            FilePlace::Bucket(_) => None,
        }
    }
}

/// Where a file lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePlace {
    /// On the local disk.
    Folder(PathBuf),
    /// In the bucket, under this key.
    Bucket(String),
}

/// When something of a violation went, and by which policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// When.
    pub at: WallTime,
    /// By which policy.
    pub by: ExpiredBy,
}

/// The policy by which something of a violation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiredBy {
    /// It was older than evidence that nobody confirmed is kept.
    Age,
    /// All evidence together was larger than it may be.
    Size,
    /// The recording in which it lay expired, and no clip is kept of a violation that nobody confirmed.
    Recording,
    /// Two officers disposed of the case that held it.
    Disposal,
}

impl ExpiredBy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Age, Self::Size, Self::Recording, Self::Disposal];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Size => "size",
            Self::Recording => "recording",
            Self::Disposal => "disposal",
        }
    }
}

impl Expired {
    /// Out of the columns `expired_us` and `expired_by`.
    pub(crate) fn read(columns: &Columns<'_>) -> Result<Option<Self>, IndexError> {
        let Some(at) = columns.wall_or_null("expired_us")? else { return Ok(None) };
        Ok(Some(Self { at, by: columns.word("expired_by")? }))
    }
}
