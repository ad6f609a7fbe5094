//! Runs the core set of odd cameras, and compares it with the table in `docs/field.md`.

use anjian_tests::camera_cases::{Case, Tier, cases, compare_rows, run_all, table};
use anyhow::{Result, ensure};

/// Cases at a time: they mostly wait.
const AT_ONCE: usize = 24;

/// `ANJIAN_CASES=all` runs every case, another word those whose names contain it.
#[test]
fn odd_cameras_are_recorded_whole_or_say_why_not() -> Result<()> {
    let chosen = std::env::var("ANJIAN_CASES").ok();
    let is_chosen = |case: &Case| match chosen.as_deref() {
        Some("all") => true,
        Some(name) => case.name.contains(name),
        None => case.tier == Tier::Core,
    };
    let cases: Vec<Case> = cases().into_iter().filter(is_chosen).collect();
    let outcomes = run_all(&cases, AT_ONCE);
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
    let outcomes: Vec<_> = cases.into_iter().zip(outcomes).collect();
    let table = table(&outcomes);
    println!("{table}");
    let failed = outcomes.iter().filter(|(_, outcome)| !outcome.faults.is_empty()).count();
    ensure!(failed == 0, "{failed} of {} cases", outcomes.len());
    compare_rows(&table)
}
