//! What a connection needs to fill tables with rows that were counted elsewhere: triggers that keep still, and counters that go on
//! behind the highest number.

use crate::engine::connection::{Connection, Executor, On};
use crate::engine::{postgres, sql, sqlite};

/// The triggers of a table that keep still, until the transaction ends or they are put back.
pub(crate) enum Aside {
    /// They are gone; these statements make them again.
    Dropped(Vec<String>),
    Disabled,
}

impl Connection<'_> {
    /// Rows of this table may then be written without anything happening to others. In a transaction only: a process that is
    /// killed leaves the triggers as they were.
    pub(crate) async fn set_triggers_aside(&mut self, table: &str) -> Result<Aside, sqlx::Error> {
        if let On::Sqlite(Executor::Connection(connection)) = On::from(&mut *self) {
            return sqlite::triggers::drop_of(connection, table).await.map(Aside::Dropped);
        }
        sql::query(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).execute(self).await?;
        Ok(Aside::Disabled)
    }

    /// Also in the order in which they were made.
    pub(crate) async fn put_triggers_back(&mut self, table: &str, aside: Aside) -> Result<(), sqlx::Error> {
        match (aside, On::from(&mut *self)) {
            (Aside::Dropped(made), On::Sqlite(Executor::Connection(connection))) => {
                sqlite::triggers::make(connection, made).await
            }
            _ => {
                let sql = format!("ALTER TABLE {table} ENABLE TRIGGER USER");
                sql::query(&sql).execute(self).await.map(|_| ())
            }
        }
    }

    /// What follows from rows that are all there: new ones are numbered behind them, and their words are found.
    pub(crate) async fn finish_filling(&mut self) -> Result<(), sqlx::Error> {
        match On::from(self) {
            On::Postgres(Executor::Connection(connection)) => postgres::schema::number_on(connection).await,
            // It takes the highest number of the table each time.
            On::Sqlite(Executor::Connection(connection)) => sqlite::full_text::rebuild(connection).await,
            _ => Ok(()),
        }
    }
}
