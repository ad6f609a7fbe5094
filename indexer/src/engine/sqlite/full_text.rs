//! Phrases in the query language of FTS5, and its index.

use sqlx::SqliteConnection;

use crate::engine::phrase::Phrase;

pub(crate) fn query(phrases: &[Phrase]) -> String {
    let one = |phrase: &Phrase| format!("\"{}\"{}", phrase.tokens, if phrase.may_go_on { " *" } else { "" });
    phrases.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Rows that came while the triggers kept still are not in the index yet.
pub(crate) async fn rebuild(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO written_text (written_text) VALUES ('rebuild')";
    sqlx::query(sql).execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_quoted() {
        let phrase = |tokens: &str, may_go_on| Phrase { tokens: tokens.to_owned(), may_go_on };
        assert_eq!(query(&[phrase("动 火", false), phrase("or", true)]), "\"动 火\" \"or\" *");
    }
}
