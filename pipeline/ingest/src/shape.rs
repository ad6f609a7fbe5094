//! From a picture as it was coded to the picture that a player shows: stretched to square pixels, then turned.
//!
//! Pure arithmetic on planes. Knows neither GStreamer nor libav.

/// Shapes beyond this are slips of an encoder; players do not follow them either.
const STRETCH_MAX: u32 = 8;

/// No picture is made larger than this.
const SIDE_MAX_PX: usize = 8192;

/// How a coded picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    turn: Turn,
    /// Width and height of a pixel.
    pixel: (u32, u32),
}

/// Which axes are exchanged and reversed, in the order: exchange, then reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Turn {
    /// Rows become columns.
    is_swapped: bool,
    /// What is left is shown right.
    is_right_first: bool,
    /// What is at the top is shown at the bottom.
    is_bottom_first: bool,
}

impl Turn {
    /// Of a display matrix: nine numbers, of which the first, second, fourth and fifth turn (ISO 14496-12, 6.2.2). Angles
    /// in between are taken for the nearest right angle.
    pub(crate) fn of_matrix(matrix: [i32; 9]) -> Self {
        let [a, b, _, c, d, ..] = matrix.map(i64::from);
        // What lies right of a point is shown (a, b) from it, and what lies below is shown (c, d) from it.
        if a.abs() + d.abs() >= b.abs() + c.abs() {
            Self { is_swapped: false, is_right_first: a < 0, is_bottom_first: d < 0 }
        } else {
            Self { is_swapped: true, is_right_first: c < 0, is_bottom_first: b < 0 }
        }
    }

    /// In words for a person; `None` when nothing is turned.
    pub(crate) const fn in_words(self) -> Option<&'static str> {
        match (self.is_swapped, self.is_right_first, self.is_bottom_first) {
            (false, false, false) => None,
            (false, true, true) => Some("turned by 180 degrees"),
            (true, true, false) => Some("turned by 90 degrees clockwise"),
            (true, false, true) => Some("turned by 90 degrees anticlockwise"),
            (false, ..) => Some("mirrored"),
            (true, ..) => Some("turned and mirrored"),
        }
    }
}

impl Shape {
    /// A pixel of `pixel` width and height. What makes no sense counts as square.
    pub(crate) const fn new(turn: Turn, pixel: (u32, u32)) -> Self {
        let (width, height) = pixel;
        let is_sensible = width > 0
            && height > 0
            && width.div_ceil(height) <= STRETCH_MAX
            && height.div_ceil(width) <= STRETCH_MAX;
        Self { turn, pixel: if is_sensible { pixel } else { (1, 1) } }
    }

    /// The sides of what is shown, before it is turned: no side becomes smaller.
    pub(crate) fn stretched(self, width_px: usize, height_px: usize) -> (usize, usize) {
        let (pixel_width, pixel_height) = (self.pixel.0 as usize, self.pixel.1 as usize);
        let even = |px: usize| (px + 1) & !1;
        let (width, height) = if pixel_width > pixel_height {
            (even((width_px * pixel_width).div_ceil(pixel_height)), height_px)
        } else if pixel_width < pixel_height {
            (width_px, even((height_px * pixel_height).div_ceil(pixel_width)))
        } else {
            (width_px, height_px)
        };
        if width.max(height) > SIDE_MAX_PX { (width_px, height_px) } else { (width, height) }
    }

    /// An I420 picture as it is shown, and its sides. Sides are even.
    pub(crate) fn show(self, width_px: usize, height_px: usize, planes: Vec<u8>) -> (usize, usize, Vec<u8>) {
        let (width, height) = self.stretched(width_px, height_px);
        let is_stretched = (width, height) != (width_px, height_px);
        if !is_stretched && self.turn == Turn::default() {
            return (width_px, height_px, planes);
        }
        let mut shown = Vec::with_capacity(width * height * 3 / 2);
        let mut rest = planes.as_slice();
        for divisor in [1, 2, 2] {
            let from = Plane { width: width_px / divisor, height: height_px / divisor };
            let to = Plane { width: width / divisor, height: height / divisor };
            let (plane, others) = rest.split_at((from.width * from.height).min(rest.len()));
            rest = others;
            if is_stretched {
                to.turn(self.turn, &from.stretch(plane, to), &mut shown);
            } else {
                to.turn(self.turn, plane, &mut shown);
            }
        }
        if self.turn.is_swapped { (height, width, shown) } else { (width, height, shown) }
    }
}

/// The sides of one plane.
#[derive(Debug, Clone, Copy)]
struct Plane {
    width: usize,
    height: usize,
}

impl Plane {
    /// Interpolates between neighbours along the axis that grows.
    fn stretch(self, plane: &[u8], to: Self) -> Vec<u8> {
        let columns = steps(self.width, to.width);
        let mut wide = Vec::with_capacity(to.width * to.height);
        for row in steps(self.height, to.height) {
            let line = |index: usize| plane.get(index * self.width..(index + 1) * self.width);
            let (Some(upper), Some(lower)) = (line(row.first), line(row.second)) else { continue };
            wide.extend(columns.iter().map(|column| {
                let above = column.between(upper[column.first], upper[column.second]);
                let below = column.between(lower[column.first], lower[column.second]);
                row.between(above, below)
            }));
        }
        wide
    }

