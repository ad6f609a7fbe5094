//! Frames of a file, as fast as they are taken.
//!
//! Deliberately never drops: when the caller is slow, decoding waits.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anjian_domain::{
    CameraId, Clock, ClockReading, ErrorKind, Flaw, Frame, MediaTime, Moment, Picture, StartSource, WallTime,
};

use super::bytes::Progress;
use super::created::CreatedAt;
use super::reading::{About, Flaws, Order, Told, read};
use crate::{FileFault, FrameSettings, FrameSource, IngestError, Next};

/// A file that gives neither packet nor picture for so long will give none.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// How long to wait before looking whether anything moves.
const LOOK: Duration = Duration::from_millis(200);

/// Decoded pictures that wait at most, before the decoder has to wait as well.
const PICTURES: usize = 3;

/// Ending takes as long as reading one packet and decoding it.
const ENDING_MAX: Duration = Duration::from_secs(3);

/// A video file of any kind that libav reads, decoded as fast as its frames are taken.
#[derive(Debug)]
pub struct FileSource {
    path: PathBuf,
    camera: CameraId,
    about: About,
    start: WallTime,
    /// When the recording began by the file alone.
    file_start: (WallTime, StartSource),
    /// Waited for when the file was opened.
    first: Option<(MediaTime, Picture)>,
    flaws: Flaws,
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
        let failed = |fault| IngestError::File { path: path.to_owned(), fault };
        let flaws = Flaws::default();
        let order = Order { path: path.to_owned(), settings: settings.clone(), now: clock.now() };
        let mut watched = Watched::begin(order, &flaws, clock).map_err(failed)?;
        let (about, first) = watched.begun().map_err(failed)?;
        let file_start = file_start(path, &about).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            camera: settings.camera.clone(),
            about,
            start: start.unwrap_or(file_start.0),
            file_start,
            first: Some(first),
            flaws,
            rest: Some(watched),
        })
    }

    /// How long the file says that it is.
    #[must_use]
    pub const fn duration(&self) -> Option<Duration> {
        self.about.duration
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

    /// What the container says of its creation.
    #[must_use]
    pub const fn created(&self) -> CreatedAt {
        self.about.created
    }

    /// Which track is judged, and how its pictures are shown, for a person.
    #[must_use]
    pub fn track(&self) -> &str {
        &self.about.track
    }

    /// Whether nothing in the file says how fast its pictures follow each other.
    #[must_use]
    pub const fn is_rate_assumed(&self) -> bool {
        self.about.is_rate_assumed
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
        let end = match watched.pull(patience) {
            Ok(Some(Told::Picture(at, picture))) => return Ok(self.frame(at, picture)),
            Ok(Some(Told::Ended(end))) => end,
            Ok(Some(Told::About(_)) | None) => return Ok(Next::Waiting),
            Err(fault) => Err(fault),
        };
        self.rest = None;
        end.map(|()| Next::Ended).map_err(|fault| IngestError::File { path: self.path.clone(), fault })
    }

    fn flaws(&self) -> Vec<Flaw> {
        self.flaws.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A thread that reads a file, given up when nothing moves in it.
#[derive(Debug)]
struct Watched {
    told: Option<Receiver<Told>>,
    thread: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
    clock: Arc<dyn Clock>,
    moves: u64,
    moved_at: Duration,
}

impl Watched {
    fn begin(order: Order, flaws: &Flaws, clock: &Arc<dyn Clock>) -> Result<Self, FileFault> {
        let (out, told) = sync_channel(PICTURES);
        let progress = Arc::new(Progress::default());
        let (reader, found) = (Arc::clone(&progress), Arc::clone(flaws));
        let thread = std::thread::Builder::new().name(format!("file-{}", order.settings.camera));
        let thread = thread.spawn(move || read(&order, &reader, &found, &out));
        let thread = thread.map_err(|error| FileFault::unreadable(&error))?;
        let moved_at = clock.monotonic();
        let clock = Arc::clone(clock);
        Ok(Self { told: Some(told), thread: Some(thread), progress, clock, moves: 0, moved_at })
    }

    /// What comes next; `None` when nothing came for `patience`.
    fn pull(&mut self, patience: Duration) -> Result<Option<Told>, FileFault> {
        let deadline = self.clock.monotonic().saturating_add(patience);
        loop {
            let now = self.clock.monotonic();
            let left = deadline.saturating_sub(now).min(LOOK);
            let received = self.told.as_ref().map(|told| told.recv_timeout(self.clock.real_timeout(left)));
            match received {
                Some(Ok(told)) => {
                    self.moved_at = self.clock.monotonic();
                    return Ok(Some(told));
                }
                Some(Err(RecvTimeoutError::Disconnected)) | None => return Err(died()),
                Some(Err(RecvTimeoutError::Timeout)) => {}
            }
            let (moves, now) = (self.progress.moves(), self.clock.monotonic());
            if moves != self.moves {
                (self.moves, self.moved_at) = (moves, now);
            }
            if now.saturating_sub(self.moved_at) >= SILENCE_MAX {
                return Err(FileFault::Silent(SILENCE_MAX));
            }
            if now >= deadline {
                return Ok(None);
            }
        }
    }

    /// What is known of the file, and its first picture.
    fn begun(&mut self) -> Result<(About, (MediaTime, Picture)), FileFault> {
        let mut known = None;
        loop {
            match (self.pull(SILENCE_MAX)?, &known) {
                (Some(Told::About(about)), _) => known = Some(about),
                (Some(Told::Picture(at, picture)), Some(about)) => return Ok((about.clone(), (at, picture))),
                (Some(Told::Ended(Err(fault))), _) => return Err(fault),
                (Some(Told::Ended(Ok(())) | Told::Picture(..)), _) => return Err(FileFault::NoPicture),
                (None, _) => {}
            }
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.progress.give_up();
        // The thread that hands a picture over wakes.
        self.told = None;
        let begun = self.clock.monotonic();
        let Some(thread) = self.thread.take() else { return };
        while !thread.is_finished() && self.clock.monotonic().saturating_sub(begun) < ENDING_MAX {
            self.clock.sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // A panic was said by the hook; the source ends with an error all the same.
            let _ = thread.join();
        } else {
            tracing::error!("a file does not answer; the thread that reads it stays behind");
        }
    }
}

/// The thread ended without a word: it panicked.
fn died() -> FileFault {
    FileFault::Unreadable {
        kind: ErrorKind::Invalid,
        reason: "its reader failed; the log says why".to_owned(),
    }
}

/// The container's word, where it is believed; else when the file was modified.
fn file_start(path: &Path, about: &About) -> Result<(WallTime, StartSource), FileFault> {
    match (about.created, about.duration) {
        (CreatedAt::Began(at), _) => Ok((at, StartSource::Container)),
        (CreatedAt::Ended(at), Some(duration)) => Ok((at.minus(duration), StartSource::ContainerEnd)),
        _ => Ok((changed_at(path)?, StartSource::Modified)),
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
