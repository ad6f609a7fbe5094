//! What came over a connection so far.

/// Counters that only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Whether the camera was asked to play, and agreed.
    pub(crate) is_playing: bool,
    /// Pictures that arrived, whole or not.
    pub(crate) arrived: u64,
    /// Answers of the camera while it plays.
    pub(crate) answers: u64,
    /// Decoded pictures, whether they were delivered or not; where nothing is decoded, whole ones that arrived.
    pub(crate) pictures: u64,
}
