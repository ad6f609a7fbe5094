//! Recordings: segments as rows, what was recorded when, what is missing and why, and what a kill left.

pub(crate) mod adopt;
pub(crate) mod clock_steps;
pub(crate) mod evidence_usage;
pub(crate) mod fetched;
pub(crate) mod fetched_folder;
pub(crate) mod forecast;
pub(crate) mod gap;
pub(crate) mod move_out;
pub(crate) mod record_segment;
pub(crate) mod recorded_spans;
pub(crate) mod recover;
pub(crate) mod segment_key;
pub(crate) mod segment_pieces;
pub(crate) mod segment_row;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod shelf;
pub(crate) mod storage;
pub(crate) mod stored;
pub(crate) mod timeline;
