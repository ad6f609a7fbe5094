//! One input, what is expected of it, and what was seen.

use super::maker::Maker;
use anyhow::Result;

/// How many cases run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// One or two of each kind, for every change.
    Core,
    /// All.
    All,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Judged whole; the people in it are found.
    Judged,
    /// Judged but for stretches that are named.
    Flawed,
    /// Judged; some stretch holds no pictures, and is named.
    Gaps,
    /// Refused with one error.
    Refused,
}

/// A file, how it is made, and what is expected.
pub(super) struct FileCase {
    /// In the core set.
    pub(super) is_core: bool,
    /// The name of the file, which names the case too.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) what: &'static str,
    pub(super) make: fn(&Maker, &str) -> Result<()>,
    pub(super) fate: Fate,
    /// What is said of it, each somewhere in its lines.
    pub(super) says: &'static [&'static str],
}

/// A row of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was given.
    pub input: String,
    /// In plain words.
    pub expected: String,
    /// In plain words; the same as `expected` when all is well.
    pub seen: String,
    /// Whether what was seen is what was expected.
    pub is_right: bool,
}

impl Outcome {
    /// The row of the page.
    #[must_use]
    pub fn row(&self) -> String {
        let mark = if self.is_right { "yes" } else { "**no**" };
        format!("| {} | {} | {} | {mark} |", self.input, self.expected, self.seen)
    }
}

const fn case(
    is_core: bool,
    name: &'static str,
    what: &'static str,
    make: fn(&Maker, &str) -> Result<()>,
) -> FileCase {
    FileCase { is_core, name, what, make, fate: Fate::Judged, says: &[] }
}

/// A case of the core set.
pub(super) const fn core(
    name: &'static str,
    what: &'static str,
    make: fn(&Maker, &str) -> Result<()>,
) -> FileCase {
    case(true, name, what, make)
}

/// A case of the long tier.
pub(super) const fn long(
    name: &'static str,
    what: &'static str,
    make: fn(&Maker, &str) -> Result<()>,
) -> FileCase {
    case(false, name, what, make)
}

impl FileCase {
    pub(super) const fn fate(mut self, fate: Fate) -> Self {
        self.fate = fate;
        self
    }

    pub(super) const fn says(mut self, says: &'static [&'static str]) -> Self {
        self.says = says;
        self
    }

    pub(super) const fn flawed(self) -> Self {
        self.fate(Fate::Flawed)
    }

    pub(super) const fn refused(self, says: &'static [&'static str]) -> Self {
        self.fate(Fate::Refused).says(says)
    }
}
