//! Too many and too few persons.

use anjian_domain::CloseReason::{Ended, SourceEnded};
use serde_json::{Value, json};

use super::stage::Look::{HeadHidden, OnlyBareHead, OnlyHelmet, Worn};
use super::stage::{Actor, Stage, check};

fn stage(own_keys: &Value) -> Stage {
    let mut rule = json!({ "behaviour": "overcrowding" });
    rule.as_object_mut().unwrap().extend(own_keys.as_object().unwrap().clone());
    Stage::with(json!([rule]))
}

/// Somebody in column `index` who is there from one second to another.
fn there(index: u32, from: f64, to: f64) -> Actor {
    Actor::standing(0.06 + 0.1 * index as f32, 0.8, Worn).unseen(-1.0, from).unseen(to, 999.0)
}

fn always(index: u32) -> Actor {
    there(index, 0.0, 999.0)
}

#[test]
fn too_many() {
    let cases = [
        ("as many as allowed", vec![always(0), always(1)], vec![]),
        ("one more", vec![always(0), always(1), always(2)], vec![(0.4, 30.0, SourceEnded)]),
        ("one more for two seconds", vec![always(0), always(1), there(2, 5.0, 6.5)], vec![]),
        ("one more for a while", vec![always(0), always(1), there(2, 5.0, 15.0)], vec![(5.4, 15.8, Ended)]),
        (
            "back within the release time",
            vec![always(0), always(1), there(2, 5.0, 12.0).unseen(99.0, 99.0), there(3, 14.0, 20.0)],
            vec![(5.4, 20.8, Ended)],
        ),
        (
            "twice",
            vec![always(0), always(1), there(2, 2.0, 8.0), there(3, 16.0, 22.0)],
            vec![(2.4, 8.8, Ended), (16.4, 22.8, Ended)],
        ),
        (
            "hidden for a moment",
            vec![always(0), always(1), always(2).unseen(6.0, 7.0).unseen(12.0, 12.8)],
            vec![(0.4, 30.0, SourceEnded)],
        ),
        (
            "a detector that misses one in five",
            (0..3).map(|index| always(index).missed(0.2)).collect(),
            vec![(0.4, 30.0, SourceEnded)],
        ),
        ("helmets on a table", vec![always(0), always(1), Actor::standing(0.8, 0.8, OnlyHelmet)], vec![]),
    ];
    for (name, actors, expected) in cases {
        let told = stage(&json!({ "max_persons": 2 })).play(30.0, &actors);
        check(name, &told, &expected);
    }
}

#[test]
fn too_few() {
    let watcher = |from, to| there(3, from, to);
    let cases = [
        ("nobody ever", vec![], vec![(0.0, 30.0, SourceEnded)]),
        ("the watcher stays", vec![watcher(0.0, 99.0)], vec![]),
        ("the watcher goes", vec![watcher(0.0, 10.0)], vec![(11.0, 30.0, SourceEnded)]),
        ("and comes back", vec![watcher(0.0, 10.0), watcher(20.0, 99.0)], vec![(11.0, 20.2, Ended)]),
        ("hidden for a second", vec![watcher(0.0, 99.0).unseen(10.0, 11.0)], vec![]),
    ];
    for (name, actors, expected) in cases {
        check(name, &stage(&json!({ "min_persons": 1 })).play(30.0, &actors), &expected);
    }
}

#[test]
fn one_rule_may_have_both_limits() {
    let told = stage(&json!({ "min_persons": 1, "max_persons": 1 }))
        .play(30.0, &[there(0, 0.0, 12.0), there(2, 4.0, 12.0)]);
    check("both", &told, &[(4.4, 12.8, Ended), (13.0, 30.0, SourceEnded)]);
}

#[test]
fn too_few_ends_when_too_many_begins() {
    // Nobody, a crowd, nobody again, all within the release time of the first.
    let crowd = |index| there(index, 3.0, 4.6);
    let rule = json!({ "min_persons": 1, "max_persons": 1, "hold_s": 0.4, "smooth_s": 0, "unseen_s": 0, "release_s": 30 });
    let told = stage(&rule).play(20.0, &[crowd(0), crowd(2), crowd(4)]);
    check("both", &told, &[(0.0, 3.2, Ended), (3.4, 4.4, Ended), (4.6, 20.0, SourceEnded)]);
}

