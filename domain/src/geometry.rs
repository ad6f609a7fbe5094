//! Points, boxes and polygons in one coordinate system: 0..1 of the picture, origin top left.

use serde::{Deserialize, Serialize};

/// Why a shape was refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// A coordinate is not a number or lies outside the picture.
    #[error("coordinate {0} is outside 0..1 of the picture")]
    OutsidePicture(f32),
    /// Left is not left of right, or top not above bottom.
    #[error("box {left},{top} to {right},{bottom} has no area: left < right and top < bottom are needed")]
    EmptyBox {
        /// As given.
        left: f32,
        /// As given.
        top: f32,
        /// As given.
        right: f32,
        /// As given.
        bottom: f32,
    },
    /// More or fewer numbers than a point has.
    #[error("a point is [x, y], this one has {0} numbers")]
    PointNumbers(usize),
    /// More or fewer numbers than a box has.
    #[error("a box is [left, top, right, bottom], this one has {0} numbers")]
    BoxNumbers(usize),
    /// Fewer than three corners.
    #[error("a polygon needs at least 3 points, this one has {0}")]
    TooFewPoints(usize),
    /// All corners on one line.
    #[error("the polygon has no area: its points lie on one line")]
    NoArea,
    /// Two sides cross each other.
    #[error("sides {0} and {1} of the polygon cross each other: list the corners in order")]
    SelfCrossing(usize, usize),
}

/// A point of the picture, 0..1, origin top left. Written as `[x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "[f32; 2]")]
pub struct Point {
    x: f32,
    y: f32,
}

impl Point {
    /// # Errors
    /// When a coordinate is outside 0..1 or not a number.
    pub fn new(x: f32, y: f32) -> Result<Self, GeometryError> {
        Ok(Self { x: checked(x)?, y: checked(y)? })
    }

    /// From the left, 0..1.
    #[must_use]
    pub const fn x(self) -> f32 {
        self.x
    }

    /// From the top, 0..1.
    #[must_use]
    pub const fn y(self) -> f32 {
        self.y
    }
}

impl TryFrom<[f32; 2]> for Point {
    type Error = GeometryError;
    fn try_from([x, y]: [f32; 2]) -> Result<Self, GeometryError> {
        Self::new(x, y)
    }
}

/// Serde reads the first numbers of a longer array and passes over the rest.
impl TryFrom<Vec<f32>> for Point {
    type Error = GeometryError;
    fn try_from(numbers: Vec<f32>) -> Result<Self, GeometryError> {
        let count = numbers.len();
        <[f32; 2]>::try_from(numbers).map_err(|_| GeometryError::PointNumbers(count))?.try_into()
    }
}

impl From<Point> for [f32; 2] {
    fn from(point: Point) -> Self {
        [point.x, point.y]
    }
}

fn checked(coordinate: f32) -> Result<f32, GeometryError> {
    if (0.0..=1.0).contains(&coordinate) {
        Ok(coordinate)
    } else {
        Err(GeometryError::OutsidePicture(coordinate))
    }
}

/// A box in the picture, 0..1, with an area. Written as `[left, top, right, bottom]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "[f32; 4]")]
pub struct NormBox {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl NormBox {
    /// # Errors
    /// When a coordinate is outside 0..1 or the box has no area.
    pub fn new(left: f32, top: f32, right: f32, bottom: f32) -> Result<Self, GeometryError> {
        for coordinate in [left, top, right, bottom] {
            checked(coordinate)?;
        }
        if left < right && top < bottom {
            Ok(Self { left, top, right, bottom })
        } else {
            Err(GeometryError::EmptyBox { left, top, right, bottom })
        }
    }

    /// The part of a box that lies inside the picture; `None` when nothing does.
    #[must_use]
    pub fn clipped(left: f32, top: f32, right: f32, bottom: f32) -> Option<Self> {
        let [left, top, right, bottom] = [left, top, right, bottom].map(|c| c.clamp(0.0, 1.0));
        Self::new(left, top, right, bottom).ok()
    }

