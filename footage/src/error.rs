//! What goes wrong with footage: the disk, a file that is none of ours, a request that cannot be met.

use std::io;
use std::path::{Path, PathBuf};

use anjian_domain::{ErrorKind, Shortage, WallTime};

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
    /// It was given up half way, because nobody waits for it any more.
    #[error("nobody waits for it any more")]
    Unwanted,
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

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            // These files are written here: what the system says of them beyond absent and forbidden is trouble of the
            // disk, or another process changes the file just now.
            Self::Io { source, .. } => match ErrorKind::from(source) {
                ErrorKind::Corrupt | ErrorKind::Invalid => ErrorKind::Unavailable(Shortage::Disk),
                kind => kind,
            },
            Self::NotASegment { .. } => ErrorKind::Corrupt,
            Self::BadInput { .. } | Self::CannotJoin { .. } => ErrorKind::Invalid,
            Self::Empty { .. } => ErrorKind::Missing,
            Self::Unwanted => ErrorKind::Unavailable(Shortage::Busy),
        }
    }

    /// Whether a file is not there (any more): retention may have deleted it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { .. }) && self.kind() == ErrorKind::Missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_recording_is_unavailable_unless_it_is_gone_or_forbidden() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, ErrorKind::Unavailable(Shortage::Room)),
            (io::ErrorKind::Interrupted, ErrorKind::Unavailable(Shortage::Busy)),
            // A segment that became shorter while it was read.
            (io::ErrorKind::UnexpectedEof, ErrorKind::Unavailable(Shortage::Disk)),
            (io::ErrorKind::Other, ErrorKind::Unavailable(Shortage::Disk)),
            (io::ErrorKind::PermissionDenied, ErrorKind::Refused),
            (io::ErrorKind::NotFound, ErrorKind::Missing),
        ] {
            let error = FootageError::io("read", Path::new("a.mp4"), kind.into());
            assert_eq!(error.kind(), expected, "{kind:?}");
            assert_eq!(error.is_missing(), expected == ErrorKind::Missing, "{kind:?}");
        }
        let empty = FootageError::Empty { from: WallTime::EPOCH, to: WallTime::EPOCH };
        assert!(empty.kind() == ErrorKind::Missing && !empty.is_missing(), "no file is missing");
    }
}
