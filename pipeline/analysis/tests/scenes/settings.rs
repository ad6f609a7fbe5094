//! What is refused, and how clearly.

use anjian_analysis::rules::{Behaviours, Given, LogicSettings, Registration, RuleLogic};
use anjian_analysis::{Calibration, CameraAnalysis, CameraPlan, Gallery, RuleSettings};
use anjian_domain::{
    BehaviourSpec, Class, Embedding, ErrorKind, FramePolicy, KeySpec, Permit, PermitClass, WhenAbsent, Words,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::stage::Stage;

#[track_caller]
fn refused(table: &Value, expected: &[&str]) {
    let error = serde_json::from_value::<RuleSettings>(table.clone()).expect_err("was accepted").to_string();
    for part in expected {
        assert!(error.contains(part), "{part:?} is missing in {error:?}");
    }
}

#[test]
fn rules_that_make_no_sense() {
    refused(&json!({}), &["`behaviour`", "no_hard_hat", "overcrowding"]);
    refused(&json!({ "behaviour": "no_hat" }), &["\"no_hat\"", "no_hard_hat"]);
    refused(&json!({ "behaviour": 7 }), &["\"7\""]);
    refused(
        &json!({ "behaviour": "hot_work", "persist_ms": 1 }),
        &["hot_work", "`persist_ms`", "`persist_s`", "besides `behaviour`"],
    );
    refused(&json!({ "behaviour": "hot_work", "min_share": 0 }), &["`min_share` = 0", "0.3 and 1"]);
    refused(&json!({ "behaviour": "no_anti_static", "gallery": 7 }), &["no_anti_static", "`gallery`", "7"]);
    refused(&json!({ "behaviour": "no_anti_static", "differ_min": 0.2 }), &["`differ_min` = 0.2"]);
    refused(
        &json!({ "behaviour": "no_hard_hat", "windows_s": 2 }),
        &["no_hard_hat", "`windows_s`", "`window_s`"],
    );
    refused(&json!({ "behaviour": "no_hard_hat", "window_s": "2" }), &["no_hard_hat", "`window_s`", "\"2\""]);
    refused(&json!({ "behaviour": "no_hard_hat", "window_s": 0 }), &["`window_s` = 0", "0.2 and 60 seconds"]);
    refused(&json!({ "behaviour": "no_hard_hat", "bare_share": 1.5 }), &["`bare_share` = 1.5", "0.5 and 1"]);
    refused(&json!({ "behaviour": "no_hard_hat", "zone": "a b" }), &["`zone`", "\"a b\""]);
    refused(&json!({ "behaviour": "no_hard_hat", "id": "" }), &["`id`"]);
    refused(&json!({ "behaviour": "overcrowding" }), &["`max_persons`", "`min_persons`"]);
    refused(&json!({ "behaviour": "overcrowding", "max_person": 3 }), &["`max_person`", "`max_persons`"]);
    refused(
        &json!({ "behaviour": "overcrowding", "max_persons": 1, "min_persons": 2 }),
        &["`min_persons` = 2", "`max_persons` = 1"],
    );
    refused(
        &json!({ "behaviour": "overcrowding", "max_persons": -1 }),
        &["overcrowding", "`max_persons`", "-1"],
    );
}

#[test]
fn schedules_that_make_no_sense() {
    let with = |schedule: Value| json!({ "behaviour": "no_hard_hat", "schedule": schedule });
    refused(&with(json!({ "from": "07:00" })), &["`schedule`", "`to`"]);
    refused(&with(json!({ "from": "7", "to": "19:00" })), &["`from`", "\"7\"", "07:00"]);
    refused(&with(json!({ "from": "25:00", "to": "19:00" })), &["`from`", "\"25:00\""]);
    refused(&with(json!({ "days": [], "from": "07:00", "to": "19:00" })), &["`days` is empty"]);
    refused(&with(json!({ "days": ["monday"], "from": "07:00", "to": "19:00" })), &["\"monday\"", "mon"]);
    refused(&with(json!({ "day": ["mon"], "from": "07:00", "to": "19:00" })), &["`day`", "`days`"]);
}

#[test]
fn plans_that_contradict_themselves() {
    let rule = |keys: Value| Stage::with(json!([keys, { "behaviour": "no_hard_hat", "zone": "left" }]));
    let zones = |id: &str| Stage {
        zones: json!([
            { "id": "left", "points": [[0, 0], [1, 0], [1, 1]] },
            { "id": id, "points": [[0, 0], [1, 0], [1, 1]] },
        ]),
        ..Stage::with(json!([]))
    };
    let permitted = |zone: Option<&str>, to_s: f64| {
        let stage = Stage::with(json!([]));
        let [from, to] = [0.0, to_s].map(|second| stage.moment(second).wall);
        let zone = zone.map(|zone| zone.parse().unwrap());
        let class = PermitClass::Special;
        Stage {
            permits: vec![Permit { id: "DH-7".to_owned(), class, zone, from, to, fire_watcher: false }],
            ..stage
        }
    };
    let cases = [
        (
            rule(json!({ "behaviour": "no_hard_hat", "zone": "dock" })),
            vec!["gate", "`dock`", "picture, left, right"],
        ),
        (
            rule(json!({ "behaviour": "no_hard_hat", "zone": "left" })),
            vec!["gate", "`no_hard_hat-left`", "`id`"],
        ),
        (
            rule(json!({ "behaviour": "no_hard_hat", "zone": "x".repeat(60) })),
            vec!["gate", "shorter", "`id`"],
        ),
        (zones("left"), vec!["gate", "two zones", "`left`"]),
        (zones("picture"), vec!["gate", "`picture`"]),
        (permitted(Some("dock"), 9.0), vec!["gate", "\"DH-7\"", "`dock`", "picture, left, right"]),
        (permitted(None, 0.0), vec!["gate", "\"DH-7\"", "`to`"]),
    ];
    for (stage, expected) in cases {
        let Err(error) = CameraAnalysis::new(stage.plan()) else { panic!("{expected:?} was accepted") };
        assert_eq!(error.kind(), ErrorKind::Invalid);
        for part in expected {
            assert!(error.to_string().contains(part), "{part:?} is missing in {error}");
        }
    }
}

#[test]
fn every_rule_says_how_it_judges() {
    let stage = Stage::with(json!([
        { "behaviour": "no_hard_hat", "zone": "left", "schedule": { "days": ["mon"], "from": "07:00", "to": "19:00" } },
        { "behaviour": "overcrowding", "id": "crowd", "max_persons": 3 },
    ]));
    let definitions = CameraAnalysis::new(stage.plan()).unwrap().rule_definitions();
    // Whether serde_json keeps the order of keys is up to the other crates of the build.
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(definitions) });
}

