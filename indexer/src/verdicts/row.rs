//! The verdict of one violation as a row, and what follows from it for the rest of the index.

use anjian_casework::verdict::{DismissReason, Finding, Policy, VerdictState};
use anjian_domain::{Verdict, WallTime};

use crate::IndexError;
use crate::casework::follow::follow;
use crate::engine::columns::{Columns, json_column};
use crate::engine::connection::{Connection, On};
use crate::engine::sql;
use crate::updates::outbox;
use crate::written;

/// The state of a violation's verdict; the beginning, when nobody judged it yet.
pub(crate) async fn state(on: impl Into<On<'_>>, violation: i64) -> Result<VerdictState, IndexError> {
    let query = sql::query("SELECT state FROM verdict WHERE violation = $1").bind(violation);
    let Some(row) = query.fetch_optional(on).await.map_err(not_read)? else {
        return Ok(VerdictState::default());
    };
    Columns { table: "verdict", row: &row }.json("state")
}

/// Keeps a state, and lets count what stands. Answers the number of the update.
pub(crate) async fn keep(
    transaction: &mut Connection<'_>,
    violation: i64,
    state: &VerdictState,
    policy: Policy,
    now: WallTime,
) -> Result<i64, IndexError> {
    let (shown, effective) = (state.verdict(), state.effective(now, policy.undo_window));
    let is_undoable =
        state.standing.as_ref().is_some_and(|standing| standing.is_undoable(now, policy.undo_window));
    let settles =
        state.standing.as_ref().filter(|_| is_undoable).map(|standing| standing.at.plus(policy.undo_window));
    let sql = "INSERT INTO verdict (violation, version, shown, is_settled, settles_us, state, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (violation) DO UPDATE SET version = excluded.version, shown = excluded.shown, \
         is_settled = excluded.is_settled, settles_us = excluded.settles_us, state = excluded.state, reason = excluded.reason";
    let query = sql::query(sql).bind(violation).bind(i64::from(state.version.0)).bind(shown.as_str());
    let query = query.bind(shown == effective).bind(settles.map(WallTime::as_micros));
    let query = query.bind(json_column("verdict", state)?).bind(reason(state).map(DismissReason::as_str));
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    written::keep::of_verdict(transaction, violation, state).await?;
    count(transaction, violation, effective).await?;
    follow(transaction, violation, state, effective, now).await?;
    outbox::append_violation(transaction, violation, now).await
}

/// Why the newest judgement dismisses; `None`: it does not.
fn reason(state: &VerdictState) -> Option<DismissReason> {
    match state.standing.as_ref()?.finding {
        Finding::Dismissed { reason, .. } => Some(reason),
        Finding::Confirmed => None,
    }
}

async fn count(transaction: &mut Connection<'_>, violation: i64, verdict: Verdict) -> Result<(), IndexError> {
    let sql = "UPDATE violation SET verdict = $2 WHERE seq = $1 AND verdict <> $2";
    let query = sql::query(sql).bind(violation).bind(verdict.as_str());
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read a verdict", table: "verdict", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a verdict", table: "verdict", source }
}
