//! One MP4 of an exact range, made of segments without re-encoding and without reading their media.
//!
//! The file is *virtual*: `ftyp` and `moov` are built in memory, the media stays where it is and is read when
//! a range of the file is asked for. It begins with the keyframe at or before the range; an edit list leaves
//! out what is before it. A gap is shown as a hold of the last picture for at most a second and then cut out;
//! [`Cut::gaps`] tells them.
//!
//! Where parameter sets change on the way (another resolution), they stand in front of every keyframe:
//! players decode that, while few take a second sample description.

mod choose;
mod lay;
mod read;
mod tables;
mod whole;

use std::io::{ErrorKind, Read as _, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_domain::{Segment, WallTime};
use sha2::{Digest as _, Sha256};

pub use self::read::CutReader;
pub use self::whole::CutGap;
use self::whole::Whole;
use crate::{Digest, FootageError, Result, Shelf, WholeFile};

/// A virtual MP4 of a range. Cheap to clone; keeps no file open.
#[derive(Debug, Clone)]
pub struct Cut {
    whole: Arc<Whole>,
}

impl Cut {
    /// Plans the file of `from..to`. `segments`: of one camera, in order of start, none overlapping; those
    /// outside the range are passed over, and one that is still written counts as far as it is written now.
    ///
    /// # Errors
    /// [`FootageError::Empty`] when the range holds no picture, [`FootageError::CannotJoin`] when the video
    /// codec changes within it; when a segment cannot be read.
    pub fn plan(shelf: impl Into<Shelf>, segments: &[Segment], from: WallTime, to: WallTime) -> Result<Self> {
        Self::plan_while(&AtomicBool::new(true), shelf, segments, from, to)
    }

    /// Like [`Cut::plan`], for as long as `wanted` is true: it is looked at before each segment is read.
    ///
    /// # Errors
    /// Like [`Cut::plan`], and [`FootageError::Unwanted`] once it is false.
    pub fn plan_while(
        wanted: &AtomicBool,
        shelf: impl Into<Shelf>,
        segments: &[Segment],
        from: WallTime,
        to: WallTime,
    ) -> Result<Self> {
        choose::choose(wanted, shelf.into(), segments, from, to).map(|whole| Self { whole: Arc::new(whole) })
    }

    /// Bytes of the file.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an empty range is an error, so no cut is empty")]
    pub fn len(&self) -> u64 {
        self.whole.len
    }

    /// A strong entity tag, with its quotes: the same bytes have the same tag.
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.whole.etag
    }

    /// UTC of the first picture shown.
    #[must_use]
    pub fn start(&self) -> WallTime {
        self.whole.start
    }

    /// How long it plays.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.whole.duration
    }

    /// What is missing in the range, in order.
    #[must_use]
    pub fn gaps(&self) -> &[CutGap] {
        &self.whole.gaps
    }

    /// Reads `range` of the file, as far as the file goes.
    #[must_use]
    pub fn read_range(&self, range: Range<u64>) -> CutReader {
        CutReader::new(Arc::clone(&self.whole), range)
    }

    /// Writes the file whole or not at all, as a [`WholeFile`], and waits until it is safe on disk.
    ///
    /// # Errors
    /// When it cannot be written, or footage cannot be read.
    pub fn write_to(&self, path: &Path) -> Result<Digest> {
        let mut file = WholeFile::create(path).map_err(|error| FootageError::io("create", path, error))?;
        let digest = self.copy_to(&mut file, path)?;
        file.finish().map_err(|error| FootageError::io("finish", path, error))?;
        Ok(digest)
    }

    /// Reads the file once and stores nothing of it: size and digest are those of what [`Cut::write_to`] writes.
    ///
    /// # Errors
    /// When footage cannot be read.
    pub fn digest(&self) -> Result<Digest> {
        let first = self.whole.files.first().map(|first| self.whole.shelf.name(first));
        self.copy_to(&mut std::io::sink(), &first.unwrap_or_default())
    }

    fn copy_to(&self, file: &mut impl Write, path: &Path) -> Result<Digest> {
        let mut reader = self.read_range(0..self.len());
        let mut buffer = vec![0; 1 << 16];
        let mut hash = Sha256::new();
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(FootageError::io("read footage for", path, error)),
            };
            file.write_all(&buffer[..count]).map_err(|error| FootageError::io("write", path, error))?;
            hash.update(&buffer[..count]);
        }
        Ok(Digest { size_bytes: self.len(), sha256: hex::encode(hash.finalize()) })
    }
}
