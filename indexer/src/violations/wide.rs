//! A page over more combinations than one statement may list as arms (see [`crate::violations::walk`]): the same
//! ordered walks of the same index, merged by a recursive query instead.
//!
//! A recursive query of SQLite with `ORDER BY` keeps its rows in a queue and takes the first. Here a row is the place that
//! one walk has reached; taking it puts the next place of that walk into the queue. Words are bound once, as lists in
//! JSON, so neither the number of walks nor that of words meets a limit of SQLite.

use crate::engine::sql::Builder;
use crate::violations::walk::{Driver, Plan};

/// Appends a query for the `seq` of the newest `limit` matches before `(before_us, before_seq)`.
pub(crate) fn push_keys(plan: &Plan, sql: &mut Builder, before: (i64, i64), limit: i64) {
    let columns = leading(plan);
    let listed = columns.join(", ");
    sql.push(format_args!("WITH RECURSIVE walk ({listed}, opened_us, seq, is_row) AS (SELECT "));
    sql.push(columns.iter().map(|column| format!("{column}.value, ")).collect::<String>());
    sql.push_bind(before.0).push(", ").push_bind(before.1).push(", FALSE FROM ");
    for (position, column) in columns.iter().enumerate() {
        sql.push(if position == 0 { "json_each(" } else { " CROSS JOIN json_each(" });
        sql.push_bind(list_of(plan, column)).push(format_args!(") AS {column}"));
    }
    let walked: String = columns.iter().map(|column| format!("w.{column}, ")).collect();
    sql.push(format_args!(" UNION ALL SELECT {walked}v.opened_us, v.seq, TRUE FROM walk AS w "));
    sql.push("CROSS JOIN violation AS v ON v.seq = (");
    push_next(plan, sql);
    // The newest place first, by the numbers of the columns `opened_us` and `seq`. The places before which the walks begin
    // are newer than all others.
    let (opened_us, seq) = (columns.len() + 1, columns.len() + 2);
    // The limit stands inside, where it ends the walks: SQLite may keep all that a recursive query finds before it looks at
    // a limit outside. Those first places are counted too.
    let places = plan.arm_count().saturating_add(usize::try_from(limit).unwrap_or(usize::MAX));
    sql.push(format_args!(") ORDER BY {opened_us} DESC, {seq} DESC LIMIT {places}) "));
    sql.push("SELECT seq FROM walk WHERE is_row");
}

/// The next row of a walk. A row's `score_step` takes part where it leads the index.
fn push_next(plan: &Plan, sql: &mut Builder) {
    let index = plan.driver.index();
    sql.push(format_args!("SELECT n.seq FROM violation AS n /*by {index}*/ WHERE n.opened_us >= "));
    sql.push_bind(plan.from_us).push(" AND (n.opened_us, n.seq) < (w.opened_us, w.seq)");
    for column in leading(plan) {
        sql.push(format_args!(" AND n.{column} = w.{column}"));
    }
    for field in plan.rest() {
        let column = field.column;
        sql.push(format_args!(" AND n.{column} IN (SELECT value FROM json_each("));
        sql.push_bind(json(&field.words)).push("))");
    }
    plan.push_min_score(sql);
    sql.push(" ORDER BY n.opened_us DESC, n.seq DESC LIMIT 1");
}

fn leading(plan: &Plan) -> Vec<&'static str> {
    let step = (plan.driver == Driver::Score).then_some("score_step");
    plan.driver.leading().iter().copied().chain(step).collect()
}

fn list_of(plan: &Plan, column: &str) -> String {
    match column {
        "score_step" => serde_json::Value::from(plan.score_steps().collect::<Vec<_>>()).to_string(),
        column => json(plan.words(column)),
    }
}

fn json(words: &[String]) -> String {
    serde_json::Value::from(words).to_string()
}
