//! Pictures as JPEG: full size for evidence and stills, small for lists.

use anjian_domain::Picture;
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual, Size, Vec3b};
use opencv::imgproc;
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::bgr;
use super::error::SnapshotError;

/// Visually lossless at the usual bit rates of cameras; about 300 KB at 1080p.
pub(super) const EVIDENCE_QUALITY: i32 = 90;
/// For looking at.
const QUALITY: i32 = 85;
/// libjpeg scales by eighths while it decodes.
const EIGHTHS: usize = 8;

/// A picture as JPEG, in its own size.
///
/// # Errors
/// When the encoder refuses it.
pub fn jpeg(picture: &Picture) -> Result<Vec<u8>, SnapshotError> {
    Ok(encode(&bgr::from_picture(picture), picture.width_px(), picture.height_px(), QUALITY)?)
}

/// A JPEG, `width_px` wide, or as wide as it is if that is less.
///
/// # Errors
/// When it is no JPEG.
pub fn thumbnail(jpeg: &[u8], width_px: u32) -> Result<Vec<u8>, SnapshotError> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(jpeg)?;
    let wanted = (width_px.max(1) as usize).min(header.width);
    let mut scales = (1..=EIGHTHS).map(|eighths| ScalingFactor::new(eighths, EIGHTHS));
    let scale = scales.find(|scale| scale.scale(header.width) >= wanted);
    let scale = scale.unwrap_or(ScalingFactor::new(1, 1));
    decompressor.set_scaling_factor(scale)?;
    let (width, height) = (scale.scale(header.width), scale.scale(header.height));
    let mut pixels = vec![0; width * height * 3];
    let output =
        Image { pixels: pixels.as_mut_slice(), width, pitch: width * 3, height, format: PixelFormat::BGR };
    decompressor.decompress(jpeg, output)?;
    let wanted_height = (height * wanted / width).max(1);
    let small = resize(&pixels, [width, height], [wanted, wanted_height])?;
    Ok(encode(&small, wanted as u32, wanted_height as u32, QUALITY)?)
}

/// Interleaved BGR from one (width, height) to a smaller one.
fn resize(
    pixels: &[u8],
    [width, height]: [usize; 2],
    [to_width, to_height]: [usize; 2],
) -> opencv::Result<Vec<u8>> {
    let length = |pixels: usize| i32::try_from(pixels).unwrap_or(i32::MAX);
    let full = Mat::new_rows_cols_with_bytes::<Vec3b>(length(height), length(width), pixels)?;
    let mut small = Mat::default();
    let size = Size::new(length(to_width), length(to_height));
    imgproc::resize(&full, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)?;
    debug_assert!(small.is_continuous());
    Ok(small.data_bytes()?.to_vec())
}

/// `pixels`: interleaved BGR without padding.
pub(super) fn encode(
    pixels: &[u8],
    width_px: u32,
    height_px: u32,
    quality: i32,
) -> Result<Vec<u8>, turbojpeg::Error> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(quality)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let width = width_px as usize;
    let format = PixelFormat::BGR;
    compressor.compress_to_vec(Image { pixels, width, pitch: width * 3, height: height_px as usize, format })
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ColourMatrix, PixelFormat as Layout};

    use super::*;

    #[test]
    fn a_thumbnail_is_as_wide_as_asked_and_never_wider() {
        let bytes = (0..1280 * 720).flat_map(|at| [(at % 1280 / 5) as u8, 90, 30]).collect();
        let picture = Picture::new(1280, 720, Layout::Bgr, ColourMatrix::Bt709, bytes).unwrap();
        let full = jpeg(&picture).unwrap();
        for (asked, width, height) in
            [(320, 320, 180), (333, 333, 187), (1280, 1280, 720), (4000, 1280, 720), (0, 1, 1)]
        {
            let small = turbojpeg::read_header(&thumbnail(&full, asked).unwrap()).unwrap();
            assert_eq!((small.width, small.height), (width, height), "asked for {asked}");
        }
        assert!(thumbnail(b"no picture", 100).is_err());
    }
}
