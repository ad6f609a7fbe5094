//! Statements in the common dialect, see [`crate::engine::dialect`], and running them.

use std::fmt::{Display, Write};

use crate::engine::connection::On;
use crate::engine::row::{Readable, Row};
pub(crate) use crate::engine::statement::Statement;
use crate::engine::value::Value;
use crate::engine::{postgres, sqlite};

/// A statement that is written once.
pub(crate) fn query(text: &str) -> Statement {
    Statement { text: text.to_owned(), values: vec![], are_in_order: false }
}

impl Statement {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The statement that tells how the engine would run it.
    #[cfg(test)]
    pub(crate) fn explain(&self) -> Self {
        Self { text: format!("EXPLAIN QUERY PLAN {}", self.text), ..self.clone() }
    }

    /// Answers how many rows it changed.
    pub(crate) async fn execute<'e>(&self, on: impl Into<On<'e>>) -> Result<u64, sqlx::Error> {
        match on.into() {
            On::Sqlite(executor) => sqlite::run::execute(executor, self).await,
            On::Postgres(executor) => postgres::run::execute(executor, self).await,
        }
    }

    pub(crate) async fn fetch_all<'e>(&self, on: impl Into<On<'e>>) -> Result<Vec<Row>, sqlx::Error> {
        match on.into() {
            On::Sqlite(executor) => sqlite::run::fetch_all(executor, self).await,
            On::Postgres(executor) => postgres::run::fetch_all(executor, self).await,
        }
    }

    pub(crate) async fn fetch_optional<'e>(&self, on: impl Into<On<'e>>) -> Result<Option<Row>, sqlx::Error> {
        match on.into() {
            On::Sqlite(executor) => sqlite::run::fetch_optional(executor, self).await,
            On::Postgres(executor) => postgres::run::fetch_optional(executor, self).await,
        }
    }

    pub(crate) async fn fetch_one<'e>(&self, on: impl Into<On<'e>>) -> Result<Row, sqlx::Error> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The only column of the only row.
    pub(crate) async fn scalar<'e, T: for<'r> Readable<'r>>(
        &self,
        on: impl Into<On<'e>>,
    ) -> Result<T, sqlx::Error> {
        self.fetch_one(on).await?.first()
    }

    /// The only column of every row.
    pub(crate) async fn scalars<'e, T: for<'r> Readable<'r>>(
        &self,
        on: impl Into<On<'e>>,
    ) -> Result<Vec<T>, sqlx::Error> {
        self.fetch_all(on).await?.iter().map(Row::first).collect()
    }

    /// The only column of the row, if there is one.
    pub(crate) async fn scalar_or_none<'e, T: for<'r> Readable<'r>>(
        &self,
        on: impl Into<On<'e>>,
    ) -> Result<Option<T>, sqlx::Error> {
        self.fetch_optional(on).await?.as_ref().map(Row::first).transpose()
    }
}

/// Runs statements of one engine, one after the other.
#[cfg(test)]
pub(crate) async fn script<'e>(on: impl Into<On<'e>>, text: &str) -> Result<(), sqlx::Error> {
    match on.into() {
        On::Sqlite(executor) => sqlite::run::script(executor, text).await,
        On::Postgres(executor) => postgres::run::script(executor, text).await,
    }
}

/// A statement that is put together.
#[derive(Debug)]
pub(crate) struct Builder(Statement);

impl Builder {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Statement { text: text.into(), values: vec![], are_in_order: true })
    }

    pub(crate) fn push(&mut self, text: impl Display) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(self.0.text, "{text}");
        self
    }

    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.0.values.push(value.into());
        let number = self.0.values.len();
        self.push(format_args!("${number}"))
    }

    /// Values with `, ` between them; without any, the NULL that equals nothing.
    pub(crate) fn push_list(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        let before = self.0.values.len();
        for value in values {
            if self.0.values.len() > before {
                self.push(", ");
            }
            self.push_bind(value);
        }
        if self.0.values.len() == before { self.push("NULL") } else { self }
    }

    /// `VALUES (…), (…)`.
    pub(crate) fn push_rows<const N: usize>(
        &mut self,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> &mut Self {
        for (position, row) in rows.into_iter().enumerate() {
            self.push(if position == 0 { "VALUES (" } else { "), (" }).push_list(row);
        }
        self.push(")")
    }

    pub(crate) const fn build(&self) -> &Statement {
        &self.0
    }
}
