//! Sessions: found by the digest of their token, renewed, listed and ended.

use std::time::Duration;

use anjian_casework::roles::{Action, Event};
use anjian_domain::{Viewer, WallTime};
use serde_json::json;

use crate::accounts::account_row::{self, AccountRow};
use crate::accounts::register::{not_kept, not_read};
use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::{Index, IndexError};

/// How long a token still counts after another took its place: requests that were under way carry it.
const OLD_TOKEN: Duration = Duration::from_secs(30);
/// How often `seen_us` is written.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A session, as its account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// By which people name it.
    pub id: String,
    /// Address of the network, at the login; empty when it came from this machine itself.
    pub address: String,
    /// As the browser called itself.
    pub agent: String,
    /// When it began.
    pub made_at: WallTime,
    /// When it was used last, within a minute.
    pub seen_at: WallTime,
    /// When it ends at the latest.
    pub ends_at: WallTime,
}

/// The session behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSession {
    /// The session.
    pub session: SessionRow,
    /// Whose.
    pub account: AccountRow,
    /// Whether the token was made before the account's rights changed: it needs a new one.
    pub is_stale: bool,
}

impl Index {
    /// The session whose token has this digest, if it still counts: it was used within `idle`, did not end, and its account
    /// is active. Counts as a use of it.
    ///
    /// # Errors
    /// When the rows could not be read or written.
    pub async fn find_session(
        &self,
        digest: &[u8; 32],
        idle: Duration,
    ) -> Result<Option<FoundSession>, IndexError> {
        let found = self.peek_session(digest, idle).await?;
        let now = self.inner.clock.now();
        let is_due = |found: &&FoundSession| found.session.seen_at.as_micros() <= before(now, SEEN_EVERY);
        if let Some(found) = found.as_ref().filter(is_due) {
            self.touch("UPDATE session SET seen_us = $2 WHERE id = $1", &found.session.id, now).await?;
        }
        Ok(found)
    }

    /// The same, without counting as a use.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn peek_session(
        &self,
        digest: &[u8; 32],
        idle: Duration,
    ) -> Result<Option<FoundSession>, IndexError> {
        let now = self.inner.clock.now();
        let sql = "SELECT s.id, s.address, s.agent, s.made_us AS begun_us, s.seen_us, s.ends_us, s.digest AS session_digest, \
             s.rights_version AS session_version, a.* FROM session AS s JOIN account AS a ON a.name = s.account \
             WHERE (s.digest = $1 OR (s.old_digest = $1 AND s.token_us > $2)) AND s.ends_us > $3 AND s.seen_us > $4 \
             AND a.is_active = 1";
        let query = sql::query(sql).bind(digest.to_vec()).bind(before(now, OLD_TOKEN));
        let query = query.bind(now.as_micros()).bind(before(now, idle));
        let row = query.fetch_optional(&self.inner.reader).await.map_err(not_read)?;
        let Some(row) = row else { return Ok(None) };
        let columns = Columns { table: "session", row: &row };
        let account = account_row::decode(&row)?;
        let is_newest = columns.get::<Vec<u8>>("session_digest")? == digest;
        let is_stale = is_newest && columns.get::<i64>("session_version")? != account.rights_version;
        Ok(Some(FoundSession { session: decode(&row, "begun_us")?, account, is_stale }))
    }

    pub(crate) async fn touch(&self, sql: &str, id: &str, now: WallTime) -> Result<(), IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("session").await?;
        let query = sql::query(sql).bind(id).bind(now.as_micros());
        query.execute(&mut transaction).await.map_err(not_kept)?;
        transaction.commit().await.map_err(not_kept)
    }

    /// Gives a session a new token. Of two requests that ask at once, one is answered `true`.
    ///
    /// # Errors
    /// When the row could not be written.
    pub async fn renew_session(
        &self,
        old: &[u8; 32],
        new: &[u8; 32],
        version: i64,
    ) -> Result<bool, IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("session").await?;
        let sql = "UPDATE session SET digest = $2, old_digest = $1, token_us = $3, rights_version = $4 WHERE digest = $1";
        let query = sql::query(sql).bind(old.to_vec()).bind(new.to_vec());
        let query = query.bind(now.as_micros()).bind(version);
        let renewed = query.execute(&mut transaction).await.map_err(not_kept)?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(renewed > 0)
    }

    /// The sessions of an account, the newest first. Those that were not used within `idle` are over.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn sessions(&self, account: &str, idle: Duration) -> Result<Vec<SessionRow>, IndexError> {
        let now = self.inner.clock.now();
        let sql = "SELECT * FROM session WHERE account = $1 AND ends_us > $2 AND seen_us > $3 ORDER BY made_us DESC, id";
        let query = sql::query(sql).bind(account).bind(now.as_micros()).bind(before(now, idle));
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        rows.iter().map(|row| decode(row, "made_us")).collect()
    }

    /// The viewer signs out.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn log_out(&self, viewer: &Viewer, session: &str) -> Result<(), IndexError> {
        self.end(viewer, viewer.account(), Some(session), Event::LogOut.as_str()).await.map(drop)
    }

    /// Ends a session of the viewer. Answers whether there was one.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn end_own_session(&self, viewer: &Viewer, session: &str) -> Result<bool, IndexError> {
        let action = Action::ManageOwnAccount.as_str();
        Ok(self.end(viewer, viewer.account(), Some(session), action).await? > 0)
    }

    /// Ends every session of an account. Answers how many there were.
    ///
    /// # Errors
    /// When the rows could not be written.
    pub async fn end_sessions(&self, viewer: &Viewer, account: &str) -> Result<u64, IndexError> {
        self.end(viewer, account, None, Action::EndSessions.as_str()).await
    }

    async fn end(
        &self,
        viewer: &Viewer,
        account: &str,
        session: Option<&str>,
        action: &'static str,
    ) -> Result<u64, IndexError> {
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("session").await?;
        let sql = "DELETE FROM session WHERE account = $1 AND ($2 IS NULL OR id = $2)";
        let query = sql::query(sql).bind(account).bind(session);
        let ended = query.execute(&mut transaction).await.map_err(not_kept)?;
        if ended > 0 {
            let before = Some(json!({ "sessions": ended, "session": session }));
            let object = account.to_owned();
            let deed = Deed { action, kind: "account", object, why: "", before, after: None };
            append(&mut transaction, viewer, now, deed).await?;
        }
        transaction.commit().await.map_err(not_kept)?;
        Ok(ended)
    }
}

fn before(now: WallTime, span: Duration) -> i64 {
    now.minus(span).as_micros()
}

fn decode(row: &Row, begun: &str) -> Result<SessionRow, IndexError> {
    let columns = Columns { table: "session", row };
    Ok(SessionRow {
        id: columns.get("id")?,
        address: columns.get("address")?,
        agent: columns.get("agent")?,
        made_at: columns.wall(begun)?,
        seen_at: columns.wall("seen_us")?,
        ends_at: columns.wall("ends_us")?,
    })
}
