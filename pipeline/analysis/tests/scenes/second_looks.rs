//! Second looks at heads and garments: when they are asked for, and what their answers change.

use anjian_analysis::{Calibration, CameraAnalysis, Gallery, Headwear};
use anjian_domain::CloseReason::{Ended, Left, SourceEnded};
use anjian_domain::{Answer, Class, Embedding, HeadwearOdds, Look, LookKind, MediaTime, Seen};
use serde_json::json;

use super::stage::Look::{Bare, HeadHidden, OnlyBareHead, Worn};
use super::stage::{Actor, Stage, Told, check};

fn hats() -> Stage {
    Stage::with(json!([{ "behaviour": "no_hard_hat", "zone": "left" }]))
}

fn standing(look: super::stage::Look) -> Actor {
    Actor::standing(0.25, 0.8, look)
}

/// Odds of helmet, bare, other, hidden.
fn odds(odds: [f32; 4]) -> Answer {
    Answer::Headwear(HeadwearOdds::new(odds).unwrap())
}

const HELMET: [f32; 4] = [0.95, 0.03, 0.01, 0.01];
const BARE: [f32; 4] = [0.03, 0.95, 0.01, 0.01];
const HIDDEN: [f32; 4] = [0.02, 0.02, 0.01, 0.95];
const UNSURE: [f32; 4] = [0.5, 0.45, 0.03, 0.02];

/// The seconds at which looks were asked for while the actors play; each is answered.
fn asked(stage: &Stage, seconds: f64, actors: &[Actor], answer: impl Fn(f64) -> Answer) -> Vec<f64> {
    let mut asked = vec![];
    stage.judge_looking(&stage.frames(seconds, actors), |second, _| {
        asked.push(second);
        Some(answer(second))
    });
    asked
}

#[test]
fn heads_are_looked_at_once_a_second_and_when_the_hat_comes_off() {
    let worn = |second| odds(if second < 3.5 { HELMET } else { BARE });
    let steady = asked(&hats(), 3.0, &[standing(Worn)], worn);
    assert_eq!(steady, [0.0, 1.0, 2.0, 3.0]);
    let off = asked(&hats(), 6.0, &[standing(Worn).from(3.5, Bare)], worn);
    assert_eq!(off, [0.0, 1.0, 2.0, 3.0, 3.6, 4.6, 5.6]);
    assert_eq!(asked(&hats(), 3.0, &[Actor::standing(0.75, 0.8, Worn)], worn), [0.0; 0], "outside the zone");
    let fast = Stage { fps: 25.0, ..hats() };
    assert_eq!(asked(&fast, 3.0, &[standing(Worn)], worn).len(), 4);
    let slow = Stage { fps: 0.5, ..hats() };
    assert_eq!(asked(&slow, 4.0, &[standing(Worn)], worn), [0.0, 2.0, 4.0]);
}

#[test]
fn a_look_that_nobody_answers_is_asked_again_and_changes_nothing() {
    let frames = hats().frames(20.0, &[standing(Bare).from(9.0, Worn)]);
    let mut looks = 0;
    let told = hats().judge_looking(&frames, |_, _| {
        looks += 1;
        None
    });
    assert_eq!(looks, frames.len());
    assert_eq!(told, hats().judge(&frames));
}

