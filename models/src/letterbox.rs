//! Shrinks a picture into a model's input: top left, the rest grey, planar f32.
//!
//! The full picture is never converted: the planes of an I420 picture are shrunk one by one and become colours only
//! at the small size, straight into the tensor. Buffers are kept from picture to picture.

use anjian_domain::{NormBox, Picture, PixelFormat};
use ndarray::{Array4, ArrayView4};
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual, Rect, Size};
use opencv::imgproc;

use crate::ModelError;
use crate::colour::YuvToRgb;
use crate::crop::Region;
use crate::model::{Channels, Input, InputFit};

/// The sides of an input are multiples of this: the coarsest stride of the heads.
const GRID_PX: u32 = 32;

/// Enlarging a picture more than this shows a network nothing but blur that it has never seen.
const MOST_ENLARGED: f64 = 1.6;

/// Tensors kept of a model: a camera's whole picture and its tiles take turns, mostly in two or three shapes.
const MOST_TENSORS: usize = 4;

/// Where a picture lies in an input: in the rectangle from 0,0 to the content's sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Width of the input.
    pub input_width_px: u32,
    /// Height of the input.
    pub input_height_px: u32,
    /// Width of the picture in it.
    pub content_width_px: u32,
    /// Height of the picture in it.
    pub content_height_px: u32,
}

impl Fit {
    /// The largest that keeps the picture's shape, to the pixel; small pictures are enlarged 1.6 times at most.
    #[must_use]
    pub fn new(input: &Input, width_px: u32, height_px: u32) -> Self {
        let [width, height, most_x, most_y] =
            [width_px, height_px, input.width_px, input.height_px].map(f64::from);
        let scale = (most_x / width).min(most_y / height).min(MOST_ENLARGED);
        let content_width_px = scaled(width * scale, input.width_px);
        let content_height_px = scaled(height * scale, input.height_px);
        let (input_width_px, input_height_px) = match input.fit {
            InputFit::Fixed => (input.width_px, input.height_px),
            InputFit::Picture => {
                (content_width_px.next_multiple_of(GRID_PX), content_height_px.next_multiple_of(GRID_PX))
            }
        };
        Self { input_width_px, input_height_px, content_width_px, content_height_px }
    }

    /// A box in pixels of the input as a box of the picture, clipped; `None` when it lies outside or is no box.
    #[must_use]
    pub fn to_picture(&self, left: f32, top: f32, right: f32, bottom: f32) -> Option<NormBox> {
        let (width, height) = (self.content_width_px as f32, self.content_height_px as f32);
        NormBox::clipped(left / width, top / height, right / width, bottom / height)
    }

