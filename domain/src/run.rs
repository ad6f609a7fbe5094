//! One analysis of one source.

use serde::{Deserialize, Serialize};

use crate::{Behaviour, CameraId, RuleId, RunId, SiteId, WallTime, ZoneId};

/// Whether the source is a camera now or footage from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// A camera, as it happens.
    Live,
    /// Recorded footage.
    Archive,
}

impl RunKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Live, Self::Archive];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Archive => "archive",
        }
    }
}

/// A rule as it stood when it judged: everything that a hearing would ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleDefinition {
    /// Which rule.
    pub rule: RuleId,
    /// Behaviour and digest of the definition, such as `no_hard_hat@1f0c9ad2b7e4`: changes whenever a threshold, the
    /// schedule or the zone changes.
    pub version: String,
    /// What it watches for.
    pub behaviour: Behaviour,
    /// Where.
    pub zone: ZoneId,
    /// Thresholds, schedule and polygon, as JSON.
    pub definition: serde_json::Value,
}

/// One analysis of one source, with one model and rule set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Names it.
    pub id: RunId,
    /// Live or archive.
    pub kind: RunKind,
    /// Whose premises.
    pub site: SiteId,
    /// Whose pictures.
    pub camera: CameraId,
    /// The source without its password: a masked address or a file's path.
    pub source: String,
    /// Name and digest of the model, such as `head-helmet-person-nano@0f3c21aa90d1`.
    pub model: String,
    /// Every rule that it evaluates.
    pub rules: Vec<RuleDefinition>,
    /// When the first frame was expected.
    pub started_at: WallTime,
}
