//! Which pixels a second look sees, and which looks are refused because there is too little to see.
//!
//! Geometry only: [`crate::cutter`] cuts. The numbers are part of what the models were trained on.

use anjian_domain::{Look, LookKind, NormBox, Picture};

/// Sides of a crop against the longer side of a head's box: a helmet's rim and the shoulders tell as much as the head.
const HEAD_SIDES: f32 = 2.0;
/// Where no head was seen: side of the crop against the person's height, and at most against its width.
const PERSON_HEIGHTS: f32 = 0.30;
const PERSON_WIDTHS: f32 = 1.2;
/// Where the middle of that crop lies under the person's top, in its sides.
const BELOW_TOP: f32 = 0.4;
/// A head crop of fewer pixels is not answered.
const LEAST_HEAD_SIDE_PX: f32 = 16.0;

/// The share of a person that belongs to the head and not to the garment.
const ABOVE_GARMENT: f32 = 0.15;
/// Persons of fewer pixels are not answered.
const LEAST_PERSON_HEIGHT_PX: f32 = 64.0;
/// A person that the picture's lower edge cuts off is answered only when it is so much higher than wide.
const LEAST_CUT_ASPECT: f32 = 1.2;
/// A box that ends so near the lower edge is cut off by it.
const EDGE_PX: f32 = 2.0;

/// A rectangle of whole pixels that may reach beyond the picture. All four numbers are even, so that it is whole in
/// half-sized colour planes too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// What to cut out of a picture of this size for a look; `None` when there is too little to see.
pub(crate) fn region(look: &Look, width_px: u32, height_px: u32) -> Option<Region> {
    let scale = [width_px as f32, height_px as f32];
    match look.kind {
        LookKind::Headwear => headwear(look, scale),
        LookKind::Garment => garment(look.person.unwrap_or(look.bounds), scale),
        LookKind::Light => None,
    }
}

fn headwear(look: &Look, [width, height]: [f32; 2]) -> Option<Region> {
    let (side, middle_x, middle_y) = match (look.head, look.person) {
        (Some(head), _) => {
            let side = HEAD_SIDES * (head.width() * width).max(head.height() * height);
            (side, head.centre().x() * width, head.centre().y() * height)
        }
        (None, Some(person)) => {
            let side =
                (PERSON_HEIGHTS * person.height() * height).min(PERSON_WIDTHS * person.width() * width);
            (side, person.centre().x() * width, person.top() * height + BELOW_TOP * side)
        }
        (None, None) => return None,
    };
    let half = side / 2.0;
    (side >= LEAST_HEAD_SIDE_PX).then(|| Region::around(middle_x - half, middle_y - half, side, side))
}

fn garment(person: NormBox, [width, height]: [f32; 2]) -> Option<Region> {
    let (person_width, person_height) = (person.width() * width, person.height() * height);
    let is_cut_off = (1.0 - person.bottom()) * height <= EDGE_PX;
    let is_too_little = person_height < LEAST_PERSON_HEIGHT_PX
        || (is_cut_off && person_height < LEAST_CUT_ASPECT * person_width);
    let head = ABOVE_GARMENT * person_height;
    (!is_too_little).then(|| {
        Region::around(
            person.left() * width,
            person.top() * height + head,
            person_width,
            person_height - head,
        )
    })
}

impl Region {
    /// All of a picture, whose sides need not be even when it has no colour planes.
    pub(crate) fn whole(picture: &Picture) -> Self {
        Self { left: 0, top: 0, width: pixels(picture.width_px()), height: pixels(picture.height_px()) }
    }

    /// What a box shows of a picture, and never more than the picture.
    pub(crate) fn of(bounds: NormBox, picture: &Picture) -> Self {
        let side = |low: f32, high: f32, most_px: u32| {
            let most_px = pixels(most_px);
            let low = even(low * most_px as f32).min(even_below(most_px - 1));
            (low, (even(high * most_px as f32).max(low + 2)).min(most_px) - low)
        };
        let (left, width) = side(bounds.left(), bounds.right(), picture.width_px());
        let (top, height) = side(bounds.top(), bounds.bottom(), picture.height_px());
        Self { left, top, width, height }
    }

    /// The same place in colour planes of half the size.
    pub(crate) const fn half(self) -> Self {
        Self { left: self.left / 2, top: self.top / 2, width: self.width / 2, height: self.height / 2 }
    }

    /// A box of this region as a box of the picture.
    pub(crate) fn to_picture(self, bounds: NormBox, picture: &Picture) -> Option<NormBox> {
        if self == Self::whole(picture) {
            return Some(bounds);
        }
        let x = |share: f32| (self.left as f32 + share * self.width as f32) / picture.width_px() as f32;
        let y = |share: f32| (self.top as f32 + share * self.height as f32) / picture.height_px() as f32;
        NormBox::clipped(x(bounds.left()), y(bounds.top()), x(bounds.right()), y(bounds.bottom()))
    }

