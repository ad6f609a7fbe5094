//! What full-text search looks for.

/// Tokens that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// Letters and digits, with one space between tokens: nothing in them is a word of an engine's query language.
    pub(crate) tokens: String,
    /// Whether the last token may be the beginning of a longer one.
    pub(crate) may_go_on: bool,
}
