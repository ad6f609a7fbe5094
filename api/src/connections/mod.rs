//! Connections: a bounded number of them, each with a bounded time to say what it wants.

pub(crate) mod accept;
pub(crate) mod busy;
pub(crate) mod slots;
