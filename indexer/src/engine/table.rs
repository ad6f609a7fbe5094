//! A table, as a database describes it.

use std::collections::BTreeSet;

use crate::engine::value::Kind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// By name: engines add columns in different orders.
    pub(crate) columns: Vec<Column>,
    /// The columns of the primary key, in its order.
    pub(crate) key: Vec<String>,
    /// The tables whose rows its rows name.
    pub(crate) parents: BTreeSet<String>,
    /// Columns that name rows of the table itself.
    pub(crate) links: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
}

/// How an engine describes its tables.
pub(crate) struct Described {
    /// Answers `table_name`, `name`, `type`, `is_required`, `key_position` (0: no part of the key) of each column.
    pub(crate) columns: &'static str,
    /// Answers `table_name`, `parent`, `name` of each column that names rows.
    pub(crate) references: &'static str,
    pub(crate) kind_of: fn(&str) -> Option<Kind>,
}

impl Table {
    /// The place of a column in [`Table::columns`].
    pub(crate) fn place_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The places of the key's columns, in the order of the key.
    pub(crate) fn key_places(&self) -> Vec<usize> {
        self.key.iter().filter_map(|column| self.place_of(column)).collect()
    }
}
