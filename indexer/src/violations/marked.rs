//! Violations that are gathered by what officers made of them.
//!
//! Such violations are few beside all others: their numbers are gathered first, and then looked up. Only a search for one of
//! many kinds of marks, over all times, reads more than a page of rows.

use crate::engine::connection::Engine;
use crate::engine::full_text;
use crate::engine::sql::Builder;
use crate::violations::by_words::Part;
use crate::violations::walk::{Driver, Plan};
use crate::{CaseMark, IndexError, Marks, SearchWords};

/// Appends `FROM … WHERE …` of the violations with all marks of a part; they are called `n`.
pub(crate) fn push_from(
    engine: Engine,
    sql: &mut Builder,
    part: &Part<'_>,
    before: (i64, i64),
) -> Result<(), IndexError> {
    let plan = Plan::driven_by(Driver::Time, &part.query, &[])?;
    sql.push(" FROM (");
    push_numbers(engine, sql, part);
    sql.push(") AS m JOIN /*then*/ violation AS n ON n.seq = m.violation WHERE (opened_us, n.seq) < (");
    sql.push_bind(before.0).push(", ").push_bind(before.1).push(")");
    plan.fields.iter().for_each(|field| field.push(sql));
    plan.push_range(sql);
    plan.push_min_score(sql);
    if let Some(besides) = part.besides.as_ref().filter(|besides| !besides.is_empty()) {
        sql.push(" AND camera NOT IN (").push_list(besides.iter().map(|camera| camera.as_str().to_owned()));
        sql.push(")");
    }
    Ok(())
}

/// Appends the query for the numbers of the violations that have every mark.
fn push_numbers(engine: Engine, sql: &mut Builder, part: &Part<'_>) {
    let Marks { reasons, awaits_second, cases } = &part.query.marks;
    let mut between = "";
    if !reasons.is_empty() {
        sql.push("SELECT violation FROM verdict WHERE reason IN (");
        sql.push_list(reasons.iter().map(|reason| reason.as_str())).push(")");
        between = " INTERSECT ";
    }
    if *awaits_second {
        sql.push(between).push("SELECT violation FROM verdict WHERE is_settled = 0 AND settles_us IS NULL");
        between = " INTERSECT ";
    }
    if !cases.is_empty() {
        sql.push(between).push("SELECT violation FROM (");
        push_cases(sql, cases);
        sql.push(") AS cased");
        between = " INTERSECT ";
    }
    if let Some(words) = part.words() {
        push_words(engine, sql.push(between), words);
    }
}

fn push_cases(sql: &mut Builder, cases: &[CaseMark]) {
    const MEMBERS: &str = "SELECT m.violation FROM casefile_violation AS m JOIN casefile AS c ON c.seq = m.casefile WHERE m.is_in = 1 AND c.stage";
    let stage = |mark: &CaseMark| match mark {
        CaseMark::Stage(stage) => Some(stage.as_str()),
        CaseMark::None => None,
    };
    let stages: Vec<_> = cases.iter().filter_map(stage).collect();
    let is_none_asked = stages.len() < cases.len();
    if !stages.is_empty() {
        sql.push(format_args!("{MEMBERS} IN (")).push_list(stages.iter().copied()).push(")");
    }
    if is_none_asked {
        sql.push(if stages.is_empty() { "" } else { " UNION " });
        sql.push("SELECT seq AS violation FROM violation AS v WHERE verdict = 'confirmed' AND NOT EXISTS (");
        sql.push(format_args!("{MEMBERS} <> 'withdrawn' AND m.violation = v.seq)"));
    }
}

fn push_words(engine: Engine, sql: &mut Builder, words: &SearchWords) {
    sql.push("SELECT violation FROM written WHERE violation IS NOT NULL AND ");
    full_text::push(engine, sql, words.phrases());
}
