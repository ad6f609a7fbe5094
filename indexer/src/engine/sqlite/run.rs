//! Runs statements.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Sqlite};

use crate::engine::connection::Executor;
use crate::engine::dialect::for_sqlite;
use crate::engine::row::Row;
use crate::engine::statement::Statement;
use crate::engine::value::Value;

pub(crate) async fn execute(on: Executor<'_, Sqlite>, statement: &Statement) -> Result<u64, sqlx::Error> {
    let query = prepare(statement)?;
    let done = match on {
        Executor::Pool(pool) => query.execute(pool).await?,
        Executor::Connection(connection) => query.execute(connection).await?,
    };
    Ok(done.rows_affected())
}

pub(crate) async fn fetch_all(
    on: Executor<'_, Sqlite>,
    statement: &Statement,
) -> Result<Vec<Row>, sqlx::Error> {
    let query = prepare(statement)?;
    let rows = match on {
        Executor::Pool(pool) => query.fetch_all(pool).await?,
        Executor::Connection(connection) => query.fetch_all(connection).await?,
    };
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

pub(crate) async fn fetch_optional(
    on: Executor<'_, Sqlite>,
    statement: &Statement,
) -> Result<Option<Row>, sqlx::Error> {
    let query = prepare(statement)?;
    let row = match on {
        Executor::Pool(pool) => query.fetch_optional(pool).await?,
        Executor::Connection(connection) => query.fetch_optional(connection).await?,
    };
    Ok(row.map(Row::Sqlite))
}

#[cfg(test)]
pub(crate) async fn script(on: Executor<'_, Sqlite>, text: &str) -> Result<(), sqlx::Error> {
    let script = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()));
    match on {
        Executor::Pool(pool) => script.execute(pool).await?,
        Executor::Connection(connection) => script.execute(connection).await?,
    };
    Ok(())
}

fn prepare(statement: &Statement) -> Result<Query<'static, Sqlite, SqliteArguments>, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for value in statement.values.iter().cloned() {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    let text = for_sqlite(&statement.text, statement.are_in_order).into_owned();
    Ok(sqlx::query_with(sqlx::AssertSqlSafe(text), arguments))
}
