//! Findings in lists and one by one.

use anjian_domain::{SiteId, Viewer};
use anjian_indexer::{Cursor, FindingQuery};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::findings::views::{FindingPageView, SiteFindingView, id_of, unknown};
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, many, one};
use crate::shared::Shared;

/// Which findings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindingParams {
    /// Site; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Vec<String>)]
    site: Vec<SiteId>,
    /// 1 to 200; 50 without.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Lists findings on site, the newest arrival first. An enterprise sees those that a notice named.
#[utoipa::path(
    get,
    path = "/api/v1/findings",
    operation_id = "list_findings",
    tag = "findings",
    params(FindingParams),
    responses(
        (status = OK, body = FindingPageView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(keys): Query<FindingParams>,
) -> Result<Json<FindingPageView>, Problem> {
    let limit = keys.limit.unwrap_or(50);
    if !(1..=FindingQuery::MAX_LIMIT).contains(&limit) {
        return Err(Problem::query("limit", format!("limit: give 1 to {}", FindingQuery::MAX_LIMIT)));
    }
    let query = FindingQuery { sites: keys.site, limit, cursor: keys.cursor };
    Ok(Json((&shared.index.findings(&viewer, &query).await?).into()))
}

/// One finding.
#[utoipa::path(
    get,
    path = "/api/v1/findings/{id}",
    operation_id = "one_finding",
    tag = "findings",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = SiteFindingView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one_finding(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<SiteFindingView>, Problem> {
    let found = shared.index.finding(&viewer, id_of(&id)?).await?.ok_or_else(unknown)?;
    Ok(Json((&found).into()))
}
