//! The common dialect, and what each engine reads instead.
//!
//! Statements stand in it everywhere in this crate: SQL that both engines understand, with
//! - `$1`, `$2`, … for values;
//! - `greatest(…)` and `least(…)` of several values;
//! - `FROM table /*by index*/` where a statement depends on an index. SQLite is bound to that index: a plan that no longer
//!   works is an error there instead of a slow answer. PostgreSQL has an index of the same name, and plans by itself;
//! - `JOIN /*then*/ table` where the table before is to be walked first. PostgreSQL decides that by itself too.

use std::borrow::Cow;

/// As SQLite reads it.
pub(crate) fn for_sqlite(text: &str, are_in_order: bool) -> Cow<'_, str> {
    const WORDS: [(&str, &str); 4] = [
        ("JOIN /*then*/", "CROSS JOIN"),
        ("/*by ", "INDEXED BY "),
        ("greatest(", "max("),
        ("least(", "min("),
    ];
    let mut text = Cow::Borrowed(text);
    for (word, instead) in WORDS {
        if text.contains(word) {
            text = text.replace(word, instead).into();
        }
    }
    if text.contains("*/") {
        text = text.replace("*/", "").into();
    }
    if text.contains('$') {
        text = places(&text, are_in_order).into();
    }
    text
}

/// SQLite looks for the number of each named place in a list of all others; places in order need no names.
fn places(text: &str, are_in_order: bool) -> String {
    let mut made = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '$' {
            made.push(letter);
            continue;
        }
        made.push('?');
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            if !are_in_order {
                made.push(digit);
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_reads_its_own_words() {
        for (common, in_order, expected) in [
            ("SELECT 1", false, "SELECT 1"),
            ("WHERE a = $1 AND b < $12 OR c = $1", false, "WHERE a = ?1 AND b < ?12 OR c = ?1"),
            ("WHERE a = $1 AND b < $2", true, "WHERE a = ? AND b < ?"),
            ("SET a = greatest(a, least($1, 7))", false, "SET a = max(a, min(?1, 7))"),
            ("FROM a JOIN /*then*/ b ON TRUE", false, "FROM a CROSS JOIN b ON TRUE"),
            ("FROM t AS v /*by t_by_time*/ WHERE TRUE", false, "FROM t AS v INDEXED BY t_by_time WHERE TRUE"),
        ] {
            assert_eq!(for_sqlite(common, in_order), expected);
        }
    }
}
