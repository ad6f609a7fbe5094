//! An officer acts on a verdict: state, audit and update in one transaction.

use anjian_casework::roles::Action;
use anjian_casework::verdict::{Act, Context, Policy, VerdictState, Way, decide};
use anjian_casework::{Recusals, Version};
use anjian_domain::{Account, Viewer, ViolationId, WallTime};
use serde_json::{Value, json};

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::recusals;
use crate::engine::columns::{Columns, uuid_column};
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::verdicts::error::VerdictError;
use crate::verdicts::row;
use crate::viewer::reach;
use crate::{Index, IndexError};

/// What an officer does with the verdict of one violation.
#[derive(Debug, Clone)]
pub struct VerdictAct {
    /// The act.
    pub act: Act,
    /// The version that the officer's page showed.
    pub seen: Version,
    /// By itself, or with others.
    pub way: Way,
    /// What the officer was shown, and for how long: for the audit.
    pub shown: Option<Value>,
}

impl Index {
    /// Gives, undoes or signs a verdict. Answers where it stands then.
    ///
    /// # Errors
    /// [`VerdictError`] when the viewer sees no such violation or the act is refused; then nothing was changed.
    pub async fn act_on_verdict(
        &self,
        viewer: &Viewer,
        id: ViolationId,
        wanted: &VerdictAct,
        policy: Policy,
    ) -> Result<VerdictState, VerdictError> {
        let by = viewer.named_account().ok_or(VerdictError::Nameless)?;
        let now = self.inner.clock.now();
        let action = match wanted.act {
            Act::Judge { .. } | Act::Undo => Action::GiveVerdict,
            Act::SignSecond => Action::SignSecond,
        };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("verdict").await?;
        let violation = find(&mut transaction, viewer, id, action).await?.ok_or(VerdictError::Unknown)?;
        let before = row::state(&mut transaction, violation).await?;
        let recusals = recusals_of(&mut transaction, violation).await?;
        let after = decided(by, &recusals, &before, wanted, policy, now)?;
        let update = row::keep(&mut transaction, violation, &after, policy, now).await?;
        let deed = Deed {
            action: action.as_str(),
            kind: "violation",
            object: id.to_string(),
            why: words(&wanted.act),
            before: before.standing.as_ref().map(|standing| json!(standing)),
            after: Some(
                json!({ "version": after.version, "verdict": after.standing, "shown": wanted.shown }),
            ),
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(row::not_kept)?;
        self.announce(update);
        Ok(after)
    }
}

fn decided(
    by: &Account,
    recusals: &Recusals,
    before: &VerdictState,
    wanted: &VerdictAct,
    policy: Policy,
    now: WallTime,
) -> Result<VerdictState, VerdictError> {
    let VerdictAct { act, seen, way, .. } = wanted;
    let context = Context { by, recusals, now, seen: *seen, way: *way, policy };
    Ok(decide(before, act, &context)?)
}

/// Who must not act on the site of a violation.
async fn recusals_of(transaction: &mut Connection<'_>, violation: i64) -> Result<Recusals, IndexError> {
    let query = sql::query("SELECT site FROM violation WHERE seq = $1").bind(violation);
    let row = query.fetch_one(&mut *transaction).await.map_err(row::not_read)?;
    let site = Columns { table: "violation", row: &row }.word("site")?;
    recusals::of(transaction, &site).await
}

/// The place of a violation with which the viewer may do this.
async fn find(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    id: ViolationId,
    action: Action,
) -> Result<Option<i64>, IndexError> {
    let mut sql = Builder::new("SELECT v.seq FROM violation AS v WHERE v.id = ");
    reach::push(sql.push_bind(uuid_column(id.0)), viewer, action);
    let found = sql.build().fetch_optional(transaction).await.map_err(row::not_read)?;
    found.map(|row| Columns { table: "violation", row: &row }.get("seq")).transpose()
}

fn words(act: &Act) -> &str {
    match act {
        Act::Judge { change_reason, .. } => change_reason.trim(),
        Act::Undo | Act::SignSecond => "",
    }
}
