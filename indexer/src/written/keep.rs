//! Keeps what people wrote for searching, in the transaction that keeps it.

use anjian_casework::verdict::{Finding, Judgement, VerdictState};

use crate::IndexError;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::written::spaced::spaced;

/// Replaces the words of a violation's verdict.
pub(crate) async fn of_verdict(
    transaction: &mut Connection<'_>,
    violation: i64,
    state: &VerdictState,
) -> Result<(), IndexError> {
    let query = sql::query("DELETE FROM written WHERE violation = $1").bind(violation);
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    let judgements = state.replaced.iter().chain(&state.standing);
    let words: Vec<_> = judgements.flat_map(words_of).collect();
    insert(transaction, "violation", violation, &words.join(" ")).await
}

/// Adds the words of a step.
pub(crate) async fn of_step(
    transaction: &mut Connection<'_>,
    casefile: i64,
    words: &str,
) -> Result<(), IndexError> {
    insert(transaction, "casefile", casefile, words).await
}

fn words_of(judgement: &Judgement) -> [&str; 2] {
    let words = match &judgement.finding {
        Finding::Dismissed { words, .. } => words,
        Finding::Confirmed => "",
    };
    [words, &judgement.change_reason]
}

async fn insert(
    transaction: &mut Connection<'_>,
    column: &str,
    seq: i64,
    words: &str,
) -> Result<(), IndexError> {
    let spaced = spaced(words);
    if spaced.is_empty() {
        return Ok(());
    }
    let sql = format!("INSERT INTO written ({column}, spaced) VALUES ($1, $2)");
    sql::query(&sql).bind(seq).bind(spaced).execute(transaction).await.map_err(not_kept).map(drop)
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep words", table: "written", source }
}
