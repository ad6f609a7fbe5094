//! From a draft to a notice: proposal, signatures, issue.

use std::collections::BTreeSet;

use super::act::Context;
use super::arrow::CaseState;
use super::guard::officer;
use super::member::Member;
use super::record::{Case, Notice, Proposal, Signature, check_members};
use super::refusal::Refusal;
use super::step::Step;
use crate::Outcome;
use crate::calendar::deadline;

/// Changes the draft. What was signed was another text, so the signatures go.
pub(super) fn propose(
    case: &mut Case,
    members: &BTreeSet<Member>,
    proposal: &Proposal,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    check_members(members)?;
    if proposal.cards.is_empty() {
        return Err(Refusal::NoLegalBasis);
    }
    check_pleas(proposal.outcome, context)?;
    case.members.clone_from(members);
    case.proposal = Some(proposal.clone());
    case.signatures.clear();
    Ok(())
}

fn check_pleas(outcome: Outcome, context: &Context<'_>) -> Result<(), Refusal> {
    let is_heavier = context.pleas_allow.is_some_and(|ceiling| outcome > ceiling);
    if is_heavier { Err(Refusal::Heavier) } else { Ok(()) }
}

/// Adds the signature of an officer who did not sign yet.
pub(super) fn sign(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    let officer = officer(Step::Sign, context)?;
    let proposal = case.proposal.as_ref().ok_or(Refusal::NoProposal)?;
    if case.signatures.iter().any(|signature| signature.officer.is_same_person(officer)) {
        return Err(Refusal::SignedAlready);
    }
    if needs_certificates(proposal.outcome) && officer.certificate.is_none() {
        return Err(Refusal::NoCertificate { outcome: proposal.outcome });
    }
    case.signatures.push(Signature { officer: officer.clone(), at: context.now });
    Ok(())
}

const fn needs_certificates(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Remind)
}

/// Two officers act (行政处罚法 42); one may remind.
const fn signatures_needed(outcome: Outcome) -> usize {
    if needs_certificates(outcome) { 2 } else { 1 }
}

/// Lets the notice leave. Everything that may have changed since the signatures is looked at again.
pub(super) fn issue(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    let proposal = case.proposal.as_ref().ok_or(Refusal::NoProposal)?;
    let outcome = proposal.outcome;
    if !case.members.is_subset(context.confirmed) {
        return Err(Refusal::Unconfirmed);
    }
    check_signatures(case, outcome, context)?;
    check_pleas(outcome, context)?;
    if context.grade_allows.is_none_or(|heaviest| outcome > heaviest) {
        return Err(Refusal::GradeTooLow { outcome });
    }
    let deadline = deadline(context.calendar, context.policy.counting, context.today(), proposal.term);
    case.notice = Some(Notice { outcome, at: context.now, deadline, service: None, acknowledged_at: None });
    case.state = CaseState::Noticed;
    Ok(())
}

fn check_signatures(case: &Case, outcome: Outcome, context: &Context<'_>) -> Result<(), Refusal> {
    if case.signatures.iter().any(|signature| context.recusals.include(&signature.officer.account)) {
        return Err(Refusal::Recused);
    }
    let needed = signatures_needed(outcome);
    if case.signatures.len() < needed { Err(Refusal::SignaturesMissing { outcome, needed }) } else { Ok(()) }
}
