//! How alike a track and a person of the new frame are.

use anjian_domain::NormBox;

use super::motion::Motion;

/// Boxes are widened by this share of their size even when the place is certain...
const LEAST_BUFFER: f64 = 0.1;
/// ...and by no more than this when it is not.
const MOST_BUFFER: f64 = 0.75;

/// 0..1: intersection over union of the predicted and the seen box, both widened by how unsure the prediction is.
///
/// Plain IoU is 0 as soon as somebody moves by a whole width between two frames, which at two frames a second is
/// a walk. The widening follows the filter's own uncertainty, so a track whose speed is known stays narrow and does
/// not catch its neighbours, while a new one or one that was hidden looks around.
pub(super) fn similarity(motion: &Motion, predicted: NormBox, seen: NormBox) -> f32 {
    let (across, down) = motion.uncertainty();
    let buffer = |deviation: f64, a: f32, b: f32| {
        let size = f64::from(a.max(b));
        (deviation + LEAST_BUFFER * size).min(MOST_BUFFER * size) as f32
    };
    let buffer_x = buffer(across, predicted.width(), seen.width());
    let buffer_y = buffer(down, predicted.height(), seen.height());
    widened_iou(predicted, seen, buffer_x, buffer_y)
}

/// Buffers may reach outside the picture, so this works on edges.
fn widened_iou(a: NormBox, b: NormBox, buffer_x: f32, buffer_y: f32) -> f32 {
    let across = a.right().min(b.right()) - a.left().max(b.left()) + 2.0 * buffer_x;
    let down = a.bottom().min(b.bottom()) - a.top().max(b.top()) + 2.0 * buffer_y;
    let shared = across.max(0.0) * down.max(0.0);
    let area = |c: NormBox| (c.width() + 2.0 * buffer_x) * (c.height() + 2.0 * buffer_y);
    shared / (area(a) + area(b) - shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_buffer_it_is_iou() {
        let a = NormBox::new(0.1, 0.1, 0.3, 0.5).unwrap();
        for b in [[0.1, 0.1, 0.3, 0.5], [0.2, 0.2, 0.4, 0.6], [0.5, 0.5, 0.6, 0.9]] {
            let b = NormBox::try_from(b).unwrap();
            assert!((widened_iou(a, b, 0.0, 0.0) - a.iou(b)).abs() < 1e-6);
        }
    }

    #[test]
    fn a_new_track_looks_around_and_an_old_one_does_not() {
        let here = NormBox::new(0.4, 0.3, 0.45, 0.7).unwrap();
        let beside = NormBox::new(0.47, 0.3, 0.52, 0.7).unwrap();
        let mut new = Motion::new(here);
        let mut old = new;
        for _ in 0..10 {
            old.predict(0.2);
            old.correct(here, super::super::motion::Measured::Seen);
        }
        for motion in [&mut new, &mut old] {
            motion.predict(0.5);
        }
        assert!(similarity(&new, here, beside) > 0.2);
        let mut calm = old;
        calm.predict(0.0);
        assert!(similarity(&old, here, here) > similarity(&old, here, beside));
    }
}
