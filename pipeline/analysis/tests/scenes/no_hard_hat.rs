//! One violation for each person-episode, and none for what only looks like one.

use anjian_domain::CloseReason::{Ended, Left, SourceEnded};
use serde_json::json;

use super::stage::Look::{
    Bare, Cap, HatInHand, HatInHandHeadHidden, HeadHidden, OnlyBareHead, OnlyHelmet, Worn,
};
use super::stage::{Actor, Stage, check};

fn stage() -> Stage {
    Stage::with(json!([{ "behaviour": "no_hard_hat" }]))
}

fn standing(look: super::stage::Look) -> Actor {
    Actor::standing(0.5, 0.8, look)
}

#[test]
fn one_person() {
    let cases = [
        ("worn all the time", standing(Worn), vec![]),
        ("bare all the time", standing(Bare), vec![(0.0, 20.0, SourceEnded)]),
        ("a cap is no hard hat", standing(Cap), vec![(0.0, 20.0, SourceEnded)]),
        ("a hidden head is unknown", standing(HeadHidden), vec![]),
        ("the hat in the hand", standing(HatInHand), vec![(0.0, 20.0, SourceEnded)]),
        ("the hat in the hand, the head hidden", standing(HatInHandHeadHidden), vec![]),
        ("hat off for half a second", standing(Worn).from(5.0, Bare).from(5.5, Worn), vec![]),
        (
            "hat off for three seconds",
            standing(Worn).from(5.0, Bare).from(8.0, Worn),
            vec![(5.0, 7.8, Ended)],
        ),
        (
            "hat on for half a second",
            standing(Bare).from(5.0, Worn).from(5.6, Bare).from(10.0, Worn),
            vec![(0.0, 9.8, Ended)],
        ),
        (
            "off twice",
            standing(Worn).from(2.0, Bare).from(6.0, Worn).from(12.0, Bare).from(16.0, Worn),
            vec![(2.0, 5.8, Ended), (12.0, 15.8, Ended)],
        ),
        (
            "the head hidden meanwhile",
            standing(Bare).from(5.0, HeadHidden).from(9.0, Bare),
            vec![(0.0, 20.0, SourceEnded)],
        ),
        ("occluded for a second", standing(Bare).unseen(6.0, 7.0), vec![(0.0, 20.0, SourceEnded)]),
        ("gone for good", standing(Bare).unseen(8.0, 99.0), vec![(0.0, 7.8, Left)]),
        ("a flash of a person", standing(Bare).unseen(1.0, 99.0), vec![]),
        ("only the head is found", standing(OnlyBareHead), vec![(0.0, 20.0, SourceEnded)]),
        ("a helmet on a table", standing(OnlyHelmet), vec![]),
        (
            "the body is found now and then",
            standing(Bare).from(4.0, OnlyBareHead).from(6.0, Bare).from(7.0, OnlyBareHead),
            vec![(0.0, 20.0, SourceEnded)],
        ),
    ];
    for (name, actor, expected) in cases {
        check(name, &stage().play(20.0, &[actor]), &expected);
    }
}

#[test]
fn a_detector_that_errs_one_time_in_five() {
    for seed in 0..40 {
        let stage = Stage { seed, ..stage() };
        let worn = stage.play(60.0, &[standing(Worn).mistaken(0.2)]);
        assert_eq!(worn.len(), 0, "seed {seed}: {worn:?}");
        let bare = stage.play(60.0, &[standing(Bare).mistaken(0.2).missed(0.2)]);
        assert_eq!(bare.len(), 1, "seed {seed}: {bare:?}");
        let (opened_s, closed_s) = (bare[0].opened_s, bare[0].closed_s);
        assert!(opened_s < 3.0 && closed_s > 58.0, "seed {seed}: {opened_s} to {closed_s}");
    }
}

#[test]
fn a_violation_opens_after_the_window_and_no_later() {
    for fps in [2.0, 5.0, 12.5, 25.0] {
        let stage = Stage { fps, ..stage() };
        let told = stage.play(12.0, &[standing(Worn).from(4.0, Bare)]);
        assert_eq!(told.len(), 1, "{fps} fps");
        assert!((told[0].opened_s - 4.0).abs() < 1e-6, "{fps} fps: {}", told[0].opened_s);
        let hold_s = told[0].decided_s - told[0].opened_s;
        assert!((2.5..=2.5 + 1.0 / fps + 1e-6).contains(&hold_s), "{fps} fps: {hold_s}");
    }
}

#[test]
fn slow_cameras_look_back_further() {
    for fps in [0.5, 1.0] {
        let stage = Stage { fps, ..stage() };
        let told = stage.play(40.0, &[standing(Bare)]);
        check(&format!("{fps} fps"), &told, &[(0.0, 40.0, SourceEnded)]);
        assert!((told[0].decided_s - 4.0 / fps).abs() < 1e-6, "{}", told[0].decided_s);
    }
}

