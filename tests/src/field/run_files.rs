//! Analyses all files of the cases at once, and compares what is said of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::case::{Fate, FileCase, Outcome, Tier};
use super::maker::Maker;
use super::{beginnings, containers, damage, foreign, shapes};
use crate::executable;

/// Whoever is in the picture is one too many.
const CONFIG: &str = "data_dir = \"data\"\n[[site]]\nid = \"plant\"\nname = \"Plant\"\ntime_zone = \"Asia/Shanghai\"\n\
    [[camera]]\nid = \"yard\"\nanalysis_fps = 2\n[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = 0\nhold_s = 0\n";

/// Makes the files, analyses them with one `anjian analyze`, and says what became of each.
///
/// # Errors
/// When ffmpeg cannot make a file, or `anjian` does not start.
pub fn run_files(tier: Tier) -> Result<Vec<Outcome>> {
    let place = TempDir::new()?;
    let maker = Maker::new(place.path())?;
    let cases: Vec<FileCase> = all().into_iter().filter(|case| case.is_core || tier == Tier::All).collect();
    for case in &cases {
        (case.make)(&maker, case.name).with_context(|| format!("{} could not be made", case.name))?;
    }
    fs::write(place.path().join("a.toml"), CONFIG)?;
    let said = analyze(place.path(), &cases)?;
    Ok(cases.iter().map(|case| outcome(case, &Lines::of(case.name, &said))).collect())
}

fn all() -> Vec<FileCase> {
    let cases =
        [containers::cases(), shapes::cases(), damage::cases(), foreign::cases(), beginnings::cases()];
    let cases: Vec<FileCase> = cases.into_iter().flatten().collect();
    let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
    cases
}

fn analyze(folder: &Path, cases: &[FileCase]) -> Result<String> {
    let mut anjian = Command::new(executable("anjian")?);
    anjian.args(["analyze", "--config", "a.toml", "--jsonl", "found.jsonl"]).current_dir(folder);
    let done = anjian.args(cases.iter().map(|case| format!("files/{}", case.name))).output()?;
    let said = String::from_utf8(done.stderr)?;
    ensure!(done.status.code() == Some(1), "refused files end with 1: {:?}\n{said}", done.status);
    ensure!(!said.contains("panicked"), "{said}");
    Ok(said)
}

/// What was said of one file.
struct Lines<'a> {
    errors: Vec<&'a str>,
    warnings: Vec<&'a str>,
    others: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    fn of(name: &str, said: &'a str) -> Self {
        let (path, short) =
            (format!("files/{name}: "), format!("{}: ", name.rsplit('/').next().unwrap_or(name)));
        let own = |line: &&str| {
            let rest =
                line.strip_prefix("error: ").or_else(|| line.strip_prefix("warning: ")).unwrap_or(line);
            rest.starts_with(&path) || rest.starts_with(&short)
        };
        let lines: Vec<&str> = said.lines().filter(own).collect();
        let beginning = |word: &str| lines.iter().copied().filter(|line| line.starts_with(word)).collect();
        let others = lines.iter().copied();
        let others = others.filter(|line| !line.starts_with("error: ") && !line.starts_with("warning: "));
        Self { errors: beginning("error: "), warnings: beginning("warning: "), others: others.collect() }
    }

    fn all(&self) -> impl Iterator<Item = &'a str> {
        self.errors.iter().chain(&self.warnings).chain(&self.others).copied()
    }

    /// Violations that were found, when it was judged to its end.
    fn violations(&self) -> Option<u32> {
        let summary = self.others.iter().find_map(|line| line.split_once("violations: "))?;
        summary.1.split(',').next()?.parse().ok()
    }

    fn fate(&self) -> Option<Fate> {
        let has = |text: &str| self.warnings.iter().any(|line| line.contains(text));
        if self.violations().is_none() {
            return (self.errors.len() == 1).then_some(Fate::Refused);
        }
        self.violations().filter(|found| *found > 0)?;
        let is_named = has(": damaged from") || has(": cut short after");
        if is_named != (self.errors.len() == 1) {
            return None;
        }
        Some(if is_named {
            Fate::Flawed
        } else if has(": no pictures from") {
            Fate::Gaps
        } else {
            Fate::Judged
        })
    }
}

const fn in_words(fate: Fate) -> &'static str {
    match fate {
        Fate::Judged => "judged whole, the people found",
        Fate::Flawed => "judged but for a stretch that is named, the people found",
        Fate::Gaps => "judged, a stretch without pictures named, the people found",
        Fate::Refused => "refused with one error",
    }
}

fn outcome(case: &FileCase, lines: &Lines<'_>) -> Outcome {
    let quoted = |phrases: &[&str]| -> String {
        phrases.iter().map(|phrase| format!("; \"{}\"", phrase.replace('|', "/"))).collect()
    };
    let said: Vec<&str> =
        case.says.iter().copied().filter(|phrase| lines.all().any(|line| line.contains(phrase))).collect();
    let fate = lines.fate();
    let is_right = fate == Some(case.fate) && said.len() == case.says.len();
    let seen = fate.map_or("something else", in_words);
    let seen = format!("{seen}{}", quoted(&said));
    // What was said helps whoever reads a row that is wrong.
    let seen =
        if is_right { seen } else { format!("{seen}: {}", lines.all().collect::<Vec<_>>().join(" / ")) };
    Outcome {
        input: format!("{}: {}", case.name, case.what),
        expected: format!("{}{}", in_words(case.fate), quoted(case.says)),
        seen,
        is_right,
    }
}
