//! Connections to either engine, alone or in a transaction, and where a statement runs.

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Database, PgPool, Postgres, Sqlite, SqlitePool};

pub(crate) use crate::engine::postgres::listener::Listener;
use crate::engine::{postgres, sqlite};

/// Connections that are shared.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// One connection of a pool, or a transaction on one. A transaction that is dropped is rolled back.
pub(crate) enum Connection<'c> {
    Sqlite(Held<'c, Sqlite>),
    Postgres(Held<'c, Postgres>),
}

/// A connection of one engine.
pub(crate) enum Held<'c, D: Database> {
    Alone(PoolConnection<D>),
    Transaction(sqlx::Transaction<'c, D>),
}

/// Where a statement runs.
pub(crate) enum On<'e> {
    Sqlite(Executor<'e, Sqlite>),
    Postgres(Executor<'e, Postgres>),
}

/// The same, of one engine.
pub(crate) enum Executor<'e, D: Database> {
    Pool(&'e sqlx::Pool<D>),
    Connection(&'e mut D::Connection),
}

impl Pool {
    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Connection<'static>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(Held::Alone(pool.acquire().await?)),
            Self::Postgres(pool) => Connection::Postgres(Held::Alone(pool.acquire().await?)),
        })
    }

    /// A transaction whose statements all read the same state.
    pub(crate) async fn begin_reading(&self) -> Result<Connection<'static>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(Held::Transaction(pool.begin().await?)),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Connection::Postgres(Held::Transaction(pool.begin_with(begin).await?))
            }
        })
    }

    /// `None`: nobody tells of what other processes change.
    pub(crate) fn listen(&self) -> Option<Listener> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(pool) => Some(Listener::new(pool)),
        }
    }

    /// What the database itself finds wrong with its file. A server checks its pages as it reads them.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => sqlite::connect::complaints(pool).await,
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }
}

impl Connection<'static> {
    /// A transaction that has the right to write from its beginning on, so that it cannot fail for it half way. All writers
    /// of a database take turns, those of other processes too.
    pub(crate) async fn begin_writing(&mut self) -> Result<Connection<'_>, sqlx::Error> {
        match self {
            Self::Sqlite(held) => {
                let begun = held.connection().begin_with(sqlite::connect::BEGIN_WRITING).await?;
                Ok(Connection::Sqlite(Held::Transaction(begun)))
            }
            Self::Postgres(held) => {
                let mut begun = held.connection().begin().await?;
                sqlx::query(postgres::connect::TAKE_TURN).execute(&mut *begun).await?;
                Ok(Connection::Postgres(Held::Transaction(begun)))
            }
        }
    }

    /// The same for as long as it takes: what is read in it stays as it is, because nobody else can write.
    pub(crate) async fn hold_still(&mut self) -> Result<Connection<'_>, sqlx::Error> {
        let mut held = self.begin_writing().await?;
        if let Connection::Postgres(connection) = &mut held {
            let patient = sqlx::raw_sql(postgres::connect::BE_PATIENT);
            patient.execute(connection.connection()).await?;
        }
        Ok(held)
    }

    /// Whether a transaction is open on it.
    pub(crate) fn is_in_transaction(&mut self) -> bool {
        match self {
            Self::Sqlite(held) => held.connection().is_in_transaction(),
            Self::Postgres(held) => held.connection().is_in_transaction(),
        }
    }

    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Held::Alone(connection)) => connection.close().await,
            Self::Postgres(Held::Alone(connection)) => connection.close().await,
            Self::Sqlite(Held::Transaction(_)) | Self::Postgres(Held::Transaction(_)) => {
                self.rollback().await
            }
        }
    }
}

impl Connection<'_> {
    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// # Errors
    /// When the engine could not keep the changes: none of them is kept.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Held::Transaction(transaction)) => transaction.commit().await,
            Self::Postgres(Held::Transaction(transaction)) => transaction.commit().await,
            // Every statement of it was kept by itself.
            Self::Sqlite(Held::Alone(_)) | Self::Postgres(Held::Alone(_)) => Ok(()),
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Held::Transaction(transaction)) => transaction.rollback().await,
            Self::Postgres(Held::Transaction(transaction)) => transaction.rollback().await,
            Self::Sqlite(Held::Alone(_)) | Self::Postgres(Held::Alone(_)) => Ok(()),
        }
    }
}

impl<D: Database> Held<'_, D> {
    fn connection(&mut self) -> &mut D::Connection {
        match self {
            Self::Alone(connection) => &mut *connection,
            Self::Transaction(transaction) => &mut *transaction,
        }
    }
}

impl<'e> From<&'e Pool> for On<'e> {
    fn from(pool: &'e Pool) -> Self {
        match pool {
            Pool::Sqlite(pool) => Self::Sqlite(Executor::Pool(pool)),
            Pool::Postgres(pool) => Self::Postgres(Executor::Pool(pool)),
        }
    }
}

impl<'e> From<&'e mut Connection<'_>> for On<'e> {
    fn from(connection: &'e mut Connection<'_>) -> Self {
        match connection {
            Connection::Sqlite(held) => Self::Sqlite(Executor::Connection(held.connection())),
            Connection::Postgres(held) => Self::Postgres(Executor::Connection(held.connection())),
        }
    }
}