#[test]
fn evidence_and_delay() {
    for fps in [2.0, 5.0, 25.0] {
        let stage = Stage { fps, ..stage(&json!({ "max_persons": 1, "hold_s": 2 })) };
        let told = stage.play(20.0, &[always(0), there(1, 5.0, 99.0).scored(0.7)]);
        assert_eq!(told.len(), 1, "{fps} fps");
        let hold_s = told[0].decided_s - told[0].opened_s;
        assert!((2.0..=2.0 + 1.0 / fps + 1e-6).contains(&hold_s), "{fps} fps: {hold_s}");
        assert_eq!((told[0].subjects.len(), told[0].violation.track), (2, None));
        assert!((told[0].violation.score.value() - 0.8).abs() < 1e-3);
    }
}

#[test]
fn only_the_zone_counts() {
    let stage = Stage::with(json!([
        { "behaviour": "overcrowding", "zone": "left", "max_persons": 2 },
        { "behaviour": "overcrowding", "zone": "right", "max_persons": 2 },
    ]));
    let actors: Vec<_> = (0..5).map(always).collect();
    let told = stage.play(20.0, &actors);
    check("left", &told, &[(0.4, 20.0, SourceEnded)]);
    assert_eq!(told[0].violation.zone.as_str(), "left");
    assert_eq!(told[0].violation.rule.as_str(), "overcrowding-left");
}

#[test]
fn who_stands_behind_somebody_stays_in_the_zone() {
    let zones = json!([{ "id": "floor", "points": [[0.0, 0.65], [1.0, 0.65], [1.0, 1.0], [0.0, 1.0]] }]);
    let rule = json!([{ "behaviour": "overcrowding", "zone": "floor", "min_persons": 2 }]);
    let stage = Stage { zones, ..Stage::with(rule) };
    let behind = |x| Actor::standing(x, 0.75, HeadHidden);
    let front = Actor::standing(0.31, 0.9, HeadHidden);
    let cases = [
        ("hidden up to the hip", behind(0.3).halved(5.0, 20.0), vec![]),
        ("the detector errs, and nobody hides", behind(0.6).halved(5.0, 15.0), vec![(5.2, 15.2, Ended)]),
        ("walks away", behind(0.3).at(5.0, 0.3, 0.75).at(7.0, 0.3, 0.55), vec![(6.2, 20.0, SourceEnded)]),
    ];
    for (name, other, expected) in cases {
        check(name, &stage.play(20.0, &[front.clone(), other]), &expected);
    }
}

#[test]
fn walking_past_each_other_invents_nobody() {
    for seed in 0..10 {
        let stage = Stage { seed, ..stage(&json!({ "max_persons": 4, "hold_s": 1 })) };
        let actors: Vec<_> = (0..4)
            .map(|index| {
                let (from, to) = if index % 2 == 0 { (0.1, 0.9) } else { (0.9, 0.1) };
                let y = 0.75 + 0.04 * index as f32;
                Actor::standing(from, y, HeadHidden).at(6.0 + f64::from(index), to, y).missed(0.1)
            })
            .collect();
        let told = stage.play(20.0, &actors);
        assert_eq!(told.len(), 0, "seed {seed}: {told:?}");
    }
}

#[test]
fn a_crowd_is_counted_by_its_heads_where_bodies_hide_each_other() {
    // One behind the other's shoulder each: the model finds every second body, and every head.
    let row = |index: u32| {
        let (look, y) = if index.is_multiple_of(2) { (Worn, 0.8) } else { (OnlyBareHead, 0.87) };
        Actor::standing(0.1 + 0.025 * index as f32, y, look)
    };
    let told = stage(&json!({ "max_persons": 7 })).play(20.0, &(0..8).map(row).collect::<Vec<_>>());
    check("eight", &told, &[(0.4, 20.0, SourceEnded)]);
    let told = stage(&json!({ "max_persons": 8 })).play(20.0, &(0..8).map(row).collect::<Vec<_>>());
    check("no more than eight", &told, &[]);
}
