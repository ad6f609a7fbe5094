//! Runs the core set of odd cameras, and keeps their table in `docs/field.md`.

use anjian_tests::camera_cases::{Case, Tier, cases, run_all, table};
use anjian_tests::checkout;

/// Cases at a time: they mostly wait.
const AT_ONCE: usize = 24;

const BEGIN: &str = "<!-- cameras: made by the test `field`, see docs/testing.md -->\n";
const END: &str = "<!-- end of cameras -->\n";

/// `ANJIAN_CASES=all` runs every case, another word those whose names contain it.
#[test]
fn odd_cameras_are_recorded_whole_or_say_why_not() {
    let chosen = std::env::var("ANJIAN_CASES").ok();
    let is_chosen = |case: &Case| match chosen.as_deref() {
        Some("all") => true,
        Some(name) => case.name.contains(name),
        None => case.tier == Tier::Core,
    };
    let cases: Vec<Case> = cases().into_iter().filter(is_chosen).collect();
    let outcomes = run_all(&cases, AT_ONCE);
    let outcomes: Vec<_> = cases.into_iter().zip(outcomes.into_iter().map(Result::unwrap)).collect();
    let table = table(&outcomes);
    println!("{table}");
    let failed = outcomes.iter().filter(|(_, outcome)| !outcome.faults.is_empty()).count();
    assert_eq!(failed, 0, "of {} cases", outcomes.len());
    if chosen.is_none() {
        compare(&table);
    }
}

/// With `ANJIAN_WRITE_DOCS` the page is written again.
fn compare(table: &str) {
    let path = checkout().join("docs/field.md");
    let page = std::fs::read_to_string(&path).expect("docs/field.md can be read");
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the table");
    let (written, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var_os("ANJIAN_WRITE_DOCS").is_some() {
        std::fs::write(&path, [before, BEGIN, table, "\n", END, after].concat())
            .expect("docs/field.md can be written");
    } else {
        let advice = "docs/field.md is not as the test saw it: run it again with ANJIAN_WRITE_DOCS=1";
        assert_eq!(written.trim(), table.trim(), "{advice}");
    }
}
