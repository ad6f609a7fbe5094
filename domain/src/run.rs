//! One analysis of one source.

use std::fmt;

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

/// Where the start of recorded footage is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartSource {
    /// A person gave it.
    Given,
    /// A person gave the start of a file before; this file begins where the one before it ends.
    Follows,
    /// The container holds the time at which it was created.
    Container,
    /// The container holds the time at which its recording ended; it began its own length earlier.
    ContainerEnd,
    /// The name of the file, or of its folders, holds the time.
    Name,
    /// A guess: the file was modified then. Copying a file changes it.
    Modified,
}

impl StartSource {
    /// Every source, the surest first.
    pub const ALL: [Self; 6] =
        [Self::Given, Self::Follows, Self::Container, Self::ContainerEnd, Self::Name, Self::Modified];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Follows => "follows",
            Self::Container => "container",
            Self::ContainerEnd => "container_end",
            Self::Name => "name",
            Self::Modified => "modified",
        }
    }
}

impl fmt::Display for StartSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a Run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// The whole source was analysed. A live Run is complete when it was ended in order.
    Complete,
    /// Unfinished: it was asked to stop before the end of its footage.
    Stopped,
    /// Unfinished: footage, model or index failed before the end.
    Failed,
}

impl RunOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Complete, Self::Stopped, Self::Failed];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// The footage of an archive Run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footage {
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Where [`Run::started_at`] is known from.
    pub start_source: StartSource,
    /// When it begins by the file alone: by its container, else when it was modified. Earlier versions began the Run
    /// then.
    pub file_start: WallTime,
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
    /// What decides besides model and rules: rate, decode mode, gate, tiles, as a JSON object.
    pub settings: serde_json::Value,
    /// When the first frame was expected.
    pub started_at: WallTime,
    /// What it analyses; `None` for a live Run.
    pub footage: Option<Footage>,
}
