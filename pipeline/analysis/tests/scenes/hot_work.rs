//! What burns, what only shines, and who may.

use anjian_analysis::CameraAnalysis;
use anjian_domain::CloseReason::{Ended, SourceEnded};
use anjian_domain::{
    Answer, Class, Detection, Detections, LightMeasure, Look, LookKind, NormBox, Permit, PermitClass, Score,
};
use proptest::prelude::*;
use serde_json::json;

use super::stage::Look::Worn;
use super::stage::{Actor, Dice, Stage, Told, check};

/// Width and height as shares of the picture, by second; `None` in the dark.
type Size = dyn Fn(f64, &mut Dice) -> Option<(f32, f32)>;

/// Something bright.
struct Light {
    class: Class,
    x: f32,
    y: f32,
    size: Box<Size>,
    /// Each edge trembles by up to so much.
    tremble: f32,
}

impl Light {
    fn new(class: Class, size: impl Fn(f64, &mut Dice) -> Option<(f32, f32)> + 'static) -> Self {
        Self { class, x: 0.3, y: 0.7, size: Box::new(size), tremble: 0.0008 }
    }

    /// Burns unevenly while `burns` says so, and drops out one time in ten.
    fn arc(burns: impl Fn(f64) -> bool + 'static) -> Self {
        Self::new(Class::Arc, move |second, dice| {
            let (swell, drop) = (0.5 + dice.roll() as f32, dice.roll());
            (burns(second) && drop > 0.1).then_some((0.02 * swell, 0.03 * swell))
        })
    }

    fn always() -> Self {
        Self::arc(|_| true)
    }

    fn lamp(shines: impl Fn(f64) -> bool + 'static) -> Self {
        Self::new(Class::Flame, move |second, _| shines(second).then_some((0.03, 0.04)))
    }

    fn at(self, x: f32, y: f32) -> Self {
        Self { x, y, ..self }
    }

    fn detection(&self, second: f64, dice: &mut Dice) -> Option<Detection> {
        let (width, height) = (self.size)(second, dice)?;
        let mut tremble = || (dice.roll() as f32 - 0.5) * 2.0 * self.tremble;
        let bounds = NormBox::clipped(
            self.x - width / 2.0 + tremble(),
            self.y - height + tremble(),
            self.x + width / 2.0 + tremble(),
            self.y + tremble(),
        )?;
        Some(Detection { class: self.class, score: Score::new(0.8)?, bounds })
    }
}

fn stage() -> Stage {
    Stage::with(json!([{ "behaviour": "hot_work", "zone": "left" }]))
}

fn permit(stage: &Stage, zone: Option<&str>, from: f64, to: f64, fire_watcher: bool) -> Permit {
    let zone = zone.map(|zone| zone.parse().unwrap());
    let [from, to] = [from, to].map(|second| stage.moment(second).wall);
    Permit { id: "DH-1".to_owned(), class: PermitClass::Second, zone, from, to, fire_watcher }
}

fn frames(stage: &Stage, seconds: f64, lights: &[Light], actors: &[Actor]) -> Vec<Detections> {
    let mut dice: Vec<_> = (0..lights.len()).map(|index| Dice(stage.seed * 7777 + index as u64)).collect();
    let mut frames = stage.frames(seconds, actors);
    for frame in &mut frames {
        let second = frame.at.media.as_secs_f64();
        let lit = lights.iter().zip(&mut dice).filter_map(|(light, dice)| light.detection(second, dice));
        frame.items.extend(lit);
    }
    frames
}

fn play(stage: &Stage, seconds: f64, lights: &[Light], actors: &[Actor]) -> Vec<Told> {
    stage.judge(&frames(stage, seconds, lights, actors))
}

/// Whether a lamp that goes on and off is on, `share` of each period.
fn beacon(period_s: f64, share: f64) -> impl Fn(f64) -> bool + 'static {
    move |second| (second / period_s).fract() < share
}

