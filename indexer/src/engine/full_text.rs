//! Rows of `written` in which phrases occur, as the engine at hand finds them.

use crate::engine::connection::Engine;
use crate::engine::phrase::Phrase;
use crate::engine::sql::Builder;
use crate::engine::{postgres, sqlite};

/// Appends the condition that every phrase occurs in the row of `written`.
pub(crate) fn push(engine: Engine, sql: &mut Builder, phrases: &[Phrase]) {
    match engine {
        Engine::Sqlite => {
            sql.push("id IN (SELECT rowid FROM written_text WHERE written_text MATCH ");
            sql.push_bind(sqlite::full_text::query(phrases)).push(")");
        }
        Engine::Postgres => {
            sql.push("to_tsvector('simple', spaced) @@ to_tsquery('simple', ");
            sql.push_bind(postgres::full_text::query(phrases)).push(")");
        }
    }
}
