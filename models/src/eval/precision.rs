//! Matches Detections with labels, and measures precision and recall.
//!
//! In a picture the strongest Detection takes its best free label first, as COCO does. Which Detections are right
//! does not depend on where a threshold is put, so one pass serves average precision and the shipped threshold.

use anjian_domain::{Class, Detection};

use super::labels::Label;

/// Everything that was found of one class in all pictures.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tally {
    /// Score, and whether it took a label.
    found: Vec<(f32, bool)>,
    pub(super) boxes: usize,
}

/// At one threshold; see [`super::ClassEvaluation`] for the meaning of `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AtThreshold {
    pub(super) precision: Option<f64>,
    pub(super) recall: Option<f64>,
    pub(super) f1: Option<f64>,
    pub(super) detections: usize,
}

impl Tally {
    /// Adds one picture. `detections` come strongest first, as a Detector gives them.
    pub(super) fn add(&mut self, class: Class, detections: &[Detection], labels: &[Label], iou: f32) {
        let labels: Vec<_> = labels.iter().filter(|label| label.class == class).collect();
        let mut is_free = vec![true; labels.len()];
        self.boxes += labels.len();
        for seen in detections.iter().filter(|seen| seen.class == class) {
            let overlaps = labels.iter().map(|label| label.bounds.iou(seen.bounds)).enumerate();
            let best = overlaps.filter(|(index, overlap)| is_free[*index] && *overlap >= iou);
            let best = best.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index);
            if let Some(index) = best {
                is_free[index] = false;
            }
            self.found.push((seen.score.value(), best.is_some()));
        }
    }

    /// Area under the precision-recall curve, precision made monotone; `None` without labels.
    pub(super) fn average_precision(&self) -> Option<f64> {
        if self.boxes == 0 {
            return None;
        }
        let mut ranked = self.found.clone();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut right = 0usize;
        let mut precision_at_label = Vec::new();
        for (rank, (_, is_right)) in (1usize..).zip(&ranked) {
            if *is_right {
                right += 1;
                precision_at_label.push(ratio(right, rank));
            }
        }
        // Recall rises by one label each time, so the area is the mean of the best precision from there on.
        let mut best = 0.0f64;
        let area: f64 = precision_at_label
            .iter()
            .rev()
            .map(|precision| {
                best = best.max(*precision);
                best
            })
            .sum();
        Some(area / self.boxes as f64)
    }

    pub(super) fn at(&self, threshold: f32) -> AtThreshold {
        let reported = self.found.iter().filter(|(score, _)| *score >= threshold);
        let (detections, right) =
            reported.fold((0, 0), |(all, right), (_, is_right)| (all + 1, right + usize::from(*is_right)));
        let recall = (self.boxes > 0).then(|| ratio(right, self.boxes));
        let precision = (detections > 0).then(|| ratio(right, detections));
        let f1 = (self.boxes > 0).then(|| ratio(2 * right, self.boxes + detections));
        AtThreshold { precision, recall, f1, detections }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use anjian_domain::{NormBox, Score};
    use proptest::prelude::*;

    use super::*;

    fn place(left: f32) -> NormBox {
        NormBox::new(left, 0.1, left + 0.1, 0.2).unwrap()
    }

    fn seen(score: f32, left: f32) -> Detection {
        Detection { class: Class::Head, score: Score::new(score).unwrap(), bounds: place(left) }
    }

    fn label(class: Class, left: f32) -> Label {
        Label { class, bounds: place(left) }
    }

    #[test]
    fn each_label_is_taken_once_and_by_its_class() {
        let mut tally = Tally::default();
        let labels = [label(Class::Head, 0.1), label(Class::Helmet, 0.5)];
        tally.add(Class::Head, &[seen(0.9, 0.11), seen(0.8, 0.1), seen(0.7, 0.5)], &labels, 0.5);
        assert_eq!(tally.found, [(0.9, true), (0.8, false), (0.7, false)]);
        assert_eq!(tally.boxes, 1);
    }

    #[test]
    fn average_precision_by_hand() {
        let tally = |found: &[(f32, bool)], boxes| Tally { found: found.to_vec(), boxes };
        for (found, boxes, expected) in [
            (&[][..], 0, None),
            (&[], 4, Some(0.0)),
            (&[(0.9, true), (0.8, true)], 2, Some(1.0)),
            (&[(0.9, true)], 2, Some(0.5)),
            // Precision 1, 1/2, 2/3, then one label never found: (1 + 2/3) / 3.
            (&[(0.9, true), (0.8, false), (0.7, true)], 3, Some((1.0 + 2.0 / 3.0) / 3.0)),
            // The first is wrong: 1/2, then 2/3, made monotone 2/3 twice.
            (&[(0.7, true), (0.9, false), (0.8, true)], 2, Some(2.0 / 3.0)),
        ] {
            assert_eq!(tally(found, boxes).average_precision(), expected, "{found:?} of {boxes}");
        }
    }

    #[test]
    fn at_a_threshold_by_hand() {
        let tally = Tally { found: vec![(0.9, true), (0.8, false), (0.7, true), (0.2, true)], boxes: 4 };
        let at = tally.at(0.7);
        assert_eq!((at.precision, at.recall, at.detections), (Some(2.0 / 3.0), Some(0.5), 3));
        assert_eq!(at.f1, Some(4.0 / 7.0));
        let none = tally.at(0.95);
        assert_eq!((none.precision, none.recall, none.f1), (None, Some(0.0), Some(0.0)));
        let unlabelled = Tally { found: vec![(0.9, false)], boxes: 0 }.at(0.5);
        assert_eq!((unlabelled.precision, unlabelled.recall, unlabelled.f1), (Some(0.0), None, None));
    }

    proptest! {
        #[test]
        fn average_precision_is_a_share_and_better_ranks_raise_it(
            found in prop::collection::vec((0u8..100, any::<bool>()), 0..50), missed in 0usize..5
        ) {
            let boxes = found.iter().filter(|(_, is_right)| *is_right).count() + missed;
            let found: Vec<_> = found.into_iter().map(|(score, is_right)| (f32::from(score) / 200.0, is_right)).collect();
            let raised = found.iter().map(|(score, is_right)| (score + if *is_right { 0.5 } else { 0.0 }, *is_right));
            let raised = Tally { found: raised.collect(), boxes }.average_precision();
            let plain = Tally { found, boxes }.average_precision();
            prop_assert!(plain.is_none_or(|ap| (0.0..=1.0).contains(&ap)));
            prop_assert!(raised >= plain);
        }
    }
}
