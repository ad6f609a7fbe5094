//! The options of each SQLite connection, and what it means when a database does not open.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::IndexError;
use crate::engine::sqlite::kind::{code, primary_code};

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Page cache a connection, in KiB, negative as SQLite wants it.
const CACHE_KIB: &str = "-16000";

/// Takes the database's write lock at once.
pub(crate) const BEGIN_WRITING: &str = "BEGIN IMMEDIATE";

pub(crate) fn connect_options(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit that was answered survives a power cut: evidence must.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", CACHE_KIB)
}

/// What SQLite finds wrong with its file, at most twenty things.
pub(crate) async fn complaints(pool: &SqlitePool) -> Result<Vec<String>, sqlx::Error> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(20)").fetch_all(pool).await?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

pub(crate) fn not_opened(database: &Path, source: sqlx::Error) -> IndexError {
    match primary_code(&source) {
        Some(code::CORRUPT | code::NOT_A_DATABASE) => IndexError::Corrupt { path: database.into(), source },
        Some(code::READ_ONLY | code::CANNOT_OPEN) => {
            IndexError::ReadOnly { path: database.into(), source: Box::new(source) }
        }
        _ => IndexError::Database { doing: "open the database", table: "all", source },
    }
}
