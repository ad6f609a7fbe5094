//! Every queue of the pipeline, in one place: what it holds, how much, and what happens when it is full.
//!
//! | Queue | Between | Capacity | When full | Metric |
//! |---|---|---|---|---|
//! | frame exchange | camera thread, detection thread | 1 frame a camera | the older frame is dropped | `anjian_frames_dropped_total` |
//! | evidence | detection thread, evidence thread | [`EVIDENCE_JOBS`] | detection waits; nothing is dropped | `anjian_evidence_waiting` |
//! | status board | camera thread, status thread | 1 status a camera | the older status is replaced | none: only the newest counts |
//! | coverage | camera and detection threads, coverage thread | 240 minutes a camera | the oldest minute is dropped | `anjian_coverage_minutes_lost_total` |
//!
//! An archive Run has no queue: it pulls a frame, judges it, keeps its evidence, and pulls the next.

/// Snapshots that wait for the disk: at 1080p each holds a 3 MB frame.
pub const EVIDENCE_JOBS: usize = 32;
