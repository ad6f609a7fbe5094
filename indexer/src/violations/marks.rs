//! What officers made of a violation, as conditions of a search.

use std::str::FromStr;

use anjian_casework::case::CaseState;
use anjian_casework::verdict::DismissReason;
use anjian_domain::UnknownName;

/// Which marks a violation has. Lists are alternatives, an empty list means all; the fields narrow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Dismissed for one of these reasons, also while that can be undone.
    pub reasons: Vec<DismissReason>,
    /// Only those whose verdict waits for a second signature.
    pub awaits_second: bool,
    /// In cases that stand so.
    pub cases: Vec<CaseMark>,
}

/// How a violation stands to cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseMark {
    /// Confirmed, and in no case but withdrawn ones.
    None,
    /// In a case that stands there.
    Stage(CaseState),
}

impl Marks {
    /// Whether they ask for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty() && !self.awaits_second && self.cases.is_empty()
    }
}

impl FromStr for CaseMark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            _ => text.parse().map(Self::Stage).map_err(|error: UnknownName| format!("{error}, none")),
        }
    }
}
