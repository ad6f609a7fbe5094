//! Threads and queues: live Runs over cameras and archive Runs over footage, and the snapshots of both.
//!
//! Decides who waits for whom and what is dropped when time is short. Does not decode (`ingest`), see (`models`),
//! judge (`analysis`) or store (`indexer`, behind the traits of `domain`).

pub mod archive;
mod coverage;
mod evidence;
mod exchange;
mod eyes;
mod full_size;
mod gate;
mod judge;
mod light;
mod live_runs;
mod lookout;
pub mod metric;
pub mod queues;
mod recorded;
mod sight;
pub mod snapshot;
mod status_board;

pub use evidence::EvidenceError;
pub use eyes::{Aim, DetectorSeat, Eyes};
pub use full_size::MainPictures;
pub use judge::{Judge, JudgeSetup};
pub use live_runs::{LiveContext, LiveError, LiveRuns, LiveSetup, LiveSource, SnapshotSource};
pub use recorded::{RecordRuns, RecordedCamera, RecordedOnly};
pub use sight::{Blindness, Mount, Sight};
