//! What just happened: written beside each change, and announced after the commit.

pub(crate) mod notifications;
pub(crate) mod outbox;
pub(crate) mod update;
