//! The sites and their cameras, and what each camera is doing.

use anjian_domain::Viewer;
use axum::Json;
use axum::extract::State;

use crate::cameras::views::{CameraView, CamerasView, SiteView, SitesView};
use crate::http::problem::Problem;
use crate::shared::Shared;

/// Every site, with the names of its cameras and zones.
#[utoipa::path(get, path = "/api/v1/sites", tag = "cameras", responses((status = OK, body = SitesView)))]
pub(crate) async fn sites(viewer: Viewer, State(shared): State<Shared>) -> Result<Json<SitesView>, Problem> {
    let cameras = shared.index.cameras(&viewer).await?;
    let sites = shared.index.sites(&viewer).await?;
    let items = sites.into_iter().map(|site| SiteView::of(site, &cameras)).collect();
    Ok(Json(SitesView { items }))
}

/// Every camera: its state, since when, why, and its newest picture.
#[utoipa::path(get, path = "/api/v1/cameras", tag = "cameras", responses((status = OK, body = CamerasView)))]
pub(crate) async fn cameras(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<CamerasView>, Problem> {
    let items = shared.index.cameras(&viewer).await?.iter().map(CameraView::from).collect();
    Ok(Json(CamerasView { items }))
}
