//! Times of newest frames on their way to the database. They change several times a second and camera; one
//! transaction about every second writes them all, so that fifty cameras do not ask for fifty syncs of the disk.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::{CameraId, CameraStatus, WallTime};

use crate::Index;

/// How often they are written.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// What has been told of cameras since the last write.
#[derive(Default)]
pub(crate) struct Ticks {
    written_at: Option<WallTime>,
    /// Newest frames that are not in the database.
    pub(crate) pending: HashMap<CameraId, WallTime>,
    /// The newest state of each camera that is in the database, to know a change from a newer frame.
    written: HashMap<CameraId, CameraStatus>,
}

impl Index {
    pub(crate) fn ticks(&self) -> MutexGuard<'_, Ticks> {
        // A panic elsewhere leaves at worst a frame time that is written once more.
        self.inner.ticks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a newer frame. Answers whether the state changed, and whether it is time to write.
    pub(crate) fn take_tick(&self, status: &CameraStatus, now: WallTime) -> (bool, bool) {
        let mut ticks = self.ticks();
        if let Some(at) = status.last_frame {
            let newest = ticks.pending.entry(status.camera.clone()).or_insert(at);
            *newest = at.max(*newest);
        }
        let is_same = |known: &CameraStatus| {
            known.state == status.state && known.since == status.since && known.reason == status.reason
        };
        let is_change = !ticks.written.get(&status.camera).is_some_and(is_same);
        // A clock that was set back must not stop the writing.
        let is_early = |at: WallTime| now >= at && now.since(at) < WRITE_EVERY;
        (is_change, !ticks.pending.is_empty() && !ticks.written_at.is_some_and(is_early))
    }

    /// After a commit: what is in the database need not be written again.
    pub(crate) fn forget_ticks(&self, status: &CameraStatus, frames: &[(CameraId, WallTime)], now: WallTime) {
        let mut ticks = self.ticks();
        ticks.written_at = Some(now);
        ticks.written.insert(status.camera.clone(), status.clone());
        for (camera, at) in frames {
            if ticks.pending.get(camera) == Some(at) {
                ticks.pending.remove(camera);
            }
        }
    }
}
