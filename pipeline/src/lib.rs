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
mod light;
mod live;
mod lookout;
pub mod metric;
pub mod queues;
mod recorded;
mod sight;
pub mod snapshot;
mod status_board;
mod watch;

pub use evidence::EvidenceError;
pub use eyes::{Aim, DetectorSeat, Eyes};
pub use full_size::MainPictures;
pub use live::{LiveContext, LiveError, LiveRuns, LiveSetup, LiveSource, SnapshotSource};
pub use recorded::{RecordRuns, RecordedCamera, RecordedOnly};
pub use sight::{Blindness, Mount, Sight};
pub use watch::{Watch, WatchSetup};
