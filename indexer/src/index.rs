//! The index.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anjian_domain::{Camera, CameraId, Clock, Site, SiteId, ViolationId};
use tokio::sync::broadcast;

use crate::{
    CameraRow, EvidenceFile, EvidenceKind, GroupBy, IndexError, LiveUpdate, SiteRow, ViolationCount,
    ViolationDetail, ViolationPage, ViolationQuery,
};

/// Violations, cameras and evidence of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Index {
    inner: Arc<()>,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckProgress {
    /// Files compared so far.
    pub done: u64,
    /// Files to compare.
    pub total: u64,
}

/// What a check found.
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
    /// A file that could not be read.
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
        run: anjian_domain::RunId,
    },
    /// The database itself is damaged.
    Database {
        /// What SQLite said.
        reason: String,
    },
}

impl std::fmt::Display for CheckFinding {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}

/// What a check compared and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Violations in the index.
    pub violations: u64,
    /// Evidence files compared.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
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
}

impl Index {
    /// Opens the index in `data_dir`, creates what is missing, brings the schema up to date.
    ///
    /// # Errors
    /// When the folder or database cannot be created, read or written.
    pub async fn open(_data_dir: &Path, _clock: Arc<dyn Clock>) -> Result<Self, IndexError> {
        todo!()
    }
    /// Opens an index that exists, to look at it; creates nothing.
    ///
    /// # Errors
    /// Like [`Index::open`], and when there is no index.
    pub async fn open_existing(_data_dir: &Path, _clock: Arc<dyn Clock>) -> Result<Self, IndexError> {
        todo!()
    }
    /// Adds or updates a site from the configuration.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn put_site(&self, _site: &Site) -> Result<(), IndexError> {
        todo!()
    }
    /// Adds or updates a camera from the configuration; its site must be there.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn put_camera(&self, _camera: &Camera) -> Result<(), IndexError> {
        todo!()
    }
    /// Marks all other sites and cameras as not configured; their violations remain.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn retain_configured(
        &self,
        _sites: &[SiteId],
        _cameras: &[CameraId],
    ) -> Result<(), IndexError> {
        todo!()
    }
    /// Every site, by id.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn sites(&self) -> Result<Vec<SiteRow>, IndexError> {
        todo!()
    }
    /// Every camera, by id.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn cameras(&self) -> Result<Vec<CameraRow>, IndexError> {
        todo!()
    }
    /// One page of violations, newest first.
    ///
    /// # Errors
    /// When the rows could not be read, or a list has more than [`ViolationQuery::MAX_VALUES`] values.
    pub async fn search_violations(&self, _query: &ViolationQuery) -> Result<ViolationPage, IndexError> {
        todo!()
    }
    /// One violation with everything that is kept of it.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn violation(&self, _id: ViolationId) -> Result<Option<ViolationDetail>, IndexError> {
        todo!()
    }
    /// How many violations opened, by group; `limit` and `cursor` of the query do not matter.
    ///
    /// # Errors
    /// When the rows could not be read, or the range is too long for the group.
    pub async fn count_violations(
        &self,
        _query: &ViolationQuery,
        _group_by: GroupBy,
    ) -> Result<Vec<ViolationCount>, IndexError> {
        todo!()
    }
    /// Where a file of a violation lies.
    ///
    /// # Errors
    /// When the row could not be read.
    pub async fn evidence_file(
        &self,
        _id: ViolationId,
        _kind: EvidenceKind,
    ) -> Result<Option<EvidenceFile>, IndexError> {
        todo!()
    }
    /// Every change that this process commits from now on. A listener that falls behind by more than the channel
    /// holds loses the oldest and catches up with [`Index::live_since`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<LiveUpdate> {
        let _ = &self.inner;
        todo!()
    }
    /// Changes after `seq`, oldest first, at most `limit`, of this and of other processes.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn live_since(&self, _seq: i64, _limit: u32) -> Result<Vec<LiveUpdate>, IndexError> {
        todo!()
    }
    /// Whether the index can be read and written just now.
    ///
    /// # Errors
    /// Why not.
    pub async fn health(&self) -> Result<(), IndexError> {
        todo!()
    }
    /// Claims the data folder for the live system until this index is dropped, and closes the violations that a
    /// live Run of a killed process left open. Answers how many.
    ///
    /// # Errors
    /// [`IndexError::LiveElsewhere`] when another process is the live system; when rows could not be written.
    pub async fn close_interrupted(&self) -> Result<u64, IndexError> {
        todo!()
    }
    /// Compares rows with files both ways.
    ///
    /// # Errors
    /// When the rows could not be read. What is wrong with files is in the report.
    pub async fn check(
        &self,
        _progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<CheckReport, IndexError> {
        todo!()
    }
}