#[test]
fn evidence_of_the_opening() {
    let told = stage().play(20.0, &[standing(Bare).from(12.0, Worn)]);
    let told = &told[0];
    assert_eq!(told.subjects.len(), 2, "the person and the head");
    assert!(told.subjects[0].intersection_area(told.subjects[1]) > 0.0);
    assert_eq!(told.opened_path_s.first(), Some(&0.0));
    assert_eq!(told.opened_path_s.last(), Some(&told.decided_s));
    assert_eq!(told.closed_path_s, (0..12).map(f64::from).collect::<Vec<_>>());
    assert!((told.violation.score.value() - 0.9).abs() < 1e-6);
    assert_eq!(told.violation.track.map(|track| track.0), Some(1));
}

#[test]
fn the_zone_decides() {
    let stage = Stage::with(json!([{ "behaviour": "no_hard_hat", "zone": "left" }]));
    let walker = || Actor::standing(0.8, 0.8, Bare);
    let cases = [
        ("outside", walker(), vec![]),
        (
            "comes in and leaves",
            walker().at(5.0, 0.8, 0.8).at(8.0, 0.3, 0.8).at(12.0, 0.3, 0.8).at(15.0, 0.8, 0.8),
            vec![(7.0, 13.2, Left)],
        ),
        (
            "steps out for a second",
            walker().at(0.0, 0.4, 0.8).at(6.0, 0.45, 0.8).at(7.0, 0.54, 0.8).at(8.0, 0.45, 0.8),
            vec![(0.0, 20.0, SourceEnded)],
        ),
        ("stands on the edge", walker().at(0.0, 0.499, 0.8), vec![(0.0, 20.0, SourceEnded)]),
    ];
    for (name, actor, expected) in cases {
        let told = stage.play(20.0, &[actor]);
        if name == "stands on the edge" {
            assert!(told.len() <= 1, "{name}: {told:?}");
        } else {
            check(name, &told, &expected);
        }
    }
}

#[test]
fn two_people_cross() {
    for (fps, seconds) in [(25.0, 8.0), (5.0, 8.0), (5.0, 5.0), (2.0, 8.0)] {
        let stage = Stage { fps, ..stage() };
        let to_the_right = Actor::standing(0.1, 0.8, Bare).at(seconds, 0.9, 0.8);
        let to_the_left = Actor::standing(0.9, 0.82, Worn).at(seconds, 0.1, 0.82);
        let told = stage.play(seconds, &[to_the_right, to_the_left]);
        check(&format!("{fps} fps in {seconds} s"), &told, &[(0.0, seconds, SourceEnded)]);
    }
}

#[test]
fn a_person_behind_another() {
    let front = Actor::standing(0.5, 0.85, Worn);
    let passing = Actor::standing(0.1, 0.8, Bare).at(10.0, 0.9, 0.8).unseen(4.4, 5.6);
    check("behind", &stage().play(10.0, &[front, passing]), &[(0.0, 10.0, SourceEnded)]);
}

#[test]
fn an_episode_survives_the_loss_of_its_track() {
    // Unseen for longer than the tracker keeps a track, and back where it was lost.
    let told = stage().play(20.0, &[standing(Bare).unseen(6.0, 8.6)]);
    check("at the same place", &told, &[(0.0, 20.0, SourceEnded)]);
    assert_eq!(told[0].violation.track.map(|track| track.0), Some(1), "the first track names it");
    let elsewhere = standing(Bare).at(6.0, 0.5, 0.8).at(6.1, 0.1, 0.8).unseen(6.0, 8.6);
    check("elsewhere", &stage().play(20.0, &[elsewhere]), &[(0.0, 5.8, Left), (8.6, 20.0, SourceEnded)]);
    let late = standing(Bare).unseen(6.0, 9.6);
    check("late", &stage().play(20.0, &[late]), &[(0.0, 5.8, Left), (9.6, 20.0, SourceEnded)]);
    let with_hat = standing(Bare).unseen(6.0, 8.6).from(6.0, Worn);
    check("with a hat", &stage().play(20.0, &[with_hat]), &[(0.0, 5.8, Left)]);
}

#[test]
fn a_violation_is_not_handed_to_somebody_else() {
    let stage = Stage::with(json!([{ "behaviour": "no_hard_hat", "zone": "left" }]));
    // One steps out of the zone in plain sight, and another one appears beside him.
    let first = Actor::standing(0.44, 0.8, Bare).at(6.0, 0.47, 0.8).at(6.6, 0.54, 0.8);
    let second = Actor::standing(0.46, 0.78, Bare).unseen(-1.0, 7.4);
    check("in sight", &stage.play(20.0, &[first, second]), &[(0.0, 6.2, Left), (7.4, 20.0, SourceEnded)]);
}

#[test]
fn everybody_is_judged_alone() {
    let actors: Vec<_> = (0..8)
        .map(|index| {
            Actor::standing(0.08 + 0.12 * index as f32, 0.8, if index % 2 == 0 { Bare } else { Worn })
        })
        .collect();
    assert_eq!(stage().play(10.0, &actors).len(), 4);
}

#[test]
fn a_head_that_stays_hidden_closes() {
    let told = stage().play(60.0, &[standing(Bare).from(10.0, HeadHidden)]);
    check("hidden", &told, &[(0.0, 9.8, Ended)]);
}
