//! Phrases in the query language of `to_tsquery`.

use crate::engine::phrase::Phrase;

pub(crate) fn query(phrases: &[Phrase]) -> String {
    phrases.iter().map(one).collect::<Vec<_>>().join(" & ")
}

fn one(phrase: &Phrase) -> String {
    let tokens: Vec<_> = phrase.tokens.split(' ').map(|token| format!("'{token}'")).collect();
    format!("({}{})", tokens.join(" <-> "), if phrase.may_go_on { ":*" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_phrase_follow_each_other() {
        let phrase = |tokens: &str, may_go_on| Phrase { tokens: tokens.to_owned(), may_go_on };
        let phrases = [phrase("动 火", false), phrase("arc w", true)];
        assert_eq!(query(&phrases), "('动' <-> '火') & ('arc' <-> 'w':*)");
    }
}
