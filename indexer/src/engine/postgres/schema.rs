//! How PostgreSQL describes its tables, and the numbers that it gives to new rows.

use sqlx::PgConnection;

use crate::engine::table::Described;
use crate::engine::value::Kind;

pub(crate) const DESCRIBED: Described = Described {
    columns: "SELECT t.relname::text AS table_name, c.attname::text AS name, \
         format_type(c.atttypid, c.atttypmod) AS type, c.attnotnull::int::bigint AS is_required, \
         coalesce(array_position(k.conkey, c.attnum), 0)::bigint AS key_position \
         FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped \
         LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p' \
         WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::text::regnamespace \
         AND t.relname NOT IN ('_sqlx_migrations', 'store_copy')",
    references: "SELECT t.relname::text AS table_name, p.relname::text AS parent, c.attname::text AS name \
         FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid \
         JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = ANY (k.conkey) \
         WHERE k.contype = 'f' AND t.relnamespace = current_schema()::text::regnamespace",
    kind_of,
};

fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "bigint" => Some(Kind::Integer),
        "double precision" => Some(Kind::Real),
        "text" => Some(Kind::Text),
        "bytea" => Some(Kind::Bytes),
        _ => None,
    }
}

/// Columns that the server numbers: table and column.
const NUMBERED: &str = "SELECT t.relname::text, c.attname::text FROM pg_class AS t \
     JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attidentity <> '' \
     WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::text::regnamespace";

/// Rows that came with their numbers leave the counters where they were: moves them behind the highest number.
pub(crate) async fn number_on(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let numbered: Vec<(String, String)> = sqlx::query_as(NUMBERED).fetch_all(&mut *connection).await?;
    for (table, column) in numbered {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
             (SELECT greatest(coalesce(max({column}), 0), 0) + 1 FROM {table}), false)"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}
