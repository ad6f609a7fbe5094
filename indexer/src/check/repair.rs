//! What a check may change.

/// What a check may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    Nothing,
    Segments,
}
