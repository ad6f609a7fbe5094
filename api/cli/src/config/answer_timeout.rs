//! How long an answer of a camera may take.

use std::time::Duration;

use anjian_ingest::LiveCamera;
use serde::Deserialize;

/// Seconds, 1 to 120.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u32")]
pub struct AnswerTimeout(Duration);

impl Default for AnswerTimeout {
    fn default() -> Self {
        Self(LiveCamera::ANSWER_MAX)
    }
}

impl TryFrom<u32> for AnswerTimeout {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        if (1..=120).contains(&seconds) {
            Ok(Self(Duration::from_secs(seconds.into())))
        } else {
            Err(format!("answer_timeout_s: {seconds} s cannot be: give 1 to 120 s"))
        }
    }
}

impl From<AnswerTimeout> for Duration {
    fn from(timeout: AnswerTimeout) -> Self {
        timeout.0
    }
}