/// A version names what judged a violation for years: the same thresholds must give the same one in every release.
#[test]
fn versions_stay_the_same_over_releases() {
    let stage = Stage::with(json!([
        { "behaviour": "no_hard_hat" },
        { "behaviour": "no_hard_hat", "zone": "left", "window_s": 3, "bare_share": 0.75, "min_observations": 7 },
        { "behaviour": "hot_work" },
        { "behaviour": "hot_work", "zone": "right", "persist_s": 2, "steady_light": 0.002, "flicker_area": 0 },
        { "behaviour": "overcrowding", "max_persons": 0 },
        { "behaviour": "overcrowding", "zone": "left", "min_persons": 2, "hold_s": 0, "unseen_s": 2.5 },
        { "behaviour": "no_anti_static", "gallery": "white" },
        { "behaviour": "no_anti_static", "zone": "right", "gallery": "white", "match_min": 0.7, "look_s": 1 },
    ]));
    let calibration = Calibration { scale: 20.0, offset: 0.7 };
    let white = Gallery {
        name: "white".to_owned(),
        version: "0123456789ab".to_owned(),
        model: "garment@0".to_owned(),
        approved: vec![Embedding::new(&[1.0, 0.0]).unwrap()],
        unapproved: vec![],
        calibration,
    };
    let [from, to] = [0.0, 60.0].map(|second| stage.moment(second).wall);
    let (id, class, zone) = ("DH-7".to_owned(), PermitClass::Special, Some("left".parse().unwrap()));
    let permit = Permit { id, class, zone, from, to, fire_watcher: true };
    let stage = Stage { galleries: vec![white], permits: vec![permit], ..stage };
    let definitions = CameraAnalysis::new(stage.plan()).unwrap().rule_definitions();
    let versions: Vec<_> = definitions.iter().map(|definition| definition.version.as_str()).collect();
    let expected = [
        "no_hard_hat@8b83d2a33423",
        "no_hard_hat@f0df73b2d14b",
        "hot_work@8655afe0b8a7",
        "hot_work@c2de557ea4f0",
        "overcrowding@37f1771c1f36",
        "overcrowding@69d5a231d376",
        "no_anti_static@1f499f8f3a27",
        "no_anti_static@8b49952c30e7",
    ];
    assert_eq!(versions, expected);
}

