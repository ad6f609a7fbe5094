//! Where segments are read from: a folder, or whoever else keeps them.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anjian_domain::Segment;

/// The bytes of one file, read at any place.
pub trait Media: Send {
    /// Its size now; a file that is being written grows.
    ///
    /// # Errors
    /// When it cannot be told.
    fn size_bytes(&self) -> io::Result<u64>;

    /// Reads some bytes from `offset` on; none at the end.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read_at(&mut self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
}

/// Opens the files of segments.
pub trait Segments: Debug + Send + Sync {
    /// The file of a segment.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn open(&self, segment: &Segment) -> io::Result<Box<dyn Media>>;

    /// What the file is called, for a person.
    fn name(&self, segment: &Segment) -> PathBuf;
}

/// Where segments are read from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shelf(Arc<dyn Segments>);

#[derive(Debug)]
struct Folder(PathBuf);

impl Shelf {
    /// Reads segments from wherever `segments` opens them.
    #[must_use]
    pub fn new(segments: Arc<dyn Segments>) -> Self {
        Self(segments)
    }

    /// Opens the file of a segment.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn open(&self, segment: &Segment) -> io::Result<Box<dyn Media>> {
        self.0.open(segment)
    }

    /// What the file is called, for a person.
    #[must_use]
    pub fn name(&self, segment: &Segment) -> PathBuf {
        self.0.name(segment)
    }
}

/// The folder in which the paths of segments begin.
impl From<&Path> for Shelf {
    fn from(root: &Path) -> Self {
        Self(Arc::new(Folder(root.to_owned())))
    }
}

impl From<&PathBuf> for Shelf {
    fn from(root: &PathBuf) -> Self {
        root.as_path().into()
    }
}

impl Segments for Folder {
    fn open(&self, segment: &Segment) -> io::Result<Box<dyn Media>> {
        Ok(Box::new(File::open(self.name(segment))?))
    }

    fn name(&self, segment: &Segment) -> PathBuf {
        self.0.join(&segment.path)
    }
}

impl Media for File {
    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&mut self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buf, offset)
    }
}

/// A part of a file, read from its beginning to its end.
pub struct MediaPart {
    media: Box<dyn Media>,
    at: u64,
    end: u64,
}

impl MediaPart {
    /// The bytes from `from` to `to`.
    #[must_use]
    pub fn new(media: Box<dyn Media>, from: u64, to: u64) -> Self {
        Self { media, at: from, end: to.max(from) }
    }
}

impl Read for MediaPart {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let limit = buf.len().min(rest);
        let count = self.media.read_at(&mut buf[..limit], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Reads the whole of `buf` from `offset` on.
pub(crate) fn read_exact_at(media: &mut dyn Media, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buf.is_empty() {
        match media.read_at(buf, offset) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buf = &mut buf[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
