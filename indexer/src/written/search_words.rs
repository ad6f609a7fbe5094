//! Words that a person searches for.

use std::str::FromStr;

use crate::engine::phrase::Phrase;
use crate::written::spaced::{is_han, spaced};

/// Terms, with spaces between them, that must all occur. A term is a phrase: its characters follow each other. Its last word
/// may be the beginning of a longer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords(Vec<Phrase>);

/// Why words cannot be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitWords {
    /// Nothing but signs and spaces.
    #[error("give at least one letter, digit or character")]
    Empty,
    /// Longer than [`SearchWords::MAX_CHARS`].
    #[error("give at most {} characters", SearchWords::MAX_CHARS)]
    TooLong,
}

impl SearchWords {
    /// Most characters.
    pub const MAX_CHARS: usize = 100;

    pub(crate) fn phrases(&self) -> &[Phrase] {
        &self.0
    }

    /// Whether all of them occur in a text.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let text = format!(" {} ", spaced(text));
        self.0.iter().all(|phrase| {
            let end = if phrase.may_go_on { "" } else { " " };
            text.contains(&format!(" {}{end}", phrase.tokens))
        })
    }
}

impl FromStr for SearchWords {
    type Err = UnfitWords;

    fn from_str(text: &str) -> Result<Self, UnfitWords> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(UnfitWords::TooLong);
        }
        let terms = text.split_whitespace().map(spaced).filter(|tokens| !tokens.is_empty());
        let phrase = |tokens: String| Phrase { may_go_on: !tokens.ends_with(is_han), tokens };
        let phrases: Vec<_> = terms.map(phrase).collect();
        if phrases.is_empty() { Err(UnfitWords::Empty) } else { Ok(Self(phrases)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_phrases() {
        let phrases = |text: &str| -> Vec<_> {
            let words: SearchWords = text.parse().unwrap();
            words.0.into_iter().map(|phrase| (phrase.tokens, phrase.may_go_on)).collect()
        };
        let owned = |tokens: &str, may_go_on| (tokens.to_owned(), may_go_on);
        assert_eq!(phrases("动火"), [owned("动 火", false)]);
        assert_eq!(phrases("weld 3号门"), [owned("weld", true), owned("3 号 门", false)]);
        assert_eq!(phrases("a\"b' OR c:*"), [owned("a b", true), owned("or", true), owned("c", true)]);
        assert_eq!(" ！ ".parse::<SearchWords>(), Err(UnfitWords::Empty));
        assert_eq!("长".repeat(101).parse::<SearchWords>(), Err(UnfitWords::TooLong));
    }

    #[test]
    fn names_are_searched_like_texts() {
        let is_in = |words: &str, text| words.parse::<SearchWords>().unwrap().are_in(text);
        for (words, text, expected) in [
            ("东门", "plant 厂区 gate 东门球机", true),
            ("门东", "plant 厂区 gate 东门球机", false),
            ("gat", "plant 厂区 gate 东门球机", true),
            ("ate", "plant 厂区 gate 东门球机", false),
            ("GATE 厂区", "plant 厂区 gate 东门球机", true),
            ("gate 西", "plant 厂区 gate 东门球机", false),
        ] {
            assert_eq!(is_in(words, text), expected, "{words}");
        }
    }
}
