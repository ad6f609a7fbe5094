//! Measures how a light looks in a picture: how bright, how burnt out, which colour, how much it lights around it.
//!
//! One picture at a time: whether a light burns or only shines is for analysis to tell, over time.

use anjian_domain::{LightMeasure, NormBox, Picture};
use anjian_models::YuvToRgb;

/// Samples a side. A fire that fills the picture is measured on a grid: its means do not need every pixel.
const GRID: usize = 128;
/// Pixels above this luma are burnt out.
const BURNT: f32 = 0.92;
/// Pixels above this luma have the colour of the light and not of what stands before it.
const BRIGHT: f32 = 0.6;

/// How the pixels in `bounds`, and around them, look.
pub(crate) fn measure(picture: &Picture, bounds: NormBox) -> LightMeasure {
    let pixels = Pixels::new(picture);
    let inside = Area::new(bounds, 1.0, picture);
    let (mut all, mut burnt, mut bright) = (Mean::default(), Mean::default(), [Mean::default(); 2]);
    for (x, y) in inside.grid() {
        let Pixel { luma, red, blue } = pixels.at(x, y);
        all.add(luma);
        burnt.add(if luma > BURNT { 1.0 } else { 0.0 });
        if luma > BRIGHT {
            let excess = (blue - red) / 255.0;
            bright[0].add(excess.max(0.0));
            bright[1].add((-excess).max(0.0));
        }
    }
    let mut ring = Mean::default();
    for (x, y) in Area::new(bounds, 2.0, picture).grid().filter(|at| !inside.contains(*at)) {
        ring.add(pixels.at(x, y).luma);
    }
    let luma = all.value().unwrap_or_default();
    LightMeasure {
        luma,
        burnt: burnt.value().unwrap_or_default(),
        blue: bright[0].value().unwrap_or_default(),
        warm: bright[1].value().unwrap_or_default(),
        // A box that fills the picture has nothing around it: as bright as itself tells the least.
        surround_luma: ring.value().unwrap_or(luma),
    }
}

/// Pixels from `left` to before `right`, `top` to before `bottom`; never empty.
struct Area {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Area {
    /// The box, grown about its middle, as far as it lies in the picture.
    fn new(bounds: NormBox, growth: f32, picture: &Picture) -> Self {
        let span = |low: f32, high: f32, side_px: u32| {
            let (middle, half) = (f32::midpoint(low, high), (high - low) / 2.0 * growth);
            let side = side_px as f32;
            let first = to_index(((middle - half) * side + 0.5).clamp(0.0, side - 1.0));
            let end = to_index(((middle + half) * side + 0.5).clamp(1.0, side));
            (first, end.max(first + 1))
        };
        let (left, right) = span(bounds.left(), bounds.right(), picture.width_px());
        let (top, bottom) = span(bounds.top(), bounds.bottom(), picture.height_px());
        Self { left, top, right, bottom }
    }

    fn contains(&self, (x, y): (usize, usize)) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    fn grid(&self) -> impl Iterator<Item = (usize, usize)> {
        let step = |side: usize| side.div_ceil(GRID);
        let (columns, rows) = (self.left..self.right, self.top..self.bottom);
        let (across, down) = (step(columns.len()), step(rows.len()));
        rows.step_by(down).flat_map(move |y| columns.clone().step_by(across).map(move |x| (x, y)))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a picture's side")]
fn to_index(px: f32) -> usize {
    px as usize
}

/// A pixel's luma, 0..1, and two of its colours, 0..255.
struct Pixel {
    luma: f32,
    red: f32,
    blue: f32,
}

/// Single pixels of a picture, whatever its format.
struct Pixels<'a> {
    width: usize,
    bytes: &'a [u8],
    planes: Option<[&'a [u8]; 3]>,
    weights: YuvToRgb,
}

impl<'a> Pixels<'a> {
    fn new(picture: &'a Picture) -> Self {
        Self {
            width: picture.width_px() as usize,
            bytes: picture.bytes(),
            planes: picture.planes(),
            weights: YuvToRgb::new(picture.matrix()),
        }
    }

    fn at(&self, x: usize, y: usize) -> Pixel {
        let Some([luma, u, v]) = self.planes else {
            let at = (y * self.width + x) * 3;
            let [blue, green, red] = [0, 1, 2].map(|channel| f32::from(self.bytes[at + channel]));
            return Pixel { luma: (0.299 * red + 0.587 * green + 0.114 * blue) / 255.0, red, blue };
        };
        let (own, chroma) = (luma[y * self.width + x], y / 2 * (self.width / 2) + x / 2);
        let [red, _, blue] = self.weights.convert(own, u[chroma], v[chroma]);
        Pixel { luma: ((f32::from(own) - 16.0) / 219.0).clamp(0.0, 1.0), red, blue }
    }
}

/// A mean, as it grows.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f32) {
        self.sum += f64::from(value);
        self.count += 1;
    }

