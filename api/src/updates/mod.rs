//! Live updates: what changed, told to every listener in order.

pub(crate) mod feed;
pub(crate) mod stream;
