//! What only a decoder can make of recordings: stills, previews, thumbnails for the API, and full pictures for snapshots;
//! and galleries, which need models besides.
//!
//! The decoder is `ingest`'s; this says how much of it may run at once, and keeps previews for a while.

mod galleries;
mod main_stream;
mod previews;
mod refusal;
mod turns;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_api::{PictureError, PicturePort};
use anjian_domain::Clock;
use anjian_pipeline::snapshot;

pub use galleries::Galleries;
pub use main_stream::MainStream;
use previews::Previews;
use refusal::{nobody_waits, refusal};
use turns::Turns;

/// The decoder behind the API.
pub struct Decoder {
    cameras: Turns,
    previews: Previews,
    clock: Arc<dyn Clock>,
}

impl Decoder {
    /// Previews are kept in a folder of their own in `data`.
    ///
    /// # Errors
    /// When the folder of the previews cannot be made.
    pub fn new(data: &Path, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let previews = Previews::in_folder(data.join("previews"), Arc::clone(&clock))?;
        Ok(Self { cameras: Turns::default(), previews, clock })
    }
}

/// Segments lie in folders by camera, year, month and day: in the recordings, and where those of a bucket are fetched to.
fn camera_of(file: &Path) -> String {
    let folder = file.iter().rev().nth(4);
    folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
}

impl PicturePort for Decoder {
    /// One at a time a camera: many clicks on one timeline must not take the machine from the others.
    fn still(&self, file: &Path, offset: Duration, wanted: &AtomicBool) -> Result<Vec<u8>, PictureError> {
        let camera = camera_of(file);
        let _turn = self.cameras.take(&camera, wanted).ok_or_else(nobody_waits)?;
        let picture = anjian_ingest::still(file, offset, &*self.clock, wanted);
        let picture = picture.map_err(|error| refusal(&error))?;
        snapshot::jpeg(&picture).map_err(|error| PictureError::Failed(error.to_string()))
    }

    fn preview(
        &self,
        file: &Path,
        parts: &[Range<u64>],
        key: &str,
        wanted: &AtomicBool,
    ) -> Result<PathBuf, PictureError> {
        self.previews.get(file, parts, key, wanted)
    }

    fn thumbnail(&self, jpeg: &[u8], width_px: u32) -> Result<Vec<u8>, PictureError> {
        snapshot::thumbnail(jpeg, width_px).map_err(|error| PictureError::Failed(error.to_string()))
    }
}