#[test]
fn what_burns_is_found() {
    let flying = |second: f64, dice: &mut Dice| {
        let reach = 0.08 + 0.06 * dice.roll() as f32;
        (second >= 3.0).then_some((reach, reach * 1.6))
    };
    let licking = |_: f64, dice: &mut Dice| Some((0.05, 0.2 * (0.965 + 0.07 * dice.roll() as f32)));
    let cases = [
        ("an arc", Light::always(), vec![(0.0, 20.0, SourceEnded)]),
        ("a calm flame", Light::new(Class::Flame, licking), vec![(0.0, 20.0, SourceEnded)]),
        ("an arc for five seconds", Light::arc(|s| (4.0..9.0).contains(&s)), vec![(4.0, 8.8, Ended)]),
        ("sparks", Light::new(Class::Sparks, flying), vec![(3.0, 20.0, SourceEnded)]),
        ("a short gap", Light::arc(|s| !(8.0..8.6).contains(&s)), vec![(0.0, 20.0, SourceEnded)]),
        (
            "a long gap",
            Light::arc(|s| !(8.0..10.0).contains(&s)),
            vec![(0.0, 7.8, Ended), (10.0, 20.0, SourceEnded)],
        ),
        ("a flash", Light::arc(|s| (4.0..4.1).contains(&s)), vec![]),
        ("sparks for half a second", Light::arc(|s| (4.0..4.5).contains(&s)), vec![]),
        ("outside the zone", Light::always().at(0.7, 0.7), vec![]),
    ];
    for (name, light, expected) in cases {
        for seed in 0..8 {
            let told = play(&Stage { seed, ..stage() }, 20.0, std::slice::from_ref(&light), &[]);
            // What drops out by chance may begin or end a frame or two later.
            let is_near = |a: f64, b: f64| (a - b).abs() < 0.81;
            let fits = told.len() == expected.len()
                && told.iter().zip(&expected).all(|(told, expected)| {
                    is_near(told.opened_s, expected.0)
                        && is_near(told.closed_s, expected.1)
                        && told.reason == expected.2
                });
            let found: Vec<_> = told.iter().map(|t| (t.opened_s, t.decided_s, t.closed_s)).collect();
            assert!(fits, "{name}, seed {seed}: {found:?}");
        }
    }
}

#[test]
fn what_only_shines_is_not() {
    let approaching = |second: f64, _: &mut Dice| {
        let near = 0.01 + 0.004 * second as f32;
        Some((near, near))
    };
    let cases = [
        ("a lamp", Light::lamp(|_| true)),
        ("a lamp that is switched on", Light::lamp(|s| s > 3.0)),
        ("a lamp behind somebody who passes", Light::lamp(|s| !(5.0..6.2).contains(&s))),
        ("a small lamp", Light::new(Class::Arc, |_, _| Some((0.008, 0.014)))),
        ("headlights that come nearer", Light::new(Class::Flame, approaching)),
        (
            "glints now and then",
            Light::new(Class::Sparks, |_, dice| (dice.roll() < 0.3).then_some((0.01, 0.01))),
        ),
        ("a blinking lamp", Light::lamp(beacon(1.0, 0.5))),
        ("smoke", Light { class: Class::Smoke, ..Light::always() }),
    ];
    for (name, light) in cases {
        for seed in 0..24 {
            let told = play(&Stage { seed, ..stage() }, 60.0, std::slice::from_ref(&light), &[]);
            assert!(told.is_empty(), "{name}, seed {seed}: {told:?}");
        }
    }
}

/// A lamp that turns: it swells and fades while it is on, evenly each time.
fn turning(period_s: f64, share: f64) -> Light {
    let is_on = beacon(period_s, share);
    Light::new(Class::Flame, move |second, _| {
        let turn = (second / period_s).fract() / share;
        let swell = (0.4 + (turn * std::f64::consts::PI).sin()) as f32;
        is_on(second).then_some((0.03 * swell, 0.03 * swell))
    })
}

#[test]
fn beacons_give_themselves_away() {
    for fps in [5.0, 10.0, 25.0] {
        for period_s in [0.45, 0.5, 0.63, 0.8, 1.0, 1.2, 1.5, 2.0] {
            for share in [0.3, 0.5] {
                let stage = Stage { fps, ..stage() };
                let told = play(&stage, 40.0, &[turning(period_s, share)], &[]);
                let found: Vec<_> = told.iter().map(|t| (t.opened_s, t.decided_s)).collect();
                assert!(found.is_empty(), "{fps} fps, every {period_s} s, {share} of it: {found:?}");
            }
        }
    }
}

