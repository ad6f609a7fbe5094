//! Chinese and English text on pixels. OpenCV's own letters know only ASCII.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, ScaleFont, point};

/// Noto Sans CJK SC, reduced to ASCII and GB 2312; see `assets/`.
static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/noto-sans-cjk-sc-gb2312.otf");
    FontRef::try_from_slice(bytes).expect("the embedded font is a valid font file")
});

/// Interleaved BGR pixels to draw on.
pub(super) struct Canvas<'a> {
    pub(super) pixels: &'a mut [u8],
    pub(super) width_px: u32,
    pub(super) height_px: u32,
}

/// The width in pixels that a line of text takes.
pub(super) fn width_px(text: &str, size_px: f32) -> f32 {
    let font = FONT.as_scaled(size_px);
    text.chars().map(|letter| font.h_advance(font.glyph_id(letter))).sum()
}

/// Draws one line with its top left corner at `left`, `top`; what lies outside the picture is cut off.
pub(super) fn draw(canvas: &mut Canvas<'_>, text: &str, left: f32, top: f32, size_px: f32, colour: [u8; 3]) {
    let font = FONT.as_scaled(size_px);
    let mut pen_x = left;
    for letter in text.chars() {
        let id = font.glyph_id(letter);
        let glyph = id.with_scale_and_position(size_px, point(pen_x, top + font.ascent()));
        pen_x += font.h_advance(id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| {
                canvas.blend(corner.x + x as f32, corner.y + y as f32, coverage, colour);
            });
        }
    }
}

impl Canvas<'_> {
    /// Mixes a colour into one pixel; `coverage` 0..1.
    fn blend(&mut self, x: f32, y: f32, coverage: f32, colour: [u8; 3]) {
        if x < 0.0 || y < 0.0 || x >= self.width_px as f32 || y >= self.height_px as f32 {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
        let at = (y as usize * self.width_px as usize + x as usize) * 3;
        for (pixel, ink) in self.pixels[at..at + 3].iter_mut().zip(colour) {
            let mixed = f32::from(*pixel) + (f32::from(ink) - f32::from(*pixel)) * coverage.min(1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
            let byte = mixed as u8;
            *pixel = byte;
        }
    }

    /// Fills a rectangle with a colour at an opacity of 0..1; what lies outside the picture is cut off.
    pub(super) fn shade(&mut self, [left, top, right, bottom]: [f32; 4], opacity: f32, colour: [u8; 3]) {
        let (mut y, bottom) = (top.max(0.0).floor(), bottom.min(self.height_px as f32));
        while y < bottom {
            let mut x = left.max(0.0).floor();
            while x < right.min(self.width_px as f32) {
                self.blend(x, y, opacity, colour);
                x += 1.0;
            }
            y += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_analysis::rules::Behaviours;

    use super::*;

    #[test]
    fn the_font_has_every_label() {
        let behaviours = Behaviours::built_in();
        let labels: Vec<_> = behaviours.iter().flat_map(|spec| [spec.title.zh, spec.title.en]).collect();
        for letter in labels.join(" ").chars().chain("装卸区摄像机人员上限0123456789:-@·".chars())
        {
            assert_ne!(FONT.glyph_id(letter).0, 0, "no glyph for {letter:?}");
        }
    }

    #[test]
    fn text_may_run_over_every_edge() {
        let mut pixels = vec![0; 20 * 10 * 3];
        let mut canvas = Canvas { pixels: &mut pixels, width_px: 20, height_px: 10 };
        draw(&mut canvas, "未佩戴安全帽", -7.0, -3.0, 16.0, [255, 255, 255]);
        canvas.shade([-5.0, -5.0, 50.0, 50.0], 0.5, [200, 0, 0]);
        assert!(pixels.iter().any(|byte| *byte > 0));
    }
}
