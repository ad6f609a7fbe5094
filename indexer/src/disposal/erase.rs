//! What goes with a case goes: files are marked, and deleted afterwards as others that expire; words are emptied. The record of it stays.

use anjian_casework::case::Case;
use anjian_casework::disposal::{erase_verdict_words, erase_words};
use anjian_domain::WallTime;

use crate::IndexError;
use crate::casework::case_row::{not_kept, not_read};
use crate::disposal::holdings::{Holdings, own, own_attachments};
use crate::engine::columns::json_column;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::evidence::clip_row;
use crate::evidence::rows::ExpiredBy;
use crate::verdicts::row as verdict_row;
use crate::written;

/// In the transaction of the last signature.
pub(crate) async fn erase(
    transaction: &mut Connection<'_>,
    casefile: i64,
    case: Case,
    holdings: &Holdings,
    now: WallTime,
) -> Result<(), IndexError> {
    let violations = sql::query(&own("violation", casefile)).scalars(&mut *transaction).await;
    for violation in violations.map_err(not_read)? {
        erase_violation(transaction, violation, now).await?;
    }
    let (finding, attachments) = (own("finding", casefile), own_attachments(casefile));
    let sql = format!(
        "UPDATE attachment AS a SET expired_us = $1, name = '' WHERE a.expired_us IS NULL AND {attachments}"
    );
    sql::query(&sql).bind(now.as_micros()).execute(&mut *transaction).await.map_err(not_kept)?;
    for sql in [
        format!("UPDATE finding SET words = '', place = '' WHERE seq IN ({finding})"),
        format!("UPDATE casefile_step SET words = '' WHERE casefile = {casefile}"),
        format!("DELETE FROM written WHERE casefile = {casefile}"),
    ] {
        sql::query(&sql).execute(&mut *transaction).await.map_err(not_kept)?;
    }
    let sql = "INSERT INTO disposal (casefile, at_us, record) VALUES ($1, $2, $3)";
    let query = sql::query(sql).bind(casefile).bind(now.as_micros());
    let query = query.bind(json_column("disposal", holdings)?);
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    empty(transaction, casefile, case, now).await
}

/// Last: until then the case keeps what it holds.
async fn empty(
    transaction: &mut Connection<'_>,
    casefile: i64,
    mut case: Case,
    now: WallTime,
) -> Result<(), IndexError> {
    erase_words(&mut case);
    let sql = "UPDATE casefile SET state = $2, disposed_us = $3 WHERE seq = $1";
    let query = sql::query(sql).bind(casefile).bind(json_column("casefile", &case)?).bind(now.as_micros());
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

async fn erase_violation(
    transaction: &mut Connection<'_>,
    violation: i64,
    now: WallTime,
) -> Result<(), IndexError> {
    let by = ExpiredBy::Disposal;
    let sql =
        "UPDATE evidence SET expired_us = $2, expired_by = $3 WHERE violation = $1 AND expired_us IS NULL";
    let query = sql::query(sql).bind(violation).bind(now.as_micros()).bind(by.as_str());
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    clip_row::expire(&mut *transaction, violation, now, by).await?;
    let mut verdict = verdict_row::state(&mut *transaction, violation).await?;
    erase_verdict_words(&mut verdict);
    let query = sql::query("UPDATE verdict SET state = $2 WHERE violation = $1").bind(violation);
    query.bind(json_column("verdict", &verdict)?).execute(&mut *transaction).await.map_err(not_kept)?;
    written::keep::of_verdict(transaction, violation, &verdict).await
}
