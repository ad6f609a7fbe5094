//! What became of each minute of a camera, and the proof that a recording is complete.

pub(crate) mod archive;
pub(crate) mod completeness;
pub(crate) mod minutes;
pub(crate) mod persons;
