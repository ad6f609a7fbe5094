//! Signing in: what a login is checked against, and what the audit holds of it.

use std::net::IpAddr;

use anjian_casework::roles::{Action, Event};
use anjian_domain::WallTime;
use serde_json::{Value, json};

use crate::accounts::account_row::{self, AccountRow};
use crate::accounts::register::{not_kept, not_read};
use crate::audit::append::{Doer, append};
use crate::audit::entry::Deed;
use crate::engine::columns::Columns;
use crate::engine::connection::Connection;
use crate::engine::sql;
use crate::{Index, IndexError};

/// The doer of what nobody proved to have done.
const NOBODY: &str = "nobody";

/// Most sessions of an account; a new one ends the oldest.
const MAX_SESSIONS: u16 = 30;

/// What a login is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Of whom.
    pub account: AccountRow,
    /// Argon2id, a PHC string; `None`: no password counts.
    pub password: Option<String>,
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// SHA-256 of its token.
    pub digest: [u8; 32],
    /// By which people name it.
    pub id: String,
    /// From where.
    pub address: Option<IpAddr>,
    /// As the browser called itself.
    pub agent: String,
    /// When it ends at the latest.
    pub ends_at: WallTime,
}

impl Index {
    /// What a login as `account` is checked against; `None` when nobody may sign in under this name.
    ///
    /// # Errors
    /// When the row could not be read.
    pub async fn credentials(&self, account: &str) -> Result<Option<Credentials>, IndexError> {
        let now = self.inner.clock.now();
        let query = sql::query("SELECT * FROM account WHERE name = $1 AND is_active = 1").bind(account);
        let row = query.fetch_optional(&self.inner.reader).await.map_err(not_read)?;
        let Some(row) = row else { return Ok(None) };
        let columns = Columns { table: "account", row: &row };
        let is_over = columns.wall_or_null("password_ends_us")?.is_some_and(|end| end <= now);
        let password: Option<String> = columns.get("password")?;
        Ok(Some(Credentials { account: account_row::decode(&row)?, password: password.filter(|_| !is_over) }))
    }

    /// Begins a session of an account that proved who it is.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn begin_session(&self, account: &AccountRow, new: &NewSession) -> Result<(), IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("session").await?;
        remove_old(&mut transaction, account.name.as_str(), now).await?;
        let sql = "INSERT INTO session (digest, id, account, rights_version, address, agent, made_us, token_us, seen_us, ends_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)";
        let address = new.address.map(|address| address.to_string()).unwrap_or_default();
        let query = sql::query(sql).bind(new.digest.to_vec()).bind(&new.id).bind(account.name.as_str());
        let query = query.bind(account.rights_version).bind(address).bind(&new.agent);
        let query = query.bind(now.as_micros()).bind(new.ends_at.as_micros());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let sql = "UPDATE account SET last_login_us = $2 WHERE name = $1";
        let query = sql::query(sql).bind(account.name.as_str()).bind(now.as_micros());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let role = account.settings.role.as_str();
        let doer = Doer { account: account.name.as_str(), role, address: new.address };
        let deed = deed(Event::LogIn, account.name.as_str(), json!({ "session": new.id }));
        append(&mut transaction, doer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)
    }

    /// Writes down that somebody did not prove to be the account that they named.
    ///
    /// # Errors
    /// When the entry could not be written.
    pub async fn log_failed_login(
        &self,
        account: &str,
        address: Option<IpAddr>,
        cause: &str,
    ) -> Result<(), IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("audit").await?;
        let doer = Doer { account: NOBODY, role: "", address };
        let deed = deed(Event::LogInFailed, account, json!({ "cause": cause }));
        append(&mut transaction, doer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)
    }
}

impl Index {
    /// Takes the one-time password away from an account that signs in without one.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn forgo_one_time_password(
        &self,
        account: AccountRow,
        address: Option<IpAddr>,
    ) -> Result<AccountRow, IndexError> {
        if !account.is_one_time {
            return Ok(account);
        }
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        let sql =
            "UPDATE account SET password = NULL, is_one_time = 0, password_ends_us = NULL WHERE name = $1";
        let query = sql::query(sql).bind(account.name.as_str());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let role = account.settings.role.as_str();
        let doer = Doer { account: account.name.as_str(), role, address };
        let deed = Deed {
            action: Action::ManageOwnAccount.as_str(),
            ..deed(Event::LogIn, account.name.as_str(), json!({ "password": "none" }))
        };
        append(&mut transaction, doer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(AccountRow { is_one_time: false, has_password: false, ..account })
    }
}

async fn remove_old(
    transaction: &mut Connection<'_>,
    account: &str,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "DELETE FROM session WHERE ends_us <= $1";
    sql::query(sql).bind(now.as_micros()).execute(&mut *transaction).await.map_err(not_kept)?;
    let sql = "DELETE FROM session WHERE account = $1 AND id NOT IN \
         (SELECT id FROM session WHERE account = $1 ORDER BY made_us DESC LIMIT $2)";
    let query = sql::query(sql).bind(account).bind(MAX_SESSIONS - 1);
    query.execute(transaction).await.map_err(not_kept)?;
    Ok(())
}

fn deed(event: Event, account: &str, after: Value) -> Deed<'static> {
    Deed {
        action: event.as_str(),
        kind: "account",
        object: account.to_owned(),
        why: "",
        before: None,
        after: Some(after),
    }
}