    /// `None` of nothing.
    fn value(&self) -> Option<f32> {
        (self.count > 0).then(|| (self.sum / f64::from(self.count)) as f32)
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ColourMatrix, PixelFormat};

    use super::*;

    /// A colour in YUV of BT.601 and in BGR.
    struct Colour {
        yuv: [u8; 3],
        bgr: [u8; 3],
    }

    const BLACK: Colour = Colour { yuv: [16, 128, 128], bgr: [0; 3] };
    const GREY: Colour = Colour { yuv: [126, 128, 128], bgr: [128; 3] };
    const WHITE: Colour = Colour { yuv: [235, 128, 128], bgr: [255; 3] };
    const ORANGE: Colour = Colour { yuv: [168, 70, 177], bgr: [60, 160, 255] };
    const BLUISH: Colour = Colour { yuv: [180, 160, 102], bgr: [255, 200, 150] };

    /// 40x20 of `around`, with `inside` from 10,4 to 20,10.
    fn picture(format: PixelFormat, inside: &Colour, around: &Colour) -> Picture {
        let is_inside = |x: usize, y: usize| (10..20).contains(&x) && (4..10).contains(&y);
        let colour = |x, y| if is_inside(x, y) { inside } else { around };
        let plane = |channel: usize, step: usize| {
            (0..20 / step)
                .flat_map(move |y| (0..40 / step).map(move |x| colour(x * step, y * step).yuv[channel]))
        };
        let bytes = match format {
            PixelFormat::Bgr => (0..20).flat_map(|y| (0..40).flat_map(move |x| colour(x, y).bgr)).collect(),
            PixelFormat::I420 => plane(0, 1).chain(plane(1, 2)).chain(plane(2, 2)).collect(),
        };
        Picture::new(40, 20, format, ColourMatrix::Bt601, bytes).unwrap()
    }

    /// Luma, burnt, blue, warm, luma around.
    #[track_caller]
    fn check(inside: &Colour, around: &Colour, expected: [f32; 5]) {
        let bounds = NormBox::new(0.25, 0.2, 0.5, 0.5).unwrap();
        for format in [PixelFormat::Bgr, PixelFormat::I420] {
            let found = measure(&picture(format, inside, around), bounds);
            let found = [found.luma, found.burnt, found.blue, found.warm, found.surround_luma];
            let is_near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.02);
            assert!(is_near, "{format:?}: {found:?} instead of {expected:?}");
        }
    }

    #[test]
    fn lights_by_hand() {
        check(&WHITE, &BLACK, [1.0, 1.0, 0.0, 0.0, 0.0]);
        check(&ORANGE, &GREY, [0.694, 0.0, 0.0, 0.765, 0.502]);
        check(&BLUISH, &WHITE, [0.751, 0.0, 0.412, 0.0, 1.0]);
        // Too dark to have a colour of its own.
        check(&GREY, &GREY, [0.502, 0.0, 0.0, 0.0, 0.502]);
    }

    #[test]
    fn a_box_half_full_is_half_burnt() {
        let bounds = NormBox::new(0.25, 0.2, 0.75, 0.5).unwrap();
        let found = measure(&picture(PixelFormat::Bgr, &WHITE, &BLACK), bounds);
        assert!((found.burnt - 0.5).abs() < 0.01 && (found.luma - 0.5).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn boxes_at_the_edges_and_whole_pictures_are_measured() {
        for edges in [[0.0, 0.0, 1.0, 1.0], [0.999, 0.999, 1.0, 1.0], [0.0, 0.0, 0.001, 0.001]] {
            let bounds = NormBox::try_from(edges).unwrap();
            let found = measure(&picture(PixelFormat::I420, &GREY, &GREY), bounds);
            assert!((found.luma - 0.502).abs() < 0.01, "{edges:?}: {found:?}");
            assert!((found.surround_luma - 0.502).abs() < 0.01, "{edges:?}: {found:?}");
        }
    }

    #[test]
    fn large_boxes_are_measured_on_a_grid() {
        let bytes = (0..1000 * 600).flat_map(|at| [if at % 1000 < 500 { 255 } else { 0 }; 3]).collect();
        let picture = Picture::new(1000, 600, PixelFormat::Bgr, ColourMatrix::Bt601, bytes).unwrap();
        let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
        assert!(Area::new(whole, 1.0, &picture).grid().count() <= GRID * GRID);
        assert!((measure(&picture, whole).luma - 0.5).abs() < 0.01);
    }
}
