//! Limited-range YUV to RGB, with the weights that the stream names.

use std::borrow::Cow;

use anjian_domain::{ColourMatrix, Picture};

/// Turns one pixel's YUV into RGB; holds what U and V add to the three colours.
#[derive(Debug, Clone, Copy)]
pub struct YuvToRgb {
    red_v: f32,
    green_u: f32,
    green_v: f32,
    blue_u: f32,
}

const LUMA_GAIN: f32 = 255.0 / 219.0;

impl YuvToRgb {
    /// From the luma weights of the two recommendations; chroma spans 224 steps, luma 219.
    #[must_use]
    pub fn new(matrix: ColourMatrix) -> Self {
        let (red, blue) = match matrix {
            ColourMatrix::Bt601 => (0.299f32, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let green = 1.0 - red - blue;
        let gain = 2.0 * 255.0 / 224.0;
        let red_v = gain * (1.0 - red);
        let blue_u = gain * (1.0 - blue);
        Self { red_v, blue_u, green_u: -blue_u * blue / green, green_v: -red_v * red / green }
    }

    /// Red, green and blue, 0..255.
    #[inline]
    #[must_use]
    pub fn convert(&self, y: u8, u: u8, v: u8) -> [f32; 3] {
        let luma = (f32::from(y) - 16.0) * LUMA_GAIN;
        let (u, v) = (f32::from(u) - 128.0, f32::from(v) - 128.0);
        let red = luma + self.red_v * v;
        let green = luma + self.green_u * u + self.green_v * v;
        let blue = luma + self.blue_u * u;
        [red, green, blue].map(|colour| colour.clamp(0.0, 255.0))
    }
}

/// The picture's pixels as BGR, row by row; borrowed when they are BGR already. For single pictures that people look
/// at: detection never converts at full size.
pub(crate) fn bgr_bytes(picture: &Picture) -> Cow<'_, [u8]> {
    let Some([y, u, v]) = picture.planes() else { return Cow::Borrowed(picture.bytes()) };
    let weights = YuvToRgb::new(picture.matrix());
    let width = picture.width_px() as usize;
    let mut bytes = Vec::with_capacity(y.len() * 3);
    for (row, y) in y.chunks_exact(width).enumerate() {
        let chroma = row / 2 * (width / 2);
        for (x, y) in y.iter().enumerate() {
            let [red, green, blue] = weights.convert(*y, u[chroma + x / 2], v[chroma + x / 2]);
            bytes.extend([blue, green, red].map(to_byte));
        }
    }
    Cow::Owned(bytes)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..255 before")]
fn to_byte(colour: f32) -> u8 {
    colour.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colour bars as the recommendations tabulate them.
    #[test]
    fn known_colours() {
        let cases = [
            (ColourMatrix::Bt601, [16, 128, 128], [0.0, 0.0, 0.0]),
            (ColourMatrix::Bt601, [235, 128, 128], [255.0, 255.0, 255.0]),
            (ColourMatrix::Bt601, [81, 90, 240], [255.0, 0.0, 0.0]),
            (ColourMatrix::Bt601, [145, 54, 34], [0.0, 255.0, 0.0]),
            (ColourMatrix::Bt601, [41, 240, 110], [0.0, 0.0, 255.0]),
            (ColourMatrix::Bt709, [63, 102, 240], [255.0, 0.0, 0.0]),
            (ColourMatrix::Bt709, [173, 42, 26], [0.0, 255.0, 0.0]),
            (ColourMatrix::Bt709, [32, 240, 118], [0.0, 0.0, 255.0]),
        ];
        for (matrix, [y, u, v], rgb) in cases {
            let found = YuvToRgb::new(matrix).convert(y, u, v);
            let is_near = found.iter().zip(rgb).all(|(a, b)| (a - b).abs() < 3.0);
            assert!(is_near, "{matrix:?} {y},{u},{v}: {found:?} instead of {rgb:?}");
        }
    }
}
