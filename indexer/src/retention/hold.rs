//! Legal holds: ranges of a camera that never expire while somebody wants them kept. A hold that was lifted stays as
//! a row that says who put it, who lifted it, and why.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use anjian_casework::roles::Action;
use anjian_domain::{CameraId, Scope, Viewer, WallTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::append::append;
use crate::audit::entry::Deed;
use crate::engine::columns::Columns;
use crate::recordings::segment_row;
use crate::viewer::camera::is_seen;
use crate::viewer::condition::push_camera;
use crate::{Index, IndexError};

/// Longest `who` and `why`, in characters.
const MAX_WORDS: usize = 2_000;

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// Whose recording.
    pub camera: CameraId,
    /// From when on.
    pub from: WallTime,
    /// Until when; may lie in the future.
    pub to: WallTime,
    /// Who wants it kept.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A range that is kept, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Names it.
    pub id: i64,
    /// Whose recording.
    pub camera: CameraId,
    /// From when on.
    pub from: WallTime,
    /// Until when.
    pub to: WallTime,
    /// Who wanted it kept.
    pub who: String,
    /// Why.
    pub why: String,
    /// Since when it stands.
    pub put_at: WallTime,
    /// How it ended; `None` while it stands.
    pub lifted: Option<Lift>,
}

/// How a hold ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lift {
    /// When.
    pub at: WallTime,
    /// By whom.
    pub who: String,
    /// Why.
    pub why: String,
}

/// Which holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhichHolds {
    /// Those that stand.
    #[default]
    Standing,
    /// Also those that were lifted.
    All,
}

/// A page of holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldQuery {
    /// Of this camera; `None`: of all.
    pub camera: Option<CameraId>,
    /// Which.
    pub which: WhichHolds,
    /// How many, 1..=500; brought into that range.
    pub limit: u16,
    /// Older than this one: the last of the page before.
    pub before: Option<i64>,
}

impl HoldQuery {
    /// Most holds of a page.
    pub const MAX_LIMIT: u16 = 500;
}

impl Default for HoldQuery {
    fn default() -> Self {
        Self { camera: None, which: WhichHolds::default(), limit: 100, before: None }
    }
}

impl Index {
    /// Puts a hold. From then on nothing in its range expires; what has expired before is gone. Who put it is the
    /// viewer's account, or the `who` of `hold` where there is no account, see [`Viewer::signs_as`].
    ///
    /// # Errors
    /// [`IndexError::Query`] when the range has no length, or `who` or `why` is blank or too long;
    /// [`IndexError::UnknownCamera`].
    pub async fn put_hold(&self, viewer: &Viewer, hold: &NewHold) -> Result<Hold, IndexError> {
        if hold.from >= hold.to {
            return Err(IndexError::Query(format!("from {} is not before to {}", hold.from, hold.to)));
        }
        let (who, why) = (words("who", viewer.signs_as(&hold.who))?, words("why", &hold.why)?);
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("hold").await?;
        if !is_seen(&mut transaction, viewer.scope(), &hold.camera).await? {
            return Err(IndexError::UnknownCamera(hold.camera.clone()));
        }
        segment_row::require_camera(&mut transaction, &hold.camera).await?;
        let sql = "INSERT INTO hold (camera, from_us, to_us, who, why, put_us) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *";
        let query = sql::query(sql).bind(hold.camera.as_str());
        let query = query.bind(hold.from.as_micros()).bind(hold.to.as_micros()).bind(who).bind(why);
        let now = self.inner.clock.now();
        let query = query.bind(now.as_micros());
        let row = query.fetch_one(&mut transaction).await.map_err(not_kept)?;
        let put = decode(&row)?;
        drop(row);
        let deed = Deed { why: &put.why, before: None, after: Some(state(&put)), ..deed_on(put.id) };
        append(&mut transaction, viewer, now, deed).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(put)
    }

