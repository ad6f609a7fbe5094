//! Subscriptions: made, changed, ended, tried and taken up again by their account or an administrator.

use anjian_casework::Version;
use anjian_casework::roles::{Action, Reach};
use anjian_domain::{Viewer, WallTime};
use uuid::Uuid;

use crate::accounts::register;
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::deliveries::contents::TEST;
use crate::deliveries::plan::{New, insert};
use crate::deliveries::subscription_row::{
    self, COLUMNS, SubscriptionId, SubscriptionRow, SubscriptionSettings, audited, not_kept, not_read,
};
use crate::engine::columns::{json_column, uuid_column};
use crate::engine::connection::{Connection, On};
use crate::engine::sql::{self, Builder};
use crate::secrets::key_file;
use crate::viewer::reach;
use crate::{Index, IndexError};

/// Most subscriptions of an account.
pub const MAX_SUBSCRIPTIONS: u32 = 20;
/// Longest address, in characters.
const MAX_ADDRESS: usize = 500;
/// Bytes of a webhook's secret.
const SECRET_BYTES: usize = 32;

/// Why a subscription was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    /// There is none for this viewer.
    #[error("there is no such subscription")]
    Unknown,
    /// There is no such account for this viewer.
    #[error("there is no account {0}")]
    Account(String),
    /// Too many.
    #[error("an account has at most {MAX_SUBSCRIPTIONS} subscriptions")]
    TooMany,
    /// Too long, or empty.
    #[error("address: give 1 to {MAX_ADDRESS} characters")]
    Address,
    /// Changed by another since it was read.
    #[error("the subscription was changed meanwhile: it has version {0} now")]
    Changed(Version),
    /// A test waits already.
    #[error("a test message waits already")]
    Tried,
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// The secret of a webhook, and the one before it while it is changed.
#[derive(Clone)]
pub struct WebhookSecrets {
    /// Signs.
    pub current: Vec<u8>,
    /// Signs as well.
    pub old: Option<Vec<u8>>,
}

