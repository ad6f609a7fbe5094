//! The audit: pages of it, and its newest checkpoint.

pub(crate) mod checkpoint;
pub(crate) mod list;
