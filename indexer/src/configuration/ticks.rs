//! Times of newest frames on their way to the database. They change several times a second and camera; one
//! transaction about every second writes them all, so that fifty cameras do not ask for fifty syncs of the disk.

use std::collections::HashMap;
use std::time::Duration;

use anjian_domain::{CameraId, CameraStatus, WallTime};

/// How often they are written.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// What cameras reported since the last write.
#[derive(Default)]
pub(crate) struct Ticks {
    written_at: Option<WallTime>,
    /// Newest frames that are not in the database.
    pending: HashMap<CameraId, WallTime>,
    /// The newest state of each camera that is in the database, to know a change from a newer frame.
    written: HashMap<CameraId, CameraStatus>,
}

impl Ticks {
    /// The newest frame of a camera that is not in the database.
    pub(crate) fn newest(&self, camera: &CameraId) -> Option<WallTime> {
        self.pending.get(camera).copied()
    }

    /// Every newest frame that is not in the database.
    pub(crate) fn pending(&self) -> Vec<(CameraId, WallTime)> {
        self.pending.iter().map(|(camera, at)| (camera.clone(), *at)).collect()
    }

    /// Notes a newer frame. Answers whether the state changed, and whether it is time to write.
    pub(crate) fn take(&mut self, status: &CameraStatus, now: WallTime) -> (bool, bool) {
        if let Some(at) = status.last_frame {
            // The newest to come, whatever the clock did meanwhile.
            self.pending.insert(status.camera.clone(), at);
        }
        let is_same = |known: &CameraStatus| {
            known.state == status.state && known.since == status.since && known.reason == status.reason
        };
        let is_change = !self.written.get(&status.camera).is_some_and(is_same);
        // A clock that was set back must not stop the writing.
        let is_early = |at: WallTime| now >= at && now.since(at) < WRITE_EVERY;
        (is_change, !self.pending.is_empty() && !self.written_at.is_some_and(is_early))
    }

    /// After a commit: what is in the database need not be written again.
    pub(crate) fn forget(&mut self, status: &CameraStatus, frames: &[(CameraId, WallTime)], now: WallTime) {
        self.written_at = Some(now);
        self.written.insert(status.camera.clone(), status.clone());
        for (camera, at) in frames {
            if self.pending.get(camera) == Some(at) {
                self.pending.remove(camera);
            }
        }
    }
}
