//! What the index has to know of recordings and evidence, out of `[recording]`, `[evidence]` and the cameras' own limits.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_indexer::{CameraLimits, ClipSettings, EvidenceLimits, RecordingSettings, Retention};

use super::{CameraConfig, Config};

const GB: f64 = 1e9;
const DAY_S: f64 = 86_400.0;

impl Config {
    /// What the index has to know of recordings.
    pub fn recording_settings(&self) -> RecordingSettings {
        let recording = &self.recording;
        let own = |camera: &&CameraConfig| camera.max_age_days.is_some() || camera.max_gb.is_some();
        let cameras = self.cameras.iter().filter(own);
        let cameras = cameras.map(|camera| (camera.id.clone(), self.limits(camera))).collect();
        RecordingSettings {
            folder: self.recordings_folder(),
            retention: Retention {
                every_camera: limits(recording.max_age_days, recording.max_gb_per_camera),
                cameras,
                max_bytes: bytes(recording.max_gb),
                min_free_bytes: bytes(recording.min_free_gb).unwrap_or(0),
                evidence: EvidenceLimits {
                    max_age: age(self.evidence.max_age_days),
                    max_bytes: bytes(self.evidence.max_gb),
                    short_clip: Duration::from_secs(self.evidence.short_clip_s.into()),
                },
            },
            clips: ClipSettings {
                before: Duration::from_secs(recording.clip_before_s.into()),
                after: Duration::from_secs(recording.clip_after_s.into()),
                max: Duration::from_secs(recording.clip_max_s.into()),
            },
            reserve_bytes: u64::from(recording.reserve_mb) * 1_000_000,
            move_after: self.store.recordings_after(),
        }
    }

    /// The folder of the segments.
    pub fn recordings_folder(&self) -> PathBuf {
        self.recording.folder.clone().unwrap_or_else(|| self.data_dir.join("recordings"))
    }

    /// A camera's own limits, filled up with those of all.
    fn limits(&self, camera: &CameraConfig) -> CameraLimits {
        let recording = &self.recording;
        limits(
            camera.max_age_days.unwrap_or(recording.max_age_days),
            camera.max_gb.unwrap_or(recording.max_gb_per_camera),
        )
    }

    pub(super) fn place_recordings(&mut self, folder: &Path) {
        self.recording.folder = self.recording.folder.take().map(|recordings| folder.join(recordings));
    }
}

fn limits(max_age_days: f64, max_gb: f64) -> CameraLimits {
    CameraLimits { max_age: age(max_age_days), max_bytes: bytes(max_gb) }
}

/// `None` for 0: no limit.
fn age(days: f64) -> Option<Duration> {
    (days > 0.0).then(|| Duration::from_secs_f64(days * DAY_S))
}

/// `None` for 0: no limit.
fn bytes(gb: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to a million GB")]
    let bytes = (gb * GB) as u64;
    (bytes > 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cameras_own_limits_replace_those_of_all() {
        let text = "[recording]\nmax_age_days = 30\nmax_gb_per_camera = 50\n\
            [[camera]]\nid = \"gate\"\nmax_gb = 1.5\n[[camera]]\nid = \"dock\"\n";
        let config = Config::from_text(text, Path::new("anjian.toml")).unwrap();
        let retention = config.recording_settings().retention;
        let month = Some(Duration::from_secs(30 * 86_400));
        assert_eq!(retention.every_camera, CameraLimits { max_age: month, max_bytes: Some(50_000_000_000) });
        let gate = CameraLimits { max_age: month, max_bytes: Some(1_500_000_000) };
        assert_eq!(retention.cameras.into_iter().collect::<Vec<_>>(), [("gate".parse().unwrap(), gate)]);
        assert_eq!(retention.max_bytes, None, "0 is no limit");
    }

    #[test]
    fn evidence_has_a_budget() {
        let limits = |text| {
            let config = Config::from_text(text, Path::new("anjian.toml")).unwrap();
            config.recording_settings().retention.evidence
        };
        let usual = limits("");
        assert_eq!((usual.max_age, usual.max_bytes), (Some(Duration::from_secs(365 * 86_400)), None));
        let set = limits("[evidence]\nmax_age_days = 0\nmax_gb = 20\nshort_clip_s = 0\n");
        let expected =
            EvidenceLimits { max_age: None, max_bytes: Some(20_000_000_000), short_clip: Duration::ZERO };
        assert_eq!(set, expected);
    }
}
