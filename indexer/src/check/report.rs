//! What a check says. Knows nothing of how it is found out.

use std::fmt;
use std::path::{Path, PathBuf};

use anjian_domain::{RunId, ViolationId};

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckProgress {
    /// Files compared so far.
    pub done: u64,
    /// Files to compare.
    pub total: u64,
}

/// What is wrong. Shows itself as one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckFinding {
    /// A row whose file is not there.
    MissingFile {
        /// Whose evidence.
        violation: ViolationId,
        /// Where the file should be.
        path: PathBuf,
    },
    /// A file that no row names, left by a process that was killed or put there by somebody.
    OrphanFile {
        /// Where it is.
        path: PathBuf,
    },
    /// A file that is longer or shorter than its row says.
    WrongSize {
        /// Whose evidence.
        violation: ViolationId,
        /// Where it is.
        path: PathBuf,
        /// What the row says.
        recorded_bytes: u64,
        /// What the file has.
        found_bytes: u64,
    },
    /// A file with other bytes than those that were recorded.
    WrongDigest {
        /// Whose evidence.
        violation: ViolationId,
        /// Where it is.
        path: PathBuf,
    },
    /// An attachment whose file is missing or changed.
    Attachment {
        /// Where it is, or should be.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A clip that the recording gives no longer, or not whole.
    ClipMissing {
        /// Whose.
        violation: ViolationId,
        /// Why.
        reason: String,
    },
    /// A clip of which the recording gives other bytes than were noted.
    ClipChanged {
        /// Whose.
        violation: ViolationId,
    },
    /// A segment whose file is not there.
    SegmentMissing {
        /// Where the file should be.
        path: PathBuf,
    },
    /// A media file without a row, or one that can get none.
    SegmentOrphan {
        /// Where it is.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A segment that is longer or shorter than its row says.
    SegmentWrongSize {
        /// Where it is.
        path: PathBuf,
        /// What the row says.
        recorded_bytes: u64,
        /// What the file has.
        found_bytes: u64,
    },
    /// A segment with other bytes than those that were recorded.
    SegmentWrongDigest {
        /// Where it is.
        path: PathBuf,
    },
    /// A segment that ends after the next of its camera begins.
    SegmentOverlap {
        /// The earlier one.
        path: PathBuf,
        /// The later one.
        other: PathBuf,
    },
    /// A segment that its process did not finish.
    SegmentUnfinished {
        /// Where it is.
        path: PathBuf,
    },
    /// A file or folder that could not be read.
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A violation that is open although its Run has ended.
    LeftOpen {
        /// Which.
        violation: ViolationId,
        /// The Run that ended.
        run: RunId,
    },
    /// Counts that differ from the violations.
    WrongCounts {
        /// The table that holds them.
        table: &'static str,
    },
    /// The database itself is damaged.
    Database {
        /// What SQLite said.
        reason: String,
    },
}

impl fmt::Display for CheckFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingFile { violation, path } => {
                write!(f, "{}: missing; restore it from a backup (violation {violation})", path.display())
            }
            Self::OrphanFile { path } => {
                write!(
                    f,
                    "{}: belongs to no violation or attachment; nothing refers to it, it may be deleted",
                    path.display()
                )
            }
            Self::WrongSize { violation, path, recorded_bytes, found_bytes } => {
                tell_wrong_size(f, path, [*recorded_bytes, *found_bytes])?;
                write!(f, " (violation {violation})")
            }
            Self::WrongDigest { violation, path } => write!(
                f,
                "{}: was changed after it was recorded; restore it from a backup (violation {violation})",
                path.display()
            ),
            Self::Attachment { path, reason } => {
                write!(f, "{}: an attachment that {reason}; restore it from a backup", path.display())
            }
            Self::ClipMissing { violation, reason } => tell_missing_clip(f, *violation, reason),
            Self::ClipChanged { violation } => tell_changed_clip(f, *violation),
            Self::SegmentMissing { path } => write!(
                f,
                "{}: missing; restore it from a backup, or let `anjian check --repair` make it a gap",
                path.display()
            ),
            Self::SegmentOrphan { path, reason } => {
                write!(
                    f,
                    "{}: belongs to no recording: {reason}; try `anjian check --repair`",
                    path.display()
                )
            }
            Self::SegmentWrongSize { path, recorded_bytes, found_bytes } => {
                tell_wrong_size(f, path, [*recorded_bytes, *found_bytes])
            }
            Self::SegmentWrongDigest { path } => {
                write!(f, "{}: was changed after it was recorded; restore it from a backup", path.display())
            }
            Self::SegmentOverlap { path, other } => write!(
                f,
                "{}: ends after {} begins; run `anjian check --repair`",
                path.display(),
                other.display()
            ),
            Self::SegmentUnfinished { path } => write!(
                f,
                "{}: was not finished; start `anjian serve` or run `anjian check --repair`",
                path.display()
            ),
            Self::Unreadable { path, reason } => write!(f, "{}: cannot be read: {reason}", path.display()),
            Self::LeftOpen { violation, run } => {
                write!(f, "violation {violation}: open although run {run} has ended")
            }
            Self::WrongCounts { table } => {
                write!(f, "{table}: differs from the violations that it counts; run `anjian check --repair`")
            }
            Self::Database { reason } => {
                write!(f, "the database is damaged: {reason}; restore the newest backup")
            }
        }
    }
}

fn tell_wrong_size(f: &mut fmt::Formatter<'_>, path: &Path, [recorded, found]: [u64; 2]) -> fmt::Result {
    let path = path.display();
    write!(f, "{path}: has {found} bytes, recorded were {recorded}; restore it from a backup")
}

fn tell_missing_clip(f: &mut fmt::Formatter<'_>, violation: ViolationId, reason: &str) -> fmt::Result {
    write!(
        f,
        "violation {violation}: its clip is no longer in the recording: {reason}; restore the segments from a backup, or \
         let `anjian check --repair` note what is left"
    )
}

fn tell_changed_clip(f: &mut fmt::Formatter<'_>, violation: ViolationId) -> fmt::Result {
    write!(
        f,
        "violation {violation}: the recording of its clip was changed after it was noted; restore the segments from a \
         backup"
    )
}

/// What a check compared and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Violations in the index.
    pub violations: u64,
    /// Evidence files compared.
    pub files: u64,
    /// Segments compared.
    pub segments: u64,
    /// Clips in the recordings compared.
    pub clips: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What was wrong with recordings or counts and is mended; not in the findings.
    pub repaired: u64,
    /// What is wrong, at most [`CheckReport::MAX_FINDINGS`].
    pub findings: Vec<CheckFinding>,
    /// How many more findings there are.
    pub unlisted: u64,
}

impl CheckReport {
    /// Most findings that a report lists.
    pub const MAX_FINDINGS: usize = 10_000;

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn find(&mut self, finding: CheckFinding) {
        if self.findings.len() < Self::MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.unlisted += 1;
        }
    }
}
