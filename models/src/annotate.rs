//! Draws Detections into a picture, for a person who checks a model. Evidence pictures are `pipeline`'s.

use anjian_domain::{Class, ColourMatrix, Detection, Picture, PixelFormat};
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual, Point, Scalar};
use opencv::imgproc;

use crate::ModelError;
use crate::colour::bgr_bytes;

/// The picture in BGR, with a box around each Detection and its class and score (`helmet 0.87`) above it.
///
/// # Errors
/// When OpenCV runs out of memory.
pub fn annotate(picture: &Picture, detections: &[Detection]) -> Result<Picture, ModelError> {
    let (width_px, height_px) = (picture.width_px(), picture.height_px());
    let drawn = draw(picture, detections);
    let bytes =
        drawn.map_err(|source| ModelError::Pixels { step: "draw on", width_px, height_px, source })?;
    let annotated = Picture::new(width_px, height_px, PixelFormat::Bgr, ColourMatrix::default(), bytes);
    Ok(annotated.expect("the size of the picture that was given"))
}

fn draw(picture: &Picture, detections: &[Detection]) -> opencv::Result<Vec<u8>> {
    let bytes = bgr_bytes(picture);
    let flat = Mat::from_slice(&bytes)?;
    let mut canvas = flat.reshape(3, side(picture.height_px()))?.try_clone()?;
    for seen in detections {
        draw_one(&mut canvas, picture, seen)?;
    }
    Ok(canvas.data_bytes()?.to_vec())
}

fn draw_one(canvas: &mut Mat, picture: &Picture, seen: &Detection) -> opencv::Result<()> {
    let at = |x: f32, y: f32| {
        Point::new(rounded(x * picture.width_px() as f32), rounded(y * picture.height_px() as f32))
    };
    let (corner, opposite) =
        (at(seen.bounds.left(), seen.bounds.top()), at(seen.bounds.right(), seen.bounds.bottom()));
    // One pixel for every 640 of the longer side, so that lines stay visible in large pictures.
    let thickness = side(picture.width_px().max(picture.height_px()).div_ceil(640)).min(8);
    let colour = colour_of(seen.class);
    imgproc::rectangle_points(canvas, corner, opposite, colour, thickness, imgproc::LINE_8, 0)?;

    let text = format!("{} {:.2}", seen.class, seen.score.value());
    let size = 0.4 * f64::from(thickness);
    let (font, line) = (imgproc::FONT_HERSHEY_SIMPLEX, imgproc::LINE_AA);
    let text_px = imgproc::get_text_size(&text, font, size, thickness, &mut 0)?;
    let gap = 3 * thickness;
    let y = match seen.class {
        // At the foot: the top of a person is where the head has its text.
        Class::Person => opposite.y - gap,
        // Under the edge when there is no room above it.
        _ if corner.y - gap < text_px.height => corner.y + text_px.height + gap,
        _ => corner.y - gap,
    };
    let place = Point::new(corner.x, y);
    let black = Scalar::all(0.0);
    imgproc::put_text(canvas, &text, place, font, size, black, thickness + 2, line, false)?;
    imgproc::put_text(canvas, &text, place, font, size, colour, thickness, line, false)
}

/// Blue, green, red. Red is what a rule may object to, green what it asks for.
fn colour_of(class: Class) -> Scalar {
    let [blue, green, red] = match class {
        Class::Head | Class::Flame | Class::Arc => [60.0, 60.0, 255.0],
        Class::Helmet => [80.0, 220.0, 80.0],
        Class::Person => [255.0, 180.0, 60.0],
        Class::OtherHeadwear | Class::Smoke | Class::Sparks => [60.0, 200.0, 255.0],
    };
    Scalar::new(blue, green, red, 0.0)
}

#[expect(clippy::cast_possible_truncation, reason = "0..1 of a side that fits i32")]
fn rounded(coordinate_px: f32) -> i32 {
    coordinate_px.round() as i32
}

fn side(px: u32) -> i32 {
    i32::try_from(px).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{NormBox, Score};

    use super::*;

    fn black(width_px: u32, height_px: u32, format: PixelFormat) -> Picture {
        let pixels = (width_px * height_px) as usize;
        let bytes = match format {
            PixelFormat::Bgr => vec![0; pixels * 3],
            PixelFormat::I420 => [vec![16; pixels], vec![128; pixels / 2]].concat(),
        };
        Picture::new(width_px, height_px, format, ColourMatrix::Bt709, bytes).unwrap()
    }

    fn seen(edges: [f32; 4]) -> Detection {
        Detection {
            class: Class::Helmet,
            score: Score::new(0.87).unwrap(),
            bounds: NormBox::try_from(edges).unwrap(),
        }
    }

    #[test]
    fn draws_the_edges_where_the_box_is_in_both_formats() {
        for format in [PixelFormat::Bgr, PixelFormat::I420] {
            let annotated = annotate(&black(200, 100, format), &[seen([0.25, 0.5, 0.75, 0.9])]).unwrap();
            let pixel = |x: usize, y: usize| &annotated.bytes()[(y * 200 + x) * 3..][..3];
            assert_eq!(pixel(100, 50), [80, 220, 80], "{format:?}: top edge");
            assert_eq!(pixel(50, 70), [80, 220, 80], "{format:?}: left edge");
            assert_eq!(pixel(100, 70), [0, 0, 0], "{format:?}: inside");
            let has_text = (30..50).any(|y| (50..150).any(|x| pixel(x, y) != [0, 0, 0]));
            assert!(has_text, "{format:?}: no text above the box");
        }
    }

    #[test]
    fn tiny_and_thin_pictures_are_no_trouble() {
        for (width_px, height_px) in [(1, 1), (3000, 2), (2, 3000)] {
            let picture = black(width_px, height_px, PixelFormat::Bgr);
            let annotated = annotate(&picture, &[seen([0.0, 0.0, 1.0, 1.0])]).unwrap();
            assert_eq!(annotated.bytes().len(), picture.bytes().len());
        }
    }
}
