//! The list for disposal, what goes or went with a case, and the signatures.

pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod views;
