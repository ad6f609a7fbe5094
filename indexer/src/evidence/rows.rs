//! The files of a violation as callers get them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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
    pub path: PathBuf,
    /// What it holds, as HTTP says it.
    pub media_type: &'static str,
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits; serves as ETag, because evidence never changes.
    pub sha256: String,
}
