//! Every gallery, for who sees every site.

use anjian_domain::{Scope, Viewer};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::{Problem, ProblemView};
use crate::ports::galleries::StoredGallery;
use crate::shared::Shared;

/// A gallery as it is stored, beside what rules use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GalleryView {
    /// As rules name it.
    name: String,
    /// Name and digest of the model that made its looks.
    model: String,
    /// Digest of its content as it is stored.
    version: String,
    /// The version by which running rules judge; null when none does. Another than `version` until anjian starts again.
    #[schema(required)]
    version_in_use: Option<String>,
    /// How many garments may be worn.
    approved: usize,
    /// How many must not be mistaken for them.
    unapproved: usize,
    /// Where each approved one comes from: name of a picture, or camera and time.
    approved_origins: Vec<String>,
    /// Where each of the others comes from.
    unapproved_origins: Vec<String>,
}

/// Every gallery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GalleriesView {
    /// By name.
    items: Vec<GalleryView>,
    /// Files that should be galleries and are none, and what to do.
    problems: Vec<String>,
}

/// Every gallery of garments: as it is stored, and the version that running rules use.
#[utoipa::path(
    get,
    path = "/api/v1/galleries",
    operation_id = "list_galleries",
    tag = "galleries",
    responses(
        (status = OK, body = GalleriesView),
        (status = NOT_IMPLEMENTED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<GalleriesView>, Problem> {
    of_all_sites(&viewer)?;
    let found = shared.galleries.list().await?;
    let items = found.galleries.into_iter().map(GalleryView::from).collect();
    Ok(Json(GalleriesView { items, problems: found.problems }))
}

/// A gallery belongs to no site, and says which cameras its garments come from: only viewers of every site see any.
pub(super) fn of_all_sites(viewer: &Viewer) -> Result<(), Problem> {
    match viewer.scope() {
        Scope::Everything => Ok(()),
        Scope::Sites(_) => {
            Err(Problem::NotFound("galleries are seen only by viewers of every site".to_owned()))
        }
    }
}

impl From<StoredGallery> for GalleryView {
    fn from(gallery: StoredGallery) -> Self {
        Self {
            name: gallery.name,
            model: gallery.model,
            version: gallery.version,
            version_in_use: gallery.version_in_use,
            approved: gallery.approved.len(),
            unapproved: gallery.unapproved.len(),
            approved_origins: gallery.approved,
            unapproved_origins: gallery.unapproved,
        }
    }
}
