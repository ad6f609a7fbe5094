//! Officers who must not act on a site.

use anjian_domain::{Account, SiteId, Viewer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// An officer who must not act on a site.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecusalView {
    site: String,
    account: String,
    reason: String,
    #[schema(format = "date-time")]
    noted_at: String,
}

/// Every recusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecusalsView {
    items: Vec<RecusalView>,
}

/// Why an officer must not act.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecusalView {
    reason: String,
}

/// Lists who must not act on which site.
#[utoipa::path(
    get,
    path = "/api/v1/recusals",
    operation_id = "list_recusals",
    tag = "cases",
    responses((status = OK, body = RecusalsView))
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<RecusalsView>, Problem> {
    let rows = shared.index.recusals(&viewer).await?;
    let view = |row: anjian_indexer::RecusalRow| RecusalView {
        site: row.site.to_string(),
        account: row.account.to_string(),
        reason: row.reason,
        noted_at: row.noted_at.to_string(),
    };
    Ok(Json(RecusalsView { items: rows.into_iter().map(view).collect() }))
}

/// Notes that an officer must not act on a site.
#[utoipa::path(
    put,
    path = "/api/v1/sites/{id}/recusals/{account}",
    operation_id = "put_recusal",
    tag = "cases",
    params(("id" = String, Path, description = "Site"), ("account" = String, Path, description = "Account")),
    request_body = NewRecusalView,
    responses(
        (status = NO_CONTENT),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(path): Path<(String, String)>,
    Small(asked): Small<NewRecusalView>,
) -> Result<StatusCode, Problem> {
    let (site, account) = read(&path)?;
    let reason = asked.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Problem::Body(format!("reason: give 1 to {MAX_REASON} characters")));
    }
    shared.index.put_recusal(&viewer, &site, &account, Some(reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a recusal.
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{id}/recusals/{account}",
    operation_id = "end_recusal",
    tag = "cases",
    params(("id" = String, Path, description = "Site"), ("account" = String, Path, description = "Account")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(path): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (site, account) = read(&path)?;
    shared.index.put_recusal(&viewer, &site, &account, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read((site, account): &(String, String)) -> Result<(SiteId, Account), Problem> {
    let site = site.parse().map_err(|_| Problem::Id { what: "site", text: site.clone() })?;
    let account = account.parse().map_err(|_| Problem::Id { what: "account", text: account.clone() })?;
    Ok((site, account))
}
