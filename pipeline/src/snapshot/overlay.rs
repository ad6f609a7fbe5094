//! What is drawn into the annotated snapshot: the zone, who broke the rule, what else was seen, and a caption that
//! makes the picture speak for itself when it leaves the system.

use anjian_domain::{BehaviourSpec, Class, Detection, LookKind, NormBox, Polygon};
use opencv::core::{Mat, Point, Rect, Scalar, Vector};
use opencv::imgproc;

use super::text::{self, Canvas};

/// Blue, green, red.
type Bgr = [u8; 3];

const BREACH: Bgr = [48, 48, 235];
const ZONE: Bgr = [40, 200, 250];
const SEEN: Bgr = [210, 210, 210];
const KEPT: Bgr = [110, 200, 60];
const INK: Bgr = [255, 255, 255];
const BACKDROP: Bgr = [24, 24, 24];

/// The zone of the broken rule.
pub struct OverlayZone<'a> {
    /// What people call it.
    pub label: &'a str,
    /// Its corners.
    pub polygon: &'a Polygon,
}

/// Everything that the annotated picture tells.
pub struct Overlay<'a> {
    /// What was done.
    pub behaviour: &'a BehaviourSpec,
    /// Where.
    pub zone: OverlayZone<'a>,
    /// The boxes that the breach is about.
    pub subjects: &'a [NormBox],
    /// All that the model saw.
    pub detections: &'a [Detection],
    /// Camera and site, for the caption.
    pub place: String,
    /// Time in the site's zone, for the caption.
    pub time: String,
    /// Score, rule and model, for the caption.
    pub basis: String,
}

pub(super) fn draw(
    pixels: &mut [u8],
    width_px: u32,
    height_px: u32,
    overlay: &Overlay<'_>,
) -> Result<(), opencv::Error> {
    let mut canvas = Canvas { pixels, width_px, height_px };
    draw_polygon(&mut canvas, overlay.zone.polygon)?;
    let others = overlay.detections.iter().filter(|seen| !overlay.subjects.contains(&seen.bounds));
    for detection in others {
        let colour = if overlay.overrules(detection) { SEEN } else { colour_of(detection.class) };
        draw_box(&mut canvas, detection.bounds, colour, 1)?;
    }
    for subject in overlay.subjects {
        draw_box(&mut canvas, *subject, BREACH, 3)?;
    }
    label_zone(&mut canvas, &overlay.zone);
    label_subjects(&mut canvas, overlay);
    caption(&mut canvas, overlay);
    Ok(())
}

impl Overlay<'_> {
    /// A second look may find a bare head where the detector saw a helmet: a green box would say the contrary of the
    /// violation.
    fn overrules(&self, seen: &Detection) -> bool {
        let centre = seen.bounds.centre();
        let is_on_subject = |subject: &NormBox| {
            (subject.left()..subject.right()).contains(&centre.x())
                && (subject.top()..subject.bottom()).contains(&centre.y())
        };
        self.behaviour.looks.contains(&LookKind::Headwear)
            && seen.class == Class::Helmet
            && self.subjects.iter().any(is_on_subject)
    }
}

fn colour_of(class: Class) -> Bgr {
    match class {
        Class::Helmet => KEPT,
        Class::Head | Class::OtherHeadwear => BREACH,
        _ => SEEN,
    }
}

/// Thicker lines and larger letters on larger pictures.
fn scale(canvas: &Canvas<'_>) -> f32 {
    (canvas.height_px as f32 / 720.0).max(0.6)
}

/// The canvas as OpenCV sees it, to draw lines in place.
fn as_mat<'m>(canvas: &'m mut Canvas<'_>) -> Result<opencv::boxed_ref::BoxedRefMut<'m, Mat>, opencv::Error> {
    #[expect(clippy::cast_possible_wrap, reason = "no picture has 2^31 pixels a side")]
    let (rows, columns) = (canvas.height_px as i32, canvas.width_px as i32);
    Mat::new_rows_cols_with_bytes_mut::<opencv::core::Vec3b>(rows, columns, canvas.pixels)
}

fn scalar(colour: Bgr) -> Scalar {
    Scalar::new(f64::from(colour[0]), f64::from(colour[1]), f64::from(colour[2]), 0.0)
}

fn draw_polygon(canvas: &mut Canvas<'_>, polygon: &Polygon) -> Result<(), opencv::Error> {
    let corners: Vector<Point> = polygon.points().iter().map(|p| pixel(canvas, p.x(), p.y())).collect();
    let thickness = thickness(canvas, 2);
    let mut mat = as_mat(canvas)?;
    imgproc::polylines(&mut mat, &corners, true, scalar(ZONE), thickness, imgproc::LINE_AA, 0)
}

