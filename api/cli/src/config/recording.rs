//! `[recording]` and what a camera may say about its own recording.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// Shorter segments make many files, longer ones lose more of an index that has to be rebuilt.
const SEGMENT_S: std::ops::RangeInclusive<u32> = 5..=600;
/// A clip is evidence, not a recording.
pub(super) const LONGEST_CLIP_S: u32 = 600;

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

    /// What is wrong with it, as `key: reason`.
    pub(super) fn problems(&self) -> Vec<String> {
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
pub(super) fn wrong_amount(value: f64) -> Option<String> {
    let is_right = value.is_finite() && (0.0..=1e6).contains(&value);
    (!is_right).then(|| format!("{value} cannot be: give 0 to 1000000 (0: no limit)"))
}
