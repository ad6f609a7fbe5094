//! SQLite: the database of one machine, a file in the data folder.

pub(crate) mod connect;
pub(crate) mod copy;
pub(crate) mod full_text;
pub(crate) mod kind;
pub(crate) mod migrate;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod triggers;
pub(crate) mod walks;
