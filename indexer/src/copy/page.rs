//! Rows of a table in the order of their keys, a page at a time.

use crate::engine::connection::Connection;
use crate::engine::sql::Builder;
use crate::engine::table::Table;
use crate::engine::value::Value;

/// Values in the order of the table's columns.
pub(crate) type Values = Vec<Value>;

/// Rows of a page at most.
const MOST_ROWS: usize = 2_000;
/// Rows of the first page of a table, of which nothing is known yet.
const FIRST_ROWS: usize = 100;
/// What a page may hold, as far as the page before tells.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// How many rows the next page may have, so that the memory of a copy is bounded whatever a table holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSize(pub(crate) usize);

impl PageSize {
    pub(crate) const FIRST: Self = Self(FIRST_ROWS);

    /// The size after this page.
    pub(crate) fn after(rows: &[Values]) -> Self {
        let bytes: usize = rows.iter().flatten().map(bytes_of).sum();
        let each = bytes / rows.len().max(1);
        Self((PAGE_BYTES / each.max(1)).clamp(1, MOST_ROWS))
    }
}

const fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Text(Some(text)) => text.len() + size_of::<Value>(),
        Value::Bytes(Some(bytes)) => bytes.len() + size_of::<Value>(),
        _ => size_of::<Value>(),
    }
}

/// The rows behind a key, from the beginning without one.
pub(crate) async fn read(
    connection: &mut Connection<'_>,
    table: &Table,
    after: Option<&[Value]>,
    PageSize(limit): PageSize,
) -> Result<Vec<Values>, sqlx::Error> {
    select(connection, table, "TRUE", after, limit).await
}

/// The same of those rows for which a condition holds.
pub(crate) async fn select(
    connection: &mut Connection<'_>,
    table: &Table,
    condition: &str,
    after: Option<&[Value]>,
    limit: usize,
) -> Result<Vec<Values>, sqlx::Error> {
    let (key, name) = (names(table.key.iter()), &table.name);
    let columns = names(table.columns.iter().map(|column| &column.name));
    let mut sql = Builder::new(format!("SELECT {columns} FROM {name} WHERE {condition}"));
    if let Some(after) = after {
        sql.push(format_args!(" AND ({key}) > (")).push_list(after.iter().cloned()).push(")");
    }
    sql.push(format_args!(" ORDER BY {key} LIMIT ")).push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = sql.build().fetch_all(connection).await?;
    let read = |row: &crate::engine::row::Row| {
        let kinds = table.columns.iter().map(|column| column.kind).enumerate();
        kinds.map(|(place, kind)| row.value(place, kind)).collect()
    };
    rows.iter().map(read).collect()
}

/// Names with `, ` between them; a column may be named like a word of SQL.
pub(crate) fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// The key of a row.
pub(crate) fn key_of(table: &Table, row: &[Value]) -> Vec<Value> {
    table.key_places().into_iter().map(|place| row[place].clone()).collect()
}
