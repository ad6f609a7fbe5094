//! Accounts are made, changed and given new passwords by others.

use anjian_casework::roles::Action;
use anjian_domain::{Account, Viewer, WallTime};
use serde_json::{Value, json};

use crate::accounts::account_row::{AccountRow, AccountSettings, state};
use crate::accounts::error::AccountError;
use crate::accounts::register::{check, check_admins, find, not_kept};
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::columns::json_column;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

/// A password as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedPassword {
    /// Argon2id, a PHC string.
    pub hash: String,
    /// Whether it has to be changed first.
    pub is_one_time: bool,
    /// When it stops to count.
    pub ends_at: Option<WallTime>,
}

impl Index {
    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError::Known`]; when the settings do not fit each other; when the row could not be written.
    pub async fn add_account(
        &self,
        viewer: &Viewer,
        name: &Account,
        settings: &AccountSettings,
        password: &HashedPassword,
    ) -> Result<AccountRow, AccountError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        check(&mut transaction, settings).await?;
        let is_new = insert(&mut transaction, name, settings, password, now).await?;
        if !is_new {
            return Err(AccountError::Known(name.clone()));
        }
        let deed = Deed { after: Some(state(settings)), ..deed(name) };
        append(&mut transaction, viewer, now, deed).await?;
        let made = require(&mut transaction, name).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(made)
    }

    /// Changes what is set. Sessions that exist get a new token with the next request, or end if the account is no longer
    /// active.
    ///
    /// # Errors
    /// [`AccountError::Unknown`], [`AccountError::LastAdmin`]; when the settings do not fit each other; when the row
    /// could not be written.
    pub async fn change_account(
        &self,
        viewer: &Viewer,
        name: &Account,
        settings: &AccountSettings,
        why: &str,
    ) -> Result<AccountRow, AccountError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        let before = require(&mut transaction, name).await?;
        check(&mut transaction, settings).await?;
        update(&mut transaction, name, settings).await?;
        check_admins(&mut transaction, name).await?;
        if before.settings != *settings {
            let deed = Deed {
                why,
                before: Some(state(&before.settings)),
                after: Some(state(settings)),
                ..deed(name)
            };
            append(&mut transaction, viewer, now, deed).await?;
        }
        let after = require(&mut transaction, name).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(after)
    }

    /// Gives an account a new password, and ends its sessions. Also removes the second factor when that is asked for.
    ///
    /// # Errors
    /// [`AccountError::Unknown`]; when the row could not be written.
    pub async fn reset_account(
        &self,
        viewer: &Viewer,
        name: &Account,
        password: &HashedPassword,
        also_totp: bool,
    ) -> Result<(), AccountError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        require(&mut transaction, name).await?;
        set_password(&mut transaction, name.as_str(), password).await?;
        if also_totp {
            let sql = "UPDATE account SET totp = NULL, is_totp_active = 0, totp_step = 0 WHERE name = $1";
            sql::query(sql).bind(name.as_str()).execute(&mut transaction).await.map_err(not_kept)?;
        }
        let sql = "DELETE FROM session WHERE account = $1";
        sql::query(sql).bind(name.as_str()).execute(&mut transaction).await.map_err(not_kept)?;
        let after = json!({ "password": "reset", "totp": if also_totp { Value::from("removed") } else { Value::Null } });
        append(&mut transaction, viewer, now, Deed { after: Some(after), ..deed(name) }).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }
}

async fn insert(
    transaction: &mut Connection<'_>,
    name: &Account,
    settings: &AccountSettings,
    password: &HashedPassword,
    now: WallTime,
) -> Result<bool, IndexError> {
    let sql = "INSERT INTO account (name, shown_name, role, scope, grants, certificate, is_active, password, is_one_time, \
         password_ends_us, is_totp_active, totp_step, rights_version, made_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 1, $11) ON CONFLICT (name) DO NOTHING";
    let query = sql::query(sql).bind(name.as_str()).bind(&settings.shown_name).bind(settings.role.as_str());
    let query = query.bind(json_column("account", &settings.scope)?);
    let query = query.bind(json_column("account", &settings.grants)?);
    let query = query.bind(&settings.certificate).bind(settings.is_active).bind(&password.hash);
    let query = query.bind(password.is_one_time).bind(password.ends_at.map(WallTime::as_micros));
    Ok(query.bind(now.as_micros()).execute(transaction).await.map_err(not_kept)? > 0)
}

async fn update(
    transaction: &mut Connection<'_>,
    name: &Account,
    settings: &AccountSettings,
) -> Result<(), IndexError> {
    let sql = "UPDATE account SET shown_name = $2, role = $3, scope = $4, grants = $5, certificate = $6, is_active = $7, \
         rights_version = rights_version + CASE WHEN (role, scope, grants) = ($3, $4, $5) THEN 0 ELSE 1 END \
         WHERE name = $1";
    let query = sql::query(sql).bind(name.as_str()).bind(&settings.shown_name).bind(settings.role.as_str());
    let query = query.bind(json_column("account", &settings.scope)?);
    let query = query.bind(json_column("account", &settings.grants)?);
    let query = query.bind(&settings.certificate).bind(settings.is_active);
    query.execute(&mut *transaction).await.map_err(not_kept)?;
    if !settings.is_active {
        let sql = "DELETE FROM session WHERE account = $1";
        sql::query(sql).bind(name.as_str()).execute(transaction).await.map_err(not_kept)?;
    }
    Ok(())
}

pub(crate) async fn set_password(
    transaction: &mut Connection<'_>,
    name: &str,
    password: &HashedPassword,
) -> Result<(), IndexError> {
    let sql = "UPDATE account SET password = $2, is_one_time = $3, password_ends_us = $4, \
         rights_version = rights_version + 1 WHERE name = $1";
    let query = sql::query(sql).bind(name).bind(&password.hash).bind(password.is_one_time);
    let query = query.bind(password.ends_at.map(WallTime::as_micros));
    query.execute(transaction).await.map_err(not_kept)?;
    Ok(())
}

async fn require(transaction: &mut Connection<'_>, name: &Account) -> Result<AccountRow, AccountError> {
    let found = find(transaction, name.as_str()).await?;
    found.ok_or_else(|| AccountError::Unknown(name.to_string()))
}

fn deed(name: &Account) -> Deed<'static> {
    let action = Action::WriteAccounts.as_str();
    Deed { action, kind: "account", object: name.to_string(), why: "", before: None, after: None }
}
