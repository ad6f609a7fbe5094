//! Columns that name rows of their own table: filled when all rows are there.

use crate::copy::page::{self, PageSize, Values, key_of};
use crate::engine::connection::Connection;
use crate::engine::sql::Builder;
use crate::engine::table::Table;
use crate::engine::value::Value;

/// The rows behind a key that name one of their table.
pub(crate) async fn read(
    connection: &mut Connection<'_>,
    table: &Table,
    after: Option<&[Value]>,
    PageSize(limit): PageSize,
) -> Result<Vec<Values>, sqlx::Error> {
    let named: Vec<_> = table.links.iter().map(|column| format!("\"{column}\" IS NOT NULL")).collect();
    page::select(connection, table, &format!("({})", named.join(" OR ")), after, limit).await
}

/// Triggers have to be set aside.
pub(crate) async fn update(
    connection: &mut Connection<'_>,
    table: &Table,
    rows: &[Values],
) -> Result<(), sqlx::Error> {
    for row in rows {
        let mut sql = Builder::new(format!("UPDATE {} SET ", table.name));
        for (number, place) in table.links.iter().filter_map(|column| table.place_of(column)).enumerate() {
            let before = if number == 0 { "" } else { ", " };
            sql.push(format_args!("{before}\"{}\" = ", table.columns[place].name));
            sql.push_bind(row[place].clone());
        }
        for (number, (column, value)) in table.key.iter().zip(key_of(table, row)).enumerate() {
            let before = if number == 0 { " WHERE" } else { " AND" };
            sql.push(format_args!("{before} \"{column}\" = ")).push_bind(value);
        }
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}
