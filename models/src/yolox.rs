//! Reads the output of YOLOX graphs that leave the boxes undecoded.
//!
//! `(1, branches * anchors, 5 + classes)`: x, y, width and height against the anchor's cell, objectness, then one channel a
//! class; the scores are already 0..1. Anchors are the cells of three grids, stride 8 first, row by row; a graph with
//! several branches gives all of them again for each.

use anjian_domain::{Class, Detection, NormBox, Score};

use crate::letterbox::Fit;

/// Pixels of the input a cell of each grid.
const STRIDES_PX: [u32; 3] = [8, 16, 32];
/// x, y, width, height, objectness.
const BOX_CHANNELS: usize = 5;

/// What to look for in the class channels, in the graph's order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Floor {
    pub(crate) class: Class,
    /// Below this no candidate is made.
    pub(crate) score: f32,
}

/// Anchors and channels that the graph must give.
pub(crate) fn output_shape(fit: &Fit, branches: usize, classes: usize) -> [usize; 2] {
    let cells = |stride| (fit.input_width_px / stride) as usize * (fit.input_height_px / stride) as usize;
    [branches * STRIDES_PX.into_iter().map(cells).sum::<usize>(), BOX_CHANNELS + classes]
}

/// Adds every box whose objectness times class score reaches the floor of its class; `place` puts a box of what the
/// input shows into the picture. Values that are no numbers make no box.
pub(crate) fn decode(
    output: &[f32],
    fit: &Fit,
    floors: &[Floor],
    place: impl Fn(NormBox) -> Option<NormBox>,
    candidates: &mut Vec<Detection>,
) {
    let lowest = floors.iter().map(|floor| floor.score).fold(f32::INFINITY, f32::min);
    let channels = BOX_CHANNELS + floors.len();
    for (anchor, (stride_px, column, row)) in output.chunks_exact(channels).zip(cells(fit).cycle()) {
        let [x, y, width, height, objectness, classes @ ..] = anchor else { continue };
        // No class score is above 1, so a weak anchor needs no further look. Nearly all are weak.
        if *objectness < lowest {
            continue;
        }
        let centre = [(x + column) * stride_px, (y + row) * stride_px];
        let half = [width.exp() * stride_px / 2.0, height.exp() * stride_px / 2.0];
        let found = fit.to_picture(
            centre[0] - half[0],
            centre[1] - half[1],
            centre[0] + half[0],
            centre[1] + half[1],
        );
        let Some(bounds) = found.and_then(&place) else { continue };
        for (floor, value) in floors.iter().zip(classes) {
            match Score::new(objectness * value) {
                Some(score) if score.value() >= floor.score => {
                    candidates.push(Detection { class: floor.class, score, bounds });
                }
                _ => {}
            }
        }
    }
}

/// The mean of what a picture and its mirror image gave, anchor by anchor: in the mirror image rows of cells run from the
/// right, and so do places in a cell.
pub(crate) fn mean(output: &[f32], mirrored: &[f32], fit: &Fit, classes: usize) -> Vec<f32> {
    let channels = BOX_CHANNELS + classes;
    let mut mean = Vec::with_capacity(output.len());
    for columns in row_lengths(fit).cycle() {
        let row = mean.len()..(mean.len() + columns * channels);
        let (Some(here), Some(there)) = (output.get(row.clone()), mirrored.get(row)) else { break };
        for (here, there) in here.chunks_exact(channels).zip(there.chunks_exact(channels).rev()) {
            mean.push(f32::midpoint(here[0], 1.0 - there[0]));
            mean.extend(here[1..].iter().zip(&there[1..]).map(|(here, there)| f32::midpoint(*here, *there)));
        }
    }
    mean
}

/// Cells of every row of the grids, in the graph's order.
fn row_lengths(fit: &Fit) -> impl Iterator<Item = usize> + Clone {
    let (width_px, height_px) = (fit.input_width_px, fit.input_height_px);
    let rows = move |stride| std::iter::repeat_n((width_px / stride) as usize, (height_px / stride) as usize);
    STRIDES_PX.into_iter().flat_map(rows)
}