#[test]
fn some_behaviours_need_no_settings() {
    let with_defaults =
        |spec: &BehaviourSpec| serde_json::from_value::<RuleSettings>(json!({ "behaviour": spec.name }));
    for spec in Behaviours::built_in().iter().filter(|spec| spec.name != "overcrowding") {
        let settings = with_defaults(spec).unwrap();
        assert_eq!((settings.spec(), settings.behaviour.as_str()), (spec, spec.name));
    }
}

/// Settings of a behaviour that is not built in.
#[derive(Debug, Serialize, Deserialize)]
struct Shouting {
    word: String,
    least_db: f64,
    ears: Option<u32>,
}

impl LogicSettings for Shouting {
    fn check(&self) -> Result<(), String> {
        if self.word.is_empty() { Err("`word` is empty".to_owned()) } else { Ok(()) }
    }

    fn revision(&self) -> u32 {
        1
    }

    fn logic(&self, _: &Given<'_>) -> Result<Box<dyn RuleLogic>, String> {
        Err(format!("nobody hears {:?} of {} dB with {:?} ears", self.word, self.least_db, self.ears))
    }
}

const SHOUTING: Registration = Registration::of::<Shouting>(BehaviourSpec {
    name: "shouting",
    title: Words::new("喊叫", "Shouting"),
    help: Words::new("有人喊叫。", "Somebody shouts."),
    icon: "M0 0",
    colour: "red",
    keys: &[
        KeySpec::text("word", WhenAbsent::Refuse),
        KeySpec::number("least_db", 60.0..=120.0, WhenAbsent::Use(80.0)).unit(Words::new("分贝", "dB")),
        KeySpec::whole("ears", 1..=2, WhenAbsent::Unset),
    ],
    classes: &[Class::Head],
    looks: &[],
    frames: FramePolicy::Every,
});

#[test]
fn keys_are_read_as_their_behaviour_states_them() {
    let behaviours = Behaviours::built_in().with(SHOUTING);
    let read = |keys: Value| {
        let Value::Object(mut table) = keys else { panic!("{keys} is no table") };
        table.insert("behaviour".to_owned(), json!("shouting"));
        RuleSettings::read(table, &behaviours).map_err(|error| error.to_string())
    };
    let stage = Stage::with(json!([]));
    for (keys, expected) in [
        (json!({ "word": "hey" }), "nobody hears \"hey\" of 80 dB with None ears"),
        (
            json!({ "word": "ho", "least_db": 61, "ears": 2 }),
            "nobody hears \"ho\" of 61 dB with Some(2) ears",
        ),
    ] {
        let plan = CameraPlan { rules: vec![read(keys).unwrap()], ..stage.plan() };
        let Err(error) = CameraAnalysis::new(plan) else { panic!("{expected:?} was accepted") };
        assert!(error.to_string().ends_with(expected), "{error}");
    }
    for (keys, expected) in [
        (json!({}), "rule shouting: key `word` is missing"),
        (json!({ "word": "" }), "rule shouting: `word` is empty"),
        (
            json!({ "word": "hey", "least_db": 130 }),
            "rule shouting: `least_db` = 130 must lie between 60 and 120 dB",
        ),
        (json!({ "word": "hey", "ears": 3 }), "rule shouting: `ears` = 3 must lie between 1 and 2"),
        (
            json!({ "word": "hey", "ears": 1.5 }),
            "rule shouting: key `ears`: invalid type: floating point `1.5`, expected u32",
        ),
        (
            json!({ "word": "hey", "eyes": 2 }),
            "rule shouting: unknown field `eyes`, expected one of `word`, `least_db`, `ears` (besides `behaviour`, `id`, \
             `zone`, `schedule`)",
        ),
    ] {
        assert_eq!(read(keys).unwrap_err(), expected);
    }
}

#[test]
fn a_behaviour_takes_the_place_of_its_namesake() {
    let twice = Behaviours::built_in().with(SHOUTING).with(SHOUTING);
    let names: Vec<_> = twice.iter().map(|spec| spec.name).collect();
    assert_eq!(names, ["no_hard_hat", "hot_work", "overcrowding", "no_anti_static", "shouting"]);
    assert!(twice.get(&"shouting".parse().unwrap()).is_some());
    assert!(Behaviours::built_in().get(&"shouting".parse().unwrap()).is_none());
}
