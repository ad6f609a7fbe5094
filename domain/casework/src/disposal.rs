//! Disposal: what an ended case holds is kept for its term. Then two officers sign, and it goes; nothing goes by itself.

use anjian_domain::Account;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::Recusals;
use crate::case::{Case, Proof};
use crate::verdict::{Finding, Judgement, VerdictState};

/// Signatures, each by another officer, that dispose of a case.
pub const SIGNATURES: usize = 2;

/// Years for which a case is kept after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepYears(u8);

/// Years for which no case is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give 1 to 100 years")]
pub struct UnfitYears;

impl KeepYears {
    /// # Errors
    /// [`UnfitYears`] unless it is 1 to 100.
    pub fn new(years: u8) -> Result<Self, UnfitYears> {
        if (1..=100).contains(&years) { Ok(Self(years)) } else { Err(UnfitYears) }
    }

    /// How many.
    #[must_use]
    pub const fn as_years(self) -> u8 {
        self.0
    }

    /// The first day on which a case that ended on this one may go.
    #[must_use]
    pub fn end(self, ended_on: Date) -> Date {
        ended_on.saturating_add(i64::from(self.0).years())
    }
}

impl Default for KeepYears {
    fn default() -> Self {
        Self(5)
    }
}

/// What decides about a signature.
#[derive(Debug, Clone)]
pub struct Standing<'s> {
    /// The first day on which the case may go; `None` while it is not over.
    pub due: Option<Date>,
    /// The day at the site.
    pub today: Date,
    /// Who signed.
    pub signed: &'s [Account],
    /// Whether it went already.
    pub is_disposed: bool,
    /// Whether a hold keeps pictures of it.
    pub is_held: bool,
    /// Who must not act on the site.
    pub recusals: &'s Recusals,
    /// Whether what goes, and who signed, is what the officer saw: a first signature must not become the last one unseen.
    pub is_as_seen: bool,
}

/// Why a signature is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisposalRefusal {
    /// It is not over.
    #[error("the case is not over")]
    NotOver,
    /// Its term is not over.
    #[error("the case is kept until {0}")]
    Kept(Date),
    /// It went already.
    #[error("the case was disposed of already")]
    Disposed,
    /// A hold keeps pictures of it.
    #[error("a hold keeps pictures of this case: it has to be lifted first")]
    Held,
    /// The officer must not act on the site.
    #[error("you are recused from this site: another officer signs")]
    Recused,
    /// The officer signed already.
    #[error("you signed already: another officer signs next")]
    SignedAlready,
    /// Another officer signed meanwhile, or something else goes now.
    #[error("what goes with the case, or who signed, changed meanwhile: look again")]
    Changed,
}

/// Whether the signature of this officer is the last that is needed.
///
/// # Errors
/// [`DisposalRefusal`].
pub fn sign(standing: &Standing<'_>, by: &Account) -> Result<bool, DisposalRefusal> {
    let due = standing.due.ok_or(DisposalRefusal::NotOver)?;
    if standing.is_disposed {
        return Err(DisposalRefusal::Disposed);
    }
    if standing.today < due {
        return Err(DisposalRefusal::Kept(due));
    }
    if standing.is_held {
        return Err(DisposalRefusal::Held);
    }
    if standing.recusals.include(by) {
        return Err(DisposalRefusal::Recused);
    }
    if standing.signed.contains(by) {
        return Err(DisposalRefusal::SignedAlready);
    }
    if !standing.is_as_seen {
        return Err(DisposalRefusal::Changed);
    }
    Ok(standing.signed.len() + 1 >= SIGNATURES)
}

/// Takes the words of people out of a case.
pub fn erase_words(case: &mut Case) {
    if let Some(answer) = &mut case.answer {
        answer.reasons.clear();
    }
    case.rectifications.iter_mut().filter_map(|one| one.returned.as_mut()).for_each(String::clear);
    for proof in &mut case.proofs {
        if let Proof::OnSite { words, .. } = &mut proof.proof {
            words.clear();
        }
    }
    if let Some(over) = &mut case.handed_over {
        over.to.clear();
    }
}

/// The same for the verdict of a violation.
pub fn erase_verdict_words(verdict: &mut VerdictState) {
    for Judgement { finding, change_reason, .. } in verdict.replaced.iter_mut().chain(&mut verdict.standing) {
        change_reason.clear();
        if let Finding::Dismissed { words, .. } = finding {
            words.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn account(name: &str) -> Account {
        name.parse().unwrap()
    }

    #[test]
    fn terms_end_on_the_same_day_of_a_later_year() {
        for (years, ended, expected) in [
            (5, date(2026, 3, 1), date(2031, 3, 1)),
            (1, date(2028, 2, 29), date(2029, 2, 28)),
            (4, date(2028, 2, 29), date(2032, 2, 29)),
        ] {
            assert_eq!(KeepYears::new(years).unwrap().end(ended), expected);
        }
        assert!([0, 101].map(KeepYears::new).iter().all(Result::is_err));
    }

    #[test]
    fn two_officers_sign_after_the_term() {
        let (wang, li, zhao) = (account("wang"), account("li"), account("zhao"));
        let recusals: Recusals = [zhao.clone()].into_iter().collect();
        let due = date(2031, 3, 1);
        let nobody = Standing {
            due: Some(due),
            today: due,
            signed: &[],
            is_disposed: false,
            is_held: false,
            recusals: &recusals,
            is_as_seen: true,
        };
        let once = Standing { signed: std::slice::from_ref(&wang), ..nobody.clone() };
        for (standing, by, expected) in [
            (&nobody, &wang, Ok(false)),
            (&once, &li, Ok(true)),
            (&once, &wang, Err(DisposalRefusal::SignedAlready)),
            (&once, &zhao, Err(DisposalRefusal::Recused)),
            (&Standing { due: None, ..nobody.clone() }, &wang, Err(DisposalRefusal::NotOver)),
            (
                &Standing { today: date(2031, 2, 28), ..nobody.clone() },
                &wang,
                Err(DisposalRefusal::Kept(due)),
            ),
            (&Standing { is_held: true, ..once.clone() }, &li, Err(DisposalRefusal::Held)),
            (&Standing { is_as_seen: false, ..once.clone() }, &li, Err(DisposalRefusal::Changed)),
            (&Standing { is_as_seen: false, ..once.clone() }, &wang, Err(DisposalRefusal::SignedAlready)),
            (&Standing { is_disposed: true, ..once.clone() }, &li, Err(DisposalRefusal::Disposed)),
        ] {
            assert_eq!(sign(standing, by), expected, "{standing:?}");
        }
    }
}
