//! From what decoders give to what people see. Rare (a few pictures a violation), so plain and exact: OpenCV 4.6
//! converts only with the weights of BT.601, which shifts the colours of high-definition cameras.

use anjian_domain::{ColourMatrix, Picture, PixelFormat};

/// Interleaved BGR, full range, `height * width * 3` bytes.
pub(super) fn from_picture(picture: &Picture) -> Vec<u8> {
    match (picture.format(), picture.planes()) {
        (PixelFormat::I420, Some(planes)) => {
            from_planes(planes, picture.width_px() as usize, &Weights::of(picture.matrix()))
        }
        _ => picture.bytes().to_vec(),
    }
}

/// What a step of V or U adds to red, green and blue.
struct Weights {
    red_v: f32,
    green_u: f32,
    green_v: f32,
    blue_u: f32,
}

impl Weights {
    /// From the luma coefficients of the standard, for limited-range chroma.
    fn of(matrix: ColourMatrix) -> Self {
        let (red, blue) = match matrix {
            ColourMatrix::Bt601 => (0.299, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let green = 1.0 - red - blue;
        let chroma_gain = 255.0 / 224.0;
        Self {
            red_v: 2.0 * (1.0 - red) * chroma_gain,
            green_u: -2.0 * (1.0 - blue) * blue / green * chroma_gain,
            green_v: -2.0 * (1.0 - red) * red / green * chroma_gain,
            blue_u: 2.0 * (1.0 - blue) * chroma_gain,
        }
    }

    fn bgr(&self, y: u8, u: u8, v: u8) -> [u8; 3] {
        let luma = (f32::from(y) - 16.0) * (255.0 / 219.0);
        let (u, v) = (f32::from(u) - 128.0, f32::from(v) - 128.0);
        let red = luma + self.red_v * v;
        let green = luma + self.green_u * u + self.green_v * v;
        let blue = luma + self.blue_u * u;
        [blue, green, red].map(to_byte)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte just before")]
fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

fn from_planes([luma, u, v]: [&[u8]; 3], width: usize, weights: &Weights) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(luma.len() * 3);
    for (row, line) in luma.chunks_exact(width).enumerate() {
        let chroma = row / 2 * (width / 2);
        for (column, y) in line.iter().enumerate() {
            let at = chroma + column / 2;
            pixels.extend_from_slice(&weights.bgr(*y, u[at], v[at]));
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 2x2 picture of one colour.
    fn one_colour(y: u8, u: u8, v: u8, matrix: ColourMatrix) -> [u8; 3] {
        let picture = Picture::new(2, 2, PixelFormat::I420, matrix, vec![y, y, y, y, u, v]).unwrap();
        let pixels = from_picture(&picture);
        assert_eq!(pixels.len(), 12);
        [pixels[0], pixels[1], pixels[2]]
    }

    #[test]
    fn standards_give_their_published_primaries() {
        use ColourMatrix::{Bt601, Bt709};
        for (matrix, yuv, bgr) in [
            (Bt601, [16, 128, 128], [0, 0, 0]),
            (Bt709, [235, 128, 128], [255, 255, 255]),
            (Bt601, [81, 90, 240], [0, 0, 255]),
            (Bt709, [63, 102, 240], [0, 0, 255]),
            (Bt709, [32, 240, 118], [255, 0, 0]),
        ] {
            let got = one_colour(yuv[0], yuv[1], yuv[2], matrix);
            let near = got.iter().zip(bgr).all(|(a, b)| a.abs_diff(b) <= 2);
            assert!(near, "{matrix:?} {yuv:?}: {got:?} is not {bgr:?}");
        }
    }
}
