//! Bringing the schema up to date: the files in `migrations`, in order, each in a transaction of its own.
//!
//! A file is named by the time it was written, `yyyymmddhhmmss_what.sql` (the first two are older than that rule), and
//! is never changed afterwards. One that drops a table to build it anew begins with the line `-- Rebuilds tables: …`.
//! Before such a file runs, the database is copied, see [`crate::engine::sqlite::copy`]. A database that is newer than this
//! program is refused.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection, Row, SqliteConnection};

use crate::IndexError;
use crate::engine::sqlite::connect::{connect_options, not_opened};
use crate::engine::sqlite::copy;
use crate::engine::sqlite::kind::primary_code;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/sqlite");
const REBUILDS: &str = "-- Rebuilds tables:";

/// What may be done to the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Everything: no other process has the folder open.
    Alone,
    /// Nothing: others have the folder open.
    Shared,
    /// Nothing, and no database is created.
    Look,
}

pub(crate) async fn bring_up_to_date(database: &Path, rights: Rights) -> Result<(), IndexError> {
    // A table is built anew under the name by which others refer to it. That is checked afterwards instead.
    let options = connect_options(database).foreign_keys(false).create_if_missing(rights != Rights::Look);
    let connected = SqliteConnection::connect_with(&options).await;
    let mut connection = connected.map_err(|source| not_opened(database, source))?;
    let applied = applied(&mut connection).await.map_err(|source| not_opened(database, source))?;
    let known = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    let found = applied.last().copied().unwrap_or_default();
    if found > known {
        return Err(IndexError::NewerSchema { path: database.into(), found, known });
    }
    let pending: Vec<_> = MIGRATOR.iter().filter(|migration| !applied.contains(&migration.version)).collect();
    if !pending.is_empty() {
        match rights {
            Rights::Alone => {}
            Rights::Shared => return Err(IndexError::OlderInUse { path: database.into() }),
            Rights::Look => return Err(IndexError::OlderSchema { path: database.into(), found, known }),
        }
    }
    if rights != Rights::Look {
        let rebuilding = pending.into_iter().find(|migration| rebuilds(migration));
        let rebuilding = rebuilding.filter(|_| !applied.is_empty());
        if let Some(first) = rebuilding {
            copy::copy(&mut connection, database, first.version).await?;
        }
        MIGRATOR.run(&mut connection).await.map_err(|source| not_migrated(database, source))?;
        if rebuilding.is_some() {
            check_references(&mut connection).await?;
        }
    }
    connection.close().await.map_err(|source| not_opened(database, source))
}

fn rebuilds(migration: &Migration) -> bool {
    migration.sql.as_str().starts_with(REBUILDS)
}

/// The migrations in the file, oldest first.
async fn applied(connection: &mut SqliteConnection) -> Result<BTreeSet<i64>, sqlx::Error> {
    let table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    let tables: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(BTreeSet::new());
    }
    let versions = sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(connection).await?;
    Ok(versions.into_iter().collect())
}

/// # Errors
/// When a row names one of another table that is not there.
async fn check_references(connection: &mut SqliteConnection) -> Result<(), IndexError> {
    let failed = |source| IndexError::Database { doing: "check the references", table: "all", source };
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_optional(connection).await.map_err(failed)?;
    let Some(row) = broken else { return Ok(()) };
    let names =
        row.try_get("table").and_then(|table: String| Ok((table, row.try_get::<String, _>("parent")?)));
    let (table, parent) = names.map_err(failed)?;
    let reason = format!("a row of {table} names one of {parent} that is not there");
    Err(IndexError::Row { table: "all", reason })
}

fn not_migrated(database: &Path, error: MigrateError) -> IndexError {
    match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)
            if primary_code(&source).is_some_and(|code| code != 1) =>
        {
            not_opened(database, source)
        }
        error => IndexError::Migration { path: database.into(), source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn schema(folder: &Path, steps: &[i64]) -> Vec<(String, String)> {
        let options = connect_options(&folder.join("anjian.db")).foreign_keys(false).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        for step in steps {
            MIGRATOR.run_to(*step, &mut connection).await.unwrap();
        }
        let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
        sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
    }

    #[tokio::test]
    async fn an_upgraded_schema_equals_a_fresh_one() {
        let versions: Vec<_> = MIGRATOR.iter().map(|migration| migration.version).collect();
        let fresh = tempfile::tempdir().unwrap();
        let upgraded = tempfile::tempdir().unwrap();
        let fresh = schema(fresh.path(), &versions[versions.len() - 1..]).await;
        assert_eq!(schema(upgraded.path(), &versions).await, fresh);
        assert!(fresh.iter().any(|(name, _)| name == "violation_by_time"));
    }

    #[test]
    fn migrations_are_numbered_by_time_and_say_what_they_rebuild() {
        for migration in MIGRATOR.iter() {
            let (version, name) = (migration.version, &migration.description);
            let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", version.to_string());
            assert!(version <= 2 || time.is_ok(), "{version} {name}: name it yyyymmddhhmmss_{name}.sql");
            let drops = migration.sql.as_str().to_uppercase().contains("DROP TABLE");
            assert_eq!(rebuilds(migration), drops, "{version} {name}: begin it with `{REBUILDS} …`");
        }
    }
}
