//! The sites and their cameras, and what each camera is doing.

use axum::Json;
use axum::extract::State;

use crate::access::Inspector;
use crate::cameras::views::{CameraView, CamerasView, SiteView, SitesView};
use crate::http::problem::Problem;
use crate::shared::Shared;

/// Every site.
#[utoipa::path(get, path = "/api/v1/sites", tag = "cameras", responses((status = OK, body = SitesView)))]
pub(crate) async fn sites(_: Inspector, State(shared): State<Shared>) -> Result<Json<SitesView>, Problem> {
    let items = shared.index.sites().await?.into_iter().map(SiteView::from).collect();
    Ok(Json(SitesView { items }))
}

/// Every camera: its state, since when, why, and its newest picture.
#[utoipa::path(get, path = "/api/v1/cameras", tag = "cameras", responses((status = OK, body = CamerasView)))]
pub(crate) async fn cameras(
    _: Inspector,
    State(shared): State<Shared>,
) -> Result<Json<CamerasView>, Problem> {
    let items = shared.index.cameras().await?.iter().map(CameraView::from).collect();
    Ok(Json(CamerasView { items }))
}
