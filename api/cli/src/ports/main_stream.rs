//! Full pictures of a moment, out of the recording of the main stream.

use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{CameraId, Clock, Picture, WallTime};
use anjian_indexer::Index;
use anjian_ingest::{FileFault, IngestError, StopSignal};
use anjian_pipeline::MainPictures;
use tokio::runtime::Handle;

/// The main streams, as they are recorded.
pub struct MainStream {
    index: Index,
    runtime: Handle,
    clock: Arc<dyn Clock>,
}

impl MainStream {
    /// `runtime` is where the index is asked; must not be the runtime of the calling thread.
    pub fn new(index: Index, runtime: Handle, clock: Arc<dyn Clock>) -> Self {
        Self { index, runtime, clock }
    }
}

impl MainPictures for MainStream {
    fn picture(&self, camera: &CameraId, at: WallTime) -> Result<Option<Picture>, String> {
        let until = at.plus(Duration::from_micros(1));
        let found = self.runtime.block_on(self.index.segments(camera, at, until));
        let Some(segment) = found.map_err(|error| error.to_string())?.pop() else { return Ok(None) };
        let path = self.index.recordings_folder().join(&segment.path);
        let is_growing = segment.sha256.is_none();
        match anjian_ingest::still(&path, at.since(segment.start), &*self.clock, &StopSignal::new()) {
            Err(IngestError::File { fault: FileFault::EndsBefore { .. }, .. }) if is_growing => Ok(None),
            found => found.map(Some).map_err(|error| error.to_string()),
        }
    }
}
