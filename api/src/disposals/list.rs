//! The list for disposal.

use anjian_domain::Viewer;
use anjian_indexer::{Cursor, Index};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::disposals::views::DisposalPageView;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, one};
use crate::shared::Shared;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DisposalParams {
    /// 1 to 100; 50 without.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Lists the ended cases whose term is over and that were not disposed of, what ended first first.
#[utoipa::path(
    get,
    path = "/api/v1/disposals",
    operation_id = "list_disposals",
    tag = "disposals",
    params(DisposalParams),
    responses(
        (status = OK, body = DisposalPageView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(keys): Query<DisposalParams>,
) -> Result<Json<DisposalPageView>, Problem> {
    let limit = keys.limit.unwrap_or(50);
    if !(1..=Index::MAX_DISPOSALS).contains(&limit) {
        return Err(Problem::query("limit", format!("limit: give 1 to {}", Index::MAX_DISPOSALS)));
    }
    let page = shared.index.disposals(&viewer, shared.rules.keep, limit, keys.cursor).await?;
    Ok(Json(DisposalPageView::of(&page)?))
}
