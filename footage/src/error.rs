//! What goes wrong with footage: the disk, a file that is none of ours, a request that cannot be met.

use std::io;
use std::path::{Path, PathBuf};

use anjian_domain::WallTime;

/// Result of everything here.
pub type Result<T> = std::result::Result<T, FootageError>;

/// Why footage could not be written, read or cut.
#[derive(Debug, thiserror::Error)]
pub enum FootageError {
    /// The file system refused.
    #[error("{doing} {path}: {source}", path = path.display())]
    Io {
        /// What was tried: `"write"`, `"read"`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The file system's answer.
        source: io::Error,
    },
    /// The file does not begin as a segment of this version does; nothing of it can be used.
    #[error("{path} is no segment: {reason}", path = path.display())]
    NotASegment {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The recorder handed over something that cannot be written.
    #[error("{path}: {reason}", path = path.display())]
    BadInput {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing was recorded in the range.
    #[error("nothing was recorded between {from} and {to}; ask for a range that holds footage")]
    Empty {
        /// Beginning of the range.
        from: WallTime,
        /// End of the range.
        to: WallTime,
    },
    /// A range cannot be one file.
    #[error("{path}: {reason} at {at}; ask for a range that ends before or begins there", path = path.display())]
    CannotJoin {
        /// The first segment that does not fit what is before it.
        path: PathBuf,
        /// Its start.
        at: WallTime,
        /// What changes there.
        reason: String,
    },
}

impl FootageError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    pub(crate) fn not_a_segment(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotASegment { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn bad_input(path: &Path, reason: impl Into<String>) -> Self {
        Self::BadInput { path: path.to_owned(), reason: reason.into() }
    }

    /// Whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() != io::ErrorKind::NotFound)
    }

    /// Whether there was no room: the disk is full, or a quota is used up.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge))
    }

    /// Whether the file is not there (any more): retention may have taken it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
