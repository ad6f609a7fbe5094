//! Why a snapshot could not be made.

use anjian_domain::{ErrorKind, PictureError};

/// Why a snapshot could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// OpenCV refused to draw.
    #[error("could not draw the snapshot: {0}")]
    Draw(#[from] opencv::Error),
    /// The encoder or decoder refused the picture.
    #[error("could not encode or decode a JPEG: {0}")]
    Jpeg(#[from] turbojpeg::Error),
    /// The frame's bytes do not fit its size.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

impl SnapshotError {
    /// Always invalid: the same picture fails again.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
