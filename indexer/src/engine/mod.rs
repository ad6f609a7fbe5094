//! The database itself: how it is opened and brought up to date, how columns become values, how much room its disk has.

pub(crate) mod blocking;
pub(crate) mod columns;
pub(crate) mod connect;
pub(crate) mod copy;
pub(crate) mod disk;
pub(crate) mod heartbeat;
pub(crate) mod migrate;
pub(crate) mod open;
pub(crate) mod presence;
pub(crate) mod sqlite_kind;
