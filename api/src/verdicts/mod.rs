//! Verdicts of inspectors over HTTP: given, undone, signed a second time; dismissals of many at once.

pub(crate) mod bulk;
pub(crate) mod one;
pub(crate) mod views;