    fn around(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self { left: even(left), top: even(top), width: even(width).max(2), height: even(height).max(2) }
    }
}

const fn even_below(px: i32) -> i32 {
    px - px % 2
}

fn pixels(side_px: u32) -> i32 {
    i32::try_from(side_px).unwrap_or(i32::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "a few times the side of a picture")]
fn even(px: f32) -> i32 {
    (px / 2.0).round() as i32 * 2
}

#[cfg(test)]
mod tests {
    use anjian_domain::{ColourMatrix, PixelFormat};

    use super::*;

    /// Boxes in pixels of a picture of 1000x500.
    fn norm([left, top, right, bottom]: [f32; 4]) -> NormBox {
        NormBox::new(left / 1000.0, top / 500.0, right / 1000.0, bottom / 500.0).unwrap()
    }

    #[track_caller]
    fn check(kind: LookKind, head: Option<[f32; 4]>, person: Option<[f32; 4]>, expected: Option<[i32; 4]>) {
        let (head, person) = (head.map(norm), person.map(norm));
        let bounds = head.or(person).unwrap();
        let look = Look { kind, track: None, person, head, bounds };
        let found = region(&look, 1000, 500).map(|found| [found.left, found.top, found.width, found.height]);
        assert_eq!(found, expected, "{kind:?} head {head:?} person {person:?}");
    }

    #[test]
    fn a_part_of_a_picture_is_even_and_never_more_than_the_picture() {
        let picture = |width: u32, height: u32| {
            let bytes = vec![0; width as usize * height as usize * 3];
            Picture::new(width, height, PixelFormat::Bgr, ColourMatrix::default(), bytes).unwrap()
        };
        for (size, bounds, expected) in [
            ((100, 50), [0.25, 0.3, 0.77, 0.9], [26, 16, 52, 30]),
            ((100, 50), [0.0, 0.0, 1.0, 1.0], [0, 0, 100, 50]),
            ((99, 51), [0.0, 0.0, 1.0, 1.0], [0, 0, 99, 51]),
            ((99, 51), [0.99, 0.98, 1.0, 1.0], [98, 50, 1, 1]),
            ((1, 1), [0.2, 0.2, 0.3, 0.3], [0, 0, 1, 1]),
        ] {
            let (picture, bounds) = (picture(size.0, size.1), bounds.try_into().unwrap());
            let part = Region::of(bounds, &picture);
            assert_eq!([part.left, part.top, part.width, part.height], expected, "{bounds:?} of {size:?}");
            let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
            let back = <[f32; 4]>::from(part.to_picture(whole, &picture).unwrap());
            let right = (part.left + part.width) as f32 / size.0 as f32;
            assert!(
                (back[0] - part.left as f32 / size.0 as f32).abs() < 1e-6 && (back[2] - right).abs() < 1e-6
            );
        }
    }

    #[test]
    fn headwear_is_a_square_of_twice_the_head() {
        let kind = LookKind::Headwear;
        check(kind, Some([100.0, 100.0, 120.0, 130.0]), None, Some([80, 86, 60, 60]));
        check(kind, Some([0.0, 0.0, 30.0, 20.0]), None, Some([-16, -20, 60, 60]));
        check(kind, Some([100.0, 100.0, 107.0, 107.0]), None, None);
        let person = Some([400.0, 100.0, 480.0, 300.0]);
        check(kind, Some([100.0, 100.0, 120.0, 130.0]), person, Some([80, 86, 60, 60]));
    }

    #[test]
    fn without_a_head_it_is_the_upper_part_of_the_person() {
        let kind = LookKind::Headwear;
        // 0.3 of 200 px is 60; its middle lies 24 px under the top.
        check(kind, None, Some([400.0, 100.0, 480.0, 300.0]), Some([410, 94, 60, 60]));
        // 1.2 of 30 px is less than that.
        check(kind, None, Some([400.0, 100.0, 430.0, 300.0]), Some([398, 96, 36, 36]));
        check(kind, None, Some([400.0, 100.0, 410.0, 150.0]), None);
    }

    #[test]
    fn a_garment_is_the_person_without_the_head() {
        let kind = LookKind::Garment;
        check(kind, None, Some([400.0, 100.0, 480.0, 300.0]), Some([400, 130, 80, 170]));
        check(kind, None, Some([400.0, 100.0, 430.0, 163.0]), None);
        // Cut off by the lower edge: a torso is enough, shoulders are not.
        check(kind, None, Some([400.0, 300.0, 500.0, 500.0]), Some([400, 330, 100, 170]));
        check(kind, None, Some([400.0, 390.0, 500.0, 500.0]), None);
        check(kind, None, Some([400.0, 380.0, 500.0, 490.0]), Some([400, 396, 100, 94]));
    }
}
