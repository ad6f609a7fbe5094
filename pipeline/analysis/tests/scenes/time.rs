//! Gaps, clocks and schedules.

use anjian_analysis::{CameraAnalysis, Schedule};
use anjian_domain::CloseReason::{Ended, SourceEnded};
use anjian_domain::WallTime;
use serde_json::{Value, json};

use super::stage::Look::Bare;
use super::stage::{Actor, Stage, check};

fn bare() -> Actor {
    Actor::standing(0.5, 0.8, Bare)
}

fn rules() -> Value {
    json!([{ "behaviour": "no_hard_hat" }, { "behaviour": "overcrowding", "max_persons": 0 }])
}

#[test]
fn nothing_is_claimed_about_a_time_that_nobody_saw() {
    let dark =
        |from, to| Stage { dark: vec![(from, to)], ..Stage::with(json!([{ "behaviour": "no_hard_hat" }])) };
    let told = dark(10.0, 25.0).play(40.0, &[bare()]);
    check("long gap", &told, &[(0.0, 9.8, SourceEnded), (25.0, 40.0, SourceEnded)]);
    assert_ne!(told[0].violation.track, told[1].violation.track, "track ids are never used twice");
    check("gap too short to matter", &dark(10.0, 10.8).play(40.0, &[bare()]), &[(0.0, 40.0, SourceEnded)]);
    check("gap before it opened", &dark(1.0, 20.0).play(21.0, &[bare()]), &[]);
}

#[test]
fn frames_that_do_not_advance_are_ignored() {
    let stage = Stage::with(rules());
    let frames = stage.frames(20.0, &[bare()]);
    let mut disturbed = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        disturbed.push(frame.clone());
        disturbed.push(frame.clone());
        disturbed.extend(frames.get(index / 2).cloned());
        disturbed.push(anjian_domain::Detections { camera: "other".parse().unwrap(), ..frame.clone() });
    }
    assert_eq!(stage.judge(&disturbed), stage.judge(&frames));
    let mut analysis = CameraAnalysis::new(stage.plan()).unwrap();
    disturbed.iter().for_each(|frame| drop(analysis.observe(frame)));
    assert_eq!(analysis.ignored_frames(), 2 * frames.len() as u64);
}

#[test]
fn a_rule_sleeps_outside_its_schedule() {
    let mut rules = rules();
    for rule in rules.as_array_mut().unwrap() {
        rule["schedule"] = json!({ "from": "08:00:10", "to": "08:00:30" });
    }
    let told = Stage::with(rules).play(60.0, &[bare()]);
    check("10 to 30 s", &told, &[(10.0, 29.8, Ended), (10.0, 29.8, Ended)]);
}

#[test]
fn schedules_follow_the_clock_on_the_wall() {
    let office = json!({ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "07:00", "to": "19:00" });
    let night = json!({ "days": ["fri"], "from": "22:00", "to": "06:00" });
    let all_day = json!({ "days": ["sun"], "from": "00:00", "to": "24:00" });
    let early = json!({ "from": "01:30", "to": "02:30" });
    let cases = [
        // Monday in Shanghai, still Sunday in UTC.
        (&office, "Asia/Shanghai", "2026-03-01T23:00:00Z", true),
        (&office, "Asia/Shanghai", "2026-03-01T22:59:59Z", false),
        (&office, "Asia/Shanghai", "2026-03-02T10:59:59Z", true),
        (&office, "Asia/Shanghai", "2026-03-02T11:00:00Z", false),
        (&office, "UTC", "2026-03-01T12:00:00Z", false),
        // The night of Friday ends on Saturday morning.
        (&night, "UTC", "2026-03-06T21:59:59Z", false),
        (&night, "UTC", "2026-03-06T22:00:00Z", true),
        (&night, "UTC", "2026-03-07T05:59:59Z", true),
        (&night, "UTC", "2026-03-07T06:00:00Z", false),
        (&night, "UTC", "2026-03-06T05:00:00Z", false),
        (&all_day, "UTC", "2026-03-01T00:00:00Z", true),
        (&all_day, "UTC", "2026-03-01T23:59:59Z", true),
        (&all_day, "UTC", "2026-03-02T00:00:00Z", false),
        // Berlin, 29 March 2026: 02:00 becomes 03:00, so 02:30 never comes.
        (&early, "Europe/Berlin", "2026-03-29T00:29:59Z", false),
        (&early, "Europe/Berlin", "2026-03-29T00:30:00Z", true),
        (&early, "Europe/Berlin", "2026-03-29T01:29:59Z", true),
        (&early, "Europe/Berlin", "2026-03-29T01:30:00Z", false),
        // Berlin, 25 October 2026: 03:00 becomes 02:00, so 02:30 comes twice and the second one ends it.
        (&early, "Europe/Berlin", "2026-10-24T23:30:00Z", true),
        (&early, "Europe/Berlin", "2026-10-25T01:29:59Z", true),
        (&early, "Europe/Berlin", "2026-10-25T01:30:00Z", false),
        // The night over the change is an hour shorter in March.
        (&json!({ "from": "22:00", "to": "06:00" }), "Europe/Berlin", "2026-03-29T03:59:59Z", true),
        (&json!({ "from": "22:00", "to": "06:00" }), "Europe/Berlin", "2026-03-29T04:00:00Z", false),
    ];
    for (table, zone, wall, expected) in cases {
        let schedule: Schedule = serde_json::from_value(table.clone()).unwrap();
        let time_zone = jiff::tz::TimeZone::get(zone).unwrap();
        let wall: WallTime = wall.parse().unwrap();
        assert_eq!(schedule.holds(wall, &time_zone), expected, "{schedule} at {wall} in {zone}");
    }
}
