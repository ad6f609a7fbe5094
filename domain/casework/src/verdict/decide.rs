//! The one function that changes a verdict.
//!
//! Knows nothing of roles: the caller asks the table first. Knows nothing of cases: a confirmed violation that is
//! dismissed later is dropped from its case by the caller, in the same transaction.

use anjian_domain::{Account, WallTime};

use super::finding::{DismissReason, Finding};
use super::policy::{Policy, SecondSignPolicy};
use super::refusal::Refusal;
use super::state::{Judgement, Second, VerdictState};
use crate::{Recusals, Version};

/// Longest reason, in characters.
const MAX_REASON: usize = 2_000;

/// What an officer does with a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Give one.
    Judge {
        /// What was found.
        finding: Finding,
        /// Why it replaces the one that stands; not needed for the first.
        change_reason: String,
    },
    /// Take the own one back.
    Undo,
    /// Sign another officer's.
    SignSecond,
}

/// Who acts, when, and on what.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The officer.
    pub by: &'a Account,
    /// Who must not act on this site.
    pub recusals: &'a Recusals,
    /// The present.
    pub now: WallTime,
    /// The version that the officer's page showed.
    pub seen: Version,
    /// One violation, or many with one key.
    pub way: Way,
    /// What the installation decided.
    pub policy: Policy,
}

/// Whether a verdict is given for one violation, or for many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// For one.
    Single,
    /// For many. Each member has its own outcome.
    Bulk,
}

/// The verdict after an act.
///
/// # Errors
/// A [`Refusal`] that says why the act is not possible.
pub fn decide(state: &VerdictState, act: &Act, context: &Context<'_>) -> Result<VerdictState, Refusal> {
    if context.seen != state.version {
        return Err(Refusal::Changed { seen: context.seen, current: state.version });
    }
    if context.recusals.include(context.by) {
        return Err(Refusal::Recused);
    }
    let changed = match act {
        Act::Judge { finding, change_reason } => judge(state, finding, change_reason, context)?,
        Act::Undo => undo(state, context)?,
        Act::SignSecond => sign_second(state, context)?,
    };
    Ok(VerdictState { version: state.version.next(), ..changed })
}

fn judge(
    state: &VerdictState,
    finding: &Finding,
    change_reason: &str,
    context: &Context<'_>,
) -> Result<VerdictState, Refusal> {
    check_finding(finding, context.way)?;
    let change_reason = match &state.standing {
        None => "",
        Some(standing) => check_change(standing, finding, change_reason, context)?,
    };
    let judgement = Judgement {
        finding: finding.clone(),
        by: context.by.clone(),
        at: context.now,
        change_reason: change_reason.to_owned(),
        second: asked(context.policy.second_sign, finding),
    };
    Ok(VerdictState {
        standing: Some(judgement),
        replaced: replaced_by_another(state, context),
        ..state.clone()
    })
}

fn replaced_by_another(state: &VerdictState, context: &Context<'_>) -> Vec<Judgement> {
    let stood = |judgement: &Judgement| judgement.stands(context.now, context.policy.undo_window);
    let is_older_needed = !state.standing.as_ref().is_some_and(stood);
    let older = state.replaced.iter().filter(|_| is_older_needed);
    older.chain(&state.standing).cloned().collect()
}

fn check_finding(finding: &Finding, way: Way) -> Result<(), Refusal> {
    match finding {
        Finding::Confirmed if way == Way::Bulk => Err(Refusal::ConfirmInBulk),
        Finding::Dismissed { reason: DismissReason::Other, words } if words.trim().is_empty() => {
            Err(Refusal::WordsMissing)
        }
        Finding::Dismissed { words, .. } => check_length(words),
        Finding::Confirmed => Ok(()),
    }
}

/// A verdict that stands is replaced by another finding, with a reason, when it can be undone no longer.
fn check_change<'r>(
    standing: &Judgement,
    finding: &Finding,
    change_reason: &'r str,
    context: &Context<'_>,
) -> Result<&'r str, Refusal> {
    let change_reason = change_reason.trim();
    if standing.is_undoable(context.now, context.policy.undo_window) {
        return Err(Refusal::WindowOpen);
    }
    if standing.finding == *finding {
        return Err(Refusal::Same);
    }
    if change_reason.is_empty() {
        return Err(Refusal::ChangeReasonMissing);
    }
    check_length(change_reason)?;
    Ok(change_reason)
}

fn check_length(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > MAX_REASON { Err(Refusal::TooLong { most: MAX_REASON }) } else { Ok(()) }
}

const fn asked(policy: SecondSignPolicy, finding: &Finding) -> Second {
    if policy.asks_for(finding) { Second::Awaited } else { Second::NotAsked }
}

fn undo(state: &VerdictState, context: &Context<'_>) -> Result<VerdictState, Refusal> {
    let standing = state.standing.as_ref().ok_or(Refusal::Unjudged)?;
    if standing.by != *context.by {
        return Err(Refusal::NotTheGiver);
    }
    if !standing.is_undoable(context.now, context.policy.undo_window) {
        return Err(Refusal::WindowOver);
    }
    if matches!(standing.second, Second::Signed { .. }) {
        return Err(Refusal::AlreadySigned);
    }
    let mut replaced = state.replaced.clone();
    Ok(VerdictState { standing: replaced.pop(), replaced, ..state.clone() })
}

fn sign_second(state: &VerdictState, context: &Context<'_>) -> Result<VerdictState, Refusal> {
    let standing = state.standing.as_ref().ok_or(Refusal::Unjudged)?;
    match standing.second {
        Second::NotAsked => return Err(Refusal::NotAsked),
        Second::Signed { .. } => return Err(Refusal::AlreadySigned),
        Second::Awaited => (),
    }
    if standing.by == *context.by {
        return Err(Refusal::SameOfficer);
    }
    if standing.is_undoable(context.now, context.policy.undo_window) {
        return Err(Refusal::WindowOpen);
    }
    let second = Second::Signed { by: context.by.clone(), at: context.now };
    Ok(VerdictState { standing: Some(Judgement { second, ..standing.clone() }), ..state.clone() })
}
