//! Attachments over HTTP: received piece by piece, and given back.

pub(crate) mod send;
pub(crate) mod show;
pub(crate) mod views;
