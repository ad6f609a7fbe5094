//! The port through which the API gets what only a decoder can make: stills, previews, thumbnails.
//!
//! The executable puts a decoder behind it; nothing here knows one. Without a decoder every call says so.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_domain::{ErrorKind, Shortage};

use crate::ports::blocking::{PATIENCE, Places, Unfinished};

/// Previews made at once: each takes as much of the machine as several cameras.
const PREVIEWS_AT_ONCE: usize = 2;
/// Stills and thumbnails made at once.
const STILLS_AT_ONCE: usize = 4;
/// Pictures of each kind that wait to be made: a page of thumbnails, and more.
const WAITING: usize = 256;

/// Makes what only a decoder can make. Calls block; a bounded number is under way at once. `wanted` turns false
/// when nobody waits any more, and the call ends soon after.
pub trait PicturePort: Send + Sync {
    /// The picture shown `offset` after the beginning of the media file: JPEG at full resolution. The file may
    /// still be growing.
    ///
    /// # Errors
    /// When nothing is shown there or it cannot be decoded.
    fn still(&self, file: &Path, offset: Duration, wanted: &AtomicBool) -> Result<Vec<u8>, PictureError>;

    /// An H.264 copy of a piece of an H.265 segment, at most 1280 pixels wide, in the same fragmented form. The piece
    /// is what `parts` of the file make up when put together: its initialization, then whole fragments from a
    /// keyframe on. Answers a file in a bounded cache that stays there for a minute at least; `key` (letters, digits,
    /// dashes) names it, and the same key always means the same bytes.
    ///
    /// # Errors
    /// When it cannot be decoded, or not soon.
    fn preview(
        &self,
        file: &Path,
        parts: &[Range<u64>],
        key: &str,
        wanted: &AtomicBool,
    ) -> Result<PathBuf, PictureError>;

    /// The JPEG, `width_px` wide but never wider than it is: JPEG.
    ///
    /// # Errors
    /// When it is no picture.
    fn thumbnail(&self, jpeg: &[u8], width_px: u32) -> Result<Vec<u8>, PictureError>;
}

/// Why there is no picture. The texts reach clients: they name no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The media ends before.
    #[error("nothing is shown there: {0}")]
    Nothing(String),
    /// Too much at once, too slow, or nobody waits.
    #[error("not made just now: {0}; try again in a few seconds")]
    Busy(String),
    /// The decoder gave up.
    #[error("it cannot be decoded: {0}")]
    Failed(String),
    /// No decoder for it here.
    #[error("this server cannot make it: {0}")]
    Unavailable(String),
}

impl PictureError {
    /// What a caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Nothing(_) | Self::Unavailable(_) => ErrorKind::Missing,
            Self::Busy(_) => ErrorKind::Unavailable(Shortage::Busy),
            Self::Failed(_) => ErrorKind::Corrupt,
        }
    }
}

/// A server without a decoder.
pub(crate) struct NoDecoder;

impl NoDecoder {
    fn refuse<T>() -> Result<T, PictureError> {
        Err(PictureError::Unavailable("it was started without a decoder".to_owned()))
    }
}

impl PicturePort for NoDecoder {
    fn still(&self, _: &Path, _: Duration, _: &AtomicBool) -> Result<Vec<u8>, PictureError> {
        Self::refuse()
    }

    fn preview(&self, _: &Path, _: &[Range<u64>], _: &str, _: &AtomicBool) -> Result<PathBuf, PictureError> {
        Self::refuse()
    }

    fn thumbnail(&self, _: &[u8], _: u32) -> Result<Vec<u8>, PictureError> {
        Self::refuse()
    }
}

/// The port with its queues: what cannot begin in time is told to come again.
#[derive(Clone)]
pub(crate) struct Pictures {
    port: Arc<dyn PicturePort>,
    stills: Places,
    previews: Places,
}

impl Pictures {
    pub(crate) fn new(port: Arc<dyn PicturePort>) -> Self {
        let places = |at_once| Places::new(at_once, WAITING);
        Self { port, stills: places(STILLS_AT_ONCE), previews: places(PREVIEWS_AT_ONCE) }
    }

    pub(crate) async fn still(&self, file: PathBuf, offset: Duration) -> Result<Vec<u8>, PictureError> {
        self.make(&self.stills, move |port, wanted| port.still(&file, offset, wanted)).await
    }

    pub(crate) async fn preview(
        &self,
        file: PathBuf,
        parts: Vec<Range<u64>>,
        key: String,
    ) -> Result<PathBuf, PictureError> {
        self.make(&self.previews, move |port, wanted| port.preview(&file, &parts, &key, wanted)).await
    }

    pub(crate) async fn thumbnail(&self, jpeg: Vec<u8>, width_px: u32) -> Result<Vec<u8>, PictureError> {
        self.make(&self.stills, move |port, _| port.thumbnail(&jpeg, width_px)).await
    }

    async fn make<T: Send + 'static>(
        &self,
        places: &Places,
        make: impl FnOnce(&dyn PicturePort, &AtomicBool) -> Result<T, PictureError> + Send + 'static,
    ) -> Result<T, PictureError> {
        let port = self.port.clone();
        let made = places.finish(move |wanted| make(port.as_ref(), wanted)).await;
        made.map_err(unfinished)?
    }
}

fn unfinished(why: Unfinished) -> PictureError {
    match why {
        Unfinished::Full => PictureError::Busy("too many wait already".to_owned()),
        Unfinished::Late => {
            PictureError::Busy(format!("it takes longer than {} seconds", PATIENCE.as_secs()))
        }
        Unfinished::Died => PictureError::Failed("the decoder fell over".to_owned()),
    }
}
