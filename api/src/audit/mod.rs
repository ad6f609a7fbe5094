//! The audit: pages of it, the whole as a file, its newest checkpoint, and what answers show of evidence, on its way into it.

pub(crate) mod checkpoint;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod sight;
pub(crate) mod witness;
