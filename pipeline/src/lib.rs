//! Threads and queues: live Runs over cameras and archive Runs over footage, and the snapshots of both.
//!
//! Decides who waits for whom and what is dropped when time is short. Does not decode (`ingest`), see (`models`),
//! judge (`analysis`) or store (`indexer`, behind the traits of `domain`).

pub mod archive;
mod evidence;
mod exchange;
mod live;
pub mod metric;
pub mod queues;
mod sight;
pub mod snapshot;
mod status_board;
mod watch;

pub use evidence::EvidenceError;
pub use live::{LiveContext, LiveError, LiveRuns, LiveSetup, LiveSource};
pub use sight::{Blindness, Mount, Sight};
pub use watch::{Watch, WatchSetup};
