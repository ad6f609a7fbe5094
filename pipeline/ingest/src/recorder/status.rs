//! What a recorder does, once for each change.

use anjian_domain::{CameraId, RecordingChange, RecordingState, WallTime};

/// The recorder's newest state.
pub(super) struct Status {
    camera: CameraId,
    newest: Option<RecordingChange>,
}

impl Status {
    pub(super) const fn new(camera: CameraId) -> Self {
        Self { camera, newest: None }
    }

    pub(super) fn is(&self, state: RecordingState) -> bool {
        self.newest.as_ref().is_some_and(|newest| newest.state == state)
    }

    /// `since` is a time of the recording, which never goes back. `None` for the state and reason that it has already.
    pub(super) fn change(
        &mut self,
        state: RecordingState,
        reason: Option<String>,
        since: WallTime,
    ) -> Option<RecordingChange> {
        let before = self.newest.as_ref();
        if before.is_some_and(|newest| newest.state == state && newest.reason == reason) {
            return None;
        }
        let since = before.map_or(since, |newest| since.max(newest.since));
        let change = RecordingChange { camera: self.camera.clone(), state, since, reason };
        self.newest = Some(change.clone());
        Some(change)
    }
}
