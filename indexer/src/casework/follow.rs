//! A case follows the verdicts of its violations: what is confirmed no longer leaves it.

use std::collections::BTreeSet;

use anjian_casework::case::{Act, Actor, Case, EndReason, Member, decide};
use anjian_casework::verdict::VerdictState;
use anjian_domain::{Account, Verdict, ViolationId, WallTime};

use crate::IndexError;
use crate::audit::append::Doer;
use crate::casework::bound;
use crate::casework::case_row::{self, CaseRow, not_read};
use crate::casework::context::{Gathered, officer, role_of};
use crate::casework::error::CaseError;
use crate::casework::record::{Taken, note};
use crate::casework::rules::CaseRules;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;

/// Takes a violation out of its case if it is confirmed no longer; the last one withdraws the case. A case that is past
/// that, because its re-check is done, stays as it is.
pub(crate) async fn follow(
    transaction: &mut Connection<'_>,
    violation: i64,
    state: &VerdictState,
    counts: Verdict,
    now: WallTime,
) -> Result<(), IndexError> {
    let judge = state.standing.iter().chain(state.replaced.iter().rev()).next();
    let (false, Some(judge)) = (counts == Verdict::Confirmed, judge) else { return Ok(()) };
    let Some(casefile) = bound::case_of(transaction, violation).await? else { return Ok(()) };
    let (row, before) = find(transaction, casefile).await?;
    let member = Member::Violation(id_of(transaction, violation).await?);
    let act = match before.members == BTreeSet::from([member]) {
        true => Act::Withdraw(EndReason::VerdictChanged),
        false => Act::Drop(member),
    };
    let actor = Actor::Officer(officer(&mut *transaction, &judge.by).await?);
    let gathered = Gathered::read(transaction, actor, &row.site, casefile, &before.members).await?;
    let rules = CaseRules::default();
    let Ok(after) = decide(&before, &act, &gathered.context(&rules, now, before.version)) else {
        return Ok(());
    };
    case_row::update(transaction, casefile, &after, now).await?;
    bound::keep(transaction, casefile, &after).await.map_err(CaseError::into_index)?;
    let taken = Taken {
        id: row.id,
        casefile,
        step: act.step(),
        words: "",
        before: Some(&before),
        after: &after,
        attachments: &[],
    };
    write(transaction, &judge.by, now, &taken).await
}

async fn write(
    transaction: &mut Connection<'_>,
    by: &Account,
    now: WallTime,
    taken: &Taken<'_>,
) -> Result<(), IndexError> {
    let role = role_of(transaction, by.as_str()).await?;
    let doer = Doer { account: by.as_str(), role: &role, address: None };
    // The change of the verdict, which follows, is announced.
    note(transaction, doer, now, taken).await.map(drop)
}

async fn find(transaction: &mut Connection<'_>, casefile: i64) -> Result<(CaseRow, Case), IndexError> {
    let columns = case_row::COLUMNS;
    let sql = format!("SELECT {columns}, c.state FROM casefile AS c WHERE c.seq = $1");
    let row = sql::query(&sql).bind(casefile).fetch_one(transaction).await.map_err(not_read)?;
    Ok((case_row::decode(&row)?.1, case_row::decode_state(&row)?))
}

async fn id_of(transaction: &mut Connection<'_>, violation: i64) -> Result<ViolationId, IndexError> {
    let query = sql::query("SELECT id FROM violation WHERE seq = $1").bind(violation);
    let row = query.fetch_one(transaction).await.map_err(not_read)?;
    Columns { table: "violation", row: &row }.uuid("id").map(ViolationId)
}
