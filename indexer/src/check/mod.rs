//! Compares rows with files, both ways, and repairs recordings.

pub(crate) mod attachments;
pub(crate) mod batch;
pub(crate) mod bucket;
pub(crate) mod bucket_segments;
pub(crate) mod clips;
pub(crate) mod compare;
pub(crate) mod difference;
pub(crate) mod files;
pub(crate) mod repair;
pub(crate) mod report;
pub(crate) mod segments;
pub(crate) mod tallies;
