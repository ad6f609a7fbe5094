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

/// What a step of luma, V or U adds to red, green and blue, in 1/65536.
struct Weights {
    luma: i32,
    red_v: i32,
    green_u: i32,
    green_v: i32,
    blue_u: i32,
}

impl Weights {
    /// From the luma coefficients of the standard, for limited-range samples.
    fn of(matrix: ColourMatrix) -> Self {
        let (red, blue) = match matrix {
            ColourMatrix::Bt601 => (0.299, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let green = 1.0 - red - blue;
        let chroma = |weight: f64| fixed(weight * 255.0 / 224.0);
        Self {
            luma: fixed(255.0 / 219.0),
            red_v: chroma(2.0 * (1.0 - red)),
            green_u: chroma(-2.0 * (1.0 - blue) * blue / green),
            green_v: chroma(-2.0 * (1.0 - red) * red / green),
            blue_u: chroma(2.0 * (1.0 - blue)),
        }
    }

    /// What U and V add to blue, green and red.
    fn chroma(&self, u: u8, v: u8) -> [i32; 3] {
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        [self.blue_u * u, self.green_u * u + self.green_v * v, self.red_v * v]
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are below 3")]
fn fixed(weight: f64) -> i32 {
    (weight * 65536.0).round() as i32
}

#[expect(clippy::cast_sign_loss, reason = "clamped to a byte just before")]
fn to_byte(fixed: i32) -> u8 {
    ((fixed + 32768) >> 16).clamp(0, 255) as u8
}

fn from_planes([luma, u, v]: [&[u8]; 3], width: usize, weights: &Weights) -> Vec<u8> {
    let mut pixels = vec![0; luma.len() * 3];
    let rows = luma.chunks_exact(width).zip(pixels.chunks_exact_mut(width * 3));
    for (row, (line, out)) in rows.enumerate() {
        let chroma = row / 2 * (width / 2)..(row / 2 + 1) * (width / 2);
        let pairs = u[chroma.clone()].iter().zip(&v[chroma]);
        for ((pair, out), (u, v)) in line.chunks_exact(2).zip(out.chunks_exact_mut(6)).zip(pairs) {
            let added = weights.chroma(*u, *v);
            for (y, pixel) in pair.iter().zip(out.chunks_exact_mut(3)) {
                let luma = (i32::from(*y) - 16) * weights.luma;
                for (byte, added) in pixel.iter_mut().zip(added) {
                    *byte = to_byte(luma + added);
                }
            }
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
