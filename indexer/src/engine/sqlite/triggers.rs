//! Triggers cannot be switched off. They are dropped, and made again from their own text in the same transaction.

use sqlx::SqliteConnection;

/// Drops the triggers of a table; answers what makes them again, in the order in which they were made.
pub(crate) async fn drop_of(
    connection: &mut SqliteConnection,
    table: &str,
) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? ORDER BY rowid";
    let found: Vec<(String, String)> = sqlx::query_as(sql).bind(table).fetch_all(&mut *connection).await?;
    for (name, _) in &found {
        let sql = format!("DROP TRIGGER {name}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(found.into_iter().map(|(_, sql)| sql).collect())
}

pub(crate) async fn make(
    connection: &mut SqliteConnection,
    triggers: Vec<String>,
) -> Result<(), sqlx::Error> {
    for sql in triggers {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}
