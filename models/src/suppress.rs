//! Non-maximum suppression within groups of classes: of boxes that overlap, the strongest stays.

use std::cmp::Ordering;

use anjian_domain::{Detection, NormBox};

use crate::model::SuppressGroup;

/// A picture with more candidates than this in a group is noise; the strongest are judged. Bounds the work.
const MOST_CANDIDATES: usize = 1000;

/// What stays, the strongest first. Does not depend on the order of the candidates, and changes nothing when
/// repeated. Candidates of classes in no group are dropped; the catalogue makes sure that there are none.
pub(crate) fn suppress(candidates: &[Detection], groups: &[SuppressGroup]) -> Vec<Detection> {
    let mut kept = Vec::new();
    for group in groups {
        let mut competitors: Vec<_> =
            candidates.iter().copied().filter(|candidate| group.classes.contains(&candidate.class)).collect();
        competitors.sort_unstable_by(strongest_first);
        competitors.truncate(MOST_CANDIDATES);
        let first = kept.len();
        for candidate in competitors {
            if kept[first..].iter().all(|winner: &Detection| winner.bounds.iou(candidate.bounds) <= group.iou)
            {
                kept.push(candidate);
            }
        }
    }
    kept.sort_unstable_by(strongest_first);
    kept
}

/// By score; equal scores by class and place, so that the order is always the same.
pub(crate) fn strongest_first(a: &Detection, b: &Detection) -> Ordering {
    let by_score = b.score.value().total_cmp(&a.score.value());
    by_score.then(a.class.cmp(&b.class)).then_with(|| by_place(a.bounds, b.bounds))
}

fn by_place(a: NormBox, b: NormBox) -> Ordering {
    let edges = <[f32; 4]>::from(a).into_iter().zip(<[f32; 4]>::from(b));
    edges.map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Class, Score};
    use proptest::prelude::*;

    use super::*;

    fn seen(class: Class, score: f32, left: f32) -> Detection {
        let bounds = NormBox::new(left, 0.2, left + 0.1, 0.4).unwrap();
        Detection { class, score: Score::new(score).unwrap(), bounds }
    }

    fn groups() -> Vec<SuppressGroup> {
        vec![
            SuppressGroup { classes: vec![Class::Head, Class::Helmet], iou: 0.5 },
            SuppressGroup { classes: vec![Class::Person], iou: 0.6 },
        ]
    }

    #[test]
    fn only_overlapping_boxes_of_a_group_compete() {
        use Class::{Head, Helmet, Person};
        let cases: [(&str, &[Detection], &[usize]); 4] = [
            ("helmet beats the bare head under it", &[seen(Head, 0.6, 0.1), seen(Helmet, 0.8, 0.11)], &[1]),
            (
                "a person does not compete with a head",
                &[seen(Person, 0.9, 0.1), seen(Head, 0.6, 0.1)],
                &[0, 1],
            ),
            ("neighbours stay", &[seen(Head, 0.9, 0.1), seen(Helmet, 0.8, 0.16)], &[0, 1]),
            (
                "a loser suppresses nobody",
                &[seen(Head, 0.9, 0.1), seen(Head, 0.8, 0.13), seen(Head, 0.7, 0.16)],
                &[0, 2],
            ),
        ];
        for (what, candidates, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|index| candidates[*index]).collect();
            assert_eq!(suppress(candidates, &groups()), expected, "{what}");
        }
    }

    fn any_detection() -> impl Strategy<Value = Detection> {
        let class = prop::sample::select(vec![Class::Head, Class::Helmet, Class::Person]);
        (class, 0u8..=10, 0u8..=20)
            .prop_map(|(class, score, left)| seen(class, f32::from(score) / 10.0, f32::from(left) * 0.04))
    }

    proptest! {
        #[test]
        fn repeating_changes_nothing(candidates in prop::collection::vec(any_detection(), 0..40)) {
            let once = suppress(&candidates, &groups());
            prop_assert_eq!(&suppress(&once, &groups()), &once);
        }

        #[test]
        fn order_does_not_matter(
            (candidates, shuffled) in prop::collection::vec(any_detection(), 0..40)
                .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
        ) {
            prop_assert_eq!(suppress(&candidates, &groups()), suppress(&shuffled, &groups()));
        }

        #[test]
        fn a_higher_floor_gives_a_prefix(candidates in prop::collection::vec(any_detection(), 0..40), floor in 0u8..=10) {
            let floor = f32::from(floor) / 10.0;
            let strong: Vec<_> = candidates.iter().copied().filter(|seen| seen.score.value() >= floor).collect();
            let mut all = suppress(&candidates, &groups());
            all.retain(|seen| seen.score.value() >= floor);
            prop_assert_eq!(suppress(&strong, &groups()), all);
        }
    }
}
