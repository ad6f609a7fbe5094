//! Tells what a recorder does, once for each change.

use std::sync::Arc;

use anjian_domain::{CameraId, RecordingChange, RecordingState, SegmentSink, WallTime};

/// The recorder's voice.
pub(super) struct Status {
    camera: CameraId,
    sink: Arc<dyn SegmentSink>,
    told: Option<RecordingChange>,
}

impl Status {
    pub(super) fn new(camera: CameraId, sink: Arc<dyn SegmentSink>) -> Self {
        Self { camera, sink, told: None }
    }

    pub(super) fn is(&self, state: RecordingState) -> bool {
        self.told.as_ref().is_some_and(|told| told.state == state)
    }

    /// `since` is a time of the recording, which never goes back. A state that was already told with this reason is not
    /// told again.
    pub(super) fn tell(&mut self, state: RecordingState, reason: Option<String>, since: WallTime) {
        let before = self.told.as_ref();
        if before.is_some_and(|told| told.state == state && told.reason == reason) {
            return;
        }
        let since = before.map_or(since, |told| since.max(told.since));
        let change = RecordingChange { camera: self.camera.clone(), state, since, reason };
        if let Err(error) = self.sink.recording_changed(&change) {
            tracing::warn!(camera.id = %self.camera, state = %state, %error, "cannot tell what the recorder does");
        }
        self.told = Some(change);
    }
}
