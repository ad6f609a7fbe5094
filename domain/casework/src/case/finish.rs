//! How cases end: closed, handed over, withdrawn; and members that leave.

use super::act::{Actor, Context};
use super::arrow::CaseState;
use super::guard::{check_other_hand, end, notice, written};
use super::member::Member;
use super::record::{Case, EndReason, HandedOver};
use super::refusal::Refusal;
use super::step::{Side, Step};
use crate::Outcome;

/// Records to whom the bundle went.
pub(super) fn hand_over(case: &mut Case, to: &str, context: &Context<'_>) -> Result<(), Refusal> {
    check_handed_over(case, Step::HandOver)?;
    if case.handed_over.is_some() {
        return Err(Refusal::OnRecord { step: Step::HandOver });
    }
    let to = written(Step::HandOver, to)?;
    case.handed_over = Some(HandedOver { to, at: context.now, receipt_at: None });
    Ok(())
}

/// Records that the receiver acknowledged the bundle.
pub(super) fn record_receipt(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    check_handed_over(case, Step::RecordReceipt)?;
    let handed_over = case.handed_over.as_mut().ok_or(Refusal::NotAcknowledged)?;
    if handed_over.receipt_at.is_some() {
        return Err(Refusal::OnRecord { step: Step::RecordReceipt });
    }
    handed_over.receipt_at = Some(context.now);
    Ok(())
}

fn check_handed_over(case: &mut Case, step: Step) -> Result<(), Refusal> {
    let outcome = notice(case, step)?.outcome;
    if outcome == Outcome::HandOver { Ok(()) } else { Err(Refusal::NotForOutcome { step, outcome }) }
}

/// Closes the case, if what its outcome asks for is on record. The program closes reminders only.
pub(super) fn close(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    check_other_hand(case, context)?;
    let state = case.state;
    let notice = notice(case, Step::Close)?.clone();
    let reason = match notice.outcome {
        Outcome::Remind if notice.acknowledged_at.is_some() => EndReason::Read,
        Outcome::Remind if context.today() > notice.deadline.due => EndReason::TimeOver,
        Outcome::Remind => return Err(Refusal::NotRead),
        Outcome::Order if state == CaseState::Rechecked => EndReason::Rechecked,
        Outcome::Order => return Err(Refusal::NotNow { state, step: Step::Close }),
        Outcome::HandOver => handed_over(case)?,
    };
    if *context.actor == Actor::Program && notice.outcome != Outcome::Remind {
        return Err(Refusal::WrongSide { step: Step::Close, side: Side::Officer });
    }
    end(case, CaseState::Closed, reason, context);
    Ok(())
}

fn handed_over(case: &Case) -> Result<EndReason, Refusal> {
    let receipt = case.handed_over.as_ref().and_then(|handed_over| handed_over.receipt_at);
    receipt.map(|_| EndReason::HandedOver).ok_or(Refusal::NotAcknowledged)
}

/// Gives a draft up, or a case whose members are confirmed no longer.
pub(super) fn withdraw(case: &mut Case, reason: EndReason, context: &Context<'_>) -> Result<(), Refusal> {
    match reason {
        EndReason::Discarded if case.state == CaseState::Draft => (),
        EndReason::VerdictChanged if case.members.is_disjoint(context.confirmed) => (),
        EndReason::VerdictChanged => return Err(Refusal::StillConfirmed),
        _ => return Err(Refusal::WithdrawReason),
    }
    end(case, CaseState::Withdrawn, reason, context);
    Ok(())
}

/// Takes out a member that is confirmed no longer. A draft is another text then, so its signatures go.
pub(super) fn drop_member(case: &mut Case, member: Member, context: &Context<'_>) -> Result<(), Refusal> {
    if context.confirmed.contains(&member) {
        return Err(Refusal::StillConfirmed);
    }
    if !case.members.remove(&member) {
        return Err(Refusal::NoSuchMember);
    }
    if case.members.is_empty() {
        return Err(Refusal::LastMember);
    }
    if case.state == CaseState::Draft {
        case.signatures.clear();
    }
    Ok(())
}
