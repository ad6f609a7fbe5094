//! Rectifications: handed in, returned, or proven by a re-check.

use std::collections::BTreeSet;

use super::act::{Actor, Context};
use super::arrow::CaseState;
use super::guard::{check_other_hand, extend, notice, officer, written};
use super::member::Member;
use super::proof::{MemberProof, Proof};
use super::record::{Case, Rectification};
use super::refusal::Refusal;
use super::step::{Side, Step};
use crate::Outcome;
use crate::calendar::Term;

/// Records what the enterprise handed in. Only an order asks for it.
pub(super) fn rectify(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    let Actor::Enterprise(by) = context.actor else {
        return Err(Refusal::WrongSide { step: Step::Rectify, side: Side::Enterprise });
    };
    let outcome = notice(case, Step::Rectify)?.outcome;
    if outcome != Outcome::Order {
        return Err(Refusal::NotForOutcome { step: Step::Rectify, outcome });
    }
    case.rectifications.push(Rectification { by: by.clone(), at: context.now, returned: None });
    case.state = CaseState::Rectified;
    Ok(())
}

/// Returns what was handed in.
pub(super) fn give_back(
    case: &mut Case,
    reasons: &str,
    term: Option<Term>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    officer(Step::Return, context)?;
    check_other_hand(case, context)?;
    let reasons = written(Step::Return, reasons)?;
    extend(notice(case, Step::Return)?, term, context)?;
    if let Some(last) = case.rectifications.last_mut() {
        last.returned = Some(reasons);
    }
    case.state = CaseState::Returned;
    Ok(())
}

/// Accepts what was handed in, if every member has its proof.
pub(super) fn recheck(case: &mut Case, proofs: &[MemberProof], context: &Context<'_>) -> Result<(), Refusal> {
    check_other_hand(case, context)?;
    let proven: BTreeSet<Member> = proofs.iter().map(|proof| proof.member).collect();
    if proven != case.members || proofs.len() != proven.len() {
        return Err(Refusal::ProofMissing);
    }
    for proof in proofs {
        check_proof(case, proof, context)?;
    }
    case.proofs = proofs.to_vec();
    case.state = CaseState::Rechecked;
    Ok(())
}

fn check_proof(case: &Case, proof: &MemberProof, context: &Context<'_>) -> Result<(), Refusal> {
    let rectified_at = case.rectifications.last().ok_or(Refusal::ProofMissing)?.at;
    match (&proof.proof, proof.member) {
        (Proof::Camera(_), Member::Finding(_)) => Err(Refusal::NotByCamera),
        (Proof::Camera(camera), Member::Violation(_)) => {
            if camera.from() < rectified_at || camera.until() > context.now {
                return Err(Refusal::ProofMissing);
            }
            let needed_s = context.policy.quiet.as_secs();
            if camera.watched() < context.policy.quiet {
                Err(Refusal::ProofTooShort { needed_s })
            } else {
                Ok(())
            }
        }
        (Proof::OnSite { on, words }, _) => {
            officer(Step::Recheck, context)?;
            if *on < context.day_of(rectified_at) || *on > context.today() {
                return Err(Refusal::ImpossibleDay);
            }
            written(Step::Recheck, words).map(drop)
        }
    }
}