    fn turn(self, turn: Turn, plane: &[u8], shown: &mut Vec<u8>) {
        let (width, height) =
            if turn.is_swapped { (self.height, self.width) } else { (self.width, self.height) };
        for row in 0..height {
            let row = if turn.is_bottom_first { height - 1 - row } else { row };
            let at = |column: usize| {
                let column = if turn.is_right_first { width - 1 - column } else { column };
                let (x, y) = if turn.is_swapped { (row, column) } else { (column, row) };
                plane.get(y * self.width + x).copied().unwrap_or_default()
            };
            shown.extend((0..width).map(at));
        }
    }
}

/// Two neighbours, and how far the point lies from the first, in 256ths.
#[derive(Debug, Clone, Copy)]
struct Step {
    first: usize,
    second: usize,
    part: u32,
}

impl Step {
    fn between(self, first: u8, second: u8) -> u8 {
        let sum = u32::from(first) * (256 - self.part) + u32::from(second) * self.part + 128;
        u8::try_from(sum >> 8).unwrap_or(u8::MAX)
    }
}

/// For each of `to` points, where it lies among `from` points; the middles of both rows lie over each other.
fn steps(from: usize, to: usize) -> Vec<Step> {
    let last = from.saturating_sub(1);
    let step = |index: usize| {
        let at = ((2 * index + 1) * from * 128 / to.max(1)).saturating_sub(128);
        let first = (at >> 8).min(last);
        Step { first, second: (first + 1).min(last), part: u32::try_from(at & 255).unwrap_or_default() }
    };
    (0..to).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 1 << 16;

    /// A picture of 4x2 whose luma counts from the top left.
    fn counted() -> Vec<u8> {
        vec![0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 20, 21]
    }

    #[track_caller]
    fn check(matrix: [i32; 4], size: (usize, usize), luma: [u8; 8], chroma: [u8; 2], words: Option<&str>) {
        let [a, b, c, d] = matrix;
        let turn = Turn::of_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30]);
        let (width, height, shown) = Shape::new(turn, (1, 1)).show(4, 2, counted());
        assert_eq!((width, height), size);
        assert_eq!(shown[..8], luma);
        assert_eq!(shown[8..10], chroma);
        assert_eq!(turn.in_words(), words);
    }

    #[test]
    fn pictures_are_turned_as_the_matrix_says() {
        check([ONE, 0, 0, ONE], (4, 2), [0, 1, 2, 3, 4, 5, 6, 7], [10, 11], None);
        check([-ONE, 0, 0, -ONE], (4, 2), [7, 6, 5, 4, 3, 2, 1, 0], [11, 10], Some("turned by 180 degrees"));
        let clockwise = Some("turned by 90 degrees clockwise");
        check([0, ONE, -ONE, 0], (2, 4), [4, 0, 5, 1, 6, 2, 7, 3], [10, 11], clockwise);
        let anticlockwise = Some("turned by 90 degrees anticlockwise");
        check([0, -ONE, ONE, 0], (2, 4), [3, 7, 2, 6, 1, 5, 0, 4], [11, 10], anticlockwise);
        check([-ONE, 0, 0, ONE], (4, 2), [3, 2, 1, 0, 7, 6, 5, 4], [11, 10], Some("mirrored"));
        check([ONE, 900, -900, ONE], (4, 2), [0, 1, 2, 3, 4, 5, 6, 7], [10, 11], None);
        check([0, 0, 0, 0], (4, 2), [0, 1, 2, 3, 4, 5, 6, 7], [10, 11], None);
    }

    #[test]
    fn pixels_become_square_and_no_side_smaller() {
        let size = |pixel, width, height| Shape::new(Turn::default(), pixel).stretched(width, height);
        assert_eq!(size((64, 45), 720, 576), (1024, 576));
        assert_eq!(size((8, 9), 720, 480), (720, 540));
        assert_eq!(size((1, 2), 1920, 540), (1920, 1080));
        for unusable in [(0, 1), (1, 0), (1, 255), (9, 1), (1, 1)] {
            assert_eq!(size(unusable, 720, 576), (720, 576), "{unusable:?}");
        }
        assert_eq!(size((2, 1), 7680, 4320), (7680, 4320), "no larger than a decoder makes them");
    }

    #[test]
    fn stretched_pictures_keep_their_ends_and_grow_evenly() {
        let planes = vec![0, 100, 200, 255, 0, 100, 200, 255, 16, 240, 16, 240];
        let (width, height, shown) = Shape::new(Turn::default(), (2, 1)).show(4, 2, planes);
        assert_eq!((width, height, shown.len()), (8, 2, 24));
        assert_eq!(shown[..8], [0, 25, 75, 125, 175, 214, 241, 255]);
        let turn = Turn::of_matrix([0, ONE, 0, -ONE, 0, 0, 0, 0, 0]);
        let (width, height, shown) = Shape::new(turn, (2, 1)).show(4, 2, counted());
        assert_eq!((width, height, shown.len()), (2, 8, 24), "stretched first, turned then");
    }
}
