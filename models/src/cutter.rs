//! Cuts crops out of pictures into a model's input: planar f32, RGB.
//!
//! Only the crop's own pixels are touched, at the picture's full resolution, and they become colours only at the
//! size of the input. What lies outside the picture is grey.

use anjian_domain::Picture;
use opencv::core::{self, Mat, MatTraitConst, MatTraitConstManual, Rect, Scalar, Size};
use opencv::imgproc;

use crate::ModelError;
use crate::colour::YuvToRgb;
use crate::crop::Region;

/// Grey beyond the picture; in limited-range luma it has nearly the same number.
const GREY: f64 = 114.0;
const NO_COLOUR: f64 = 128.0;

/// Cuts crops for one model's input, with buffers that are kept.
#[derive(Debug)]
pub(crate) struct Cutter {
    size: Size,
    padded: Mat,
    scaled: [Mat; 3],
}

impl Cutter {
    /// For inputs of this size.
    pub(crate) fn new(width_px: u32, height_px: u32) -> Self {
        let size = Size::new(pixels(width_px), pixels(height_px));
        Self { size, padded: Mat::default(), scaled: <[Mat; 3]>::default() }
    }

    /// How many values a crop has.
    pub(crate) fn values(&self) -> usize {
        self.plane() * 3
    }

    /// Fills `values` with a crop: (3, height, width), 0..255, red, green, blue.
    pub(crate) fn cut(
        &mut self,
        picture: &Picture,
        region: Region,
        values: &mut [f32],
    ) -> Result<(), ModelError> {
        self.try_cut(picture, region, values).map_err(|source| ModelError::Pixels {
            step: "cut a crop out of",
            width_px: picture.width_px(),
            height_px: picture.height_px(),
            source,
        })
    }

    fn try_cut(&mut self, picture: &Picture, region: Region, values: &mut [f32]) -> opencv::Result<()> {
        let Some([y, u, v]) = picture.planes() else {
            self.scale(0, Plane::colours(picture), region, Scalar::all(GREY))?;
            return self.fill_from_bgr(values);
        };
        let half = region.half();
        self.scale(0, Plane::luma(y, picture), region, Scalar::all(GREY))?;
        self.scale(1, Plane::chroma(u, picture), half, Scalar::all(NO_COLOUR))?;
        self.scale(2, Plane::chroma(v, picture), half, Scalar::all(NO_COLOUR))?;
        self.fill_from_planes(YuvToRgb::new(picture.matrix()), values)
    }

    /// Cuts the region out of a plane, fills what lies outside, and brings it to the input's size.
    fn scale(
        &mut self,
        index: usize,
        plane: Plane<'_>,
        region: Region,
        outside: Scalar,
    ) -> opencv::Result<()> {
        let flat = Mat::from_slice(plane.bytes)?;
        let full = flat.reshape(plane.channels, plane.height)?;
        let wanted = Rect::new(region.left, region.top, region.width, region.height);
        let inside = wanted & Rect::new(0, 0, full.cols(), full.rows());
        let part = Mat::roi(&full, inside)?;
        let (above, before) = (inside.y - wanted.y, inside.x - wanted.x);
        let (below, after) = (wanted.height - inside.height - above, wanted.width - inside.width - before);
        let border = core::BORDER_CONSTANT | core::BORDER_ISOLATED;
        core::copy_make_border(&part, &mut self.padded, above, below, before, after, border, outside)?;
        // Averaging is what keeps thin things from flickering when a crop shrinks; it cannot grow one.
        let shrinks = region.width >= self.size.width && region.height >= self.size.height;
        let way = if shrinks { imgproc::INTER_AREA } else { imgproc::INTER_LINEAR };
        imgproc::resize(&self.padded, &mut self.scaled[index], self.size, 0.0, 0.0, way)
    }

    fn fill_from_planes(&self, weights: YuvToRgb, values: &mut [f32]) -> opencv::Result<()> {
        let [y, u, v] = &self.scaled;
        let (y, u, v) = (y.data_bytes()?, u.data_bytes()?, v.data_bytes()?);
        let (red, rest) = values.split_at_mut(self.plane());
        let (green, blue) = rest.split_at_mut(self.plane());
        for at in 0..red.len() {
            [red[at], green[at], blue[at]] = weights.convert(y[at], u[at], v[at]);
        }
        Ok(())
    }

