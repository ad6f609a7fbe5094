//! The index: an SQLite database, a folder of evidence and one of recordings, which belong together or not at all.
//!
//! Knows the words of `anjian-domain`, segment files through `anjian-footage`, and nothing of pictures, models, rules
//! or HTTP. The pipeline writes through [`Recorder`]; the API reads through [`Index`]. Several processes may use one
//! data folder at the same time (an `analyze` beside the `serve`); SQLite and two lock files keep them apart.
//!
//! What always holds:
//! - A row of evidence is committed only after its file is safe on disk, so every row has its file. A file without a
//!   row can be left by a process that was killed; [`Index::check`] finds it.
//! - A violation is searchable with all that belongs to it, or not at all; recording it again changes nothing.
//! - Segments of a camera never overlap. One that expires is marked first, then its file goes, then its row; whatever a
//!   kill leaves half done is finished by [`Index::recover_recordings`]. Held segments and evidence never expire.
//! - Every change that is told to listeners is in the database first.
//! - Every list is bounded, every page costs its own length: no `OFFSET`, no sorting of matches.
//!
//! A place in a list is (`opened_at`, order of recording), not (`opened_at`, id): the tie-breaker is four bytes
//! in each index instead of sixteen, and clients see neither.

mod adopt;
mod calendar;
mod check;
mod check_report;
mod check_segments;
mod check_walk;
mod clip_row;
mod completeness;
mod count;
mod coverage;
mod cursor;
mod cut_clips;
mod decode;
mod detail;
mod disk;
mod error;
mod evidence;
mod expire;
mod forecast;
mod gap;
mod hold;
mod index;
mod interrupted;
mod live;
mod open;
mod outbox;
mod plan;
mod probe;
mod query;
mod record;
mod record_segment;
mod recorder;
mod recording_settings;
mod recover;
mod registry;
mod reserve;
mod retention;
mod rows;
mod run_row;
mod search;
mod segment_row;
mod storage;
mod tally;
mod ticks;
mod timeline;
mod violation_row;

pub use check_report::{CheckFinding, CheckProgress, CheckReport};
pub use check_segments::Rebuilt;
pub use clip_row::{ClipRow, ClipState};
pub use completeness::Completeness;
pub use coverage::CoverageMinute;
pub use cursor::{Cursor, CursorError};
pub use cut_clips::ClipReport;
pub use error::IndexError;
pub use gap::{Gap, GapCause};
pub use hold::{Hold, HoldQuery, Lift, NewHold, WhichHolds};
pub use index::Index;
pub use live::{LiveKind, LiveUpdate};
pub use query::{
    CountKey, GroupBy, UnknownStatus, ViolationCount, ViolationPage, ViolationQuery, ViolationStatus,
};
pub use recorder::Recorder;
pub use recording_settings::{CameraLimits, ClipSettings, RecordingSettings, Retention};
pub use recover::Recovery;
pub use retention::Expiry;
pub use rows::{
    CameraRow, EvidenceFile, EvidenceKind, EvidenceRow, RunRow, SiteRow, ViolationDetail, ViolationRow,
};
pub use storage::{CameraUsage, Storage};
pub use timeline::{RecordingSpan, Recordings};