/// The dice leave out each frame with a tenth; six in a row, about once in a million.
const DICE_S: f64 = 1.3;

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_lamp_opens(
        width in 0.006f32..0.2, height in 0.006f32..0.3, tremble in 0.0f32..0.001, seed in 0u64..1000,
        fps in prop::sample::select(vec![1.0, 2.0, 5.0, 12.5]),
    ) {
        let lamp = Light { tremble, ..Light::new(Class::Flame, move |_, _| Some((width, height))) };
        let told = play(&Stage { fps, seed, ..stage() }, 60.0, &[lamp], &[]);
        prop_assert!(told.is_empty(), "{:?}", told);
    }

    #[test]
    fn every_long_arc_opens_once_and_in_time(from in 0.0f64..5.0, long in 6.0f64..12.0, seed in 0u64..1000) {
        let arc = Light::arc(move |second| (from..from + long).contains(&second));
        let told = play(&Stage { seed, ..stage() }, 20.0, &[arc], &[]);
        prop_assert_eq!(told.len(), 1, "{:?}", told);
        let (late_s, early_s) = (told[0].opened_s - from, from + long - told[0].closed_s);
        prop_assert!(late_s.abs() < DICE_S && early_s.abs() < DICE_S, "{:?}", told);
    }
}

/// What a look at a light finds: how bright, and how much of it burns out.
fn measure(luma: f32, burnt: f32, surround_luma: f32) -> Answer {
    Answer::Light(LightMeasure { luma, burnt, blue: 0.1, warm: 0.3, surround_luma })
}

#[test]
fn light_tells_a_torch_from_a_lamp_of_the_same_size() {
    let mut dice = Dice(3);
    let mut roll = || dice.roll() as f32;
    let torch = stage().judge_looking(&frames(&stage(), 20.0, &[Light::lamp(|_| true)], &[]), |_, look| {
        assert_eq!((look.kind, look.track, look.person), (LookKind::Light, None, None));
        Some(measure(0.7 + 0.2 * roll(), 0.4 + 0.3 * roll(), 0.3 + 0.1 * roll()))
    });
    check("a torch", &torch, &[(0.0, 20.0, SourceEnded)]);
    let lamp = stage().judge_looking(&frames(&stage(), 60.0, &[Light::lamp(|_| true)], &[]), |second, _| {
        // The sun goes down.
        Some(measure(0.8 - 0.002 * second as f32, 0.6, 0.3 - 0.004 * second as f32))
    });
    check("a lamp", &lamp, &[]);
}

#[test]
fn a_light_that_stands_still_is_no_fire_however_its_boxes_come_and_go() {
    // Two lamps side by side, of which the detector misses one now and then.
    let lights = [
        Light::lamp(|_| true),
        Light::new(Class::Flame, |_, dice| (dice.roll() > 0.5).then_some((0.03, 0.04))).at(0.32, 0.72),
    ];
    let frames = frames(&stage(), 30.0, &lights, &[]);
    let shining = |by: f32| {
        let mut dice = Dice(5);
        move |_: f64, look: &Look| {
            let sway = by * (dice.roll() as f32 - 0.5);
            // Where the boxes differ, so does what is in them.
            Some(measure(0.7 + look.bounds.width() + sway, 0.4 + sway, 0.3 + sway))
        }
    };
    check("lamps", &stage().judge_looking(&frames, shining(0.002)), &[]);
    check("a fire", &stage().judge_looking(&frames, shining(0.1)), &[(0.0, 30.0, SourceEnded)]);
    check("nobody looks", &stage().judge(&frames), &[(0.0, 30.0, SourceEnded)]);
}

#[test]
fn what_begins_to_burn_on_a_lamp_is_found() {
    let frames = frames(&stage(), 40.0, &[Light::lamp(|_| true)], &[]);
    let mut dice = Dice(6);
    let told = stage().judge_looking(&frames, |second, _| {
        let sway = if second < 20.0 { 0.0005 } else { 0.3 } * dice.roll() as f32;
        Some(measure(0.6 + sway, 0.3 + sway, 0.3 + sway / 3.0))
    });
    assert_eq!(told.len(), 1, "{told:?}");
    assert!((20.0..27.0).contains(&told[0].decided_s), "{told:?}");
}

