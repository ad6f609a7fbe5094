//! Pleas and their answers. Nothing gets heavier because somebody pleaded (行政处罚法 45).

use std::collections::BTreeSet;

use super::act::{Actor, Context};
use super::arrow::CaseState;
use super::guard::{end, extend, notice, officer, written};
use super::member::Member;
use super::record::{Answer, Case, EndReason, Plea};
use super::refusal::Refusal;
use super::step::{Side, Step};
use crate::Outcome;
use crate::calendar::Term;

/// What an answer says.
pub(super) struct Words<'a> {
    pub(super) upheld: &'a BTreeSet<Member>,
    pub(super) reasons: &'a str,
    pub(super) outcome: Outcome,
    pub(super) term: Option<Term>,
}

/// Records that the enterprise pleaded.
pub(super) fn plead(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    let Actor::Enterprise(by) = context.actor else {
        return Err(Refusal::WrongSide { step: Step::Plead, side: Side::Enterprise });
    };
    let outcome = notice(case, Step::Plead)?.outcome;
    case.plea = Some(Plea { by: by.clone(), at: context.now, outcome });
    case.state = CaseState::Pleaded;
    Ok(())
}

/// Answers the plea. Upheld members leave the case; without any left the case is withdrawn.
pub(super) fn answer(case: &mut Case, words: &Words<'_>, context: &Context<'_>) -> Result<(), Refusal> {
    let by = officer(Step::Answer, context)?.account.clone();
    if case.plea.as_ref().is_some_and(|plea| plea.by == by) {
        return Err(Refusal::OwnWork);
    }
    let reasons = written(Step::Answer, words.reasons)?;
    if !words.upheld.is_subset(&case.members) {
        return Err(Refusal::NoSuchMember);
    }
    case.members.retain(|member| !words.upheld.contains(member));
    case.answer = Some(Answer { by, at: context.now, upheld: words.upheld.clone(), reasons });
    if case.members.is_empty() {
        end(case, CaseState::Withdrawn, EndReason::PleaUpheld, context);
        return Ok(());
    }
    let notice = notice(case, Step::Answer)?;
    if words.outcome > notice.outcome {
        return Err(Refusal::Heavier);
    }
    notice.outcome = words.outcome;
    extend(notice, words.term, context)?;
    case.state = CaseState::Answered;
    Ok(())
}