impl Index {
    /// The viewer's own, and for an administrator everybody's; by account.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn subscriptions(&self, viewer: &Viewer) -> Result<Vec<SubscriptionRow>, IndexError> {
        let mut sql = Builder::new(format!("SELECT {COLUMNS} FROM subscription AS s WHERE TRUE"));
        push_reach(&mut sql, viewer);
        let query = sql.push(" ORDER BY s.account, s.seq").build();
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(|row| Ok(subscription_row::decode(row)?.1)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn subscription(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
    ) -> Result<Option<SubscriptionRow>, IndexError> {
        Ok(find(&self.inner.reader, viewer, id).await?.map(|(_, row)| row))
    }

    /// Makes one for an account. A webhook gets a secret, which is answered once.
    ///
    /// # Errors
    /// [`SubscriptionError`] when it is refused or could not be kept.
    pub async fn add_subscription(
        &self,
        viewer: &Viewer,
        account: &str,
        settings: &SubscriptionSettings,
    ) -> Result<(SubscriptionRow, Vec<u8>), SubscriptionError> {
        check(settings)?;
        let now = self.inner.clock.now();
        let (id, secret) = (SubscriptionId(Uuid::now_v7()), key_file::random::<SECRET_BYTES>()?);
        let sealed = self.seal(&sealed_name(id), &secret).await?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("subscription").await?;
        check_account(&mut transaction, viewer, account).await?;
        let sql = "INSERT INTO subscription (id, account, channel, address, language, wants, secret, is_active, version, made_us, \
             failures, retry_us, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, 0, 0, '')";
        let query = sql::query(sql).bind(uuid_column(id.0)).bind(account).bind(settings.channel.as_str());
        let query = query.bind(settings.address.trim()).bind(settings.language.as_str());
        let query = query.bind(json_column("subscription", &settings.wants)?).bind(sealed);
        let query = query.bind(settings.is_active).bind(now.as_micros());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let deed = Deed { after: Some(audited(account, settings)), ..deed(viewer, account, id) };
        append(&mut transaction, viewer, now, deed).await?;
        let (_, row) = find(&mut transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
        transaction.commit().await.map_err(not_kept)?;
        Ok((row, secret.to_vec()))
    }

    /// Changes one. What was given up is tried again.
    ///
    /// # Errors
    /// [`SubscriptionError`] when it is refused or could not be kept.
    pub async fn change_subscription(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
        seen: Version,
        settings: &SubscriptionSettings,
    ) -> Result<SubscriptionRow, SubscriptionError> {
        check(settings)?;
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("subscription").await?;
        let (seq, before) = found(&mut transaction, viewer, id, seen).await?;
        let sql = "UPDATE subscription SET channel = $2, address = $3, language = $4, wants = $5, is_active = $6, \
             version = version + 1, failures = 0, retry_us = 0, failing_us = NULL, trouble = '', parked_us = NULL, \
             reported_us = CASE WHEN $7 = 1 THEN reported_us ELSE NULL END WHERE seq = $1";
        let query = sql::query(sql).bind(seq).bind(settings.channel.as_str()).bind(settings.address.trim());
        let query =
            query.bind(settings.language.as_str()).bind(json_column("subscription", &settings.wants)?);
        let is_same_pace = before.settings.wants.pace == settings.wants.pace;
        let query = query.bind(settings.is_active).bind(is_same_pace);
        query.execute(&mut transaction).await.map_err(not_kept)?;
        let deed = Deed {
            before: Some(audited(&before.account, &before.settings)),
            after: Some(audited(&before.account, settings)),
            ..deed(viewer, &before.account, id)
        };
        append(&mut transaction, viewer, now, deed).await?;
        let (_, row) = find(&mut transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(row)
    }

    /// Ends one: it is sent nothing more, and what waited is dropped. Its deliveries stay on record.
    ///
    /// # Errors
    /// [`SubscriptionError`] when there is none, or it could not be kept.
    pub async fn end_subscription(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
    ) -> Result<(), SubscriptionError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("subscription").await?;
        let (seq, before) =
            find(&mut transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
        let sql = "UPDATE subscription SET is_active = 0, ended_us = $2 WHERE seq = $1";
        sql::query(sql).bind(seq).bind(now.as_micros()).execute(&mut transaction).await.map_err(not_kept)?;
        drop_waiting(&mut transaction, seq, now).await?;
        let deed = Deed {
            before: Some(audited(&before.account, &before.settings)),
            ..deed(viewer, &before.account, id)
        };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }

    /// Sends a test message as soon as can be. What was given up is tried again.
    ///
    /// # Errors
    /// [`SubscriptionError`] when there is none, or a test waits already.
    pub async fn test_subscription(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
    ) -> Result<(), SubscriptionError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("subscription").await?;
        let (seq, _) = find(&mut transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
        let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE subscription = $1 AND topic = $2 AND state = 'waiting' AND attempts = 0)";
        let waits = sql::query(sql).bind(seq).bind(TEST).scalar(&mut transaction).await.map_err(not_read)?;
        if waits {
            return Err(SubscriptionError::Tried);
        }
        let sql = "UPDATE subscription SET retry_us = 0, parked_us = NULL WHERE seq = $1";
        sql::query(sql).bind(seq).execute(&mut transaction).await.map_err(not_kept)?;
        let new = New { receiver: seq, topic: TEST, casefile: None, period: None, due: now };
        insert(&mut transaction, &new, now).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }

    /// A new secret for a webhook, answered once. The one before signs as well until [`Index::forget_old_secret`].
    ///
    /// # Errors
    /// [`SubscriptionError`] when there is none, or it could not be kept.
    pub async fn change_secret(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
    ) -> Result<Vec<u8>, SubscriptionError> {
        let secret = key_file::random::<SECRET_BYTES>()?;
        let sealed = self.seal(&sealed_name(id), &secret).await?;
        let sql = "UPDATE subscription SET old_secret = secret, secret = $2, version = version + 1 WHERE seq = $1";
        self.keep_secret(viewer, id, sql, Some(sealed)).await?;
        Ok(secret.to_vec())
    }

    /// The old secret signs no more.
    ///
    /// # Errors
    /// [`SubscriptionError`] when there is no such subscription, or it could not be kept.
    pub async fn forget_old_secret(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
    ) -> Result<(), SubscriptionError> {
        let sql = "UPDATE subscription SET old_secret = $2, version = version + 1 WHERE seq = $1";
        self.keep_secret(viewer, id, sql, None).await
    }

    async fn keep_secret(
        &self,
        viewer: &Viewer,
        id: SubscriptionId,
        sql: &str,
        sealed: Option<Vec<u8>>,
    ) -> Result<(), SubscriptionError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("subscription").await?;
        let (seq, row) = find(&mut transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
        sql::query(sql).bind(seq).bind(sealed).execute(&mut transaction).await.map_err(not_kept)?;
        append(&mut transaction, viewer, now, deed(viewer, &row.account, id)).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(())
    }

    /// The secrets with which a webhook's messages are signed. For senders; nobody else may read them.
    ///
    /// # Errors
    /// When the rows could not be read or the secrets not opened.
    pub async fn webhook_secrets(&self, id: SubscriptionId) -> Result<WebhookSecrets, IndexError> {
        let sql = "SELECT secret, old_secret FROM subscription WHERE id = $1";
        let row = sql::query(sql).bind(uuid_column(id.0)).fetch_one(&self.inner.reader).await;
        let row = row.map_err(not_read)?;
        let columns = crate::engine::columns::Columns { table: "subscription", row: &row };
        let (current, old): (Vec<u8>, Option<Vec<u8>>) = (columns.get("secret")?, columns.get("old_secret")?);
        let name = sealed_name(id);
        let old = match old {
            Some(old) => Some(self.unseal(&name, &old).await?),
            None => None,
        };
        Ok(WebhookSecrets { current: self.unseal(&name, &current).await?, old })
    }
}

fn sealed_name(id: SubscriptionId) -> String {
    format!("webhook:{id}")
}

/// Own ones, or all.
fn push_reach(sql: &mut Builder, viewer: &Viewer) {
    sql.push(" AND s.ended_us IS NULL");
    if !matches!(reach::of(viewer, Action::WriteChannels), Some(Reach::Installation)) {
        sql.push(" AND s.account = ").push_bind(viewer.account());
    }
}

async fn find<'e>(
    on: impl Into<On<'e>>,
    viewer: &Viewer,
    id: SubscriptionId,
) -> Result<Option<(i64, SubscriptionRow)>, IndexError> {
    let mut sql = Builder::new(format!("SELECT {COLUMNS} FROM subscription AS s WHERE s.id = "));
    push_reach(sql.push_bind(uuid_column(id.0)), viewer);
    let row = sql.build().fetch_optional(on).await.map_err(not_read)?;
    row.as_ref().map(subscription_row::decode).transpose()
}

async fn found(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    id: SubscriptionId,
    seen: Version,
) -> Result<(i64, SubscriptionRow), SubscriptionError> {
    let (seq, row) = find(transaction, viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
    if row.version == seen { Ok((seq, row)) } else { Err(SubscriptionError::Changed(row.version)) }
}

fn check(settings: &SubscriptionSettings) -> Result<(), SubscriptionError> {
    let address = settings.address.trim();
    let is_fit = !address.is_empty() && address.chars().count() <= MAX_ADDRESS;
    if is_fit { Ok(()) } else { Err(SubscriptionError::Address) }
}

/// The account is the viewer's, or the viewer administers them; and has room for one more.
async fn check_account(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    account: &str,
) -> Result<(), SubscriptionError> {
    let administers = matches!(reach::of(viewer, Action::WriteChannels), Some(Reach::Installation));
    let unknown = || SubscriptionError::Account(account.to_owned());
    if !administers && viewer.account() != account {
        return Err(unknown());
    }
    register::find(&mut *transaction, account).await?.ok_or_else(unknown)?;
    let sql = "SELECT count(*) FROM subscription WHERE account = $1 AND ended_us IS NULL";
    let count: i64 = sql::query(sql).bind(account).scalar(transaction).await.map_err(not_read)?;
    if count >= i64::from(MAX_SUBSCRIPTIONS) { Err(SubscriptionError::TooMany) } else { Ok(()) }
}

async fn drop_waiting(
    transaction: &mut Connection<'_>,
    subscription: i64,
    now: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE delivery SET state = 'dropped', ended_us = $2, claimed_us = NULL, said = 'the subscription ended' \
         WHERE subscription = $1 AND state = 'waiting'";
    let query = sql::query(sql).bind(subscription).bind(now.as_micros());
    query.execute(transaction).await.map_err(not_kept).map(drop)
}

fn deed(viewer: &Viewer, account: &str, id: SubscriptionId) -> Deed<'static> {
    let is_own = viewer.account() == account;
    let action = if is_own { Action::ManageOwnSubscriptions } else { Action::WriteChannels };
    Deed {
        action: action.as_str(),
        kind: "subscription",
        object: id.to_string(),
        why: "",
        before: None,
        after: None,
    }
}
