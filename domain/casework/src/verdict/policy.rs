//! What an installation decides about verdicts.

use std::time::Duration;

use super::finding::Finding;

/// What an installation decides about verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long the giver can undo a verdict. Notices leave afterwards.
    pub undo_window: Duration,
    /// Which verdicts need a second signature.
    pub second_sign: SecondSignPolicy,
}

/// Which verdicts need a second signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondSignPolicy {
    /// None.
    Never,
    /// Confirmed ones.
    Confirmed,
    /// All.
    Always,
}

impl Policy {
    /// 30 seconds to undo, no second signature.
    pub const USUAL: Self =
        Self { undo_window: Duration::from_secs(30), second_sign: SecondSignPolicy::Never };
}

impl Default for Policy {
    fn default() -> Self {
        Self::USUAL
    }
}

impl SecondSignPolicy {
    /// Whether this finding needs a second signature.
    #[must_use]
    pub const fn asks_for(self, finding: &Finding) -> bool {
        match self {
            Self::Never => false,
            Self::Confirmed => matches!(finding, Finding::Confirmed),
            Self::Always => true,
        }
    }
}
