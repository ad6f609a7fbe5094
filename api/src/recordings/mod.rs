//! What is recorded of a camera: segments, gaps, coverage, holds, storage, and the media themselves.
//!
//! A segment is addressed by its camera and its start, never by a path.

pub(crate) mod coverage;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod holds;
pub(crate) mod list;
pub(crate) mod media;
pub(crate) mod pieces;
pub(crate) mod playlist;
pub(crate) mod prepared;
pub(crate) mod preview;
pub(crate) mod still;
pub(crate) mod storage;
