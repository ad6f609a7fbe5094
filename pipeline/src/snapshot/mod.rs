//! The pictures of a violation: the frame as it was, and the frame with what was found drawn in.
//!
//! Works on the full decoded frame, not on what the model saw. Files and names are the sink's business.

mod bgr;
mod error;
mod jpeg;
mod overlay;
mod text;

use anjian_domain::Frame;

pub use error::SnapshotError;
pub use jpeg::{jpeg, thumbnail};
pub use overlay::{Overlay, OverlayZone};

/// Both pictures, JPEG.
pub struct Snapshot {
    /// The frame as it was.
    pub clean_jpeg: Vec<u8>,
    /// The frame with zone, boxes, behaviour, camera and time.
    pub annotated_jpeg: Vec<u8>,
}

/// Renders both pictures of a violation.
///
/// # Errors
/// When OpenCV or the encoder refuses the picture.
pub fn render(frame: &Frame, overlay: &Overlay<'_>) -> Result<Snapshot, SnapshotError> {
    let mut pixels = bgr::from_picture(&frame.picture);
    let (width_px, height_px) = (frame.picture.width_px(), frame.picture.height_px());
    let clean_jpeg = jpeg::encode(&pixels, width_px, height_px, jpeg::EVIDENCE_QUALITY)?;
    overlay::draw(&mut pixels, width_px, height_px, overlay)?;
    let annotated_jpeg = jpeg::encode(&pixels, width_px, height_px, jpeg::EVIDENCE_QUALITY)?;
    Ok(Snapshot { clean_jpeg, annotated_jpeg })
}
