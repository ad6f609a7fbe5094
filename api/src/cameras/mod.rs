//! Sites and cameras.

pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod views;
