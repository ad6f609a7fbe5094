//! Finding the camera that a request is about.

use anjian_domain::{CameraId, Viewer};
use anjian_indexer::CameraRow;

use crate::http::problem::Problem;
use crate::shared::Shared;

/// The camera of a path, which must be one that the viewer sees.
pub(crate) async fn camera(viewer: &Viewer, shared: &Shared, text: &str) -> Result<CameraRow, Problem> {
    let id: CameraId = text.parse().map_err(|_| Problem::Id { what: "camera", text: text.to_owned() })?;
    let found = shared.index.cameras(viewer).await?.into_iter().find(|row| row.camera == id);
    found.ok_or_else(|| Problem::NotFound(format!("there is no camera {id}: /api/v1/cameras lists them")))
}
