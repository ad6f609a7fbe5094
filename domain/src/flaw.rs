//! Stretches of footage that no rule could judge.

use serde::{Deserialize, Serialize};

use crate::MediaTime;

/// Why a stretch was not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// Its pictures do not decode, or show what was not recorded.
    Damaged,
    /// It holds no pictures, although pictures lie before and behind it.
    Missing,
    /// The file ends before its own headers say.
    CutShort,
}

impl FlawKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Damaged, Self::Missing, Self::CutShort];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::CutShort => "cut_short",
        }
    }
}

/// A stretch of footage that was not judged, from the beginning of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Why.
    pub kind: FlawKind,
    /// The last picture before it; the beginning of the source when there is none.
    pub from: MediaTime,
    /// The first picture after it; the same as `from` when nothing follows.
    pub to: MediaTime,
}