    /// Lifts a hold; one that was lifted before stays as it is. `None`: there is no such hold. Who lifted it is decided
    /// as in [`Index::put_hold`].
    ///
    /// # Errors
    /// [`IndexError::Query`] when `who` or `why` is blank or too long; when the row could not be written.
    pub async fn lift_hold(
        &self,
        viewer: &Viewer,
        id: i64,
        who: &str,
        why: &str,
    ) -> Result<Option<Hold>, IndexError> {
        let (who, why) = (words("who", viewer.signs_as(who))?, words("why", why)?);
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("hold").await?;
        let Some(standing) = find(&mut transaction, viewer.scope(), id).await? else { return Ok(None) };
        let sql = "UPDATE hold SET lifted_us = $2, lifted_by = $3, lifted_why = $4 \
             WHERE id = $1 AND lifted_us IS NULL";
        let now = self.inner.clock.now();
        let query = sql::query(sql).bind(id).bind(now.as_micros()).bind(who).bind(why);
        let changed = query.execute(&mut transaction).await.map_err(not_kept)?;
        let lifted = find(&mut transaction, viewer.scope(), id).await?;
        if changed > 0 {
            let after = lifted.as_ref().map(state);
            let deed = Deed { why, before: Some(state(&standing)), after, ..deed_on(id) };
            append(&mut transaction, viewer, now, deed).await?;
        }
        transaction.commit().await.map_err(not_kept)?;
        Ok(lifted)
    }

    /// One hold; `None` when there is none with this id.
    ///
    /// # Errors
    /// When the row could not be read.
    pub async fn hold(&self, viewer: &Viewer, id: i64) -> Result<Option<Hold>, IndexError> {
        let mut reading = self.inner.reader.acquire().await.map_err(not_read)?;
        find(&mut reading, viewer.scope(), id).await
    }

    /// Holds on cameras that the viewer sees, the newest first.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn holds(&self, viewer: &Viewer, query: &HoldQuery) -> Result<Vec<Hold>, IndexError> {
        let mut sql = Builder::new("SELECT * FROM hold WHERE id < ");
        sql.push_bind(query.before.unwrap_or(i64::MAX));
        if let Some(camera) = &query.camera {
            sql.push(" AND camera = ").push_bind(camera.as_str());
        }
        if query.which == WhichHolds::Standing {
            sql.push(" AND lifted_us IS NULL");
        }
        push_camera(&mut sql, viewer.scope(), "camera");
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(query.limit.clamp(1, HoldQuery::MAX_LIMIT));
        let rows = sql.build().fetch_all(&self.inner.reader).await;
        rows.map_err(not_read)?.iter().map(decode).collect()
    }
}

async fn find(connection: &mut Connection<'_>, scope: &Scope, id: i64) -> Result<Option<Hold>, IndexError> {
    let mut sql = Builder::new("SELECT * FROM hold WHERE id = ");
    push_camera(sql.push_bind(id), scope, "camera");
    let found = sql.build().fetch_optional(connection).await;
    found.map_err(not_read)?.as_ref().map(decode).transpose()
}

/// A hold as the audit shows it.
fn state(hold: &Hold) -> Value {
    let lifted = hold.lifted.as_ref().map(|lift| json!({ "at": lift.at, "by": lift.who }));
    json!({ "camera": hold.camera, "from": hold.from, "to": hold.to, "who": hold.who, "lifted": lifted })
}

fn deed_on(id: i64) -> Deed<'static> {
    let action = Action::HoldEvidence.as_str();
    Deed { action, kind: "hold", object: id.to_string(), why: "", before: None, after: None }
}

fn words<'w>(name: &str, given: &'w str) -> Result<&'w str, IndexError> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > MAX_WORDS {
        return Err(IndexError::Query(format!("{name}: give 1 to {MAX_WORDS} characters")));
    }
    Ok(given)
}

fn decode(row: &Row) -> Result<Hold, IndexError> {
    let columns = Columns { table: "hold", row };
    let lift = |at| -> Result<Lift, IndexError> {
        Ok(Lift { at, who: columns.get("lifted_by")?, why: columns.get("lifted_why")? })
    };
    Ok(Hold {
        id: columns.get("id")?,
        camera: columns.word("camera")?,
        from: columns.wall("from_us")?,
        to: columns.wall("to_us")?,
        who: columns.get("who")?,
        why: columns.get("why")?,
        put_at: columns.wall("put_us")?,
        lifted: columns.wall_or_null("lifted_us")?.map(lift).transpose()?,
    })
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a hold", table: "hold", source }
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read holds", table: "hold", source }
}
