//! Cases as lists show them.

use anjian_casework::Outcome;
use anjian_casework::case::{CaseState, Step};
use anjian_indexer::{CaseId, CasePage, CaseRow};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::problem::Problem;
use crate::http::schema::one_of;

/// A case as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// UUID.
    id: String,
    site: String,
    /// Counts the steps; send it with the next one.
    version: u32,
    /// Where it stands.
    #[schema(schema_with = stages)]
    stage: &'static str,
    /// What the notice asks for, or else the draft.
    #[schema(schema_with = outcomes)]
    outcome: Option<&'static str>,
    /// The last day of the term at the site, `2026-03-01`; null before a notice.
    #[schema(format = "date", required)]
    due: Option<String>,
    /// The account of the officer in charge.
    assignee: String,
    #[schema(format = "date-time")]
    opened_at: String,
    /// When the newest step was taken.
    #[schema(format = "date-time")]
    changed_at: String,
    /// When the notice left; null before.
    #[schema(format = "date-time", required)]
    noticed_at: Option<String>,
    /// How many violations are in it.
    violations: u32,
    /// How many findings on site are in it.
    findings: u32,
    /// When what it held was disposed of, after its term; its words are empty since. Null: all is kept.
    #[schema(format = "date-time", required)]
    disposed_at: Option<String>,
}

/// One page of cases, the newest change first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CasePageView {
    items: Vec<CaseView>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

pub(crate) fn stages() -> Object {
    one_of("Where the case stands.", CaseState::ALL.iter().map(|stage| stage.as_str()))
}

pub(crate) fn outcomes() -> Object {
    one_of(
        "From light to heavy; null before a proposal.",
        Outcome::ALL.iter().map(|outcome| outcome.as_str()),
    )
}

pub(crate) fn step_names() -> Object {
    one_of("A step of a case.", Step::ALL.iter().map(|step| step.as_str()))
}

/// The id of a case, as it stands in a path.
pub(crate) fn id_of(text: &str) -> Result<CaseId, Problem> {
    text.parse().map_err(|_| Problem::Id { what: "case", text: text.to_owned() })
}

impl From<&CaseRow> for CaseView {
    fn from(row: &CaseRow) -> Self {
        Self {
            id: row.id.to_string(),
            site: row.site.to_string(),
            version: row.version.0,
            stage: row.stage.as_str(),
            outcome: row.outcome.map(Outcome::as_str),
            due: row.due.map(|day| day.to_string()),
            assignee: row.assignee.clone(),
            opened_at: row.opened_at.to_string(),
            changed_at: row.changed_at.to_string(),
            noticed_at: row.noticed_at.map(|at| at.to_string()),
            violations: row.violations,
            findings: row.findings,
            disposed_at: row.disposed_at.map(|at| at.to_string()),
        }
    }
}

impl From<&CasePage> for CasePageView {
    fn from(page: &CasePage) -> Self {
        Self {
            items: page.items.iter().map(CaseView::from).collect(),
            next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
        }
    }
}
