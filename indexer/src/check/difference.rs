//! How a file or an object differs from its row, and how that is reported.

use std::io;
use std::path::{Path, PathBuf};

use anjian_domain::ViolationId;

use crate::CheckFinding;
use crate::check::batch::digest;

/// How a file or an object differs from its row.
pub(crate) enum Difference {
    Missing,
    Size(u64),
    Digest,
}

impl Difference {
    pub(crate) fn of_segment(self, path: PathBuf, recorded_bytes: u64) -> CheckFinding {
        match self {
            Self::Missing => CheckFinding::SegmentMissing { path },
            Self::Size(found_bytes) => CheckFinding::SegmentWrongSize { path, recorded_bytes, found_bytes },
            Self::Digest => CheckFinding::SegmentWrongDigest { path },
        }
    }

    pub(crate) fn of_evidence(
        self,
        violation: ViolationId,
        path: PathBuf,
        recorded_bytes: u64,
    ) -> CheckFinding {
        match self {
            Self::Missing => CheckFinding::MissingFile { violation, path },
            Self::Size(found_bytes) => {
                CheckFinding::WrongSize { violation, path, recorded_bytes, found_bytes }
            }
            Self::Digest => CheckFinding::WrongDigest { violation, path },
        }
    }

    pub(crate) fn of_attachment(self, path: PathBuf, recorded_bytes: u64) -> CheckFinding {
        let reason = match self {
            Self::Missing => "is missing".to_owned(),
            Self::Size(found_bytes) => format!("has {found_bytes} bytes, received were {recorded_bytes}"),
            Self::Digest => "was changed after it was received".to_owned(),
        };
        CheckFinding::Attachment { path, reason }
    }
}

/// Reads a file whole. Answers the bytes that were read, and how it differs.
pub(crate) fn compare_file(
    path: &Path,
    size_bytes: u64,
    sha256: &str,
) -> io::Result<(u64, Option<Difference>)> {
    match digest(path) {
        Ok((found, _)) if found != size_bytes => Ok((found, Some(Difference::Size(found)))),
        Ok((found, digest)) => Ok((found, (digest != sha256).then_some(Difference::Digest))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((0, Some(Difference::Missing))),
        Err(error) => Err(error),
    }
}
