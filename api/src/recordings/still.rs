//! The picture of any recorded moment.

use anjian_domain::Viewer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use headers::HeaderMapExt;

use crate::cameras::find;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::Query;
use crate::http::span::AtParams;
use crate::http::tag::{etag, is_known, not_modified};
use crate::recordings::export::name_of;
use crate::recordings::find::shown_at;
use crate::recordings::media::NOT_KEPT;
use crate::shared::Shared;
use crate::violations::evidence::CACHE;

/// The picture that was shown at a moment, JPEG, at the resolution at which it was recorded.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/still.jpg",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), AtParams),
    responses(
        (status = OK, content_type = "image/jpeg", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_IMPLEMENTED, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn still(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(at): Query<AtParams>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let at = at.moment()?;
    let camera = find::camera(&viewer, &shared, &id).await?;
    let segment = shown_at(&viewer, &shared, &camera.camera, at).await?;
    let offset = at.since(segment.start);
    let tag = segment.sha256.as_ref().map(|sha256| etag(&format!("{sha256}-{}", offset.as_micros())));
    if let Some(tag) = tag.clone().filter(|tag| is_known(&asked, tag)) {
        return Ok(not_modified(tag, CACHE));
    }
    let file = shared.index.segment_file(&segment).await?;
    let jpeg = shared.pictures.still(file, offset).await?;
    let mut response = jpeg.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, if tag.is_some() { CACHE } else { NOT_KEPT });
    let name = name_of(&viewer, &shared, &camera, &[at], "jpg").await?;
    headers.insert(header::CONTENT_DISPOSITION, name.inline());
    if let Some(tag) = tag {
        headers.typed_insert(tag);
    }
    Ok(response)
}
