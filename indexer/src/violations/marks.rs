//! What officers made of a violation, as conditions of a search.
//!
//! Such violations are few beside all others: their numbers are gathered first, and then looked up. Only a search for one of
//! many kinds of marks, over all times, reads more than a page of rows.

use anjian_casework::case::CaseState;
use anjian_casework::verdict::DismissReason;

use crate::engine::connection::Engine;
use crate::engine::full_text;
use crate::engine::sql::Builder;
use crate::violations::by_words::Part;
use crate::violations::walk::{Driver, Plan};
use crate::{IndexError, SearchWords};

/// Which marks a violation has. Lists are alternatives, an empty list means all; the fields narrow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Dismissed for one of these reasons, also while that can be undone.
    pub reasons: Vec<DismissReason>,
    /// Only those whose verdict waits for a second signature.
    pub awaits_second: bool,
    /// In cases that stand so.
    pub cases: Vec<CaseMark>,
}

/// How a violation stands to cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseMark {
    /// Confirmed, and in no case but withdrawn ones.
    None,
    /// In a case that stands there.
    Stage(CaseState),
}

impl Marks {
    /// Whether they ask for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty() && !self.awaits_second && self.cases.is_empty()
    }
}

impl std::str::FromStr for CaseMark {
    type Err = anjian_domain::UnknownName;

    fn from_str(text: &str) -> Result<Self, anjian_domain::UnknownName> {
        if text == "none" { Ok(Self::None) } else { text.parse().map(Self::Stage) }
    }
}

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
