//! A row that an engine answered.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::engine::value::{Kind, Value};

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What can be read of a row, whichever engine it comes from.
pub(crate) trait Readable<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Readable<'r> for T where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    pub(crate) fn try_get<'r, T: Readable<'r>>(&'r self, column: &str) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// The column at a place, the first is 0.
    pub(crate) fn value(&self, place: usize, kind: Kind) -> Result<Value, sqlx::Error> {
        Ok(match kind {
            Kind::Integer => Value::Integer(self.at(place)?),
            Kind::Real => Value::Real(self.at(place)?),
            Kind::Text => Value::Text(self.at(place)?),
            Kind::Bytes => Value::Bytes(self.at(place)?),
        })
    }

    /// The only column.
    pub(crate) fn first<'r, T: Readable<'r>>(&'r self) -> Result<T, sqlx::Error> {
        self.at(0)
    }

    fn at<'r, T: Readable<'r>>(&'r self, place: usize) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(place),
            Self::Postgres(row) => row.try_get(place),
        }
    }
}
