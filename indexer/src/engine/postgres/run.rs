//! Runs statements.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Arguments, Postgres};

use crate::engine::connection::Executor;
use crate::engine::row::Row;
use crate::engine::statement::Statement;
use crate::engine::value::Value;

pub(crate) async fn execute(on: Executor<'_, Postgres>, statement: &Statement) -> Result<u64, sqlx::Error> {
    let query = prepare(statement)?;
    let done = match on {
        Executor::Pool(pool) => query.execute(pool).await?,
        Executor::Connection(connection) => query.execute(connection).await?,
    };
    Ok(done.rows_affected())
}

pub(crate) async fn fetch_all(
    on: Executor<'_, Postgres>,
    statement: &Statement,
) -> Result<Vec<Row>, sqlx::Error> {
    let query = prepare(statement)?;
    let rows = match on {
        Executor::Pool(pool) => query.fetch_all(pool).await?,
        Executor::Connection(connection) => query.fetch_all(connection).await?,
    };
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

pub(crate) async fn fetch_optional(
    on: Executor<'_, Postgres>,
    statement: &Statement,
) -> Result<Option<Row>, sqlx::Error> {
    let query = prepare(statement)?;
    let row = match on {
        Executor::Pool(pool) => query.fetch_optional(pool).await?,
        Executor::Connection(connection) => query.fetch_optional(connection).await?,
    };
    Ok(row.map(Row::Postgres))
}

#[cfg(test)]
pub(crate) async fn script(on: Executor<'_, Postgres>, text: &str) -> Result<(), sqlx::Error> {
    let script = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()));
    match on {
        Executor::Pool(pool) => script.execute(pool).await?,
        Executor::Connection(connection) => script.execute(connection).await?,
    };
    Ok(())
}

fn prepare(statement: &Statement) -> Result<Query<'static, Postgres, PgArguments>, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for value in statement.values.iter().cloned() {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    // It reads the common dialect.
    let text = statement.text.clone();
    Ok(sqlx::query_with(sqlx::AssertSqlSafe(text), arguments))
}
