//! Recorded footage as files: segments of fragmented MP4 written, read, cut without re-encoding, and listed
//! for players.
//!
//! A segment is `ftyp`, `moov`, a `uuid` box that says whose footage it is and when it begins, and then
//! *fragments* (`moof` and `mdat`), each written with one call: a process that is killed leaves whole
//! fragments and at most one torn tail, which [`repair`] removes. Its media time begins at 0, its pictures
//! have 90 000 ticks a second, its sound as many as its sampling rate. A segment's codec, parameter sets and
//! size never change: whoever records begins a new one.
//!
//! Pure Rust over files and bytes. Knows no camera, no GStreamer, no database and no clock. Never takes media
//! into memory beyond the fragment being written or the buffer being read.

mod boxes;
mod cut;
mod digest;
mod entry;
mod error;
mod fragment;
mod header;
mod is_mp4;
mod moov;
mod pieces;
mod playlist;
mod repair;
mod scan;
mod segment_file;
mod shelf;
mod state_journal;
mod track;
mod view;
mod whole_file;
mod write;

pub use cut::{Cut, CutGap, CutReader};
pub use digest::{Digest, digest};
pub use error::{FootageError, Result};
pub use header::SegmentHeader;
pub use is_mp4::is_mp4;
pub use pieces::{Piece, Pieces};
pub use playlist::{MediaUrl, PlaylistGap, playlist};
pub use repair::{Repair, repair};
pub use scan::{scan, scan_segment};
pub use segment_file::{Fragment, MediaSample, SegmentFile};
pub use shelf::{Media, MediaPart, Segments, Shelf};
pub use state_journal::StateJournal;
pub use track::{AudioTrack, Sample, TrackKind, Tracks, VIDEO_TIMESCALE, VideoTrack};
pub use view::{MediaReader, MediaView};
pub use whole_file::{WholeFile, write_whole};
pub use write::SegmentWriter;
