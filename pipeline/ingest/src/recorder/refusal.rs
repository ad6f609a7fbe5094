//! Why nothing can be written just now, for a person.

use std::path::Path;

use anjian_domain::{ErrorKind, RecordingState, Shortage};
use anjian_footage::FootageError;

/// A state of the recorder in which it keeps nothing, and why.
pub(super) struct Refusal {
    pub(super) state: RecordingState,
    pub(super) reason: String,
}

impl Refusal {
    /// What the file system said; `root` is the folder of all recordings.
    pub(super) fn of(error: &FootageError, root: &Path) -> Self {
        let (state, root) = (state_after(error.kind()), root.display());
        let reason = match state {
            RecordingState::DiskFull => format!("no room in {root}: free some; recording goes on by itself"),
            _ => format!("cannot record into {root}: {error}"),
        };
        Self { state, reason }
    }
}

pub(super) const fn state_after(kind: ErrorKind) -> RecordingState {
    match kind {
        ErrorKind::Unavailable(Shortage::Room) => RecordingState::DiskFull,
        _ => RecordingState::Failed,
    }
}