#[test]
fn lights_are_asked_for_in_the_zone_only() {
    let lights = [
        Light::always(),
        Light::always().at(0.7, 0.7),
        Light { class: Class::Smoke, ..Light::lamp(|_| true) },
    ];
    let mut asked: Vec<Look> = vec![];
    let actors = [Actor::standing(0.3, 0.8, Worn)];
    stage().judge_looking(&frames(&stage(), 4.0, &lights, &actors), |_, look| {
        asked.push(*look);
        None
    });
    assert!(
        asked.len() > 10
            && asked.iter().all(|look| look.kind == LookKind::Light && look.bounds.right() < 0.5)
    );
}

#[test]
fn permits_cover_places_and_times() {
    let everywhere = |from, to| permit(&stage(), None, from, to, false);
    let in_zone = |zone| permit(&stage(), Some(zone), 0.0, 60.0, false);
    let cases = [
        ("none", vec![], vec![(0.0, 20.0, SourceEnded)]),
        ("everywhere", vec![everywhere(0.0, 60.0)], vec![]),
        ("in the zone", vec![in_zone("left")], vec![]),
        ("elsewhere", vec![in_zone("right")], vec![(0.0, 20.0, SourceEnded)]),
        ("it begins", vec![everywhere(8.0, 60.0)], vec![(0.0, 7.8, Ended)]),
        ("it ends", vec![everywhere(0.0, 8.0)], vec![(8.0, 20.0, SourceEnded)]),
        ("one follows another", vec![everywhere(0.0, 8.0), everywhere(8.0, 60.0)], vec![]),
        ("an hour between", vec![everywhere(0.0, 8.0), everywhere(12.0, 60.0)], vec![(8.0, 11.8, Ended)]),
    ];
    let steady_arc = || Light::new(Class::Arc, |_, dice| Some((0.02 * (0.5 + dice.roll() as f32), 0.03)));
    for (name, permits, expected) in cases {
        let stage = Stage { permits, ..stage() };
        check(name, &play(&stage, 20.0, &[steady_arc()], &[]), &expected);
    }
}

#[test]
fn a_permit_covers_its_zone_of_a_larger_one() {
    let whole = Stage::with(json!([{ "behaviour": "hot_work" }]));
    let permits = vec![permit(&whole, Some("left"), 0.0, 60.0, false)];
    let whole = Stage { permits, ..whole };
    let right = || Light::always().at(0.7, 0.7);
    assert_eq!(play(&whole, 20.0, &[Light::always()], &[]).len(), 0);
    assert_eq!(play(&whole, 20.0, &[right()], &[]).len(), 1);
    // Two fires at once: the one that may burn, and the one that may not.
    let told = play(&whole, 20.0, &[Light::always(), right()], &[]);
    assert_eq!(told.len(), 1);
    assert!(told[0].subjects.iter().all(|bounds| bounds.left() > 0.5), "{:?}", told[0].subjects);
}

