//! Where recordings lie, how long they stay, how clips are cut. Set once, before anything records.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::CameraId;

use crate::{Index, IndexError, open};

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
    fn usual(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("recordings"),
            retention: Retention::default(),
            clips: ClipSettings::default(),
            reserve_bytes: 0,
        }
    }
}

impl Index {
    /// Says where recordings lie and how long they stay; makes the folder and the reserve. Call it once, after
    /// opening and before anything records or reads recordings. Without it they lie in `<data>/recordings` and never
    /// expire. Blocks on the file system.
    ///
    /// # Errors
    /// When the folder cannot be created, or settings are in use already. A reserve for which there is no room is no
    /// error; recording waits until there is, see [`Index::run_retention`].
    pub fn set_recording(&self, settings: RecordingSettings) -> Result<(), IndexError> {
        let folder = std::path::absolute(&settings.folder).map_err(|source| IndexError::File {
            doing: "look at",
            path: settings.folder.clone(),
            source,
        })?;
        open::create_folder(&folder)?;
        let set = self.inner.recording.set(RecordingSettings { folder, ..settings });
        set.map_err(|_| IndexError::Query("recording is set up already: set it before it is used".into()))?;
        self.set_up_reserve()
    }

    /// Absolute path of the folder in which the paths of segments begin.
    #[must_use]
    pub fn recordings_folder(&self) -> &Path {
        &self.recording_settings().folder
    }

    /// As set, or the usual ones.
    #[must_use]
    pub fn recording_settings(&self) -> &RecordingSettings {
        self.inner.recording.get_or_init(|| RecordingSettings::usual(&self.inner.data_dir))
    }
}
