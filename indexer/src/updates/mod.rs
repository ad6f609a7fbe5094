//! What just happened: written beside each change, and handed to listeners after the commit.

pub(crate) mod outbox;
pub(crate) mod update;
