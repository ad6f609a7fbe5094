//! Copies a picture out of libav's memory, as it is shown: I420, limited range, square pixels, upright, even sides.

use anjian_domain::{ColourMatrix, Picture, PixelFormat};
use ffmpeg_next as av;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::frame::{self, Video, side_data};
use ffmpeg_next::software::scaling;
use ffmpeg_next::util::color;

use super::track::{Track, pixel_of, turn_of_bytes};
use crate::picture::{HIGH_DEFINITION_PX, limit_range};
use crate::shape::{Shape, Turn};

/// Makes pictures of one track.
#[derive(Default)]
pub(super) struct Taker {
    converter: Option<scaling::Context>,
}

impl Taker {
    /// The picture of a frame.
    pub(super) fn take(&mut self, frame: &Video, track: &Track) -> Result<Picture, String> {
        let (width_px, height_px) = (frame.width() as usize & !1, frame.height() as usize & !1);
        let is_planar = matches!(frame.format(), Pixel::YUV420P | Pixel::YUVJ420P);
        // The converter brings pictures of JPEG formats to limited range itself.
        let is_full_range =
            if is_planar { is_full_range(frame) } else { !is_jpeg(frame.format()) && is_full_range(frame) };
        let mut planes = if is_planar {
            pack(frame, width_px, height_px)?
        } else {
            pack(&self.convert(frame)?, width_px, height_px)?
        };
        if is_full_range {
            let (luma, chroma) = planes.split_at_mut(width_px * height_px);
            limit_range(luma, true);
            limit_range(chroma, false);
        }
        let (width, height, shown) = shape(frame, track).show(width_px, height_px, planes);
        let side = |px: usize| u32::try_from(px).map_err(|error| error.to_string());
        let picture = Picture::new(side(width)?, side(height)?, PixelFormat::I420, matrix_of(frame), shown);
        picture.map_err(|error| error.to_string())
    }

    fn convert(&mut self, frame: &Video) -> Result<Video, String> {
        let from = scaling::context::Definition {
            format: frame.format(),
            width: frame.width(),
            height: frame.height(),
        };
        let is_usable = self.converter.as_ref().is_some_and(|converter| *converter.input() == from);
        if !is_usable {
            let (width, height) = (frame.width(), frame.height());
            let flags = scaling::Flags::BILINEAR;
            let made =
                scaling::Context::get(from.format, width, height, Pixel::YUV420P, width, height, flags);
            self.converter = Some(made.map_err(|error| error.to_string())?);
        }
        let mut converted = Video::empty();
        let converter = self.converter.as_mut().ok_or("no converter")?;
        converter.run(frame, &mut converted).map_err(|error: av::Error| error.to_string())?;
        Ok(converted)
    }
}

/// What the container says goes before what the picture says, as players have it.
fn shape(frame: &Video, track: &Track) -> Shape {
    let of_picture = || {
        let matrix = frame::Frame::side_data(frame, side_data::Type::DisplayMatrix);
        matrix.map_or_else(Turn::default, |matrix| turn_of_bytes(matrix.data()))
    };
    let turn = if track.turn == Turn::default() { of_picture() } else { track.turn };
    let pixel = match pixel_of(frame.aspect_ratio()) {
        (1, 1) => track.pixel,
        pixel => pixel,
    };
    Shape::new(turn, pixel)
}

fn is_full_range(frame: &Video) -> bool {
    frame.color_range() == color::Range::JPEG || is_jpeg(frame.format())
}

const fn is_jpeg(format: Pixel) -> bool {
    matches!(format, Pixel::YUVJ420P | Pixel::YUVJ411P | Pixel::YUVJ422P | Pixel::YUVJ440P | Pixel::YUVJ444P)
}

fn pack(frame: &Video, width_px: usize, height_px: usize) -> Result<Vec<u8>, String> {
    let mut planes = Vec::with_capacity(width_px * height_px * 3 / 2);
    for (index, divisor) in [1, 2, 2].into_iter().enumerate() {
        let (width, height) = (width_px / divisor, height_px / divisor);
        for row in frame.data(index).chunks(frame.stride(index).max(1)).take(height) {
            planes.extend_from_slice(row.get(..width).ok_or("a picture with short rows")?);
        }
    }
    Ok(planes)
}

fn matrix_of(frame: &Video) -> ColourMatrix {
    match frame.color_space() {
        color::Space::BT709 | color::Space::BT2020NCL | color::Space::BT2020CL => ColourMatrix::Bt709,
        color::Space::BT470BG | color::Space::SMPTE170M | color::Space::FCC => ColourMatrix::Bt601,
        _ if frame.height() >= HIGH_DEFINITION_PX => ColourMatrix::Bt709,
        _ => ColourMatrix::Bt601,
    }
}
