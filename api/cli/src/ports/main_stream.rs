//! Full pictures of a moment, out of the recording of the main stream.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anjian_domain::{CameraId, Clock, Picture, WallTime};
use anjian_indexer::IndexSink;
use anjian_ingest::{FileFault, IngestError};
use anjian_pipeline::MainPictures;

/// The main streams, as they are recorded.
pub struct MainStream {
    sink: IndexSink,
    clock: Arc<dyn Clock>,
}

impl MainStream {
    /// The runtime of `sink` must not be the one of the calling thread.
    pub fn new(sink: IndexSink, clock: Arc<dyn Clock>) -> Self {
        Self { sink, clock }
    }
}

impl MainPictures for MainStream {
    fn picture(&self, camera: &CameraId, at: WallTime) -> Result<Option<Picture>, String> {
        let found = self.sink.footage_at(camera, at).map_err(|error| error.to_string())?;
        let Some((segment, path)) = found else { return Ok(None) };
        let is_growing = segment.sha256.is_none();
        match anjian_ingest::still(&path, at.since(segment.start), &*self.clock, &AtomicBool::new(true)) {
            Err(IngestError::File { fault: FileFault::EndsBefore { .. }, .. }) if is_growing => Ok(None),
            found => found.map(Some).map_err(|error| error.to_string()),
        }
    }
}
