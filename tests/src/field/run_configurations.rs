//! Runs `anjian check` on the configurations of the cases.

use std::fs;

use anyhow::Result;
use tempfile::TempDir;

use super::case::Outcome;
use super::configurations::{ConfigCase, Verdict, cases};
use crate::run;

/// Checks every configuration, and says what became of it.
///
/// # Errors
/// When `anjian` does not start.
pub fn run_configurations() -> Result<Vec<Outcome>> {
    cases().iter().map(outcome).collect()
}

fn outcome(case: &ConfigCase) -> Result<Outcome> {
    let place = TempDir::new()?;
    fs::write(place.path().join("a.toml"), &case.bytes)?;
    let done = run(place.path(), &["check", "--config", "a.toml"])?;
    let said = format!("{}{}", done.stdout, done.stderr);
    let verdict = match done.code {
        0 => Some(Verdict::Taken),
        2 => Some(Verdict::Refused),
        _ => None,
    };
    let has_said = said.contains(case.says) && !said.contains("panicked");
    let is_right = verdict == Some(case.verdict) && has_said;
    let words = |verdict: Verdict| match verdict {
        Verdict::Taken => "taken",
        Verdict::Refused => "refused",
    };
    let quoted = |is_said: bool| {
        if is_said && !case.says.is_empty() {
            format!(": \"{}\"", case.says.replace('|', "/"))
        } else {
            String::new()
        }
    };
    let seen = format!("{}{}", verdict.map_or("failed", words), quoted(has_said));
    let seen = if is_right {
        seen
    } else {
        format!("{seen}: {}", said.trim().replace('\n', " / ").replace('|', "/"))
    };
    Ok(Outcome {
        input: case.what.to_owned(),
        expected: format!("{}{}", words(case.verdict), quoted(true)),
        seen,
        is_right,
    })
}
