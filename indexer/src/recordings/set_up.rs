//! Saying once where recordings lie.

use std::path::Path;

use anjian_domain::{Place, Segment};

use crate::engine::open;
use crate::{Index, IndexError, RecordingSettings};

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

    /// # Errors
    /// [`IndexError::Elsewhere`] when one of these segments lies in the folder of another node.
    pub async fn require_here(&self, segments: &[Segment]) -> Result<(), IndexError> {
        for segment in segments {
            if let Place::Elsewhere(node) = segment.place {
                let (camera, start) = (&segment.camera, segment.start);
                return Err(self.elsewhere(format!("the recording of {camera} from {start}"), node).await);
            }
        }
        Ok(())
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
