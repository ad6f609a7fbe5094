//! The database itself, and everything that the two engines do differently: opening, the schema, the dialect, plans, and
//! what their errors mean. Nothing outside of this folder names an engine.
//!
//! [`sql`] has statements, [`connection`] where they run, [`row`] and [`columns`] what they answer.

pub(crate) mod address;
pub(crate) mod blocking;
pub(crate) mod columns;
pub(crate) mod connection;
pub(crate) mod database;
pub(crate) mod dialect;
pub(crate) mod disk;
pub(crate) mod filling;
pub(crate) mod full_text;
pub(crate) mod kind;
pub(crate) mod open;
mod page;
pub(crate) mod phrase;
pub(crate) mod postgres;
pub(crate) mod presence;
pub(crate) mod row;
pub(crate) mod schema;
pub(crate) mod sql;
pub(crate) mod sqlite;
mod statement;
pub(crate) mod store;
pub(crate) mod table;
pub(crate) mod value;
pub(crate) mod walks;