#[test]
fn two_rules_ask_once() {
    let both = json!([{ "behaviour": "no_hard_hat" }, { "behaviour": "no_hard_hat", "zone": "left", "window_s": 5 }]);
    assert_eq!(asked(&Stage::with(both), 3.0, &[standing(Worn)], |_| odds(HELMET)), [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn what_is_looked_at() {
    let cases = [
        ("the head", standing(Bare), true, true),
        ("the person whose head is hidden", standing(HeadHidden), true, false),
        ("a head alone", standing(OnlyBareHead), false, true),
    ];
    for (name, actor, has_person, has_head) in cases {
        let mut looks: Vec<Look> = vec![];
        hats().judge_looking(&hats().frames(0.0, &[actor]), |_, look| {
            looks.push(*look);
            None
        });
        let [look] = looks[..] else { panic!("{name}: {looks:?}") };
        assert_eq!(
            (look.kind, look.person.is_some(), look.head.is_some()),
            (LookKind::Headwear, has_person, has_head)
        );
        assert_eq!(Some(look.bounds), look.head.or(look.person), "{name}");
    }
}

#[test]
fn the_look_wins_over_the_detector() {
    let all = (0.0, 20.0, SourceEnded);
    let cases = [
        ("a false helmet", standing(Worn), BARE, vec![all]),
        ("a cap taken for a helmet", standing(Worn), [0.02, 0.02, 0.95, 0.01], vec![all]),
        ("a helmet taken for a bare head", standing(Bare), HELMET, vec![]),
        ("nothing to be seen", standing(Bare), HIDDEN, vec![]),
        ("too unsure to tell", standing(Bare), UNSURE, vec![]),
        ("a head that the detector misses", standing(HeadHidden), BARE, vec![all]),
        ("a detector that cannot decide", standing(Worn).mistaken(0.5), BARE, vec![all]),
        ("a detector that cannot decide, and a hat", standing(Bare).mistaken(0.5), HELMET, vec![]),
    ];
    for (name, actor, answer, expected) in cases {
        let told = hats().judge_looking(&hats().frames(20.0, &[actor]), |_, _| Some(odds(answer)));
        check(name, &told, &expected);
        for told in &told {
            assert!(
                (told.violation.score.value() - 0.95).abs() < 0.01,
                "{name}: {}",
                told.violation.score.value()
            );
        }
    }
}

#[test]
fn the_hat_comes_off_and_on_before_both() {
    let actor = standing(Worn).from(5.0, Bare).from(12.0, Worn);
    let told = hats().judge_looking(&hats().frames(20.0, &[actor]), |second, _| {
        Some(odds(if (5.0..12.0).contains(&second) { BARE } else { HELMET }))
    });
    check("off and on", &told, &[(5.0, 11.8, Ended)]);
}

#[test]
fn pictures_show_what_the_look_said() {
    let mut analysis = CameraAnalysis::new(hats().plan()).unwrap();
    let headwear = |analysis: &CameraAnalysis| analysis.tracks()[0].headwear();
    for frame in hats().frames(3.0, &[standing(Worn)]) {
        let looks = analysis.follow(&frame);
        // The first look is answered, and no other.
        let first = looks.into_iter().filter(|_| frame.at.media == MediaTime::ZERO);
        let seen: Vec<Seen> = first.map(|look| Seen { look, answer: odds(BARE) }).collect();
        analysis.judge(&seen);
        let expected = if frame.at.media.as_secs_f64() <= 1.5 { Headwear::Bare } else { Headwear::Worn };
        assert_eq!(headwear(&analysis), expected, "{:?}", frame.at.media);
    }
}

#[test]
fn a_frame_that_nobody_judges_is_judged_without_looks() {
    let stage = hats();
    let frames = stage.frames(20.0, &[standing(Bare).from(9.0, Worn)]);
    let mut analysis = CameraAnalysis::new(stage.plan()).unwrap();
    let mut updates = vec![];
    for (index, frame) in frames.iter().enumerate() {
        analysis.follow(frame);
        if index % 3 == 0 {
            updates.extend(analysis.judge(&[]));
            assert_eq!(analysis.judge(&[]), [], "judged before");
        }
    }
    updates.extend(analysis.finish(SourceEnded));
    let mut observed = CameraAnalysis::new(stage.plan()).unwrap();
    let mut expected: Vec<_> = frames.iter().flat_map(|frame| observed.observe(frame)).collect();
    expected.extend(observed.finish(SourceEnded));
    // Only the opening differs in when it was told, and what it shows: the frame after.
    assert_eq!(updates, expected);
}

/// Approved garments look like 0 degrees.
fn look_of(degrees: f32) -> Answer {
    let (y, x) = degrees.to_radians().sin_cos();
    Answer::Garment(Embedding::new(&[x, y]).unwrap())
}

fn gallery() -> Gallery {
    let approved = [0.0f32, 5.0, 10.0].map(|degrees| match look_of(degrees) {
        Answer::Garment(look) => look,
        other => panic!("{other:?} is no garment"),
    });
    Gallery {
        name: "white".to_owned(),
        version: "0123456789ab".to_owned(),
        model: "garment@0".to_owned(),
        approved: approved.to_vec(),
        unapproved: vec![],
        calibration: Calibration { scale: 20.0, offset: 0.7 },
    }
}

fn garments() -> Stage {
    let rules = json!([{ "behaviour": "no_anti_static", "zone": "left", "gallery": "white" }]);
    Stage { galleries: vec![gallery()], ..Stage::with(rules) }
}

fn wearing(actor: Actor, degrees: impl Fn(f64) -> Option<f32>) -> Vec<Told> {
    garments().judge_looking(&garments().frames(20.0, &[actor]), |second, look| {
        assert_eq!(look.kind, LookKind::Garment);
        degrees(second).map(look_of)
    })
}

#[test]
fn garments_are_judged() {
    const MATCHES: f32 = 8.0;
    const DIFFERS: f32 = 80.0;
    /// Right between.
    const UNCLEAR: f32 = 49.0;
    let here = || standing(Worn);
    let all = (0.0, 20.0, SourceEnded);
    type Worn = Box<dyn Fn(f64) -> Option<f32>>;
    let cases: [(&str, Actor, Worn, Vec<_>); 12] = [
        ("approved", here(), Box::new(|_| Some(MATCHES)), vec![]),
        ("not approved", here(), Box::new(|_| Some(DIFFERS)), vec![all]),
        ("not to be told", here(), Box::new(|_| Some(UNCLEAR)), vec![]),
        ("nobody answers", here(), Box::new(|_| None), vec![]),
        (
            "mostly not to be told",
            here(),
            Box::new(|s| Some(if s % 2.0 < 1.4 { UNCLEAR } else { DIFFERS })),
            vec![(1.6, 19.8, SourceEnded)],
        ),
        (
            "a shadow falls on it",
            here(),
            Box::new(|s| Some(if (6.0..8.0).contains(&s) { 45.0 } else { MATCHES })),
            vec![],
        ),
        (
            "one wrong look",
            here(),
            Box::new(|s| Some(if (6.0..6.7).contains(&s) { DIFFERS } else { MATCHES })),
            vec![],
        ),
        (
            "seldom seen well",
            here(),
            Box::new(|s| (s % 4.0 < 0.3).then_some(DIFFERS)),
            vec![(0.0, 20.0, SourceEnded)],
        ),
        (
            "put on later",
            here(),
            Box::new(|s| Some(if s < 8.0 { DIFFERS } else { MATCHES })),
            vec![(0.0, 8.8, Ended)],
        ),
        (
            "walks out",
            here().at(8.0, 0.25, 0.8).at(10.0, 0.75, 0.8),
            Box::new(|_| Some(DIFFERS)),
            vec![(0.0, 9.2, Left)],
        ),
        ("outside", Actor::standing(0.75, 0.8, Worn), Box::new(|_| panic!("nobody asks")), vec![]),
        ("on a hook", standing(HeadHidden), Box::new(|_| panic!("nobody asks")), vec![]),
    ];
    for (name, actor, worn, expected) in cases {
        let told = wearing(actor, worn);
        let is_near = |a: f64, b: f64| (a - b).abs() < 1.3;
        let fits = told.len() == expected.len()
            && told.iter().zip(&expected).all(|(told, expected)| {
                is_near(told.opened_s, expected.0)
                    && is_near(told.closed_s, expected.1)
                    && told.reason == expected.2
            });
        let found: Vec<_> = told.iter().map(|t| (t.opened_s, t.decided_s, t.closed_s, t.reason)).collect();
        assert!(fits, "{name}: {found:?}");
    }
}

#[test]
fn garments_are_looked_at_until_they_are_clear() {
    let asked = |degrees: f32| asked(&garments(), 8.0, &[standing(Worn)], |_| look_of(degrees));
    assert_eq!(asked(8.0), [0.0, 0.6, 1.2, 3.2, 5.2, 7.2], "clear after three matches");
    assert_eq!(asked(80.0)[..5], [0.0, 0.6, 1.2, 1.8, 2.4], "clear when the violation is open");
    assert_eq!(asked(80.0)[5..], [4.4, 6.4]);
    assert_eq!(asked(49.0).len(), 14, "never clear");
}

#[test]
fn somebody_without_a_head_who_walks_is_somebody() {
    let walker = standing(HeadHidden).at(10.0, 0.45, 0.8);
    assert_eq!(wearing(walker, |_| Some(80.0)).len(), 1);
}

#[test]
fn a_rule_without_a_gallery_says_what_to_do() {
    let rule = |gallery: &str| json!([{ "behaviour": "no_anti_static", "gallery": gallery }]);
    let empty = Gallery { approved: vec![], ..gallery() };
    for (stage, expected) in [
        (Stage::with(json!([{ "behaviour": "no_anti_static" }])), vec!["`gallery`", "anjian enrol"]),
        (
            Stage { galleries: vec![gallery()], ..Stage::with(rule("blue")) },
            vec!["`blue`", "anjian enrol --gallery blue"],
        ),
        (
            Stage { galleries: vec![empty], ..Stage::with(rule("white")) },
            vec!["`white`", "no approved garments"],
        ),
    ] {
        let Err(error) = CameraAnalysis::new(stage.plan()) else { panic!("{expected:?} was accepted") };
        for part in expected.into_iter().chain(["gate", "no_anti_static-picture"]) {
            assert!(error.to_string().contains(part), "{part:?} is missing in {error}");
        }
    }
}

#[test]
fn the_gallery_is_part_of_the_version() {
    let version = |version: &str| {
        let galleries = vec![Gallery { version: version.to_owned(), ..gallery() }];
        let analysis = CameraAnalysis::new(Stage { galleries, ..garments() }.plan()).unwrap();
        analysis.rule_definitions()[0].version.clone()
    };
    assert_eq!(version("a"), version("a"));
    assert_ne!(version("a"), version("b"));
}

#[test]
fn looks_do_not_disturb_other_classes() {
    // A head on a wall is nobody's garment, and fires have no heads.
    let frames = garments().frames(2.0, &[standing(OnlyBareHead)]);
    assert!(frames.iter().all(|frame| frame.items.iter().all(|item| item.class == Class::Head)));
    garments().judge_looking(&frames, |_, look| panic!("{look:?} was asked for"));
}
