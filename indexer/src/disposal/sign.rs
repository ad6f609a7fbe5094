//! An officer signs that a case goes. With the last signature it goes, in the same transaction.

use anjian_casework::disposal::{KeepYears, Standing, sign};
use anjian_casework::roles::Action;
use anjian_domain::{Account, Viewer, WallTime};
use serde_json::json;

use crate::Index;
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::case_row::{CaseId, not_kept};
use crate::casework::context::{officer, zone_of};
use crate::casework::recusals;
use crate::disposal::erase::erase;
use crate::disposal::error::DisposalError;
use crate::disposal::find::{Disposal, find};
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::updates::outbox;

impl Index {
    /// Signs what the officer saw: `seen` is [`Disposal::version`] of it. Answers whether the case is disposed of now.
    ///
    /// # Errors
    /// [`DisposalError`] when the viewer sees no such case, or the signature is refused.
    pub async fn sign_disposal(
        &self,
        viewer: &Viewer,
        id: CaseId,
        seen: &str,
        keep: KeepYears,
    ) -> Result<bool, DisposalError> {
        let by = viewer.named_account().ok_or(DisposalError::Nameless)?;
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("disposal").await?;
        let found = find(&mut transaction, viewer, id).await?.ok_or(DisposalError::Unknown)?;
        let (casefile, case) = (found.seq, found.case.clone());
        let disposal = self.complete(&mut transaction, found, keep).await?;
        let is_last = decide(&mut transaction, &disposal, seen, by, now).await?;
        keep_signature(&mut transaction, casefile, by, now).await?;
        let deed = Deed {
            action: Action::SignDisposal.as_str(),
            kind: "case",
            object: id.to_string(),
            why: "",
            before: None,
            after: Some(json!({ "is_disposed": is_last, "holdings": disposal.holdings })),
        };
        append(&mut transaction, viewer, now, deed).await?;
        let mut update = None;
        if is_last {
            erase(&mut transaction, casefile, case, &disposal.holdings, now).await?;
            update = Some(outbox::append_case(&mut transaction, casefile, now).await?);
        }
        transaction.commit().await.map_err(not_kept)?;
        update.into_iter().for_each(|update| self.announce(update));
        Ok(is_last)
    }
}

/// Whether this is the last signature.
async fn decide(
    transaction: &mut Connection<'_>,
    disposal: &Disposal,
    seen: &str,
    by: &Account,
    now: WallTime,
) -> Result<bool, DisposalError> {
    let site = &disposal.case.site;
    let signed: Vec<Account> =
        disposal.signatures.iter().map(|signature| signature.account.clone()).collect();
    let standing = Standing {
        due: disposal.due,
        today: now.timestamp().to_zoned(zone_of(&mut *transaction, site).await?).date(),
        signed: &signed,
        is_disposed: disposal.case.disposed_at.is_some(),
        is_held: disposal.is_held,
        recusals: &recusals::of(transaction, site).await?,
        is_as_seen: disposal.version()? == seen,
    };
    Ok(sign(&standing, by)?)
}

async fn keep_signature(
    transaction: &mut Connection<'_>,
    casefile: i64,
    by: &Account,
    now: WallTime,
) -> Result<(), DisposalError> {
    let officer = officer(&mut *transaction, by).await?;
    let certificate = officer.certificate.map(|certificate| certificate.to_string()).unwrap_or_default();
    let sql =
        "INSERT INTO disposal_signature (casefile, account, certificate, at_us) VALUES ($1, $2, $3, $4)";
    let query = sql::query(sql).bind(casefile).bind(by.as_str()).bind(certificate).bind(now.as_micros());
    query.execute(transaction).await.map_err(not_kept)?;
    Ok(())
}
