//! The list of violations, and one of them.

use anjian_domain::{Viewer, ViolationId};
use axum::Json;
use axum::extract::{Path, State};

use crate::behaviours;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Both, Query};
use crate::shared::Shared;
use crate::violations::filters::{FilterParams, PageParams};
use crate::violations::views::{ViolationDetailView, ViolationPageView};

/// Lists violations, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/violations",
    operation_id = "list_violations",
    tag = "violations",
    params(FilterParams, PageParams),
    responses(
        (status = OK, body = ViolationPageView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(Both(filters, page)): Query<Both<FilterParams, PageParams>>,
) -> Result<Json<ViolationPageView>, Problem> {
    let query = page.of(filters.query()?);
    behaviours::check(&query, &shared.behaviours)?;
    let found = shared.index.search_violations(&viewer, &query).await?;
    Ok(Json((&found).into()))
}

/// One violation with its detections, track, rule, Run and the digests of its files.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}",
    tag = "violations",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = ViolationDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<ViolationDetailView>, Problem> {
    let id = id_of(&id)?;
    let detail = shared.index.violation(&viewer, id).await?;
    detail.map(|detail| Json(detail.into())).ok_or_else(|| unknown(id))
}

/// The id of a violation, as it stands in a path.
pub(crate) fn id_of(text: &str) -> Result<ViolationId, Problem> {
    text.parse().map_err(|_| Problem::Id { what: "violation", text: text.to_owned() })
}

/// Says that there is no such violation, which is also the answer to who may not see it.
pub(crate) fn unknown(id: ViolationId) -> Problem {
    Problem::NotFound(format!("there is no violation {id}"))
}
