//! Disposal: ended cases whose term is over are listed; two officers sign; then evidence, attachments and words go. Digests stay.

pub(crate) mod erase;
pub(crate) mod error;
pub(crate) mod find;
pub(crate) mod holdings;
pub(crate) mod sign;
