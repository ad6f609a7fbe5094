//! The pictures of a violation: the frame as it was, and the frame with what was found drawn in.
//!
//! Works on the full decoded frame, not on what the model saw. Files and names are the sink's business.

mod bgr;
mod overlay;
mod text;

use anjian_domain::{Frame, PictureError};

pub use overlay::{Overlay, OverlayZone};

/// Why a snapshot could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// OpenCV refused to draw.
    #[error("could not draw the snapshot: {0}")]
    Draw(#[from] opencv::Error),
    /// The encoder refused the picture.
    #[error("could not encode the snapshot as JPEG: {0}")]
    Encode(#[from] turbojpeg::Error),
    /// The frame's bytes do not fit its size.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Both pictures, JPEG.
pub struct Snapshot {
    /// The frame as it was.
    pub clean_jpeg: Vec<u8>,
    /// The frame with zone, boxes, behaviour, camera and time.
    pub annotated_jpeg: Vec<u8>,
}

/// Visually lossless at the usual bit rates of cameras; about 300 KB at 1080p.
const JPEG_QUALITY: i32 = 90;

/// Renders both pictures of a violation.
///
/// # Errors
/// When OpenCV or the encoder refuses the picture.
pub fn render(frame: &Frame, overlay: &Overlay<'_>) -> Result<Snapshot, SnapshotError> {
    let mut pixels = bgr::from_picture(&frame.picture);
    let (width_px, height_px) = (frame.picture.width_px(), frame.picture.height_px());
    let clean_jpeg = encode(&pixels, width_px, height_px)?;
    overlay::draw(&mut pixels, width_px, height_px, overlay)?;
    let annotated_jpeg = encode(&pixels, width_px, height_px)?;
    Ok(Snapshot { clean_jpeg, annotated_jpeg })
}

/// `pixels`: interleaved BGR without padding.
fn encode(pixels: &[u8], width_px: u32, height_px: u32) -> Result<Vec<u8>, turbojpeg::Error> {
    let mut compressor = turbojpeg::Compressor::new()?;
    compressor.set_quality(JPEG_QUALITY)?;
    compressor.set_subsamp(turbojpeg::Subsamp::Sub2x2)?;
    let width = width_px as usize;
    let format = turbojpeg::PixelFormat::BGR;
    compressor.compress_to_vec(turbojpeg::Image {
        pixels,
        width,
        pitch: width * 3,
        height: height_px as usize,
        format,
    })
}
