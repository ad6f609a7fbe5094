//! How many persons are counted, where.

use anjian_analysis::CameraAnalysis;
use anjian_domain::{PersonCount, Zone};
use serde_json::json;

use super::stage::Look::{OnlyHelmet, Worn};
use super::stage::{Actor, Stage};

/// The most in any frame up to the end, as a minute keeps it.
fn most(seconds: f64, actors: &[Actor]) -> PersonCount {
    // No rule asks how many there are, and a rule that sleeps hides nobody.
    let stage =
        Stage::with(json!([{ "behaviour": "no_hard_hat", "schedule": { "from": "22:00", "to": "06:00" } }]));
    let zones: Vec<Zone> = serde_json::from_value(stage.zones.clone()).unwrap();
    let mut analysis = CameraAnalysis::new(stage.plan()).unwrap();
    let mut most = PersonCount::default();
    for frame in stage.frames(seconds, actors) {
        analysis.observe(&frame);
        most.raise(&analysis.count_persons(&zones));
    }
    most
}

#[track_caller]
fn check(name: &str, actors: &[Actor], picture: u32, zones: &[(&str, u32)]) {
    let zones = zones.iter().map(|(zone, persons)| (zone.parse().unwrap(), *persons)).collect();
    assert_eq!(most(20.0, actors), PersonCount { picture, zones }, "{name}");
}

fn at(x: f32) -> Actor {
    Actor::standing(x, 0.8, Worn)
}

#[test]
fn persons_are_counted_in_the_picture_and_in_each_zone() {
    check("nobody", &[], 0, &[]);
    check("one", &[at(0.2)], 1, &[("left", 1)]);
    check("both sides", &[at(0.1), at(0.3), at(0.8)], 3, &[("left", 2), ("right", 1)]);
    check("one after the other", &[at(0.2).unseen(5.0, 99.0), at(0.4).unseen(-1.0, 10.0)], 1, &[("left", 1)]);
    check(
        "from one to the other",
        &[at(0.2).at(0.0, 0.2, 0.8).at(15.0, 0.8, 0.8)],
        1,
        &[("left", 1), ("right", 1)],
    );
}

#[test]
fn only_who_is_believed_and_seen_is_counted() {
    check("a glimpse", &[at(0.2).unseen(-1.0, 5.0).unseen(5.1, 99.0)], 0, &[]);
    check("a helmet on a table", &[Actor::standing(0.8, 0.8, OnlyHelmet)], 0, &[]);
    check("missed now and then", &[at(0.1).missed(0.2), at(0.3).missed(0.2)], 2, &[("left", 2)]);
}
