//! The record of a site over HTTP.

pub(crate) mod record;
pub(crate) mod views;
