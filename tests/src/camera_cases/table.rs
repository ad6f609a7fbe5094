//! The table of cases, as `docs/field.md` shows it.

use std::fmt::Write as _;

use super::case::{Case, Expected};
use super::run::Outcome;

/// One line for each case.
#[must_use]
pub fn table(outcomes: &[(Case, Outcome)]) -> String {
    let mut text = String::new();
    let mut kind = None;
    for (case, outcome) in outcomes {
        if kind.replace(case.kind) != Some(case.kind) {
            // Writing to a `String` cannot fail.
            let _ =
                write!(text, "\n### {}\n\n| Camera | Expected | Seen |\n|---|---|---|\n", case.kind.title());
        }
        let verdict = if outcome.faults.is_empty() {
            String::new()
        } else {
            format!("**{}**; ", outcome.faults.join("; "))
        };
        let _ =
            writeln!(text, "| {} | {} | {verdict}{} |", case.name, expected(case.expected), outcome.summary);
    }
    text
}

fn expected(expected: Expected) -> String {
    match expected {
        Expected::All => "all pictures".to_owned(),
        Expected::AllWithHole => "all pictures, the pause is a hole".to_owned(),
        Expected::AllWithNote(note) => format!("all pictures, a note: {note}"),
        Expected::AllWithSound => "all pictures, and the sound".to_owned(),
        Expected::Reason(reason) => format!("a reason: {reason}"),
        Expected::Status(status) => format!("a reason that explains {status}"),
    }
}