    /// Left edge, 0..1.
    #[must_use]
    pub const fn left(self) -> f32 {
        self.left
    }

    /// Top edge, 0..1.
    #[must_use]
    pub const fn top(self) -> f32 {
        self.top
    }

    /// Right edge, 0..1.
    #[must_use]
    pub const fn right(self) -> f32 {
        self.right
    }

    /// Bottom edge, 0..1.
    #[must_use]
    pub const fn bottom(self) -> f32 {
        self.bottom
    }

    /// Width, above 0.
    #[must_use]
    pub fn width(self) -> f32 {
        self.right - self.left
    }

    /// Height, above 0.
    #[must_use]
    pub fn height(self) -> f32 {
        self.bottom - self.top
    }

    /// Share of the picture, 0..1.
    #[must_use]
    pub fn area(self) -> f32 {
        self.width() * self.height()
    }

    /// The middle.
    #[must_use]
    pub fn centre(self) -> Point {
        Point { x: f32::midpoint(self.left, self.right), y: f32::midpoint(self.top, self.bottom) }
    }

    /// The area that two boxes share; 0 when they do not touch.
    #[must_use]
    pub fn intersection_area(self, other: Self) -> f32 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// The smallest box around both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Intersection over union, 0..1.
    #[must_use]
    pub fn iou(self, other: Self) -> f32 {
        let intersection = self.intersection_area(other);
        intersection / (self.area() + other.area() - intersection)
    }
}

impl TryFrom<[f32; 4]> for NormBox {
    type Error = GeometryError;
    fn try_from([left, top, right, bottom]: [f32; 4]) -> Result<Self, GeometryError> {
        Self::new(left, top, right, bottom)
    }
}

impl TryFrom<Vec<f32>> for NormBox {
    type Error = GeometryError;
    fn try_from(numbers: Vec<f32>) -> Result<Self, GeometryError> {
        let count = numbers.len();
        <[f32; 4]>::try_from(numbers).map_err(|_| GeometryError::BoxNumbers(count))?.try_into()
    }
}

impl From<NormBox> for [f32; 4] {
    fn from(b: NormBox) -> Self {
        [b.left, b.top, b.right, b.bottom]
    }
}

/// A simple polygon: at least three corners, sides that do not cross, some area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Point>", into = "Vec<Point>")]
pub struct Polygon {
    points: Vec<Point>,
}

impl Polygon {
    /// # Errors
    /// When there are fewer than three points, no area, or sides that cross.
    pub fn new(points: Vec<Point>) -> Result<Self, GeometryError> {
        if points.len() < 3 {
            return Err(GeometryError::TooFewPoints(points.len()));
        }
        if let Some((first, second)) = crossing_sides(&points) {
            return Err(GeometryError::SelfCrossing(first + 1, second + 1));
        }
        if signed_area(&points).abs() < 1e-6 {
            return Err(GeometryError::NoArea);
        }
        Ok(Self { points })
    }

    /// The whole picture.
    #[must_use]
    pub fn whole_picture() -> Self {
        let corner = |x, y| Point { x, y };
        Self { points: vec![corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0)] }
    }

    /// The corners, in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether the point lies inside or on an edge.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let mut inside = false;
        for (a, b) in sides(&self.points) {
            if turn(a, b, point) == 0.0 && within(a, b, point) {
                return true;
            }
            if (a.y > point.y) != (b.y > point.y) {
                let crossing_x = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x);
                inside ^= point.x < crossing_x;
            }
        }
        inside
    }
}

impl TryFrom<Vec<Point>> for Polygon {
    type Error = GeometryError;
    fn try_from(points: Vec<Point>) -> Result<Self, GeometryError> {
        Self::new(points)
    }
}

impl From<Polygon> for Vec<Point> {
    fn from(polygon: Polygon) -> Self {
        polygon.points
    }
}

fn sides(points: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    points.iter().zip(points.iter().cycle().skip(1)).map(|(a, b)| (*a, *b))
}

