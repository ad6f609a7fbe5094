//! Verdicts as answers show them.

use anjian_casework::verdict::{DismissReason, Finding, Judgement, Policy, Second, VerdictState};
use anjian_domain::WallTime;
use anjian_indexer::Judged;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::one_of;

/// Where the verdict of a violation stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerdictView {
    /// Counts the changes; send it with the next one.
    version: u32,
    /// What the newest judgement says.
    #[schema(schema_with = verdicts)]
    verdict: &'static str,
    /// What counts outside the inbox: for enterprises, cases and retention.
    #[schema(schema_with = verdicts)]
    counts: &'static str,
    /// Until when its giver can undo it; null when that is over, or there is nothing to undo.
    #[schema(format = "date-time", required)]
    undo_until: Option<String>,
    /// The newest judgement; null when there is none.
    #[schema(required)]
    standing: Option<JudgementView>,
    /// Those before it, the oldest first.
    replaced: Vec<JudgementView>,
}

/// The newest judgement of a violation, as lists show it. It differs from `verdict` as long as it can be undone or awaits a
/// signature.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JudgedView {
    /// Counts the changes; send it with the next one.
    version: u32,
    /// What it says; `none` after an undo.
    #[schema(schema_with = verdicts)]
    verdict: &'static str,
    /// Until when its giver can undo it; null when that is over.
    #[schema(format = "date-time", required)]
    undo_until: Option<String>,
    /// Whether it counts only after a second signature.
    awaits_second: bool,
}

/// One judgement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JudgementView {
    #[schema(schema_with = verdicts)]
    verdict: &'static str,
    /// Why it is no violation; null for confirmed ones.
    #[schema(value_type = Option<String>, required)]
    reason: Option<DismissReason>,
    /// The same in words; may be empty.
    words: String,
    /// The account that gave it.
    by: String,
    #[schema(format = "date-time")]
    at: String,
    /// Why it replaces an earlier one; empty for the first.
    change_reason: String,
    /// The second signature: not asked for, awaited, or signed.
    #[schema(schema_with = seconds)]
    second: &'static str,
    /// Who signed second; null while nobody did.
    #[schema(required)]
    second_by: Option<String>,
    #[schema(format = "date-time", required)]
    second_at: Option<String>,
}

/// What is found, as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingView {
    /// `confirmed` or `dismissed`.
    verdict: FoundView,
    /// Why it is no violation; only with `dismissed`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Option<DismissReason>,
    /// The same in words; needed with the reason `other`.
    #[serde(default)]
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FoundView {
    Confirmed,
    Dismissed,
}

fn verdicts() -> Object {
    one_of("What an inspector made of it.", ["none", "confirmed", "dismissed"])
}

fn seconds() -> Object {
    one_of("The second signature.", ["not_asked", "awaited", "signed"])
}

impl VerdictView {
    pub(crate) fn new(state: &VerdictState, now: WallTime, policy: Policy) -> Self {
        let undoable =
            state.standing.as_ref().filter(|standing| standing.is_undoable(now, policy.undo_window));
        Self {
            version: state.version.0,
            verdict: state.verdict().as_str(),
            counts: state.effective(now, policy.undo_window).as_str(),
            undo_until: undoable.map(|standing| standing.at.plus(policy.undo_window).to_string()),
            standing: state.standing.as_ref().map(Into::into),
            replaced: state.replaced.iter().map(Into::into).collect(),
        }
    }
}

impl From<Judged> for JudgedView {
    fn from(judged: Judged) -> Self {
        Self {
            version: judged.version,
            verdict: judged.verdict.as_str(),
            undo_until: judged.undo_until.map(|until| until.to_string()),
            awaits_second: judged.awaits_second,
        }
    }
}

impl From<&Judgement> for JudgementView {
    fn from(judgement: &Judgement) -> Self {
        let (reason, words) = match &judgement.finding {
            Finding::Confirmed => (None, String::new()),
            Finding::Dismissed { reason, words } => (Some(*reason), words.clone()),
        };
        let (second, signed) = match &judgement.second {
            Second::NotAsked => ("not_asked", None),
            Second::Awaited => ("awaited", None),
            Second::Signed { by, at } => ("signed", Some((by, at))),
        };
        Self {
            verdict: judgement.finding.verdict().as_str(),
            reason,
            words,
            by: judgement.by.to_string(),
            at: judgement.at.to_string(),
            change_reason: judgement.change_reason.clone(),
            second,
            second_by: signed.map(|(by, _)| by.to_string()),
            second_at: signed.map(|(_, at)| at.to_string()),
        }
    }
}

impl FindingView {
    /// `None`: a dismissal without a reason, or a confirmation with one.
    pub(crate) fn read(self) -> Option<Finding> {
        match (self.verdict, self.reason) {
            (FoundView::Confirmed, None) if self.words.is_empty() => Some(Finding::Confirmed),
            (FoundView::Dismissed, Some(reason)) => Some(Finding::Dismissed { reason, words: self.words }),
            _ => None,
        }
    }
}
