//! How PostgreSQL is made to walk: a join with each combination of words, and a page of each (`LATERAL … LIMIT`). Its
//! planner finds the index, whose columns stand in the order that is asked for.

use crate::engine::sql::Builder;
use crate::engine::walks::{Walks, Words};

pub(crate) fn push(walks: &Walks, sql: &mut Builder) {
    sql.push("SELECT seq FROM (SELECT page.opened_us, page.seq FROM (SELECT 1) AS one");
    for column in &walks.leading {
        sql.push(" CROSS JOIN (");
        push_words(column, sql);
        sql.push(format_args!(") AS {0} (word)", column.column));
    }
    sql.push(" CROSS JOIN LATERAL (SELECT v.opened_us, v.seq FROM violation AS v WHERE v.opened_us >= ");
    sql.push_bind(walks.from_us).push(" AND (v.opened_us, v.seq) < (");
    sql.push_bind(walks.before.0).push(", ").push_bind(walks.before.1).push(")");
    for column in &walks.leading {
        sql.push(format_args!(" AND v.{0} = {0}.word", column.column));
    }
    for column in &walks.rest {
        sql.push(format_args!(" AND v.{} = ANY (ARRAY(", column.column));
        push_words(column, sql);
        sql.push("))");
    }
    if let Some(min_score) = walks.min_score {
        sql.push(" AND v.score >= ").push_bind(min_score);
    }
    let limit = walks.limit;
    sql.push(format_args!(" ORDER BY v.opened_us DESC, v.seq DESC LIMIT {limit}) AS page"));
    sql.push(format_args!(" ORDER BY page.opened_us DESC, page.seq DESC LIMIT {limit}) AS newest"));
}

/// A row for each word.
fn push_words(column: &Words, sql: &mut Builder) {
    let kind = if column.are_numbers() { "::bigint" } else { "" };
    sql.push(format_args!("SELECT word{kind} FROM json_array_elements_text("));
    sql.push_bind(column.json()).push("::json) AS list (word)");
}