    /// A box of the picture in pixels of the input: left, top, right, bottom.
    #[must_use]
    pub fn to_input(&self, bounds: NormBox) -> [f32; 4] {
        let (width, height) = (self.content_width_px as f32, self.content_height_px as f32);
        [bounds.left() * width, bounds.top() * height, bounds.right() * width, bounds.bottom() * height]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..=most first")]
fn scaled(side: f64, most_px: u32) -> u32 {
    side.round().clamp(1.0, f64::from(most_px)) as u32
}

/// Shrinks pictures into one model's input.
#[derive(Debug)]
pub struct Letterbox {
    input: Input,
    /// A tensor for each place of a picture in it, the one in use first; what is beside the picture stays grey.
    tensors: Vec<(Fit, Array4<f32>)>,
    small: [Mat; 3],
}

impl Letterbox {
    /// For inputs like this.
    #[must_use]
    pub fn new(input: Input) -> Self {
        Self { input, tensors: Vec::new(), small: <[Mat; 3]>::default() }
    }

    /// `(1, 3, height, width)`, f32, 0..255, colours in the model's order, and where the picture lies in it.
    ///
    /// # Errors
    /// When OpenCV runs out of memory.
    pub fn apply(&mut self, picture: &Picture) -> Result<(Fit, ArrayView4<'_, f32>), ModelError> {
        self.apply_part(picture, Region::whole(picture))
    }

    /// The same for a part of a picture; the region must lie inside it.
    pub(crate) fn apply_part(
        &mut self,
        picture: &Picture,
        part: Region,
    ) -> Result<(Fit, ArrayView4<'_, f32>), ModelError> {
        let fit = self.prepare(part);
        self.fill(picture, part, fit).map_err(|source| ModelError::Pixels {
            step: "shrink",
            width_px: picture.width_px(),
            height_px: picture.height_px(),
            source,
        })?;
        Ok((fit, self.tensors[0].1.view()))
    }

    /// Puts the tensor of the picture's shape first: one of those kept, or a new one, all grey.
    fn prepare(&mut self, part: Region) -> Fit {
        let fit = Fit::new(&self.input, part.width.unsigned_abs(), part.height.unsigned_abs());
        if let Some(at) = self.tensors.iter().position(|(kept, _)| *kept == fit) {
            self.tensors[..=at].rotate_right(1);
        } else {
            let shape = (1, 3, fit.input_height_px as usize, fit.input_width_px as usize);
            self.tensors.truncate(MOST_TENSORS - 1);
            self.tensors.insert(0, (fit, Array4::from_elem(shape, f32::from(self.input.padding))));
        }
        fit
    }

    fn fill(&mut self, picture: &Picture, part: Region, fit: Fit) -> opencv::Result<()> {
        let Some([y, u, v]) = picture.planes() else {
            debug_assert_eq!(picture.format(), PixelFormat::Bgr, "every other format has planes");
            shrink(picture.bytes(), 3, picture.height_px(), part, &mut self.small[0], fit)?;
            return self.fill_from_bgr(fit);
        };
        let (chroma_rows, half) = (picture.height_px() / 2, part.half());
        let [small_y, small_u, small_v] = &mut self.small;
        shrink(y, 1, picture.height_px(), part, small_y, fit)?;
        // Half as many columns and rows, and all the same to the full small size: one colour a pixel.
        shrink(u, 1, chroma_rows, half, small_u, fit)?;
        shrink(v, 1, chroma_rows, half, small_v, fit)?;
        self.fill_from_planes(YuvToRgb::new(picture.matrix()), fit)
    }

    fn fill_from_planes(&mut self, weights: YuvToRgb, fit: Fit) -> opencv::Result<()> {
        let [y, u, v] = &self.small;
        let (y, u, v) = (y.data_bytes()?, u.data_bytes()?, v.data_bytes()?);
        let width = fit.content_width_px as usize;
        let rows = colour_rows(&mut self.tensors[0].1, self.input.channels, width);
        for (((blue, green, red), y), (u, v)) in
            rows.zip(y.chunks_exact(width)).zip(u.chunks_exact(width).zip(v.chunks_exact(width)))
        {
            for x in 0..width {
                [red[x], green[x], blue[x]] = weights.convert(y[x], u[x], v[x]);
            }
        }
        Ok(())
    }

    fn fill_from_bgr(&mut self, fit: Fit) -> opencv::Result<()> {
        let pixels = self.small[0].data_bytes()?;
        let width = fit.content_width_px as usize;
        let rows = colour_rows(&mut self.tensors[0].1, self.input.channels, width);
        for ((blue, green, red), row) in rows.zip(pixels.chunks_exact(width * 3)) {
            for (x, pixel) in row.chunks_exact(3).enumerate() {
                [blue[x], green[x], red[x]] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
            }
        }
        Ok(())
    }
}

/// The first `width` columns of the blue, green and red plane, row by row.
fn colour_rows(
    tensor: &mut Array4<f32>,
    channels: Channels,
    width: usize,
) -> impl Iterator<Item = (&mut [f32], &mut [f32], &mut [f32])> {
    let (_, _, height, stride) = tensor.dim();
    let values = tensor.as_slice_mut().expect("made in standard layout and never transposed");
    let (first, rest) = values.split_at_mut(height * stride);
    let (green, third) = rest.split_at_mut(height * stride);
    let (blue, red) = match channels {
        Channels::Bgr => (first, third),
        Channels::Rgb => (third, first),
    };
    let rows =
        blue.chunks_exact_mut(stride).zip(green.chunks_exact_mut(stride)).zip(red.chunks_exact_mut(stride));
    rows.map(move |((blue, green), red)| (&mut blue[..width], &mut green[..width], &mut red[..width]))
}

/// Resizes a part of interleaved 8-bit pixels to the content's size.
fn shrink(
    bytes: &[u8],
    channels: i32,
    height_px: u32,
    part: Region,
    small: &mut Mat,
    fit: Fit,
) -> opencv::Result<()> {
    let flat = Mat::from_slice(bytes)?;
    let full = flat.reshape(channels, pixels(height_px))?;
    let part = Mat::roi(&full, Rect::new(part.left, part.top, part.width, part.height))?;
    let size = Size::new(pixels(fit.content_width_px), pixels(fit.content_height_px));
    imgproc::resize(&part, small, size, 0.0, 0.0, imgproc::INTER_LINEAR)
}

fn pixels(side_px: u32) -> i32 {
    i32::try_from(side_px).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ColourMatrix, NormBox};
    use proptest::prelude::*;

    use super::*;

    fn input(fit: InputFit, channels: Channels) -> Input {
        Input { width_px: 640, height_px: 640, fit, mirrored: false, channels, padding: 114 }
    }

    /// Left half blue, right half red.
    fn halves(width_px: u32, height_px: u32, format: PixelFormat) -> Picture {
        let is_left = |x| x < width_px / 2;
        let plane = |width: u32, height: u32, [left, right]: [u8; 2]| {
            (0..height).flat_map(move |_| (0..width).map(move |x| if x < width / 2 { left } else { right }))
        };
        let bytes = match format {
            PixelFormat::Bgr => (0..height_px)
                .flat_map(|_| (0..width_px).flat_map(|x| if is_left(x) { [255, 0, 0] } else { [0, 0, 255] }))
                .collect(),
            PixelFormat::I420 => plane(width_px, height_px, [41, 81])
                .chain(plane(width_px / 2, height_px / 2, [240, 90]))
                .chain(plane(width_px / 2, height_px / 2, [110, 240]))
                .collect(),
        };
        Picture::new(width_px, height_px, format, ColourMatrix::Bt601, bytes).unwrap()
    }

    #[test]
    fn sizes_by_hand() {
        use InputFit::{Fixed, Picture};
        for (fit, picture, expected) in [
            (Picture, (1920, 1080), (640, 384, 640, 360)),
            (Picture, (640, 480), (640, 480, 640, 480)),
            (Picture, (1080, 1920), (384, 640, 360, 640)),
            (Picture, (416, 277), (640, 448, 640, 426)),
            (Picture, (1, 1), (32, 32, 2, 2)),
            (Picture, (400, 300), (640, 480, 640, 480)),
            (Picture, (200, 150), (320, 256, 320, 240)),
            (Fixed, (200, 150), (640, 640, 320, 240)),
            (Picture, (10_000, 10), (640, 32, 640, 1)),
            (Fixed, (1920, 1080), (640, 640, 640, 360)),
        ] {
            let found = Fit::new(&input(fit, Channels::Bgr), picture.0, picture.1);
            let found = (
                found.input_width_px,
                found.input_height_px,
                found.content_width_px,
                found.content_height_px,
            );
            assert_eq!(found, expected, "{fit:?} {picture:?}");
        }
    }

    #[test]
    fn colours_land_in_their_planes_whatever_the_format() {
        for (format, size) in [
            (PixelFormat::Bgr, (1280, 720)),
            (PixelFormat::I420, (1280, 720)),
            (PixelFormat::I420, (320, 182)),
        ] {
            for (channels, blue_plane) in [(Channels::Bgr, 0), (Channels::Rgb, 2)] {
                let mut letterbox = Letterbox::new(input(InputFit::Picture, channels));
                let (fit, tensor) = letterbox.apply(&halves(size.0, size.1, format)).unwrap();
                let (right, bottom) = (fit.content_width_px as usize - 1, fit.content_height_px as usize - 1);
                let is_near = |value: f32, expected: f32| (value - expected).abs() < 4.0;
                for (x, y, blue, red) in
                    [(0, 0, 255.0, 0.0), (right, bottom, 0.0, 255.0), (0, bottom, 255.0, 0.0)]
                {
                    let what = format!("{format:?} {channels:?} at {x},{y}");
                    assert!(is_near(tensor[[0, blue_plane, y, x]], blue), "{what}");
                    assert!(is_near(tensor[[0, 2 - blue_plane, y, x]], red), "{what}");
                    assert!(is_near(tensor[[0, 1, y, x]], 0.0), "{what}");
                }
                assert_eq!(tensor[[0, 1, bottom + 1, 0]], 114.0, "padding below the picture");
            }
        }
    }

    #[test]
    fn nothing_of_the_last_picture_stays() {
        let sizes = [(64, 36), (40, 40), (36, 64), (64, 20), (20, 64), (64, 48)];
        assert!(sizes.len() > MOST_TENSORS);
        let pictures = sizes.map(|(width, height)| {
            let format = if width == height { PixelFormat::Bgr } else { PixelFormat::I420 };
            halves(width, height, format)
        });
        let mut kept = Letterbox::new(input(InputFit::Fixed, Channels::Bgr));
        // There and back: some tensors are still kept, some were dropped.
        for picture in pictures.iter().chain(pictures.iter().rev()) {
            let mut fresh = Letterbox::new(input(InputFit::Fixed, Channels::Bgr));
            assert_eq!(kept.apply(picture).unwrap(), fresh.apply(picture).unwrap());
        }
    }

    proptest! {
        #[test]
        fn boxes_come_back_and_the_content_fits(
            width_px in 1u32..5000, height_px in 1u32..5000, is_fixed in any::<bool>(),
            left in 0.0f32..0.9, top in 0.0f32..0.9, width in 0.01f32..0.1, height in 0.01f32..0.1,
        ) {
            let fit = if is_fixed { InputFit::Fixed } else { InputFit::Picture };
            let fit = Fit::new(&input(fit, Channels::Bgr), width_px, height_px);
            prop_assert!(fit.content_width_px <= fit.input_width_px && fit.input_width_px <= 640);
            prop_assert!(fit.content_height_px <= fit.input_height_px && fit.input_height_px <= 640);
            prop_assert!(fit.input_width_px.is_multiple_of(32) && fit.input_height_px.is_multiple_of(32));
            let bounds = NormBox::new(left, top, left + width, top + height).unwrap();
            let [l, t, r, b] = fit.to_input(bounds);
            let back = fit.to_picture(l, t, r, b).unwrap();
            prop_assert!(back.iou(bounds) > 0.999, "{back:?} for {bounds:?}");
        }
    }
}
