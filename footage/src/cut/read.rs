//! Reads bytes of a virtual file from where they are.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;

use super::whole::{Run, Source, Whole};
use crate::Media;

/// A range of a [`super::Cut`]. Holds one file open at a time, and no media.
pub struct CutReader {
    whole: Arc<Whole>,
    at: u64,
    end: u64,
    open: Option<(u32, Box<dyn Media>)>,
}

impl CutReader {
    pub(super) fn new(whole: Arc<Whole>, range: Range<u64>) -> Self {
        let end = range.end.min(whole.len);
        Self { at: range.start.min(end), end, whole, open: None }
    }

    /// Bytes that are still to come.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.end - self.at
    }

    fn read_file(&mut self, index: u32, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let (whole, segment) = (&self.whole, &self.whole.files[index as usize]);
        let path = whole.shelf.name(segment);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if self.open.as_ref().is_none_or(|(open, _)| *open != index) {
            self.open = Some((index, whole.shelf.open(segment).map_err(named)?));
        }
        let Some((_, file)) = &mut self.open else { return Ok(0) };
        match file.read_at(buf, offset).map_err(named)? {
            0 => Err(io::Error::new(ErrorKind::UnexpectedEof, format!("{} became shorter", path.display()))),
            count => Ok(count),
        }
    }
}

impl Read for CutReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.end || buf.is_empty() {
            return Ok(0);
        }
        let index = self.whole.runs.partition_point(|run| run.at + run.len <= self.at);
        let Run { at, len, source, offset } = self.whole.runs[index];
        let inside = self.at - at;
        let rest = (len - inside).min(self.end - self.at);
        let limit = usize::try_from(rest).unwrap_or(usize::MAX).min(buf.len());
        let count = match source {
            Source::File(file) => self.read_file(file, offset + inside, &mut buf[..limit])?,
            Source::Memory(piece) => {
                let bytes = &self.whole.memory[piece as usize];
                let from = usize::try_from(offset + inside).unwrap_or(usize::MAX);
                bytes[from..].as_ref().read(&mut buf[..limit])?
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}
