//! Ordered walks of an index of `violation`: what a page of a search is made of.
//!
//! Each combination of words of the index's leading columns is one walk, newest first. A page is the newest rows of all
//! walks, so that it costs its own length whatever the index holds. How an engine is made to walk stands in its folder.

use crate::engine::value::Value;

/// Walks of one index.
pub(crate) struct Walks {
    pub(crate) index: &'static str,
    /// Columns of the index before the time, and the words of each.
    pub(crate) leading: Vec<Words>,
    /// Conditions on other columns.
    pub(crate) rest: Vec<Words>,
    pub(crate) min_score: Option<f64>,
    /// No row is older.
    pub(crate) from_us: i64,
    /// Time and number of a place: rows come before it.
    pub(crate) before: (i64, i64),
    /// Rows of the page.
    pub(crate) limit: i64,
}

/// A column, and what it may hold.
pub(crate) struct Words {
    pub(crate) column: &'static str,
    pub(crate) words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Word {
    Text(String),
    Number(i64),
}

impl From<Word> for Value {
    fn from(word: Word) -> Self {
        match word {
            Word::Text(text) => text.into(),
            Word::Number(number) => number.into(),
        }
    }
}

impl Words {
    /// As a list in JSON, which both engines take apart.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.words).unwrap_or_default()
    }

    pub(crate) fn are_numbers(&self) -> bool {
        matches!(self.words.first(), Some(Word::Number(_)))
    }
}

impl Walks {
    /// How many walks there are.
    pub(crate) fn count(&self) -> usize {
        self.leading.iter().map(|column| column.words.len()).product()
    }
}
