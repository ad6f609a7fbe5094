//! The clip of a violation, as the index knows it.

use crate::engine::connection::Connection;
use crate::engine::sql;
use anjian_domain::{CameraId, WallTime};
use serde::{Deserialize, Serialize};

use crate::engine::columns::Columns;
use crate::evidence::rows::{Expired, ExpiredBy};
use crate::{ClipSettings, IndexError};

/// What became of a violation's clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipRow {
    /// Whether it is there, and where.
    pub state: ClipState,
    /// Beginning of what it shows; `None` while it is due.
    pub from: Option<WallTime>,
    /// End of what it shows.
    pub to: Option<WallTime>,
    /// Size and digest of the file that the recording gives; `None` unless it is [`ClipState::Recorded`].
    pub digest: Option<ClipDigest>,
    /// What is missing of it, or why there is none, for a person.
    pub reason: Option<String>,
    /// When it went and why; `None` unless it is [`ClipState::Expired`].
    pub expired: Option<Expired>,
}

/// Size and digest of a clip whose bytes lie in the recording: the same as those of the file that is cut of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipDigest {
    /// Size.
    pub size_bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Whether a clip is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipState {
    /// It can be had once the recording reaches past its end.
    Due,
    /// It can be had: its bytes lie in the recording.
    Recorded,
    /// It can be had: it is a file of its own.
    Cut,
    /// There is nothing to cut it from, and never will be.
    None,
    /// It could be had, and went.
    Expired,
}

impl ClipState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Due, Self::Recorded, Self::Cut, Self::None, Self::Expired];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Recorded => "recorded",
            Self::Cut => "cut",
            Self::None => "none",
            Self::Expired => "expired",
        }
    }
}

/// Notes that a violation is to have a clip.
pub(crate) async fn insert_due(connection: &mut Connection<'_>, violation: i64) -> Result<(), IndexError> {
    let sql =
        "INSERT INTO clip (violation, camera, state) SELECT seq, camera, 'due' FROM violation WHERE seq = $1";
    sql::query(sql).bind(violation).execute(connection).await.map_err(not_noted)?;
    Ok(())
}

/// A segment begins at `start`: clips that were noted with a gap there are noted again. That happens after a clock was set.
pub(crate) async fn note_again(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    start: WallTime,
) -> Result<(), IndexError> {
    let sql = "UPDATE clip SET state = 'due', from_us = NULL, to_us = NULL, size_bytes = NULL, sha256 = NULL, \
         reason = NULL WHERE state = 'recorded' AND camera = $1 AND from_us < $2 AND from_us > $2 - $3 AND to_us > $2";
    let longest = i64::try_from(ClipSettings::LONGEST.as_micros()).unwrap_or(i64::MAX);
    let query = sql::query(sql).bind(camera.as_str()).bind(start.as_micros()).bind(longest);
    query.execute(connection).await.map_err(not_noted)?;
    Ok(())
}

/// Notes what became of a clip that is in the state `from`. Answers whether it was.
pub(crate) async fn update(
    connection: &mut Connection<'_>,
    violation: i64,
    from: ClipState,
    clip: &ClipRow,
) -> Result<bool, IndexError> {
    let sql = "UPDATE clip SET state = $3, from_us = $4, to_us = $5, size_bytes = $6, sha256 = $7, reason = $8, \
         expired_us = $9, expired_by = $10 WHERE violation = $1 AND state = $2";
    let query = sql::query(sql).bind(violation).bind(from.as_str()).bind(clip.state.as_str());
    let query = query.bind(clip.from.map(WallTime::as_micros)).bind(clip.to.map(WallTime::as_micros));
    let digest = clip.digest.as_ref();
    let query = query.bind(digest.map(|digest| digest.size_bytes.cast_signed()));
    let query = query.bind(digest.map(|digest| &digest.sha256)).bind(&clip.reason);
    let query = query.bind(clip.expired.map(|expired| expired.at.as_micros()));
    let query = query.bind(clip.expired.map(|expired| expired.by.as_str()));
    Ok(query.execute(connection).await.map_err(not_noted)? > 0)
}

/// Notes that a clip went, wherever its bytes lay.
pub(crate) async fn expire(
    connection: &mut Connection<'_>,
    violation: i64,
    at: WallTime,
    by: ExpiredBy,
) -> Result<(), IndexError> {
    let sql = "UPDATE clip SET state = 'expired', size_bytes = NULL, sha256 = NULL, expired_us = $2, \
         expired_by = $3 WHERE violation = $1 AND state IN ('recorded', 'cut')";
    let query = sql::query(sql).bind(violation).bind(at.as_micros()).bind(by.as_str());
    query.execute(connection).await.map_err(not_noted)?;
    Ok(())
}

pub(crate) async fn find(
    connection: &mut Connection<'_>,
    violation: i64,
) -> Result<Option<ClipRow>, IndexError> {
    let found = sql::query("SELECT * FROM clip WHERE violation = $1").bind(violation);
    let found = found.fetch_optional(connection).await;
    let failed = |source| IndexError::Database { doing: "read a clip", table: "clip", source };
    let Some(row) = found.map_err(failed)? else { return Ok(None) };
    let columns = Columns { table: "clip", row: &row };
    Ok(Some(ClipRow {
        state: columns.word("state")?,
        from: columns.wall_or_null("from_us")?,
        to: columns.wall_or_null("to_us")?,
        digest: digest(&columns)?,
        reason: columns.get("reason")?,
        expired: Expired::read(&columns)?,
    }))
}

/// Out of the columns `size_bytes` and `sha256`.
pub(crate) fn digest(columns: &Columns<'_>) -> Result<Option<ClipDigest>, IndexError> {
    let Some(sha256) = columns.get("sha256")? else { return Ok(None) };
    Ok(Some(ClipDigest { size_bytes: columns.unsigned("size_bytes")?, sha256 }))
}

fn not_noted(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "note a clip", table: "clip", source }
}
