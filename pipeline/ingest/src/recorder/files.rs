//! What the recorder needs of the file system, so that tests can put a full disk in its place.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::Segment;
use anjian_footage::{FootageError, Sample, SegmentWriter, TrackKind, Tracks};

/// Where files are begun.
pub(super) trait Files: Send + Sync {
    fn create(&self, segment: Segment, tracks: Tracks) -> Result<Box<dyn OpenFile>, FootageError>;
    /// Takes a file away that the index refused.
    fn remove(&self, path: &str);
}

/// A file that is being written.
pub(super) trait OpenFile {
    fn push(&mut self, kind: TrackKind, sample: &Sample<'_>) -> Result<(), FootageError>;
    /// What is on disk so far.
    fn segment(&self) -> &Segment;
    fn flush(&mut self) -> Result<(), FootageError>;
    /// Completes it; `end_ns` where it is known.
    fn finish(self: Box<Self>, end_ns: Option<i64>) -> Result<Segment, FootageError>;
}

/// The real one.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    pub(super) fragment: Duration,
}

impl Files for Folder {
    fn create(&self, segment: Segment, tracks: Tracks) -> Result<Box<dyn OpenFile>, FootageError> {
        let writer = SegmentWriter::create(&self.root, segment, tracks, self.fragment)?;
        Ok(Box::new(writer))
    }

    fn remove(&self, path: &str) {
        if let Err(error) = std::fs::remove_file(self.root.join(path)) {
            tracing::warn!(path, %error, "a file that the index refused could not be removed");
        }
    }
}

impl OpenFile for SegmentWriter {
    fn push(&mut self, kind: TrackKind, sample: &Sample<'_>) -> Result<(), FootageError> {
        Self::push(self, kind, sample)
    }

    fn segment(&self) -> &Segment {
        Self::segment(self)
    }

    fn flush(&mut self) -> Result<(), FootageError> {
        self.flush_fragment()
    }

    fn finish(self: Box<Self>, end_ns: Option<i64>) -> Result<Segment, FootageError> {
        Self::finish(*self, end_ns)
    }
}