    fn fill_from_bgr(&self, values: &mut [f32]) -> opencv::Result<()> {
        let (red, rest) = values.split_at_mut(self.plane());
        let (green, blue) = rest.split_at_mut(self.plane());
        for (at, pixel) in self.scaled[0].data_bytes()?.chunks_exact(3).enumerate() {
            [blue[at], green[at], red[at]] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        }
        Ok(())
    }

    fn plane(&self) -> usize {
        usize::try_from(self.size.area()).unwrap_or_default()
    }
}

/// Interleaved 8-bit pixels.
#[derive(Clone, Copy)]
struct Plane<'a> {
    bytes: &'a [u8],
    channels: i32,
    height: i32,
}

impl<'a> Plane<'a> {
    fn colours(picture: &'a Picture) -> Self {
        Self { bytes: picture.bytes(), channels: 3, height: pixels(picture.height_px()) }
    }

    fn luma(bytes: &'a [u8], picture: &Picture) -> Self {
        Self { bytes, channels: 1, height: pixels(picture.height_px()) }
    }

    fn chroma(bytes: &'a [u8], picture: &Picture) -> Self {
        Self { bytes, channels: 1, height: pixels(picture.height_px() / 2) }
    }
}

fn pixels(side_px: u32) -> i32 {
    i32::try_from(side_px).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ColourMatrix, PixelFormat};

    use super::*;

    /// 64x48, grey 50; a red square of 16 at 32,16.
    fn red_square(format: PixelFormat) -> Picture {
        let is_red = |x: usize, y: usize| (32..48).contains(&x) && (16..32).contains(&y);
        let plane = |step: usize, grey: u8, red: u8| {
            (0..48 / step).flat_map(move |y| {
                (0..64 / step).map(move |x| if is_red(x * step, y * step) { red } else { grey })
            })
        };
        let bytes = match format {
            PixelFormat::Bgr => (0..48)
                .flat_map(|y| (0..64).flat_map(move |x| if is_red(x, y) { [0, 0, 255] } else { [50; 3] }))
                .collect(),
            // 16 + 50 * 219 / 255 is 59.
            PixelFormat::I420 => {
                plane(1, 59, 81).chain(plane(2, 128, 90)).chain(plane(2, 128, 240)).collect()
            }
        };
        Picture::new(64, 48, format, ColourMatrix::Bt601, bytes).unwrap()
    }

    /// Mean red, green and blue of a crop of 8x8.
    #[track_caller]
    fn check([left, top, width, height]: [i32; 4], expected: [f32; 3]) {
        for format in [PixelFormat::Bgr, PixelFormat::I420] {
            let mut cutter = Cutter::new(8, 8);
            let mut values = vec![f32::NAN; cutter.values()];
            let region = Region { left, top, width, height };
            cutter.cut(&red_square(format), region, &mut values).unwrap();
            let means: Vec<f32> = values.chunks(64).map(|plane| plane.iter().sum::<f32>() / 64.0).collect();
            let is_near = means.iter().zip(expected).all(|(found, right)| (found - right).abs() < 4.0);
            assert!(is_near, "{format:?}: {means:?} instead of {expected:?}");
        }
    }

    #[test]
    fn crops_hold_what_their_region_holds() {
        let (red, grey) = ([255.0, 0.0, 0.0], [50.0; 3]);
        check([32, 16, 16, 16], red);
        check([36, 20, 4, 8], red);
        check([0, 0, 32, 48], grey);
        // Half red, half grey, shrunk and grown.
        check([16, 16, 32, 16], [152.5, 25.0, 25.0]);
        check([44, 20, 8, 4], [152.5, 25.0, 25.0]);
    }

    #[test]
    fn outside_the_picture_is_grey() {
        check([-16, 0, 32, 16], [82.0; 3]);
        check([48, 32, 32, 32], [98.0; 3]);
        check([-100, -100, 264, 248], [111.0, 110.0, 110.0]);
    }

    #[test]
    fn a_crop_does_not_depend_on_the_one_before() {
        let regions = [[32, 16, 16, 16], [-16, 0, 32, 16], [0, 0, 64, 48], [32, 16, 16, 16]];
        let mut kept = Cutter::new(8, 8);
        for [left, top, width, height] in regions {
            let region = Region { left, top, width, height };
            let picture = red_square(PixelFormat::I420);
            let [mut again, mut fresh] = [vec![0.0; kept.values()], vec![0.0; kept.values()]];
            kept.cut(&picture, region, &mut again).unwrap();
            Cutter::new(8, 8).cut(&picture, region, &mut fresh).unwrap();
            assert_eq!(again, fresh);
        }
    }
}
