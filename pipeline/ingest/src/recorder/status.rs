//! What a recorder does, once for each change.

use anjian_domain::{CameraId, RecordingChange, RecordingState, WallTime};

use crate::camera_time::APART;

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

    /// `since` is a time of the recording. `None` for the state and reason that it has already.
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
        // Two clocks read one after the other may differ a little; one that was set back lies elsewhere.
        let is_shortly_before = |before: &WallTime| *before > since && before.since(since) < APART;
        let since = before.map(|newest| newest.since).filter(is_shortly_before).unwrap_or(since);
        let change = RecordingChange { camera: self.camera.clone(), state, since, reason };
        self.newest = Some(change.clone());
        Some(change)
    }

    /// The same state from another place on: the recording leapt there.
    pub(super) fn moved(&mut self, since: WallTime) -> Option<RecordingChange> {
        let newest = self.newest.as_mut()?;
        newest.since = since;
        Some(newest.clone())
    }
}
