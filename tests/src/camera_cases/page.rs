//! The table of cameras in `docs/field.md`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use crate::checkout;

const PAGE: &str = "docs/field.md";
const BEGIN: &str = "<!-- cameras: written by the tests -->\n";
const END: &str = "<!-- end of cameras -->\n";
const ADVICE: &str = "ANJIAN_WRITE_DOCS=1 scripts/test-long cameras writes it";

/// Compares the table of all cases with the page; with `ANJIAN_WRITE_DOCS` the page is written again.
///
/// # Errors
/// When the page says something else.
pub fn compare_or_write(table: &str) -> Result<()> {
    let page = read()?;
    let (before, written, after) = parts(&page)?;
    if std::env::var_os("ANJIAN_WRITE_DOCS").is_some() {
        let made = [before, BEGIN, table, "\n", END, after].concat();
        return std::fs::write(checkout().join(PAGE), made)
            .with_context(|| format!("{PAGE} cannot be written"));
    }
    ensure!(written.trim() == table.trim(), "{PAGE} does not say what was seen; {ADVICE}");
    Ok(())
}

/// Compares the table of some cases with the page.
///
/// # Errors
/// When the page lacks one of its rows.
pub fn compare_rows(table: &str) -> Result<()> {
    let page = read()?;
    let (_, written, _) = parts(&page)?;
    let standing: BTreeSet<&str> = written.lines().collect();
    let absent: Vec<&str> = table.lines().filter(|line| !standing.contains(line)).collect();
    ensure!(absent.is_empty(), "{PAGE} does not say what was seen; {ADVICE}:\n{}", absent.join("\n"));
    Ok(())
}

fn read() -> Result<String> {
    std::fs::read_to_string(checkout().join(PAGE)).with_context(|| format!("{PAGE} cannot be read"))
}

/// The page before the table, the table, and the rest.
fn parts(page: &str) -> Result<(&str, &str, &str)> {
    let (before, rest) = page.split_once(BEGIN).context("the page has no place for the table of cameras")?;
    let (written, after) = rest.split_once(END).context("the table of cameras has no end")?;
    Ok((before, written, after))
}
