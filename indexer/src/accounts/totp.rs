//! The second factor: a secret that is shared with a person's phone. It is sealed in the database.

use anjian_domain::Viewer;
use serde_json::json;

use crate::accounts::register::{not_kept, not_read};
use crate::engine::sql;
use crate::{Index, IndexError};

impl Index {
    /// Keeps a new secret for the viewer; it does not count until a code of it was seen.
    ///
    /// # Errors
    /// When there is an active one, or the row could not be written.
    pub async fn propose_totp(&self, viewer: &Viewer, secret: &[u8]) -> Result<(), IndexError> {
        let sealed = self.seal(&name(viewer.account()), secret).await?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        let sql = "UPDATE account SET totp = $2, totp_step = 0 WHERE name = $1 AND is_totp_active = 0";
        let query = sql::query(sql).bind(viewer.account()).bind(sealed);
        if query.execute(&mut transaction).await.map_err(not_kept)? == 0 {
            return Err(IndexError::Query("remove the present second factor first".into()));
        }
        transaction.commit().await.map_err(not_kept)
    }

    /// The secret that the viewer's account has, active or not.
    ///
    /// # Errors
    /// When it could not be read, or was sealed with another key.
    pub async fn totp_secret(&self, account: &str) -> Result<Option<Vec<u8>>, IndexError> {
        let query = sql::query("SELECT totp FROM account WHERE name = $1").bind(account);
        let sealed: Option<Option<Vec<u8>>> =
            query.scalar_or_none(&self.inner.reader).await.map_err(not_read)?;
        match sealed.flatten() {
            Some(sealed) => self.unseal(&name(account), &sealed).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes the step of a code that fits: each works once, and none that is older. Answers whether it was taken.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn use_totp_step(&self, account: &str, step: i64) -> Result<bool, IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        let sql = "UPDATE account SET totp_step = $2 WHERE name = $1 AND totp_step < $2";
        let query = sql::query(sql).bind(account).bind(step);
        let taken = query.execute(&mut transaction).await.map_err(not_kept)?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(taken > 0)
    }

    /// From now on signing in takes a code.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn activate_totp(&self, viewer: &Viewer) -> Result<(), IndexError> {
        let sql = "UPDATE account SET is_totp_active = 1, rights_version = rights_version + 1 \
             WHERE name = $1 AND totp IS NOT NULL";
        self.set_totp(viewer, sql, "added").await
    }

    /// From now on signing in takes no code.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn remove_totp(&self, viewer: &Viewer) -> Result<(), IndexError> {
        let sql = "UPDATE account SET totp = NULL, is_totp_active = 0, totp_step = 0, \
             rights_version = rights_version + 1 WHERE name = $1";
        self.set_totp(viewer, sql, "removed").await
    }

    async fn set_totp(&self, viewer: &Viewer, sql: &str, what: &str) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("account").await?;
        sql::query(sql).bind(viewer.account()).execute(&mut transaction).await.map_err(not_kept)?;
        self.append_own(&mut transaction, viewer, json!({ "totp": what })).await?;
        transaction.commit().await.map_err(not_kept)
    }
}

fn name(account: &str) -> String {
    format!("totp:{account}")
}
