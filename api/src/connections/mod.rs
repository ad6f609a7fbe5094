//! Connections: a bounded number of them, each with a bounded time for its handshake and to say what it wants.

pub(crate) mod accept;
pub(crate) mod busy;
pub(crate) mod certificate;
pub(crate) mod converse;
pub(crate) mod slots;
pub(crate) mod tls;
