//! Findings on site over HTTP.

pub(crate) mod list;
pub(crate) mod record;
pub(crate) mod views;
