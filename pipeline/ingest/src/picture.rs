//! Copies a decoded picture out of GStreamer's memory: rows packed, limited range, square pixels, even sides.
//!
//! Copying is what lets the decoder have its buffer back at once; a kept sample would grow its pool.

use anjian_domain::{ColourMatrix, Picture, PixelFormat};
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use crate::shape::{Shape, Turn};

/// From this height on, a stream that does not name its colours has those of high definition.
pub(crate) const HIGH_DEFINITION_PX: u32 = 720;

/// The picture in a sample of I420.
pub(crate) fn picture_of(sample: &gst::SampleRef) -> Result<Picture, String> {
    let caps = sample.caps().ok_or("a picture without a format")?;
    let buffer = sample.buffer().ok_or("a sample without a picture")?;
    let info = gst_video::VideoInfo::from_caps(caps).map_err(|error| error.to_string())?;
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info);
    let frame = frame.map_err(|error| error.to_string())?;
    let (width_px, height_px) = (info.width() as usize & !1, info.height() as usize & !1);
    let is_full_range = info.colorimetry().range() == gst_video::VideoColorRange::Range0_255;
    let bytes = pack(&frame, width_px, height_px, is_full_range)?;
    let pixel = pixel_of(info.par());
    let (width_px, height_px, bytes) = Shape::new(Turn::default(), pixel).show(width_px, height_px, bytes);
    let matrix = matrix_of(caps, info.height());
    let side = |px: usize| u32::try_from(px).map_err(|error| error.to_string());
    let picture = Picture::new(side(width_px)?, side(height_px)?, PixelFormat::I420, matrix, bytes);
    picture.map_err(|error| error.to_string())
}

/// Width and height of a pixel; one to one where nothing sensible is said.
pub(crate) fn pixel_of(aspect: gst::Fraction) -> (u32, u32) {
    u32::try_from(aspect.numer()).ok().zip(u32::try_from(aspect.denom()).ok()).unwrap_or((1, 1))
}

fn pack(
    frame: &gst_video::VideoFrameRef<&gst::BufferRef>,
    width_px: usize,
    height_px: usize,
    is_full_range: bool,
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(width_px * height_px * 3 / 2);
    for plane in 0..3 {
        let divisor = if plane == 0 { 1 } else { 2 };
        let stride_bytes = frame.plane_stride().get(plane as usize).copied().unwrap_or_default();
        let stride_bytes = usize::try_from(stride_bytes).map_err(|_| "a picture that stands on its head")?;
        let data = frame.plane_data(plane).map_err(|error| error.to_string())?;
        let begin = bytes.len();
        for row in data.chunks(stride_bytes.max(1)).take(height_px / divisor) {
            bytes.extend_from_slice(row.get(..width_px / divisor).ok_or("a picture with short rows")?);
        }
        if is_full_range {
            limit_range(bytes.get_mut(begin..).unwrap_or_default(), plane == 0);
        }
    }
    Ok(bytes)
}

/// Brings full range (0..255, what many cameras and phones send) to the limited range that everyone after us
/// expects.
pub(crate) fn limit_range(plane: &mut [u8], is_luma: bool) {
    let (scale, offset) = if is_luma { (219, 16 * 255) } else { (224, 128 * 255 - 128 * 224) };
    let limited: [u8; 256] = std::array::from_fn(|full| {
        let rounded = (full * scale + offset + 127) / 255;
        u8::try_from(rounded).unwrap_or(u8::MAX)
    });
    for byte in plane {
        *byte = limited[usize::from(*byte)];
    }
}

fn matrix_of(caps: &gst::CapsRef, height_px: u32) -> ColourMatrix {
    let named = caps.structure(0).and_then(|format| format.get::<&str>("colorimetry").ok());
    let named = named.and_then(|text| text.parse::<gst_video::VideoColorimetry>().ok());
    match named.map(|colorimetry| colorimetry.matrix()) {
        Some(gst_video::VideoColorMatrix::Bt709 | gst_video::VideoColorMatrix::Bt2020) => ColourMatrix::Bt709,
        Some(gst_video::VideoColorMatrix::Bt601 | gst_video::VideoColorMatrix::Fcc) => ColourMatrix::Bt601,
        _ if height_px >= HIGH_DEFINITION_PX => ColourMatrix::Bt709,
        _ => ColourMatrix::Bt601,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_range_becomes_limited() {
        let mut luma = [0, 1, 128, 255];
        limit_range(&mut luma, true);
        assert_eq!(luma, [16, 17, 126, 235]);
        let mut chroma = [0, 128, 255];
        limit_range(&mut chroma, false);
        assert_eq!(chroma, [16, 128, 240]);
    }

    #[test]
    fn odd_sides_strides_and_ranges() {
        crate::init().unwrap();
        let colorimetry: gst_video::VideoColorimetry = "1:4:0:0".parse().unwrap();
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, 5, 3)
            .colorimetry(&colorimetry)
            .build()
            .unwrap();
        let buffer = gst::Buffer::from_mut_slice(vec![255; info.size()]);
        let sample = gst::Sample::builder().buffer(&buffer).caps(&info.to_caps().unwrap()).build();
        let picture = picture_of(&sample).unwrap();
        assert_eq!((picture.width_px(), picture.height_px()), (4, 2));
        assert_eq!(picture.bytes(), [[235; 8].as_slice(), &[240; 4]].concat());
        assert_eq!(picture.matrix(), ColourMatrix::Bt601);
    }

    #[test]
    fn unnamed_colours_go_by_height() {
        crate::init().unwrap();
        let cases = [
            (None, 576, ColourMatrix::Bt601),
            (None, 720, ColourMatrix::Bt709),
            (Some("bt709"), 360, ColourMatrix::Bt709),
            (Some("bt601"), 1080, ColourMatrix::Bt601),
            (Some("2:0:0:0"), 1080, ColourMatrix::Bt709),
        ];
        for (colorimetry, height_px, expected) in cases {
            let mut caps = gst::Caps::new_empty_simple("video/x-raw");
            if let Some(text) = colorimetry {
                caps.make_mut().set("colorimetry", text);
            }
            assert_eq!(matrix_of(&caps, height_px), expected, "{colorimetry:?} {height_px}");
        }
    }
}
