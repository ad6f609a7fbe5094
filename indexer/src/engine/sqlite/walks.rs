//! How SQLite is made to walk.
//!
//! Its own planner is not asked: with several values of one field (`camera IN (…)`) it would sort every match to find the
//! newest fifty, and its choice would change with statistics. Instead each walk becomes one arm, and the arms are merged
//! lazily (`UNION ALL … ORDER BY … LIMIT`). Where there are more arms than a statement may have, a recursive query merges
//! the same walks instead.

use crate::engine::sql::Builder;
use crate::engine::walks::{Walks, Word};

/// `SQLITE_MAX_COMPOUND_SELECT`, as SQLite is built.
const MOST_ARMS: usize = 500;
/// `SQLITE_MAX_VARIABLE_NUMBER`, as SQLite is built.
const MOST_VARIABLES: usize = 32_766;
/// What each arm binds beside words: the beginning of the range, the place before which the page begins, the score.
const VARIABLES_OF_AN_ARM: usize = 4;

pub(crate) fn push(walks: &Walks, sql: &mut Builder) {
    if is_narrow(walks) { push_arms(walks, sql) } else { push_recursive(walks, sql) }
}

/// Whether SQLite takes so many arms, with so many words, in one statement.
pub(crate) fn is_narrow(walks: &Walks) -> bool {
    let words = walks.rest.iter().map(|column| column.words.len()).sum::<usize>();
    let variables = words + walks.leading.len() + VARIABLES_OF_AN_ARM;
    walks.count() <= MOST_ARMS && walks.count() * variables <= MOST_VARIABLES
}

fn push_arms(walks: &Walks, sql: &mut Builder) {
    let mut arms: Vec<Vec<(&str, &Word)>> = vec![Vec::new()];
    for column in &walks.leading {
        let with = |arm: &Vec<_>, word| arm.iter().copied().chain([(column.column, word)]).collect();
        arms = arms.iter().flat_map(|arm| column.words.iter().map(move |word| with(arm, word))).collect();
    }
    sql.push("SELECT seq FROM (");
    for (position, arm) in arms.iter().enumerate() {
        sql.push(if position == 0 { "" } else { " UNION ALL " });
        push_arm(walks, sql, arm);
    }
    // Not a parameter: SQLite prepares a statement anew each time its limit is bound, which takes longer than
    // the search itself.
    sql.push(format_args!(" ORDER BY opened_us DESC, seq DESC LIMIT {})", walks.limit));
}

fn push_arm(walks: &Walks, sql: &mut Builder, arm: &[(&str, &Word)]) {
    let (index, before) = (walks.index, walks.before);
    sql.push(format_args!("SELECT opened_us, seq FROM violation /*by {index}*/ WHERE opened_us >= "));
    sql.push_bind(walks.from_us).push(" AND (opened_us, seq) < (");
    sql.push_bind(before.0).push(", ").push_bind(before.1).push(")");
    for (column, word) in arm {
        match word {
            Word::Text(text) => sql.push(format_args!(" AND {column} = ")).push_bind(text.as_str()),
            Word::Number(number) => sql.push(format_args!(" AND {column} = {number}")),
        };
    }
    for column in &walks.rest {
        sql.push(format_args!(" AND {} IN (", column.column))
            .push_list(column.words.iter().cloned())
            .push(")");
    }
    push_min_score(walks, sql);
}

/// A recursive query of SQLite with `ORDER BY` keeps its rows in a queue and takes the first. Here a row is the place that
/// one walk has reached; taking it puts the next place of that walk into the queue. Words are bound once, as lists in
/// JSON, so neither the number of walks nor that of words meets a limit of SQLite.
fn push_recursive(walks: &Walks, sql: &mut Builder) {
    let columns: Vec<&str> = walks.leading.iter().map(|column| column.column).collect();
    let listed = columns.join(", ");
    sql.push(format_args!("WITH RECURSIVE walk ({listed}, opened_us, seq, is_row) AS (SELECT "));
    sql.push(columns.iter().map(|column| format!("{column}.value, ")).collect::<String>());
    sql.push_bind(walks.before.0).push(", ").push_bind(walks.before.1).push(", FALSE FROM ");
    for (position, column) in walks.leading.iter().enumerate() {
        sql.push(if position == 0 { "json_each(" } else { " CROSS JOIN json_each(" });
        sql.push_bind(column.json()).push(format_args!(") AS {}", column.column));
    }
    let walked: String = columns.iter().map(|column| format!("w.{column}, ")).collect();
    sql.push(format_args!(" UNION ALL SELECT {walked}v.opened_us, v.seq, TRUE FROM walk AS w "));
    sql.push("CROSS JOIN violation AS v ON v.seq = (");
    push_next(walks, sql);
    // The newest place first, by the numbers of the columns `opened_us` and `seq`. The places before which the walks begin
    // are newer than all others.
    let (opened_us, seq) = (columns.len() + 1, columns.len() + 2);
    // The limit stands inside, where it ends the walks: SQLite may keep all that a recursive query finds before it looks at
    // a limit outside. Those first places are counted too.
    let places = walks.count().saturating_add(usize::try_from(walks.limit).unwrap_or(usize::MAX));
    sql.push(format_args!(") ORDER BY {opened_us} DESC, {seq} DESC LIMIT {places}) "));
    sql.push("SELECT seq FROM walk WHERE is_row");
}

/// The next row of a walk.
fn push_next(walks: &Walks, sql: &mut Builder) {
    let index = walks.index;
    sql.push(format_args!("SELECT n.seq FROM violation AS n /*by {index}*/ WHERE n.opened_us >= "));
    sql.push_bind(walks.from_us).push(" AND (n.opened_us, n.seq) < (w.opened_us, w.seq)");
    for column in &walks.leading {
        sql.push(format_args!(" AND n.{0} = w.{0}", column.column));
    }
    for column in &walks.rest {
        sql.push(format_args!(" AND n.{} IN (SELECT value FROM json_each(", column.column));
        sql.push_bind(column.json()).push("))");
    }
    push_min_score(walks, sql);
    sql.push(" ORDER BY n.opened_us DESC, n.seq DESC LIMIT 1");
}

fn push_min_score(walks: &Walks, sql: &mut Builder) {
    if let Some(min_score) = walks.min_score {
        sql.push(" AND score >= ").push_bind(min_score);
    }
}
