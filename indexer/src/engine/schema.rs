//! Which tables the database has, as it says itself: columns, keys, and which rows have to be there before others.
//!
//! Leaves out what belongs to the database alone: its migrations, and how far a copy has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::connection::{Connection, Engine};
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::table::{Column, Table};
use crate::engine::value::Kind;
use crate::engine::{postgres, sqlite};

/// Every table, each behind those whose rows it names.
pub(crate) async fn read(connection: &mut Connection<'_>) -> Result<Vec<Table>, sqlx::Error> {
    let described = match connection.engine() {
        Engine::Sqlite => &sqlite::schema::DESCRIBED,
        Engine::Postgres => &postgres::schema::DESCRIBED,
    };
    let columns = sql::query(described.columns).fetch_all(&mut *connection).await?;
    let mut tables = BTreeMap::new();
    for row in &columns {
        add_column(&mut tables, row, described.kind_of)?;
    }
    let references = sql::query(described.references).fetch_all(connection).await?;
    for row in &references {
        add_reference(&mut tables, row)?;
    }
    let mut tables: Vec<Table> = tables.into_values().map(finish).collect();
    sort(&mut tables)?;
    Ok(tables)
}

/// A table whose key is not sorted yet.
struct Begun {
    table: Table,
    key: BTreeMap<i64, String>,
}

fn add_column(
    tables: &mut BTreeMap<String, Begun>,
    row: &Row,
    kind_of: fn(&str) -> Option<Kind>,
) -> Result<(), sqlx::Error> {
    let (name, column): (String, String) = (row.try_get("table_name")?, row.try_get("name")?);
    let word: String = row.try_get("type")?;
    let kind =
        kind_of(&word).ok_or_else(|| refuse(&format!("{name}.{column} has the unknown type {word}")))?;
    let begun = tables.entry(name.clone()).or_insert_with(|| Begun::new(name));
    let position: i64 = row.try_get("key_position")?;
    if position > 0 {
        begun.key.insert(position, column.clone());
    }
    let is_required = row.try_get::<i64>("is_required")? != 0;
    begun.table.columns.push(Column { name: column, kind, is_required });
    Ok(())
}

fn add_reference(tables: &mut BTreeMap<String, Begun>, row: &Row) -> Result<(), sqlx::Error> {
    let (name, parent): (String, String) = (row.try_get("table_name")?, row.try_get("parent")?);
    let column: String = row.try_get("name")?;
    if let Some(begun) = tables.get_mut(&name) {
        if name == parent {
            begun.table.links.insert(column);
        } else {
            begun.table.parents.insert(parent);
        }
    }
    Ok(())
}

impl Begun {
    fn new(name: String) -> Self {
        let (columns, key, parents, links) = Default::default();
        Self { table: Table { name, columns, key, parents, links }, key: BTreeMap::new() }
    }
}

fn finish(Begun { mut table, key }: Begun) -> Table {
    table.columns.sort_by(|one, next| one.name.cmp(&next.name));
    table.key = key.into_values().collect();
    table
}

/// Puts each table behind its parents, and by name where that leaves a choice.
fn sort(tables: &mut Vec<Table>) -> Result<(), sqlx::Error> {
    let mut left = std::mem::take(tables);
    while !left.is_empty() {
        let waiting: BTreeSet<String> = left.iter().map(|table| table.name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|table| table.parents.is_disjoint(&waiting));
        if ready.is_empty() {
            return Err(refuse(&format!("the tables {waiting:?} name each other's rows in a circle")));
        }
        tables.extend(ready);
        left = later;
    }
    Ok(())
}

fn refuse(reason: &str) -> sqlx::Error {
    sqlx::Error::Protocol(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        let mut begun = Begun::new(name.to_owned());
        begun.table.parents = parents.iter().map(|parent| (*parent).to_owned()).collect();
        finish(begun)
    }

    #[test]
    fn a_table_comes_behind_those_that_it_names() {
        let mut tables =
            vec![table("clip", &["violation"]), table("site", &[]), table("violation", &["site"])];
        sort(&mut tables).unwrap();
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["site", "violation", "clip"]);
        let error = sort(&mut vec![table("a", &["b"]), table("b", &["a"])]).unwrap_err();
        assert!(error.to_string().contains("circle"), "{error}");
    }
}