#[test]
fn two_fires_are_one_violation_of_a_zone() {
    let first = Light::arc(|s| (2.0..10.0).contains(&s)).at(0.1, 0.5);
    let second = Light::arc(|s| (6.0..16.0).contains(&s)).at(0.4, 0.9);
    let told = play(&stage(), 30.0, &[first, second], &[]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!((told[0].opened_s - 2.0).abs() < 0.5 && (told[0].closed_s - 15.8).abs() < 0.5, "{told:?}");
}

#[test]
fn the_fire_watcher() {
    let worker = || Actor::standing(0.25, 0.9, Worn);
    let watcher = || Actor::standing(0.42, 0.9, Worn);
    let away = |actor: Actor, from, to| actor.unseen(from, to);
    let cases = [
        ("nobody is there", vec![], vec![(0.0, 20.0, SourceEnded)]),
        ("nobody else is there", vec![worker()], vec![(0.0, 20.0, SourceEnded)]),
        ("two are there", vec![worker(), watcher()], vec![]),
        ("the watcher comes late", vec![worker(), away(watcher(), -1.0, 8.0)], vec![(0.0, 8.2, Ended)]),
        ("the watcher walks off", vec![worker(), away(watcher(), 8.0, 99.0)], vec![(8.0, 20.0, SourceEnded)]),
        ("and comes back", vec![worker(), away(watcher(), 8.0, 14.0)], vec![(8.0, 14.2, Ended)]),
        ("the watcher is hidden for a second", vec![worker(), away(watcher(), 8.0, 9.0)], vec![]),
        (
            "the detector misses the watcher a third of the time",
            vec![worker(), watcher().missed(0.33)],
            vec![],
        ),
        (
            "the watcher stands outside",
            vec![worker(), Actor::standing(0.7, 0.9, Worn)],
            vec![(0.0, 20.0, SourceEnded)],
        ),
    ];
    let steady_arc = || Light::new(Class::Arc, |_, dice| Some((0.02 * (0.5 + dice.roll() as f32), 0.03)));
    for (name, actors, expected) in cases {
        for zone in [Some("left"), None] {
            let stage = Stage { permits: vec![permit(&stage(), zone, 0.0, 60.0, true)], ..stage() };
            let told = play(&stage, 20.0, &[steady_arc()], &actors);
            let is_near = |a: f64, b: f64| (a - b).abs() < 0.65;
            let fits = told.len() == expected.len()
                && told.iter().zip(&expected).all(|(told, expected)| {
                    is_near(told.opened_s, expected.0) && is_near(told.closed_s, expected.1)
                });
            let found: Vec<_> = told.iter().map(|t| (t.opened_s, t.closed_s)).collect();
            assert!(fits, "{name}, permit for {zone:?}: {found:?}");
        }
    }
}

#[test]
fn slow_cameras_need_longer_and_say_so() {
    for (fps, expected) in [(0.5, 1), (1.0, 1), (2.0, 1), (3.9, 0), (5.0, 0), (25.0, 0)] {
        let stage = Stage { fps, ..stage() };
        let arc = || Light::new(Class::Arc, |_, dice| Some((0.02 * (0.4 + dice.roll() as f32), 0.03)));
        let mut analysis = CameraAnalysis::new(stage.plan()).unwrap();
        let mut remarks = vec![];
        for frame in frames(&stage, 40.0, &[arc()], &[]) {
            analysis.observe(&frame);
            remarks.extend(analysis.take_remarks());
        }
        assert_eq!(remarks.len(), expected, "{fps} fps: {remarks:?}");
        assert!(
            remarks
                .iter()
                .all(|remark| remark.text.contains("min_fps") && remark.rule.as_str() == "hot_work-left")
        );
        let told = play(&stage, 60.0, &[arc()], &[]);
        assert_eq!(told.len(), 1, "{fps} fps: {told:?}");
        assert!(told[0].opened_s < 1e-6 && told[0].decided_s >= 4.0 / fps - 1e-6, "{fps} fps: {told:?}");
    }
}

#[test]
fn a_beacon_that_a_slow_camera_meets_now_and_then_is_not_believed() {
    for fps in [0.5, 1.0, 2.0, 3.0] {
        for period_s in [0.7, 1.0, 1.3, 1.9] {
            let told = play(&Stage { fps, ..stage() }, 120.0, &[turning(period_s, 0.5)], &[]);
            assert!(told.is_empty(), "{fps} fps, every {period_s} s: {told:?}");
        }
    }
}

#[test]
fn permits_are_part_of_the_version_of_hot_work_only() {
    let versions = |permits: Vec<Permit>| {
        let stage = Stage::with(json!([{ "behaviour": "hot_work" }, { "behaviour": "no_hard_hat" }]));
        let definitions = CameraAnalysis::new(Stage { permits, ..stage }.plan()).unwrap().rule_definitions();
        definitions.into_iter().map(|definition| definition.version).collect::<Vec<_>>()
    };
    let (without, with) = (versions(vec![]), versions(vec![permit(&stage(), None, 0.0, 9.0, true)]));
    let other = versions(vec![permit(&stage(), None, 0.0, 9.0, false)]);
    assert!(without[0] != with[0] && with[0] != other[0]);
    assert!(without[1] == with[1] && with[1] == other[1]);
}
