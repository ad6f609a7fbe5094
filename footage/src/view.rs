//! A segment's file as browsers take it: sound that they cannot decode is hidden, everything else is as it
//! is.
//!
//! Media Source Extensions refuse a file with G.711 altogether. Its boxes are renamed to `free`, which
//! players skip, while bytes are read: size and places stay, so byte ranges of the file are byte ranges of
//! the view.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use anjian_domain::AudioCodec;

use crate::{FootageError, Result, scan};

/// A segment's file, ready to be served by byte ranges to a player of [`crate::playlist`].
#[derive(Debug)]
pub struct MediaView {
    file: File,
    len: u64,
    /// Where names of boxes begin that are hidden, in order.
    hidden: Vec<u64>,
}

/// A range of a [`MediaView`]. Holds no media.
#[derive(Debug)]
pub struct MediaReader {
    view: MediaView,
    at: u64,
    end: u64,
}

/// The name that hides a box.
const HIDDEN: [u8; 4] = *b"free";
/// Bytes from the beginning of a box to its name.
const NAME_AT: u64 = 4;

impl MediaView {
    /// Opens a segment. One that is still being written counts as far as it is written now.
    ///
    /// # Errors
    /// When it cannot be read, or is no segment.
    pub fn open(path: &Path) -> Result<Self> {
        let segment = scan(path)?;
        let file = File::open(path).map_err(|error| FootageError::io("read", path, error))?;
        let is_hidden = match segment.tracks.audio.as_ref().map(|audio| audio.codec) {
            Some(AudioCodec::ALaw | AudioCodec::MuLaw) => true,
            Some(AudioCodec::Aac) | None => false,
        };
        let inside = segment.fragments.iter().filter_map(|fragment| fragment.sound_box);
        let boxes = segment.sound_boxes.iter().copied().chain(inside).filter(|_| is_hidden);
        Ok(Self { file, len: segment.whole_bytes(), hidden: boxes.map(|at| at + NAME_AT).collect() })
    }

    /// Bytes of the file, without a torn tail.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a segment has a beginning, so no view is empty")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Reads `range` of the file, as far as it goes.
    #[must_use]
    pub fn read_range(self, range: Range<u64>) -> MediaReader {
        let end = range.end.min(self.len);
        MediaReader { at: range.start.min(end), end, view: self }
    }

    /// Renames what is hidden in `bytes`, which were read from `at` on.
    fn hide(&self, at: u64, bytes: &mut [u8]) {
        let end = at + bytes.len() as u64;
        let first = self.hidden.partition_point(|name| name + 4 <= at);
        for name in self.hidden[first..].iter().take_while(|name| **name < end) {
            for (place, letter) in (*name..).zip(HIDDEN).filter(|(place, _)| (at..end).contains(place)) {
                let index = usize::try_from(place - at).unwrap_or(usize::MAX);
                bytes[index] = letter;
            }
        }
    }
}

impl Read for MediaReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let limit = rest.min(buf.len());
        let count = self.view.file.read_at(&mut buf[..limit], self.at)?;
        if count == 0 && limit > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the segment became shorter"));
        }
        self.view.hide(self.at, &mut buf[..count]);
        self.at += count as u64;
        Ok(count)
    }
}
