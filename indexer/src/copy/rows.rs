//! Writing rows into the target.

use crate::copy::page::{Values, names};
use crate::engine::connection::Connection;
use crate::engine::sql::Builder;
use crate::engine::table::Table;
use crate::engine::value::{Kind, Value};

/// Rows of one statement: enough to save the way to a server, few enough for the limits of both engines.
const ROWS: usize = 64;

/// Adds rows; triggers have to be set aside. What names rows of the same table is left out: those may come later.
pub(crate) async fn insert(
    connection: &mut Connection<'_>,
    table: &Table,
    rows: Vec<Values>,
) -> Result<(), sqlx::Error> {
    let columns = names(table.columns.iter().map(|column| &column.name));
    let begin = format!("INSERT INTO {} ({columns})", table.name);
    let rows: Vec<_> = rows.into_iter().map(|row| without_links(table, row)).collect();
    for rows in rows.chunks(ROWS) {
        let mut sql = Builder::new(&*begin);
        for (place, row) in rows.iter().enumerate() {
            sql.push(if place == 0 { " VALUES (" } else { "), (" }).push_list(row.iter().cloned());
        }
        sql.push(")").build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn without_links(table: &Table, mut row: Values) -> Values {
    for place in table.links.iter().filter_map(|column| table.place_of(column)) {
        row[place] = nothing(table.columns[place].kind);
    }
    row
}

const fn nothing(kind: Kind) -> Value {
    match kind {
        Kind::Integer => Value::Integer(None),
        Kind::Real => Value::Real(None),
        Kind::Text => Value::Text(None),
        Kind::Bytes => Value::Bytes(None),
    }
}
