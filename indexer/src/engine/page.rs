//! The page of a search as the engine at hand walks to it.

use crate::engine::connection::Engine;
use crate::engine::sql::Builder;
use crate::engine::walks::Walks;
use crate::engine::{postgres, sqlite};

impl Walks {
    /// Appends a query for the `seq` of the rows of the page.
    pub(crate) fn push(&self, engine: Engine, sql: &mut Builder) {
        match engine {
            Engine::Sqlite => sqlite::walks::push(self, sql),
            Engine::Postgres => postgres::walks::push(self, sql),
        }
    }
}