fn draw_box(canvas: &mut Canvas<'_>, bounds: NormBox, colour: Bgr, weight: i32) -> Result<(), opencv::Error> {
    let top_left = pixel(canvas, bounds.left(), bounds.top());
    let bottom_right = pixel(canvas, bounds.right(), bounds.bottom());
    let area = Rect::from_points(top_left, bottom_right);
    let thickness = thickness(canvas, weight);
    let mut mat = as_mat(canvas)?;
    imgproc::rectangle(&mut mat, area, scalar(colour), thickness, imgproc::LINE_AA, 0)
}

#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
fn thickness(canvas: &Canvas<'_>, weight: i32) -> i32 {
    (weight as f32 * scale(canvas)).round().max(1.0) as i32
}

#[expect(clippy::cast_possible_truncation, reason = "no picture has 2^31 pixels a side")]
fn pixel(canvas: &Canvas<'_>, x: f32, y: f32) -> Point {
    Point::new((x * canvas.width_px as f32) as i32, (y * canvas.height_px as f32) as i32)
}

/// A line of text on a backdrop, pushed back inside the picture where it would leave it.
fn tag(canvas: &mut Canvas<'_>, words: &str, left: f32, top: f32, size_px: f32, backdrop: Bgr) {
    let (width, height) = (text::width_px(words, size_px) + size_px * 0.5, size_px * 1.3);
    let left = left.min(canvas.width_px as f32 - width).max(0.0);
    let top = top.min(canvas.height_px as f32 - height).max(0.0);
    canvas.shade([left, top, left + width, top + height], 0.8, backdrop);
    text::draw(canvas, words, left + size_px * 0.25, top + size_px * 0.12, size_px, INK);
}

fn label_zone(canvas: &mut Canvas<'_>, zone: &OverlayZone<'_>) {
    let Some(corner) = zone.polygon.points().first().filter(|_| !zone.label.is_empty()) else { return };
    let size_px = 18.0 * scale(canvas);
    let at = pixel(canvas, corner.x(), corner.y());
    tag(canvas, zone.label, at.x as f32, at.y as f32, size_px, BACKDROP);
}

fn label_subjects(canvas: &mut Canvas<'_>, overlay: &Overlay<'_>) {
    let Some(subject) = overlay.subjects.first() else { return };
    let size_px = 20.0 * scale(canvas);
    let at = pixel(canvas, subject.left(), subject.top());
    tag(canvas, overlay.behaviour.title.zh, at.x as f32, at.y as f32 - size_px * 1.4, size_px, BREACH);
}

/// A bar along the bottom: behaviour and place at the left, time and basis at the right.
fn caption(canvas: &mut Canvas<'_>, overlay: &Overlay<'_>) {
    let (width, height) = (canvas.width_px as f32, canvas.height_px as f32);
    let (large, small) = (24.0 * scale(canvas), 16.0 * scale(canvas));
    let bar_top = height - large * 2.6;
    canvas.shade([0.0, bar_top, width, height], 0.72, BACKDROP);
    let margin = large * 0.6;
    let title = format!("{} {}", overlay.behaviour.title.zh, overlay.behaviour.title.en);
    text::draw(canvas, &title, margin, bar_top + large * 0.2, large, INK);
    text::draw(canvas, &overlay.place, margin, bar_top + large * 1.5, small, SEEN);
    let right = |words: &str, size| width - margin - text::width_px(words, size);
    let (time_x, basis_x) = (right(&overlay.time, large), right(&overlay.basis, small));
    text::draw(canvas, &overlay.time, time_x, bar_top + large * 0.2, large, INK);
    text::draw(canvas, &overlay.basis, basis_x, bar_top + large * 1.5, small, SEEN);
}

#[cfg(test)]
mod tests {
    use anjian_analysis::rules::Behaviours;
    use anjian_domain::Score;

    use super::*;

    #[test]
    fn a_helmet_on_somebody_who_is_said_to_be_bare_is_not_green() {
        let detection = |class, [left, top, right, bottom]: [f32; 4]| Detection {
            class,
            score: Score::new(0.7).unwrap(),
            bounds: NormBox::new(left, top, right, bottom).unwrap(),
        };
        let (own, other) = ([0.44, 0.2, 0.5, 0.3], [0.8, 0.2, 0.86, 0.3]);
        let (polygon, behaviours) = (Polygon::whole_picture(), Behaviours::built_in().list());
        let subjects = [NormBox::new(0.4, 0.2, 0.55, 0.9).unwrap()];
        for (behaviour, class, place, expected) in [
            ("no_hard_hat", Class::Helmet, own, true),
            ("no_hard_hat", Class::Helmet, other, false),
            ("no_hard_hat", Class::Head, own, false),
            ("overcrowding", Class::Helmet, own, false),
        ] {
            let overlay = Overlay {
                behaviour: behaviours.get(behaviour).unwrap(),
                zone: OverlayZone { label: "", polygon: &polygon },
                subjects: &subjects,
                detections: &[],
                place: String::new(),
                time: String::new(),
                basis: String::new(),
            };
            let overruled = overlay.overrules(&detection(class, place));
            assert_eq!(overruled, expected, "{behaviour} {class} at {place:?}");
        }
    }
}
