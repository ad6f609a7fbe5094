//! What several steps ask before they change a case, and the two changes that several share.

use super::act::{Actor, Context};
use super::arrow::CaseState;
use super::record::{Case, EndReason, Ended, Notice};
use super::refusal::Refusal;
use super::step::{Side, Step};
use crate::Officer;
use crate::calendar::{Term, deadline};

/// Longest text of an officer, in characters.
const MAX_TEXT: usize = 10_000;

/// The officer who acts.
pub(super) fn officer<'c>(step: Step, context: &Context<'c>) -> Result<&'c Officer, Refusal> {
    match context.actor {
        Actor::Officer(officer) => Ok(officer),
        _ => Err(Refusal::WrongSide { step, side: Side::Officer }),
    }
}

/// The notice of a case that has one.
pub(super) fn notice(case: &mut Case, step: Step) -> Result<&mut Notice, Refusal> {
    let state = case.state;
    case.notice.as_mut().ok_or(Refusal::NotNow { state, step })
}

/// A new term from today. It may only give more time.
pub(super) fn extend(notice: &mut Notice, term: Option<Term>, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(term) = term else { return Ok(()) };
    let extended = deadline(context.calendar, context.policy.counting, context.today(), term);
    if extended.due < notice.deadline.due {
        return Err(Refusal::Heavier);
    }
    notice.deadline = extended;
    Ok(())
}

/// Nobody judges what they handed in themselves, whatever role they have today.
pub(super) fn check_other_hand(case: &Case, context: &Context<'_>) -> Result<(), Refusal> {
    let is_own = context.actor.account().is_some_and(|account| case.was_rectified_by(account));
    if is_own { Err(Refusal::OwnWork) } else { Ok(()) }
}

/// A text that says something, and not too much.
pub(super) fn written(step: Step, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::WordsMissing { step });
    }
    if text.chars().count() > MAX_TEXT {
        Err(Refusal::TooLong { most: MAX_TEXT })
    } else {
        Ok(text.to_owned())
    }
}

/// Puts the end of a case on record.
pub(super) fn end(case: &mut Case, state: CaseState, reason: EndReason, context: &Context<'_>) {
    let by = context.actor.account().cloned();
    case.ended = Some(Ended { reason, by, at: context.now });
    case.state = state;
}
