//! What a case is about.

use anjian_domain::ViolationId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Member {
    /// A violation that a camera saw.
    Violation(ViolationId),
    /// What an officer found on site.
    Finding(FindingId),
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Violation(id) => write!(f, "violation {id}"),
            Self::Finding(id) => write!(f, "finding {}", id.0),
        }
    }
}

/// What an officer found on site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(pub Uuid);
