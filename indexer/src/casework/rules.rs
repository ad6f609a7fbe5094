//! What an installation decides about cases: policy, working days, demands on evidence, legal basis.

use anjian_casework::calendar::Calendar;
use anjian_casework::case::Policy;
use anjian_casework::disposal::KeepYears;
use anjian_casework::grade::Limits;
use anjian_casework::legal_card::{CardRef, LegalCard};
use anjian_casework::verdict;

/// What an installation decides about cases.
#[derive(Debug, Clone, Default)]
pub struct CaseRules {
    /// The undo window and the second signatures of verdicts.
    pub verdicts: verdict::Policy,
    /// Terms, quiet time and steps of lateness.
    pub policy: Policy,
    /// How long what an ended case holds is kept.
    pub keep: KeepYears,
    /// Working days.
    pub calendar: Calendar,
    /// What is asked of evidence.
    pub limits: Limits,
    /// Every version of every legal-basis card.
    pub cards: Vec<LegalCard>,
}

impl CaseRules {
    /// What an installation has that configured nothing: the usual policies, and the calendar and the cards that come with the
    /// product as examples.
    #[must_use]
    pub fn usual() -> Self {
        Self { calendar: Calendar::example(), cards: LegalCard::examples(), ..Self::default() }
    }

    /// Whether there is such a card.
    #[must_use]
    pub fn has_card(&self, card: &CardRef) -> bool {
        self.cards.iter().any(|known| known.id() == card)
    }
}
