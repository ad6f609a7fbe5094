//! Frames of a file, as fast as they are taken.
//!
//! Deliberately never drops: when the caller is slow, decoding waits.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{
    CameraId, Clock, ClockReading, ErrorKind, Frame, MediaTime, Moment, Picture, StartSource, WallTime,
};
use gstreamer as gst;

use crate::container::{Container, Structure, examine};
use crate::decode::{DecodeChain, WhenFull};
use crate::demux::read_file;
use crate::feed::{Feed, Trouble};
use crate::pictures::{Pictures, Pulled, broken};
use crate::{FileFault, FrameSettings, FrameSource, IngestError, Next};

/// A file that gives neither packet nor picture for so long will give none.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// How far the last picture may lie before the last packet that was to become one.
const TAIL_MAX: Duration = Duration::from_secs(1);

/// A video file: MP4, MKV or TS with H.264 or H.265, decoded as fast as its frames are taken.
#[derive(Debug)]
pub struct FileSource {
    path: PathBuf,
    camera: CameraId,
    structure: Structure,
    duration: Option<Duration>,
    start: WallTime,
    /// When the recording began by the file alone.
    file_start: (WallTime, StartSource),
    /// Waited for when the file was opened.
    first: Option<(MediaTime, Picture)>,
    /// `None` once it has ended.
    rest: Option<Watched>,
}

impl FileSource {
    /// Opens a file and waits for its first picture. `start` says when the recording began, where the caller
    /// knows better than the file. `clock` says how long nothing came.
    ///
    /// # Errors
    /// One [`IngestError::File`] for whatever is wrong with the file.
    pub fn open(
        path: &Path,
        settings: &FrameSettings,
        start: Option<WallTime>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, IngestError> {
        crate::init()?;
        let failed = |fault| IngestError::File { path: path.to_owned(), fault };
        let structure = examine(path).map_err(failed)?;
        let opened = open_pictures(path, structure.container, settings, clock);
        let mut watched = opened.map_err(|error| broken(&error))?;
        let first = watched.first_picture().map_err(failed)?;
        let pictures = &watched.pictures;
        let file_start = match pictures.feed().created_at() {
            Some(created) => (created, StartSource::Container),
            None => (changed_at(path).map_err(failed)?, StartSource::Modified),
        };
        let start = start.unwrap_or(file_start.0);
        Ok(Self {
            path: path.to_owned(),
            camera: settings.camera.clone(),
            structure,
            duration: pictures.duration(),
            start,
            file_start,
            first: Some(first),
            rest: Some(watched),
        })
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

    /// When the recording began by the file alone, and whether its container says so or only its modification time.
    #[must_use]
    pub const fn file_start(&self) -> (WallTime, StartSource) {
        self.file_start
    }

    /// Sets when the recording began. Call it before the first frame is taken.
    pub const fn begin_at(&mut self, start: WallTime) {
        self.start = start;
    }

    fn frame(&self, at: MediaTime, picture: Picture) -> Next {
        let wall = self.start.plus(at.since(MediaTime::ZERO));
        let at = Moment { media: at, wall };
        Next::Frame(Frame { camera: self.camera.clone(), at, clock: ClockReading::FOOTAGE, picture })
    }
}

impl FrameSource for FileSource {
    fn next_frame(&mut self, patience: Duration) -> Result<Next, IngestError> {
        if let Some((at, picture)) = self.first.take() {
            return Ok(self.frame(at, picture));
        }
        let Some(watched) = &mut self.rest else { return Ok(Next::Ended) };
        let fault = match watched.pull(patience) {
            Ok(Pulled::Picture(at, picture)) => return Ok(self.frame(at, picture)),
            Ok(Pulled::Waiting) => return Ok(Next::Waiting),
            Ok(Pulled::Ended) => fault_at_end(self.structure, watched.pictures.feed(), None),
            Ok(Pulled::Failed(trouble)) => {
                fault_at_end(self.structure, watched.pictures.feed(), Some(trouble))
            }
            Err(fault) => Some(fault),
        };
        self.rest = None;
        fault.map_or(Ok(Next::Ended), |fault| Err(IngestError::File { path: self.path.clone(), fault }))
    }
}

/// What is wrong with a file that gave frames, and now gives no more.
fn fault_at_end(structure: Structure, feed: &Feed, trouble: Option<Trouble>) -> Option<FileFault> {
    let at = feed.newest_picture().since(MediaTime::ZERO);
    if structure.is_cut {
        return Some(FileFault::CutShort(at));
    }
    let damaged = |reason: &str| FileFault::Damaged { at, reason: reason.to_owned() };
    match trouble {
        Some(Trouble::Gstreamer { error, .. }) => Some(damaged(error.message())),
        Some(Trouble::Codec(codec)) => Some(FileFault::UnsupportedCodec(codec)),
        Some(Trouble::NoVideo) => Some(FileFault::NoVideo),
        None if feed.newest_decoding().since(feed.newest_picture()) > TAIL_MAX => {
            Some(damaged("the rest does not decode"))
        }
        None => None,
    }
}

/// Pictures of a file that is given up when nothing moves in it.
#[derive(Debug)]
struct Watched {
    pictures: Pictures,
    packets: u64,
    clock: Arc<dyn Clock>,
    moved_at: Duration,
}

impl Watched {
    fn pull(&mut self, patience: Duration) -> Result<Pulled, FileFault> {
        let pulled = self.pictures.pull(patience.min(SILENCE_MAX));
        let packets = self.pictures.feed().packets();
        let now = self.clock.monotonic();
        if packets != self.packets || !matches!(pulled, Pulled::Waiting) {
            self.packets = packets;
            self.moved_at = now;
        }
        if now.saturating_sub(self.moved_at) >= SILENCE_MAX {
            Err(FileFault::Silent(SILENCE_MAX))
        } else {
            Ok(pulled)
        }
    }

    fn first_picture(&mut self) -> Result<(MediaTime, Picture), FileFault> {
        loop {
            return match self.pull(SILENCE_MAX)? {
                Pulled::Waiting => continue,
                Pulled::Picture(at, picture) => Ok((at, picture)),
                Pulled::Failed(Trouble::Codec(codec)) => Err(FileFault::UnsupportedCodec(codec)),
                Pulled::Failed(Trouble::NoVideo) => Err(FileFault::NoVideo),
                Pulled::Failed(_) | Pulled::Ended => Err(FileFault::NoPicture),
            };
        }
    }
}

fn changed_at(path: &Path) -> Result<WallTime, FileFault> {
    let changed = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let changed = changed.map_err(|error| FileFault::unreadable(&error))?;
    let changed = jiff::Timestamp::try_from(changed);
    let unreadable =
        |error: jiff::Error| FileFault::Unreadable { kind: ErrorKind::Corrupt, reason: error.to_string() };
    changed.map(WallTime::new).map_err(unreadable)
}

fn open_pictures(
    path: &Path,
    container: Container,
    settings: &FrameSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Watched, glib::BoolError> {
    let pipeline = gst::Pipeline::new();
    let chain = DecodeChain::new(&pipeline, settings, WhenFull::Block)?;
    let attached = chain.clone();
    read_file(&pipeline, path, container, &chain.feed, move |pipeline, pad, codec| {
        attached.attach(pipeline, pad, None, codec)
    })?;
    let (pictures, moved_at) = (Pictures::play(pipeline, chain, Arc::clone(clock)), clock.monotonic());
    Ok(Watched { pictures, packets: 0, clock: Arc::clone(clock), moved_at })
}
