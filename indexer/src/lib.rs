//! Database and evidence files.
mod cursor;
mod error;
mod index;
mod live;
mod query;
mod recorder;
mod rows;

pub use cursor::{Cursor, CursorError};
pub use error::IndexError;
pub use index::{CheckFinding, CheckProgress, CheckReport, Index};
pub use live::{LiveKind, LiveUpdate};
pub use query::{
    CountKey, GroupBy, UnknownStatus, ViolationCount, ViolationPage, ViolationQuery, ViolationStatus,
};
pub use recorder::Recorder;
pub use rows::{
    CameraRow, EvidenceFile, EvidenceKind, EvidenceRow, RunRow, SiteRow, ViolationDetail, ViolationRow,
};
