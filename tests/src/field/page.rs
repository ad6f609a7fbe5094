//! `docs/field.md`: what was expected and what was seen, written by the tests. Each section lies between its own markers;
//! what stands outside them is written by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::case::{Outcome, Tier};
use crate::checkout;

/// The page, from the checkout.
pub const PAGE: &str = "docs/field.md";

const HEAD: &str = "| Input | Expected | Seen | Right |\n|---|---|---|---|\n";

fn path() -> PathBuf {
    checkout().join(PAGE)
}

/// Compares a section of the page with what was seen: in the core tier its rows have to stand there, in the long tier the
/// section has to be these rows. With `ANJIAN_WRITE_DOCS=1` the long tier writes it.
///
/// # Errors
/// When something is not as expected, or the page does not say what was seen.
pub fn compare_or_write(section: &str, outcomes: &[Outcome], tier: Tier) -> Result<()> {
    let page = fs::read_to_string(path()).with_context(|| format!("{PAGE} cannot be read"))?;
    let (before, written, after) = parts(&page, section)?;
    let rows: Vec<String> = outcomes.iter().map(Outcome::row).collect();
    let made = format!("\n{HEAD}{}\n", rows.join("\n"));
    if tier == Tier::All && std::env::var_os("ANJIAN_WRITE_DOCS").is_some() {
        fs::write(path(), format!("{before}{made}{after}"))?;
    } else {
        let standing: BTreeSet<&str> = written.lines().collect();
        let absent: Vec<_> = rows.iter().filter(|row| !standing.contains(row.as_str())).collect();
        ensure!(
            absent.is_empty() && (tier == Tier::Core || written == made),
            "{PAGE} does not say what was seen; ANJIAN_WRITE_DOCS=1 scripts/test-long field writes it:\n{}",
            absent.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n")
        );
    }
    let wrong: Vec<_> = outcomes.iter().filter(|outcome| !outcome.is_right).map(Outcome::row).collect();
    ensure!(
        wrong.is_empty(),
        "{} of {} cases are not as expected:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
    Ok(())
}

/// The page up to the section, the section, and the rest.
fn parts<'a>(page: &'a str, section: &str) -> Result<(&'a str, &'a str, &'a str)> {
    let (begin, end) =
        (format!("<!-- {section}: written by the tests -->\n"), format!("<!-- {section}: end -->\n"));
    let absent = || format!("{PAGE} lacks the markers of {section:?}: put {begin}{end} there");
    let from = page.find(&begin).with_context(absent)? + begin.len();
    let to = from + page.get(from..).and_then(|rest| rest.find(&end)).with_context(absent)?;
    let part = |range: std::ops::Range<usize>| page.get(range).unwrap_or_default();
    Ok((part(0..from), part(from..to), part(to..page.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_lie_between_their_markers() {
        let page = "# Field\n<!-- files: written by the tests -->\nrows\n<!-- files: end -->\nrest\n";
        let (before, written, after) = parts(page, "files").unwrap();
        assert!(
            before.ends_with("tests -->\n") && written == "rows\n" && after.starts_with("<!-- files: end")
        );
        assert!(parts(page, "cameras").is_err());
    }
}
