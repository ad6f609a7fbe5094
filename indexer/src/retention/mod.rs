//! What expires, what is on hold, and how files and rows go together.

pub(crate) mod choose;
pub(crate) mod expire;
pub(crate) mod expire_evidence;
pub(crate) mod hold;
pub(crate) mod keep_clips;
pub(crate) mod kept;
pub(crate) mod protect;
pub(crate) mod threatened;
