//! Where recordings lie, how long they stay, how clips are cut. Set once, before anything records.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::CameraId;

/// What the configuration says of recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingSettings {
    /// Root of the segments' paths; created when missing.
    pub folder: PathBuf,
    /// What expires when.
    pub retention: Retention,
    /// How much of a recording a violation's clip shows.
    pub clips: ClipSettings,
    /// Bytes of a file on the disk of the evidence that is deleted when that disk is full, so that evidence can
    /// still be written. 0: none.
    pub reserve_bytes: u64,
    /// How long after their end segments move into the bucket, if there is one. `None`: they stay on the local disk.
    pub move_after: Option<Duration>,
}

/// What expires when; the oldest first. Held ranges, unfinished segments and those of a due clip never do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// For each camera that `cameras` does not name.
    pub every_camera: CameraLimits,
    /// For these cameras, instead of `every_camera`.
    pub cameras: BTreeMap<CameraId, CameraLimits>,
    /// Most bytes of all cameras together.
    pub max_bytes: Option<u64>,
    /// Bytes that stay free on the disk of the recordings. 0: it may fill.
    pub min_free_bytes: u64,
    /// What is kept of violations.
    pub evidence: EvidenceLimits,
}

/// What is kept of violations that no inspector confirmed. Confirmed ones, those on hold, those that go on and those of
/// which nothing was recorded keep everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceLimits {
    /// Pictures and clips of violations that ended longer ago expire. `None`: no age does that.
    pub max_age: Option<Duration>,
    /// Most bytes of all evidence together. `None`: any number.
    pub max_bytes: Option<u64>,
    /// How long after the opening the clip goes on at most that is cut when its recording expires. Zero: none is cut.
    pub short_clip: Duration,
}

impl Default for EvidenceLimits {
    /// Everything is kept, of clips fifteen seconds from the opening on.
    fn default() -> Self {
        Self { max_age: None, max_bytes: None, short_clip: Duration::from_secs(15) }
    }
}

/// What is kept of one camera.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CameraLimits {
    /// Segments that ended longer ago expire. `None`: no age does that.
    pub max_age: Option<Duration>,
    /// Most bytes. `None`: any number.
    pub max_bytes: Option<u64>,
}

/// How much of a recording a violation's clip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipSettings {
    /// Before the violation opened.
    pub before: Duration,
    /// After it closed.
    pub after: Duration,
    /// At most, `before` and `after` included; the end is cut off.
    pub max: Duration,
}

impl ClipSettings {
    /// A clip is never longer, whatever is set.
    pub const LONGEST: Duration = Duration::from_secs(600);
}

impl Default for ClipSettings {
    /// Five seconds before to five after, at most a minute.
    fn default() -> Self {
        Self { before: Duration::from_secs(5), after: Duration::from_secs(5), max: Duration::from_secs(60) }
    }
}

impl Retention {
    /// What is kept of a camera.
    #[must_use]
    pub fn limits(&self, camera: &CameraId) -> CameraLimits {
        self.cameras.get(camera).copied().unwrap_or(self.every_camera)
    }
}

impl RecordingSettings {
    /// Below the data folder, kept for ever.
    pub(crate) fn usual(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("recordings"),
            retention: Retention::default(),
            clips: ClipSettings::default(),
            reserve_bytes: 0,
            move_after: None,
        }
    }
}
