//! `[evidence]`: how long evidence of violations is kept that no inspector confirmed.

use serde::Deserialize;

use super::recording::{LONGEST_CLIP_S, wrong_amount};

/// What is kept of violations that no inspector confirmed. Confirmed ones and those on hold keep everything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceConfig {
    /// Days that pictures and clips are kept; 0 is for ever.
    pub max_age_days: f64,
    /// Gigabytes that all evidence may take; 0 is any number.
    pub max_gb: f64,
    /// Seconds that a clip goes on after the opening, when it is cut because its recording expires; 0 cuts none.
    pub short_clip_s: u32,
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self { max_age_days: 365.0, max_gb: 0.0, short_clip_s: 15 }
    }
}

impl EvidenceConfig {
    /// What is wrong with it, as `key: reason`.
    pub(super) fn problems(&self) -> Vec<String> {
        let amounts = [("max_age_days", self.max_age_days), ("max_gb", self.max_gb)];
        let wrong = |(key, value)| Some(format!("evidence.{key}: {}", wrong_amount(value)?));
        let mut problems: Vec<String> = amounts.into_iter().filter_map(wrong).collect();
        if self.short_clip_s > LONGEST_CLIP_S {
            let seconds = self.short_clip_s;
            problems.push(format!(
                "evidence.short_clip_s: {seconds} s cannot be: give 0 to {LONGEST_CLIP_S} s (0: no clip)"
            ));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    #[test]
    fn what_cannot_be_is_refused_by_its_key() {
        for (line, expected) in [
            ("max_age_days = -1", "evidence.max_age_days: -1 cannot be"),
            ("max_gb = nan", "evidence.max_gb: NaN cannot be"),
            ("short_clip_s = 601", "evidence.short_clip_s: 601 s cannot be: give 0 to 600 s"),
            ("max_clips = 3", "unknown field `max_clips`"),
        ] {
            let refused =
                Config::from_text(&format!("[evidence]\n{line}\n"), Path::new("anjian.toml")).unwrap_err();
            assert!(refused.to_string().contains(expected), "{refused}");
        }
    }
}
