//! A virtual file: which bytes come from where, and what is missing.

use std::time::Duration;

use anjian_domain::{Segment, WallTime};

use crate::Shelf;

/// A part of the range without footage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutGap {
    /// UTC at which footage ends.
    pub from: WallTime,
    /// UTC at which it goes on.
    pub to: WallTime,
    /// Where in the played file it is.
    pub at: Duration,
    /// For how long the last picture is held there, at most a second; zero at the ends of the range.
    pub shown: Duration,
}

/// The file, as runs of bytes one after the other.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) runs: Vec<Run>,
    /// Where the media lies.
    pub(super) shelf: Shelf,
    pub(super) files: Vec<Segment>,
    /// `ftyp`, `moov` and the header of `mdat`; then the parameter sets that are put in.
    pub(super) memory: Vec<Vec<u8>>,
    pub(super) len: u64,
    pub(super) etag: String,
    pub(super) start: WallTime,
    pub(super) duration: Duration,
    pub(super) gaps: Vec<CutGap>,
}

/// Bytes of the file from `at` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) at: u64,
    pub(super) len: u64,
    pub(super) source: Source,
    /// Where they are in their source.
    pub(super) offset: u64,
}

/// Index into the files or the pieces in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    File(u32),
    Memory(u32),
}
