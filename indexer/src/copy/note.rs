//! How far a copy has come: a row in the target, written in the transaction of what it tells of.

use anjian_domain::WallTime;

use crate::IndexError;
use crate::engine::address::StoreAddress;
use crate::engine::columns::Columns;
use crate::engine::connection::{Connection, On, Pool};
use crate::engine::row::Row;
use crate::engine::sql;

const TABLE: &str = "store_copy";

/// The row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Address of what is copied.
    pub(crate) source: String,
    /// Digest of its nodes.
    pub(crate) source_state: String,
    /// The bucket that takes evidence.
    pub(crate) files: Option<String>,
    pub(crate) begun_us: i64,
    pub(crate) step: String,
    /// Key of the last row of the step that is here.
    pub(crate) after: Option<String>,
    /// Rows and files that are here.
    pub(crate) done: i64,
    pub(crate) finished_us: Option<i64>,
}

/// Refuses a database in which something is missing yet.
///
/// # Errors
/// [`IndexError::CopyUnfinished`].
pub(crate) async fn refuse_unfinished(pool: &Pool, address: &StoreAddress) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "look for a copy", table: TABLE, source };
    let row = select(pool).await.map_err(failed)?;
    match row.as_ref().map(decode).transpose()? {
        Some(Note { finished_us: None, source, .. }) => {
            Err(IndexError::CopyUnfinished { store: address.to_string(), source_store: source })
        }
        _ => Ok(()),
    }
}

pub(crate) async fn select<'e>(on: impl Into<On<'e>>) -> Result<Option<Row>, sqlx::Error> {
    sql::query("SELECT * FROM store_copy").fetch_optional(on).await
}

pub(crate) fn decode(row: &Row) -> Result<Note, IndexError> {
    let columns = Columns { table: TABLE, row };
    Ok(Note {
        source: columns.get("source")?,
        source_state: columns.get("source_state")?,
        files: columns.get("files")?,
        begun_us: columns.get("begun_us")?,
        step: columns.get("step")?,
        after: columns.get("after")?,
        done: columns.get("done")?,
        finished_us: columns.get("finished_us")?,
    })
}

impl Note {
    /// When the copy was finished, for a person.
    pub(crate) fn finished(&self) -> Option<String> {
        let at = WallTime::from_micros(self.finished_us?);
        Some(at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string()))
    }

    pub(crate) async fn insert(&self, connection: &mut Connection<'_>) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO store_copy (one, source, source_state, files, begun_us, step, after, done, finished_us) \
             VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)";
        let query = sql::query(sql).bind(&self.source).bind(&self.source_state).bind(&self.files);
        let query = query.bind(self.begun_us).bind(&self.step).bind(&self.after).bind(self.done);
        query.bind(self.finished_us).execute(connection).await.map(|_| ())
    }

    /// Puts this in the place of `before`. Answers whether that was there: otherwise another process has gone on.
    pub(crate) async fn replace(
        &self,
        before: &Self,
        connection: &mut Connection<'_>,
    ) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE store_copy SET step = $1, after = $2, done = $3, finished_us = $4 \
             WHERE step = $5 AND done = $6 AND finished_us IS NULL";
        let query = sql::query(sql).bind(&self.step).bind(&self.after).bind(self.done).bind(self.finished_us);
        let changed = query.bind(&before.step).bind(before.done).execute(connection).await?;
        Ok(changed == 1)
    }
}