/// Stride, column and row of every anchor, in the graph's order.
fn cells(fit: &Fit) -> impl Iterator<Item = (f32, f32, f32)> + Clone {
    let (width_px, height_px) = (fit.input_width_px, fit.input_height_px);
    STRIDES_PX.into_iter().flat_map(move |stride| {
        let rows = 0..height_px / stride;
        rows.flat_map(move |row| {
            (0..width_px / stride).map(move |column| (stride as f32, column as f32, row as f32))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 64 x 32: grids of 8 x 4, 4 x 2 and 2 x 1 cells. The picture fills 64 x 30 of it.
    const FIT: Fit =
        Fit { input_width_px: 64, input_height_px: 32, content_width_px: 64, content_height_px: 30 };
    const FLOORS: [Floor; 2] =
        [Floor { class: Class::Head, score: 0.5 }, Floor { class: Class::Person, score: 0.3 }];

    fn output(anchors: &[(usize, [f32; 7])]) -> Vec<f32> {
        let [count, channels] = output_shape(&FIT, 2, FLOORS.len());
        let mut values = vec![0.0; count * channels];
        for (index, anchor) in anchors {
            values[index * channels..][..channels].copy_from_slice(anchor);
        }
        values
    }

    #[track_caller]
    fn check(anchor: usize, values: [f32; 7], expected: &[(Class, f32, [f32; 4])]) {
        let mut found = Vec::new();
        decode(&output(&[(anchor, values)]), &FIT, &FLOORS, Some, &mut found);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, (class, score, edges_px)) in found.iter().zip(expected) {
            assert_eq!(found.class, *class);
            assert!((found.score.value() - score).abs() < 1e-6, "{found:?}");
            let edges = FIT.to_input(found.bounds);
            assert!(edges.iter().zip(edges_px).all(|(a, b)| (a - b).abs() < 1e-3), "{edges:?}");
        }
    }

    #[test]
    fn shape_counts_the_cells_of_three_grids() {
        assert_eq!(output_shape(&FIT, 1, 3), [32 + 8 + 2, 8]);
        let wide =
            Fit { input_width_px: 640, input_height_px: 384, content_width_px: 640, content_height_px: 360 };
        assert_eq!(output_shape(&wide, 2, 3), [2 * 5040, 8]);
    }

    #[test]
    fn boxes_by_hand() {
        use Class::{Head, Person};
        let ln2 = 2.0f32.ln();
        // Anchor 11 is stride 8, row 1, column 3: centre (3.5 * 8, 1.5 * 8), sides 2 * 8 and 8.
        check(11, [0.5, 0.5, ln2, 0.0, 0.9, 0.8, 0.1], &[(Head, 0.72, [20.0, 8.0, 36.0, 16.0])]);
        // Anchor 38 is stride 16, row 1, column 2: centre (2.25 * 16, 1.25 * 16), sides 16; both classes.
        let edges = [28.0, 12.0, 44.0, 28.0];
        check(38, [0.25, 0.25, 0.0, 0.0, 1.0, 0.6, 0.5], &[(Head, 0.6, edges), (Person, 0.5, edges)]);
        // Anchor 41 is stride 32, column 1: centre (1.5 * 32, 0.5 * 32), sides 64: clipped at the right and to the picture.
        check(41, [0.5, 0.5, ln2, ln2, 1.0, 0.0, 0.4], &[(Person, 0.4, [16.0, 0.0, 64.0, 30.0])]);
    }

    #[test]
    fn a_second_branch_has_the_same_anchors() {
        // As anchor 41, after the 42 of the first branch.
        let ln2 = 2.0f32.ln();
        check(42 + 41, [0.5, 0.5, ln2, ln2, 1.0, 0.0, 0.4], &[(Class::Person, 0.4, [16.0, 0.0, 64.0, 30.0])]);
    }

    #[test]
    fn of_a_mirror_image_cells_run_from_the_right() {
        let ln2 = 2.0f32.ln();
        // Anchor 11 is stride 8, row 1, column 3 of 8: its mirror image is column 4, anchor 12. In the second branch
        // anchor 38, stride 16, row 1, column 2 of 4: column 1, anchor 37.
        let here = output(&[
            (11, [0.25, 0.5, ln2, 0.0, 0.9, 0.8, 0.2]),
            (42 + 38, [0.0, 0.5, 0.0, 0.0, 0.6, 0.5, 0.0]),
        ]);
        let there = output(&[
            (12, [0.75, 0.7, 0.0, 0.0, 0.7, 0.6, 0.0]),
            (42 + 37, [0.0, 0.5, 0.0, 0.0, 0.8, 0.7, 0.0]),
        ]);
        let mean = mean(&here, &there, &FIT, FLOORS.len());
        assert_eq!(mean.len(), here.len());
        let channels = BOX_CHANNELS + FLOORS.len();
        for (anchor, expected) in [
            (11, [0.25, 0.6, ln2 / 2.0, 0.0, 0.8, 0.7, 0.1]),
            (42 + 38, [0.5, 0.5, 0.0, 0.0, 0.7, 0.6, 0.0]),
            (12, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        ] {
            let found = &mean[anchor * channels..][..channels];
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{anchor}: {found:?}");
        }
    }

    #[test]
    fn what_makes_no_box() {
        check(0, [0.5, 0.5, 0.0, 0.0, 0.2, 1.0, 1.0], &[]);
        check(0, [0.5, 0.5, 0.0, 0.0, 0.9, 0.5, 0.3], &[]);
        check(0, [f32::NAN, 0.5, 0.0, 0.0, 0.9, 0.9, 0.9], &[]);
        check(0, [0.5, 0.5, 0.0, f32::NAN, 0.9, 0.9, 0.9], &[]);
        check(0, [0.5, 0.5, 0.0, 0.0, f32::NAN, 0.9, 0.9], &[]);
        // The last row of stride 8 lies in the padding, below the picture's 30 rows.
        check(24, [0.5, 0.9, -3.0, -3.0, 0.9, 0.9, 0.0], &[]);
    }
}
