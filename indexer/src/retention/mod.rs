//! What expires, what is on hold, and how files and rows go together.

pub(crate) mod choose;
pub(crate) mod expire;
pub(crate) mod hold;
