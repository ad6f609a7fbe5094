//! Non-maximum suppression within groups of classes: of boxes that overlap, the strongest stays, at the place that those
//! it beats agree on.
//!
//! Neighbouring anchors see the same thing and place its edges independently; their mean lies nearer to the thing than the
//! strongest one's box (box voting, Gidaris and Komodakis 2015).

use std::cmp::Ordering;

use anjian_domain::{Detection, NormBox};

use crate::model::SuppressGroup;

/// A picture with more candidates than this in a group is noise; the strongest are judged. Bounds the work.
const MOST_CANDIDATES: usize = 1000;
/// Boxes of a class that overlap more than this (intersection over union) are of the same thing, and have a say about its
/// edges.
const SAME_THING_IOU: f32 = 0.6;
/// Only those at least so sure, compared with the strongest.
pub(crate) const LEAST_SHARE: f32 = 0.7;

/// What stays, the strongest first. Does not depend on the order of the candidates. Candidates of classes in no group
/// are dropped; the catalogue makes sure that there are none.
pub(crate) fn suppress(candidates: &[Detection], groups: &[SuppressGroup]) -> Vec<Detection> {
    let mut kept = Vec::new();
    for group in groups {
        let mut competitors: Vec<_> =
            candidates.iter().copied().filter(|candidate| group.classes.contains(&candidate.class)).collect();
        competitors.sort_unstable_by(strongest_first);
        competitors.truncate(MOST_CANDIDATES);
        kept.extend(winners(&competitors, group.iou).into_iter().map(|winner| agreed(winner, &competitors)));
    }
    kept.sort_unstable_by(strongest_first);
    kept
}

fn winners(competitors: &[Detection], iou: f32) -> Vec<Detection> {
    let mut winners: Vec<Detection> = Vec::new();
    for candidate in competitors {
        if winners.iter().all(|winner| winner.bounds.iou(candidate.bounds) <= iou) {
            winners.push(*candidate);
        }
    }
    winners
}

/// The winner at the mean place of the boxes of its class that are of the same thing, each counting by its score.
fn agreed(winner: Detection, competitors: &[Detection]) -> Detection {
    let least = LEAST_SHARE * winner.score.value();
    let voters = competitors.iter().filter(|other| {
        other.class == winner.class
            && other.score.value() >= least
            && other.bounds.iou(winner.bounds) > SAME_THING_IOU
    });
    let own = <[f32; 4]>::from(winner.bounds);
    let (mut moves, mut weight) = ([0.0f32; 4], 0.0f32);
    for voter in voters {
        let score = voter.score.value();
        weight += score;
        for ((sum, edge), own) in moves.iter_mut().zip(<[f32; 4]>::from(voter.bounds)).zip(own) {
            *sum += score * (edge - own);
        }
    }
    let [left, top, right, bottom] = std::array::from_fn(|edge| own[edge] + moves[edge] / weight);
    // A box without area overlaps nothing, not even itself, and stays where it is.
    let bounds = NormBox::new(left, top, right, bottom).unwrap_or(winner.bounds);
    Detection { bounds, ..winner }
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
        (class, 0u8..=10, 0u8..=40)
            .prop_map(|(class, score, left)| seen(class, f32::from(score) / 10.0, f32::from(left) * 0.02))
    }

    #[test]
    fn those_who_see_the_same_say_where_it_is() {
        let place = |score, left| seen(Class::Head, score, left);
        // 0.1 wide and 0.02 apart: an overlap of two thirds.
        let cases: [(&str, &[Detection], f32); 5] = [
            ("alone", &[place(0.8, 0.2)], 0.2),
            ("two, by their scores", &[place(0.8, 0.2), place(0.6, 0.22)], 0.2 + 0.02 * 3.0 / 7.0),
            ("too unsure", &[place(0.8, 0.2), place(0.5, 0.22)], 0.2),
            ("another class", &[place(0.8, 0.2), seen(Class::Helmet, 0.7, 0.22)], 0.2),
            ("too far away", &[place(0.8, 0.2), place(0.7, 0.23)], 0.2),
        ];
        for (what, candidates, left) in cases {
            let kept = suppress(candidates, &groups());
            assert_eq!(kept.len(), 1, "{what}: {kept:?}");
            let found = kept[0].bounds;
            assert!(
                (found.left() - left).abs() < 1e-6 && (found.right() - left - 0.1).abs() < 1e-6,
                "{what}: {found:?}"
            );
            assert_eq!(kept[0].score, candidates[0].score);
        }
    }

    proptest! {
        #[test]
        fn order_does_not_matter(
            (candidates, shuffled) in prop::collection::vec(any_detection(), 0..40)
                .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
        ) {
            prop_assert_eq!(suppress(&candidates, &groups()), suppress(&shuffled, &groups()));
        }

        #[test]
        fn what_is_nearly_as_sure_is_all_that_matters(
            candidates in prop::collection::vec(any_detection(), 0..40), least in 0u8..=10
        ) {
            let least = f32::from(least) / 10.0;
            let sure = |from: f32| move |seen: &Detection| seen.score.value() >= from;
            let few: Vec<_> = candidates.iter().copied().filter(sure(LEAST_SHARE * least)).collect();
            let (mut of_few, mut of_all) = (suppress(&few, &groups()), suppress(&candidates, &groups()));
            of_few.retain(sure(least));
            of_all.retain(sure(least));
            prop_assert_eq!(of_few, of_all);
        }
    }
}
