//! `docs/behaviours.md` says what the behaviours' own files state: `ANJIAN_WRITE_DOCS=1` writes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::fmt::Write as _;
use std::path::Path;

use anjian_analysis::rules::Behaviours;
use anjian_domain::{BehaviourSpec, FramePolicy, KeySpec, KeyValue, WhenAbsent};

const HEAD: &str = "# Behaviours

What a `[[camera.rule]]` may watch for, and the keys that each behaviour has besides `behaviour`, `id`, `zone` and
`schedule`. The file of each behaviour in `pipeline/analysis/src/rules` states all of it, and
`ANJIAN_WRITE_DOCS=1 cargo test -p anjian-analysis --test behaviours_page` writes this page.
";

fn page(behaviours: &Behaviours) -> String {
    behaviours.iter().fold(HEAD.to_owned(), |page, spec| page + &section(spec))
}

fn section(spec: &BehaviourSpec) -> String {
    let BehaviourSpec { name, title, help, .. } = spec;
    let mut text = format!("\n## `{name}`\n\n**{} ({})**: {}\n\n", title.en, title.zh, help.en);
    writeln!(text, "{}", needs(spec)).unwrap();
    text.push_str("\n| Key | Unit | Range | Default | Meaning |\n|---|---|---|---|---|\n");
    for key in spec.keys {
        let (range, default) = range_and_default(key);
        let unit = key.unit.map_or("", |unit| unit.en);
        writeln!(text, "| `{}` | {unit} | {range} | {default} | {} |", key.name, key.help.en).unwrap();
    }
    text
}

fn needs(spec: &BehaviourSpec) -> String {
    let names =
        |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let classes = names(spec.classes.iter().map(|class| class.as_str()).collect());
    let looks = names(spec.looks.iter().map(|look| look.as_str()).collect());
    let looks = if looks.is_empty() { String::new() } else { format!(" Second looks: {looks}.") };
    let frames = match spec.frames {
        FramePolicy::Every => "Judges every frame.",
        FramePolicy::RestWhenStill => "May rest while nothing moves in an empty picture.",
    };
    format!("Judges by: {classes}.{looks} {frames}")
}

fn range_and_default(key: &KeySpec) -> (String, String) {
    match key.value {
        KeyValue::Number { least, most, absent } => (format!("{least} to {most}"), default(absent)),
        KeyValue::Whole { least, most, absent } => (format!("{least} to {most}, whole"), default(absent)),
        KeyValue::Text { absent } => ("text".to_owned(), default(absent)),
    }
}

fn default<T: ToString>(absent: WhenAbsent<T>) -> String {
    match absent {
        WhenAbsent::Use(value) => {
            Some(value.to_string()).filter(|text| !text.is_empty()).unwrap_or("empty".to_owned())
        }
        WhenAbsent::Unset => "not set".to_owned(),
        WhenAbsent::Refuse => "required".to_owned(),
    }
}

#[test]
fn the_page_says_what_the_behaviours_state() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/behaviours.md");
    let expected = page(&Behaviours::built_in());
    if std::env::var_os("ANJIAN_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/behaviours.md is out of date: run ANJIAN_WRITE_DOCS=1 cargo test -p anjian-analysis --test behaviours_page"
    );
}

#[test]
fn every_statement_is_complete() {
    for spec in Behaviours::built_in().iter() {
        let texts = [spec.title, spec.help].into_iter().chain(spec.keys.iter().map(|key| key.help));
        for words in texts.chain(spec.keys.iter().filter_map(|key| key.unit)) {
            assert!(!words.zh.is_empty() && !words.en.is_empty(), "{}: {words:?}", spec.name);
        }
        assert!(
            !spec.icon.is_empty() && !spec.colour.is_empty() && !spec.classes.is_empty(),
            "{}",
            spec.name
        );
    }
}
