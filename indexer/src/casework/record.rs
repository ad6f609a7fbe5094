//! A step on record: the case, its history, who hears of it, and the audit, in one transaction.

use anjian_casework::case::{Case, Step};
use anjian_domain::WallTime;
use serde_json::{Value, json};

use crate::IndexError;
use crate::attachments::row::{self as attachment_row, AttachmentRow};
use crate::audit::append::{Doer, append};
use crate::audit::entry::Deed;
use crate::casework::case_row::{CaseId, not_kept};
use crate::casework::delivery;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::updates::outbox;
use crate::written;

/// A step that was decided.
pub(crate) struct Taken<'t> {
    pub(crate) id: CaseId,
    pub(crate) casefile: i64,
    pub(crate) step: Step,
    pub(crate) words: &'t str,
    pub(crate) before: Option<&'t Case>,
    pub(crate) after: &'t Case,
    /// What goes with it.
    pub(crate) attachments: &'t [AttachmentRow],
}

/// Writes what belongs to a step besides the case itself. Answers the number of the update, to be announced after the commit.
pub(crate) async fn note(
    transaction: &mut Connection<'_>,
    doer: Doer<'_>,
    now: WallTime,
    taken: &Taken<'_>,
) -> Result<i64, IndexError> {
    let Taken { id, casefile, step, words, before, after, attachments } = taken;
    let sql = "INSERT INTO casefile_step (casefile, version, step, account, role, at_us, stage, words) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let query = sql::query(sql).bind(*casefile).bind(i64::from(after.version.0)).bind(step.as_str());
    let query = query.bind(doer.account).bind(doer.role).bind(now.as_micros());
    let query = query.bind(after.state.as_str()).bind(*words);
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    written::keep::of_step(&mut *transaction, *casefile, words).await?;
    delivery::write(&mut *transaction, *casefile, *step, after, now).await?;
    let deed = Deed {
        action: step.action().as_str(),
        kind: "case",
        object: id.to_string(),
        why: words,
        before: before.map(|case| json!(case)),
        after: Some(audited(*step, after, attachments)),
    };
    append(&mut *transaction, doer, now, deed).await?;
    outbox::append_case(transaction, *casefile, now).await
}

/// As the audit shows it, with the digests of what goes with it.
fn audited(step: Step, after: &Case, attachments: &[AttachmentRow]) -> Value {
    if attachments.is_empty() {
        return json!({ "step": step, "case": after });
    }
    let attachments: Vec<Value> = attachments.iter().map(attachment_row::audited).collect();
    json!({ "step": step, "case": after, "attachments": attachments })
}
