//! What holds for every scene, however wild.

use std::collections::BTreeMap;

use anjian_analysis::CameraAnalysis;
use anjian_domain::{Class, CloseReason, Detection, Detections, NormBox, Score};
use proptest::prelude::*;
use serde_json::json;

use super::stage::Look::{Bare, Cap, HatInHand, HeadHidden, OnlyBareHead, OnlyHelmet, Worn};
use super::stage::{Actor, Stage, Told, camera};

fn stage(fps: f64, seed: u64) -> Stage {
    let rules = json!([
        { "behaviour": "no_hard_hat" },
        { "behaviour": "no_hard_hat", "zone": "left", "window_s": 1.0 },
        { "behaviour": "overcrowding", "zone": "right", "min_persons": 1, "max_persons": 2, "hold_s": 1.0 },
        { "behaviour": "hot_work", "min_share": 0.3, "flicker_area": 0.01, "beacon_s": 0 },
    ]);
    Stage { fps, seed, ..Stage::with(rules) }
}

/// Somebody who walks about for 30 s, changes hats and is hidden now and then.
fn actor() -> impl Strategy<Value = Actor> {
    let place = || (0.05f32..0.95, 0.5f32..1.0);
    let look = prop::sample::select(vec![Worn, Bare, Cap, HeadHidden, HatInHand, OnlyBareHead, OnlyHelmet]);
    let looks = prop::collection::vec((0.0f64..30.0, look.clone()), 0..5);
    let stations = prop::collection::vec(place(), 0..5);
    let unseen = prop::collection::vec((0.0f64..30.0, 0.0f64..6.0), 0..4);
    (place(), look, looks, stations, unseen, 0.0f64..0.4, 0.0f64..0.4).prop_map(
        |((x, y), look, mut looks, stations, unseen, wrong, missed)| {
            looks.sort_by(|a, b| a.0.total_cmp(&b.0));
            let actor = Actor::standing(x, y, look).mistaken(wrong).missed(missed);
            let actor = looks.into_iter().fold(actor, |actor, (from, look)| actor.from(from, look));
            let actor = unseen.into_iter().fold(actor, |actor, (from, long)| actor.unseen(from, from + long));
            let walk = stations.into_iter().zip(1u32..);
            walk.fold(actor, |actor, ((x, y), index)| actor.at(6.0 * f64::from(index), x, y))
        },
    )
}

fn any_frame() -> impl Strategy<Value = Vec<Detection>> {
    let detection =
        (prop::sample::select(Class::ALL.to_vec()), 0.0f32..=1.0, prop::array::uniform4(0.0f32..1.0));
    let detections = prop::collection::vec(detection, 0..30);
    detections.prop_map(|items| {
        let valid = items.into_iter().filter_map(|(class, score, [a, b, c, d])| {
            let bounds = NormBox::new(a.min(c), b.min(d), a.max(c), b.max(d)).ok()?;
            Some(Detection { class, score: Score::new(score)?, bounds })
        });
        valid.collect()
    })
}

/// Intervals are in order, and no two of one rule and person overlap.
fn check_intervals(told: &[Told]) -> Result<(), TestCaseError> {
    let mut intervals: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
    for told in told {
        prop_assert!(told.opened_s <= told.decided_s && told.opened_s <= told.closed_s, "{:?}", told);
        prop_assert!(told.closed_path_s.windows(2).all(|pair| pair[1] - pair[0] >= 1.0 - 1e-9), "{:?}", told);
        let is_within = |at: &f64| (told.opened_s..=told.closed_s).contains(at);
        prop_assert!(told.closed_path_s.iter().all(is_within), "{:?}", told);
        let whose = (told.violation.rule.clone(), told.violation.track);
        intervals.entry(whose).or_default().push((told.opened_s, told.closed_s));
    }
    for (whose, mut intervals) in intervals {
        intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
        let is_apart = intervals.windows(2).all(|pair| pair[0].1 < pair[1].0);
        prop_assert!(is_apart, "{:?} overlap: {:?}", whose, intervals);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn intervals_never_overlap(actors in prop::collection::vec(actor(), 0..5), seed in 0u64..1000) {
        check_intervals(&stage(5.0, seed).play(30.0, &actors))?;
    }

    #[test]
    fn noise_is_survived(frames in prop::collection::vec((any_frame(), 1u64..3000), 1..40)) {
        let stage = stage(5.0, 1);
        let mut second = 0.0;
        let frames: Vec<_> = frames.into_iter().map(|(items, step_ms)| {
            second += step_ms as f64 / 1000.0;
            Detections { camera: camera(), at: stage.moment(second), items }
        }).collect();
        check_intervals(&stage.judge(&frames))?;
    }

    #[test]
    fn the_same_frames_give_the_same_violations(
        actors in prop::collection::vec(actor(), 1..4), seed in 0u64..1000, turn in 0usize..7,
    ) {
        let stage = stage(5.0, seed);
        let frames = stage.frames(30.0, &actors);
        let first = stage.judge(&frames);
        prop_assert_eq!(&stage.judge(&frames), &first);
        // Neither the order of detections nor frames of other cameras matter.
        let mut shuffled = Vec::new();
        for frame in &frames {
            let mut items = frame.items.clone();
            items.reverse();
            let middle = turn.min(items.len());
            items.rotate_left(middle);
            shuffled.push(Detections { camera: "other".parse().unwrap(), ..frame.clone() });
            shuffled.push(Detections { items, ..frame.clone() });
        }
        prop_assert_eq!(&stage.judge(&shuffled), &first);
    }

    #[test]
    fn half_the_frames_open_the_same_a_little_later(bare_from in 1.0f64..5.0, worn_from in 9.0f64..14.0, x in 0.1f32..0.9) {
        let actor = Actor::standing(x, 0.8, Worn).from(bare_from, Bare).from(worn_from, Worn);
        let stage = Stage::with(json!([{ "behaviour": "no_hard_hat" }]));
        let frames = stage.frames(25.0, &[actor]);
        let every = stage.judge(&frames);
        let half: Vec<_> = frames.iter().step_by(2).cloned().collect();
        let second = stage.judge(&half);
        prop_assert_eq!((every.len(), second.len()), (1, 1));
        prop_assert!((every[0].opened_s - second[0].opened_s).abs() <= 0.4);
        prop_assert!((every[0].decided_s - second[0].decided_s).abs() <= 0.8);
        prop_assert!((every[0].closed_s - second[0].closed_s).abs() <= 0.4);
    }
}

#[test]
fn memory_and_ids_stay_bounded_in_a_flood() {
    let stage = stage(25.0, 1);
    let mut analysis = CameraAnalysis::new(stage.plan()).unwrap();
    let mut dice = super::stage::Dice(7);
    for frame in 0..12 {
        let mut corner = || (dice.roll() * 0.97) as f32;
        let items = (0..900).filter_map(|index| {
            let (left, top) = (corner(), corner());
            let class = if index % 3 == 0 { Class::Head } else { Class::Person };
            let bounds = NormBox::clipped(left, top, left + 0.02, top + 0.06)?;
            Some(Detection { class, score: Score::new(0.9)?, bounds })
        });
        let at = stage.moment(f64::from(frame) / 25.0);
        analysis.observe(&Detections { camera: camera(), at, items: items.collect() });
        assert!(analysis.tracks().len() <= 256);
    }
    analysis.finish(CloseReason::Interrupted);
    assert!(analysis.tracks().is_empty());
}
