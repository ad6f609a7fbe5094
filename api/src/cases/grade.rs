//! The grade of a violation's evidence: what the law asks for, and what of it is there.

use anjian_casework::grade::{Check, Grade};
use anjian_domain::Viewer;
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;
use crate::violations::list::{id_of, unknown};

/// The grade of a violation's evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GradeView {
    /// `lead` or `evidence`.
    level: &'static str,
    /// Every demand, in the order in which pages list them.
    checks: Vec<CheckView>,
    /// The outcomes that it allows, the lightest first.
    #[schema(value_type = Vec<String>)]
    allowed: Vec<&'static str>,
}

/// One demand on evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckView {
    /// Its name.
    item: &'static str,
    /// The same in words.
    zh: &'static str,
    en: &'static str,
    /// `present`, `missing` or `not_asked`.
    finding: &'static str,
}

/// The grade of a violation's evidence before anybody signs: what the law asks for, and what is missing. Reads every file
/// of the violation and compares its digest.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/grade",
    operation_id = "grade_violation",
    tag = "violations",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = GradeView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn grade(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<GradeView>, Problem> {
    let id = id_of(&id)?;
    let grade = shared.index.grade(&viewer, id, &[], &shared.rules).await?;
    grade.map(|grade| Json(GradeView::from(&grade))).ok_or_else(|| unknown(id))
}

impl From<&Grade> for GradeView {
    fn from(grade: &Grade) -> Self {
        let check = |check: &Check| {
            let words = check.item.words();
            CheckView {
                item: check.item.as_str(),
                zh: words.zh,
                en: words.en,
                finding: check.finding.as_str(),
            }
        };
        Self {
            level: grade.level.as_str(),
            checks: grade.checks.iter().map(check).collect(),
            allowed: grade.allowed().iter().map(|outcome| outcome.as_str()).collect(),
        }
    }
}
