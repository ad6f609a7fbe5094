//! Bringing the schema up to date. Whoever comes second waits for the first.

use std::collections::BTreeSet;

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

use crate::IndexError;
use crate::engine::database::Server;
use crate::engine::postgres::connect::{not_opened, options};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/postgres");

/// `may_change`: whoever only looks changes nothing.
pub(crate) async fn bring_up_to_date(server: &Server, may_change: bool) -> Result<(), IndexError> {
    let failed = |source| not_opened(server, source);
    let mut connection = PgConnection::connect_with(&options(server)).await.map_err(failed)?;
    let applied = applied(&mut connection).await.map_err(failed)?;
    let known = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    let found = applied.last().copied().unwrap_or_default();
    let path = server.name().into();
    if found > known {
        return Err(IndexError::NewerSchema { path, found, known });
    }
    if MIGRATOR.iter().any(|migration| !applied.contains(&migration.version)) {
        if !may_change {
            return Err(IndexError::OlderSchema { path, found, known });
        }
        let migrated = MIGRATOR.run(&mut connection).await;
        migrated.map_err(|source| IndexError::Migration { path, source: Box::new(source) })?;
    }
    connection.close().await.map_err(failed)
}

/// The migrations in the database, oldest first.
async fn applied(connection: &mut PgConnection) -> Result<BTreeSet<i64>, sqlx::Error> {
    let table = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(table).fetch_one(&mut *connection).await? {
        return Ok(BTreeSet::new());
    }
    let versions = sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(connection).await?;
    Ok(versions.into_iter().collect())
}
