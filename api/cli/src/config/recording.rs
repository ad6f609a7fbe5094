//! `[recording]` and what a camera may say about its own recording.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_indexer::{CameraLimits, ClipSettings, RecordingSettings, Retention};
use serde::Deserialize;

use super::{CameraConfig, Config};

const GB: f64 = 1e9;
const DAY_S: f64 = 86_400.0;
/// Shorter segments make many files, longer ones lose more of an index that has to be rebuilt.
const SEGMENT_S: std::ops::RangeInclusive<u32> = 5..=600;
/// A clip is evidence, not a recording.
const LONGEST_CLIP_S: u32 = 600;

/// How recordings are written and how long they are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordingConfig {
    /// Folder of the segments; relative to the file. `recordings` in the data folder when left out.
    pub folder: Option<PathBuf>,
    /// Seconds a file; cut at the next keyframe.
    pub segment_s: u32,
    /// Days that a recording is kept; 0 is for ever.
    pub max_age_days: f64,
    /// Gigabytes that a camera's recordings may take; 0 is any number.
    pub max_gb_per_camera: f64,
    /// Gigabytes that all recordings may take; 0 is any number.
    pub max_gb: f64,
    /// Gigabytes of the disk that stay free.
    pub min_free_gb: f64,
    /// Megabytes set aside for evidence when the disk is full all the same; 0 sets nothing aside.
    pub reserve_mb: u32,
    /// Seconds that a clip begins before its violation.
    pub clip_before_s: u32,
    /// Seconds that a clip ends after its violation.
    pub clip_after_s: u32,
    /// Seconds that a clip has at most.
    pub clip_max_s: u32,
}

impl Default for RecordingConfig {
    fn default() -> Self {
        Self {
            folder: None,
            segment_s: 60,
            max_age_days: 90.0,
            max_gb_per_camera: 0.0,
            max_gb: 0.0,
            min_free_gb: 2.0,
            reserve_mb: 256,
            clip_before_s: 5,
            clip_after_s: 5,
            clip_max_s: 60,
        }
    }
}

impl RecordingConfig {
    /// How long a file is.
    pub fn segment(&self) -> Duration {
        Duration::from_secs(self.segment_s.into())
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = vec![];
        let mut refuse = |key: &str, reason: String| problems.push(format!("recording.{key}: {reason}"));
        if !SEGMENT_S.contains(&self.segment_s) {
            let (least, most) = (SEGMENT_S.start(), SEGMENT_S.end());
            refuse("segment_s", format!("{} s cannot be: give {least} to {most} s", self.segment_s));
        }
        for (key, value) in [
            ("max_age_days", self.max_age_days),
            ("max_gb_per_camera", self.max_gb_per_camera),
            ("max_gb", self.max_gb),
            ("min_free_gb", self.min_free_gb),
        ] {
            if let Some(reason) = wrong_amount(value) {
                refuse(key, reason);
            }
        }
        let around = u64::from(self.clip_before_s) + u64::from(self.clip_after_s);
        if u64::from(self.clip_max_s) <= around || self.clip_max_s > LONGEST_CLIP_S {
            let longest = self.clip_max_s;
            refuse(
                "clip_max_s",
                format!(
                    "{longest} s cannot be: give more than clip_before_s and clip_after_s together ({around} s), and \
                     at most {LONGEST_CLIP_S} s"
                ),
            );
        }
        problems
    }
}

/// Why a number is no amount of days or gigabytes.
fn wrong_amount(value: f64) -> Option<String> {
    let is_right = value.is_finite() && (0.0..=1e6).contains(&value);
    (!is_right).then(|| format!("{value} cannot be: give 0 to 1000000 (0: no limit)"))
}

/// Every problem of `[recording]` and of the cameras' own limits as `key: reason`.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut problems = config.recording.problems();
    for (index, camera) in config.cameras.iter().enumerate() {
        for (key, value) in [("max_age_days", camera.max_age_days), ("max_gb", camera.max_gb)] {
            if let Some(reason) = value.and_then(wrong_amount) {
                problems.push(format!("camera[{index}].{key}: {reason}"));
            }
        }
    }
    problems
}

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
            },
            clips: ClipSettings {
                before: Duration::from_secs(recording.clip_before_s.into()),
                after: Duration::from_secs(recording.clip_after_s.into()),
                max: Duration::from_secs(recording.clip_max_s.into()),
            },
            reserve_bytes: u64::from(recording.reserve_mb) * 1_000_000,
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
    let max_age = (max_age_days > 0.0).then(|| Duration::from_secs_f64(max_age_days * DAY_S));
    CameraLimits { max_age, max_bytes: bytes(max_gb) }
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
}
