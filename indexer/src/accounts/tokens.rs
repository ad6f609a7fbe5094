//! Tokens of programs: of the installation, or of an account whose rights bound theirs.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::roles::{AccountScope, Action, Rights};
use anjian_domain::{Role, Viewer, WallTime};
use serde_json::json;

use crate::accounts::account_row::AccountRow;
use crate::accounts::error::AccountError;
use crate::accounts::register::{check_sites, find, not_kept, not_read};
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::columns::{Columns, json_column};
use crate::engine::row::Row;
use crate::engine::sql;
use crate::{Index, IndexError};

/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// How often `used_us` is written.
const USED_EVERY: Duration = Duration::from_secs(60);

/// A token that is made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// By which people name it.
    pub id: String,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub actions: BTreeSet<Action>,
    /// For which sites. The viewer's own are `None`: as the account's.
    pub scope: Option<AccountScope>,
    /// When it ends.
    pub ends_at: WallTime,
}

/// A token, without what opens the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// By which people name it.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whose rights bound it; `None`: of the installation.
    pub owner: Option<String>,
    /// For which sites; of the owner where there is one.
    pub scope: AccountScope,
    /// What it may do.
    pub actions: BTreeSet<Action>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: WallTime,
    /// When it was used last, within a minute.
    pub used_at: Option<WallTime>,
    /// When it ends.
    pub ends_at: WallTime,
}

/// The token behind a request.
#[derive(Debug, Clone)]
pub struct FoundToken {
    /// The token.
    pub token: TokenRow,
    /// Its owner, if it has one.
    pub owner: Option<AccountRow>,
}

/// Whose tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoseTokens {
    /// The viewer's own.
    Own,
    /// Those of the installation.
    Installation,
}

impl WhoseTokens {
    fn owner(self, viewer: &Viewer) -> Option<&str> {
        match self {
            Self::Own => Some(viewer.account()),
            Self::Installation => None,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Own => Action::ManageOwnTokens.as_str(),
            Self::Installation => Action::WriteTokens.as_str(),
        }
    }
}

impl Index {
    /// The token with this digest, if it still counts.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn find_token(&self, digest: &[u8; 32]) -> Result<Option<FoundToken>, IndexError> {
        let now = self.inner.clock.now();
        let sql = "SELECT * FROM token WHERE digest = $1 AND ends_us > $2";
        let query = sql::query(sql).bind(digest.to_vec()).bind(now.as_micros());
        let row = query.fetch_optional(&self.inner.reader).await.map_err(not_read)?;
        let Some(token) = row.as_ref().map(decode).transpose()? else { return Ok(None) };
        let owner = match &token.owner {
            Some(owner) => find(&self.inner.reader, owner).await?.filter(|owner| owner.settings.is_active),
            None => None,
        };
        if token.owner.is_some() && owner.is_none() {
            return Ok(None);
        }
        if token.used_at.is_none_or(|at| now.since(at) >= USED_EVERY) {
            self.touch("UPDATE token SET used_us = $2 WHERE id = $1", &token.id, now).await?;
        }
        Ok(Some(FoundToken { token, owner }))
    }

    /// Tokens that did not end, the newest first.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn tokens(&self, viewer: &Viewer, whose: WhoseTokens) -> Result<Vec<TokenRow>, IndexError> {
        let now = self.inner.clock.now();
        let sql = "SELECT * FROM token WHERE owner IS NOT DISTINCT FROM $1 AND ends_us > $2 ORDER BY made_us DESC, id";
        let query = sql::query(sql).bind(whose.owner(viewer)).bind(now.as_micros());
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(decode).collect()
    }

    /// Makes a token.
    ///
    /// # Errors
    /// When no token can hold one of the actions, a site is not there, or the row could not be written.
    pub async fn add_token(
        &self,
        viewer: &Viewer,
        whose: WhoseTokens,
        new: &NewToken,
    ) -> Result<TokenRow, AccountError> {
        Rights::with(Role::Service, new.actions.iter().copied())?;
        if new.name.trim().is_empty() || new.name.chars().count() > MAX_NAME {
            return Err(AccountError::Words { name: "name", most: MAX_NAME });
        }
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("token").await?;
        let scope = new.scope.clone().unwrap_or(AccountScope::Everything);
        check_sites(&mut transaction, &scope).await?;
        let sql = "INSERT INTO token (id, digest, name, owner, scope, grants, made_by, made_us, ends_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *";
        let query = sql::query(sql).bind(&new.id).bind(new.digest.to_vec()).bind(new.name.trim());
        let query = query.bind(whose.owner(viewer)).bind(json_column("token", &scope)?);
        let query = query.bind(json_column("token", &new.actions)?).bind(viewer.account());
        let query = query.bind(now.as_micros()).bind(new.ends_at.as_micros());
        let made = decode(&query.fetch_one(&mut transaction).await.map_err(not_kept)?)?;
        let after = json!({ "name": made.name, "actions": made.actions, "scope": made.scope, "ends_at": made.ends_at });
        let deed = Deed { after: Some(after), ..deed(whose, &made.id) };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(made)
    }

    /// Ends a token. Answers whether there was one.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn end_token(&self, viewer: &Viewer, whose: WhoseTokens, id: &str) -> Result<bool, IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("token").await?;
        let sql = "DELETE FROM token WHERE id = $1 AND owner IS NOT DISTINCT FROM $2 RETURNING *";
        let query = sql::query(sql).bind(id).bind(whose.owner(viewer));
        let row = query.fetch_optional(&mut transaction).await.map_err(not_kept)?;
        let Some(ended) = row.as_ref().map(decode).transpose()? else { return Ok(false) };
        let before = Some(json!({ "name": ended.name, "actions": ended.actions }));
        append(&mut transaction, viewer, now, Deed { before, ..deed(whose, id) }).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(true)
    }
}

fn deed(whose: WhoseTokens, id: &str) -> Deed<'static> {
    Deed { action: whose.action(), kind: "token", object: id.to_owned(), why: "", before: None, after: None }
}

fn decode(row: &Row) -> Result<TokenRow, IndexError> {
    let columns = Columns { table: "token", row };
    Ok(TokenRow {
        id: columns.get("id")?,
        name: columns.get("name")?,
        owner: columns.get("owner")?,
        scope: columns.json("scope")?,
        actions: columns.json("grants")?,
        made_by: columns.get("made_by")?,
        made_at: columns.wall("made_us")?,
        used_at: columns.wall_or_null("used_us")?,
        ends_at: columns.wall("ends_us")?,
    })
}
