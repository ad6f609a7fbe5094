//! Secrets that the installation keeps: key files that only their owner reads, and small values sealed with one of them.

pub(crate) mod key_file;
pub(crate) mod sealed;
