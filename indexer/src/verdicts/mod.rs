//! Verdicts of inspectors: given, undone, signed a second time, and counted once they stand. `domain/casework` decides,
//! this room keeps.

pub(crate) mod act;
pub(crate) mod error;
pub(crate) mod judged;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod settle;
