//! Officers who must not act on a site (行政处罚法 43).

use anjian_casework::Recusals;
use anjian_casework::roles::Action;
use anjian_domain::{Account, SiteId, Viewer, WallTime};
use serde_json::json;

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::casework::error::CaseError;
use crate::engine::columns::Columns;
use crate::engine::connection::On;
use crate::engine::sql::{self, Builder};
use crate::viewer::condition::push_site;
use crate::{Index, IndexError};

/// An officer who must not act on a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecusalRow {
    /// The site.
    pub site: SiteId,
    /// The officer's account.
    pub account: Account,
    /// Why.
    pub reason: String,
    /// When it was noted.
    pub noted_at: WallTime,
}

impl Index {
    /// The recusals of the sites that the viewer sees.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn recusals(&self, viewer: &Viewer) -> Result<Vec<RecusalRow>, IndexError> {
        let mut sql = Builder::new("SELECT * FROM recusal WHERE TRUE");
        push_site(&mut sql, viewer.scope(), "site");
        sql.push(" ORDER BY site, account");
        let rows = sql.build().fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row| {
            let columns = Columns { table: "recusal", row };
            Ok(RecusalRow {
                site: columns.word("site")?,
                account: columns.word("account")?,
                reason: columns.get("reason")?,
                noted_at: columns.wall("noted_us")?,
            })
        };
        rows.iter().map(decode).collect()
    }

    /// Notes that an officer must not act on a site, or, without a reason, that this is over.
    ///
    /// # Errors
    /// [`CaseError::Unknown`] when the viewer sees no such site.
    pub async fn put_recusal(
        &self,
        viewer: &Viewer,
        site: &SiteId,
        account: &Account,
        reason: Option<&str>,
    ) -> Result<(), CaseError> {
        if !viewer.scope().includes(site) {
            return Err(CaseError::Unknown);
        }
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("recusal").await?;
        let known = sql::query("SELECT EXISTS (SELECT 1 FROM site WHERE id = $1)").bind(site.as_str());
        if !known.scalar::<bool>(&mut transaction).await.map_err(not_kept)? {
            return Err(CaseError::Unknown);
        }
        let query = match reason {
            Some(reason) => sql::query(
                "INSERT INTO recusal (site, account, reason, noted_us) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (site, account) DO UPDATE SET reason = excluded.reason, noted_us = excluded.noted_us",
            )
            .bind(site.as_str())
            .bind(account.as_str())
            .bind(reason)
            .bind(now.as_micros()),
            None => sql::query("DELETE FROM recusal WHERE site = $1 AND account = $2")
                .bind(site.as_str())
                .bind(account.as_str()),
        };
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let deed = Deed {
            action: Action::ManageRecusals.as_str(),
            kind: "site",
            object: site.to_string(),
            why: reason.unwrap_or_default(),
            before: None,
            after: Some(json!({ "account": account, "recused": reason.is_some() })),
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }
}

/// Who must not act on a site.
pub(crate) async fn of<'e>(on: impl Into<On<'e>>, site: &SiteId) -> Result<Recusals, IndexError> {
    let query = sql::query("SELECT account FROM recusal WHERE site = $1").bind(site.as_str());
    let rows = query.fetch_all(on).await.map_err(not_read)?;
    let account = |row| Columns { table: "recusal", row }.word::<Account>("account");
    rows.iter().map(account).collect()
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read recusals", table: "recusal", source }
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a recusal", table: "recusal", source }
}
