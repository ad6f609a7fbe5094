//! The clip of a violation, as the index knows it.

use anjian_domain::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::IndexError;
use crate::engine::columns::Columns;

/// What became of a violation's clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipRow {
    /// Whether it is there.
    pub state: ClipState,
    /// Beginning of what it shows; `None` while it is due.
    pub from: Option<WallTime>,
    /// End of what it shows.
    pub to: Option<WallTime>,
    /// What is missing of it, or why there is none, for a person.
    pub reason: Option<String>,
}

/// Whether a clip is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipState {
    /// It will be cut once the recording reaches past its end.
    Due,
    /// It is there.
    Cut,
    /// There is nothing to cut it from, and never will be.
    None,
}

impl ClipState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Due, Self::Cut, Self::None];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Cut => "cut",
            Self::None => "none",
        }
    }
}

/// Notes that a violation is to have a clip.
pub(crate) async fn insert_due(connection: &mut SqliteConnection, violation: i64) -> Result<(), IndexError> {
    let sql = "INSERT INTO clip (violation, state) VALUES (?, 'due')";
    let inserted = sqlx::query(sql).bind(violation).execute(connection).await;
    inserted.map_err(|source| IndexError::Database { doing: "note a clip", table: "clip", source })?;
    Ok(())
}

/// Notes what became of a clip.
pub(crate) async fn update(
    connection: &mut SqliteConnection,
    violation: i64,
    clip: &ClipRow,
) -> Result<(), IndexError> {
    let sql = "UPDATE clip SET state = ?2, from_us = ?3, to_us = ?4, reason = ?5 WHERE violation = ?1";
    let query = sqlx::query(sql).bind(violation).bind(clip.state.as_str());
    let query = query.bind(clip.from.map(WallTime::as_micros)).bind(clip.to.map(WallTime::as_micros));
    let updated = query.bind(&clip.reason).execute(connection).await;
    updated.map_err(|source| IndexError::Database { doing: "note a clip", table: "clip", source })?;
    Ok(())
}

pub(crate) async fn find(
    connection: &mut SqliteConnection,
    violation: i64,
) -> Result<Option<ClipRow>, IndexError> {
    let found = sqlx::query("SELECT * FROM clip WHERE violation = ?").bind(violation);
    let found = found.fetch_optional(connection).await;
    let failed = |source| IndexError::Database { doing: "read a clip", table: "clip", source };
    let Some(row) = found.map_err(failed)? else { return Ok(None) };
    let columns = Columns { table: "clip", row: &row };
    Ok(Some(ClipRow {
        state: columns.word("state")?,
        from: columns.wall_or_null("from_us")?,
        to: columns.wall_or_null("to_us")?,
        reason: columns.get("reason")?,
    }))
}