fn signed_area(points: &[Point]) -> f32 {
    sides(points).map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f32>() / 2.0
}

/// Above 0 when `c` lies to one side of the line from `a` to `b`, below 0 on the other, 0 on it.
fn turn(a: Point, b: Point, c: Point) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Whether `p`, known to lie on the line through `a` and `b`, lies between them.
fn within(a: Point, b: Point, p: Point) -> bool {
    p.x >= a.x.min(b.x) && p.x <= a.x.max(b.x) && p.y >= a.y.min(b.y) && p.y <= a.y.max(b.y)
}

fn crossing_sides(points: &[Point]) -> Option<(usize, usize)> {
    let all: Vec<_> = sides(points).collect();
    for first in 0..all.len() {
        for second in first + 2..all.len() {
            let neighbours = first == 0 && second == all.len() - 1;
            if !neighbours && cross(all[first], all[second]) {
                return Some((first, second));
            }
        }
    }
    None
}

fn cross((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn polygon(points: &[[f32; 2]]) -> Result<Polygon, GeometryError> {
        Polygon::new(points.iter().map(|p| Point::try_from(*p).unwrap()).collect())
    }

    #[test]
    fn refuses_what_is_not_a_polygon() {
        assert_eq!(polygon(&[[0.1, 0.1], [0.9, 0.9]]), Err(GeometryError::TooFewPoints(2)));
        assert_eq!(polygon(&[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]), Err(GeometryError::NoArea));
        let bow_tie = polygon(&[[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]);
        assert_eq!(bow_tie, Err(GeometryError::SelfCrossing(1, 3)));
    }

    #[test]
    fn contains_edges_and_respects_notches() {
        let notched = polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.5], [0.0, 1.0]]).unwrap();
        for (x, y, inside) in
            [(0.5, 0.25, true), (0.0, 0.5, true), (0.5, 0.5, true), (0.5, 0.9, false), (0.1, 0.8, true)]
        {
            assert_eq!(notched.contains(Point::new(x, y).unwrap()), inside, "{x},{y}");
        }
    }

    fn any_box() -> impl Strategy<Value = NormBox> {
        (0.0f32..0.9, 0.0f32..0.9, 0.01f32..0.1, 0.01f32..0.1).prop_map(|(left, top, width, height)| {
            NormBox::new(left, top, left + width, top + height).unwrap()
        })
    }

    proptest! {
        #[test]
        fn iou_is_symmetric_and_bounded(a in any_box(), b in any_box()) {
            prop_assert!((a.iou(b) - b.iou(a)).abs() < 1e-6);
            prop_assert!((0.0..=1.0001).contains(&a.iou(b)));
            prop_assert!((a.iou(a) - 1.0).abs() < 1e-4);
        }

        #[test]
        fn a_union_holds_both(a in any_box(), b in any_box()) {
            let union = a.union(b);
            prop_assert_eq!(union, b.union(a));
            prop_assert!(NormBox::try_from(<[f32; 4]>::from(union)).is_ok());
            for part in [a, b] {
                prop_assert!((union.intersection_area(part) - part.area()).abs() < 1e-6);
            }
        }

        #[test]
        fn clipping_keeps_boxes_valid(edges in prop::array::uniform4(-2.0f32..3.0)) {
            let [left, top, right, bottom] = edges;
            if let Some(clipped) = NormBox::clipped(left, top, right, bottom) {
                prop_assert!(NormBox::try_from(<[f32; 4]>::from(clipped)).is_ok());
            }
        }

        #[test]
        fn every_corner_of_a_box_polygon_is_inside(b in any_box()) {
            let polygon = polygon(&[[b.left(), b.top()], [b.right(), b.top()], [b.right(), b.bottom()], [b.left(), b.bottom()]]).unwrap();
            prop_assert!(polygon.contains(b.centre()));
            prop_assert!(polygon.points().iter().all(|p| polygon.contains(*p)));
        }
    }
}
