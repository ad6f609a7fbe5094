//! PostgreSQL: the database of many machines.

pub(crate) mod connect;
pub(crate) mod full_text;
pub(crate) mod kind;
pub(crate) mod listener;
pub(crate) mod migrate;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod walks;
