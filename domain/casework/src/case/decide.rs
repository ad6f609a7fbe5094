//! The one function that changes a case.
//!
//! Knows nothing of roles: the caller asks the table for `Step::action` first. Words and pictures of pleas and
//! rectifications are stored beside the case, in the same transaction as the step.

use super::act::{Act, Actor, Context};
use super::record::Case;
use super::refusal::Refusal;
use super::step::Side;
use super::{answer, draft, finish, rectify, serve};

/// The case after a step.
///
/// # Errors
/// A [`Refusal`] that says why the step is not possible.
pub fn decide(case: &Case, act: &Act, context: &Context<'_>) -> Result<Case, Refusal> {
    check_caller(case, act, context)?;
    let mut changed = case.clone();
    take(&mut changed, act, context)?;
    changed.version = case.version.next();
    Ok(changed)
}

/// A refusal leaves `case` half changed; `decide` throws it away then.
fn take(case: &mut Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    match act {
        Act::Propose { members, proposal } => draft::propose(case, members, proposal, context),
        Act::Sign => draft::sign(case, context),
        Act::Issue => draft::issue(case, context),
        Act::RecordService(service) => serve::record_service(case, service, context),
        Act::Acknowledge => serve::acknowledge(case, context),
        Act::Plead => answer::plead(case, context),
        Act::Answer { upheld, reasons, outcome, term } => {
            answer::answer(case, &answer::Words { upheld, reasons, outcome: *outcome, term: *term }, context)
        }
        Act::Rectify => rectify::rectify(case, context),
        Act::Return { reasons, term } => rectify::give_back(case, reasons, *term, context),
        Act::Recheck { proofs } => rectify::recheck(case, proofs, context),
        Act::HandOver { to } => finish::hand_over(case, to, context),
        Act::RecordReceipt => finish::record_receipt(case, context),
        Act::Close => finish::close(case, context),
        Act::Withdraw(reason) => finish::withdraw(case, *reason, context),
        Act::Drop(member) => finish::drop_member(case, *member, context),
    }
}

fn check_caller(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    let step = act.step();
    if context.seen != case.version {
        return Err(Refusal::Changed { seen: context.seen, current: case.version });
    }
    if case.state.after(step).next().is_none() {
        return Err(Refusal::NotNow { state: case.state, step });
    }
    let is_right_side = match (step.side(), context.actor) {
        (Side::Officer | Side::OfficerOrProgram, Actor::Officer(_)) => true,
        (Side::Enterprise, Actor::Enterprise(_)) => true,
        (Side::OfficerOrProgram, Actor::Program) => true,
        (_, Actor::Officer(_) | Actor::Enterprise(_) | Actor::Program) => false,
    };
    if !is_right_side {
        return Err(Refusal::WrongSide { step, side: step.side() });
    }
    match context.actor {
        Actor::Officer(officer) if context.recusals.include(&officer.account) => Err(Refusal::Recused),
        _ => Ok(()),
    }
}
