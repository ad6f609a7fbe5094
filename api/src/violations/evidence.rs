//! The files of a violation. They never change: their digest is their ETag, and browsers keep them for good.

use std::io::ErrorKind;

use anjian_domain::{Viewer, ViolationId};
use anjian_indexer::{EvidenceFile, EvidenceKind, IndexError};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeFile;

use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;
use crate::violations::list::{id_of, unknown};

/// Private: evidence shows people, and no shared cache may keep it.
pub(crate) const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Twice the width of a row's picture, for fine screens.
const THUMBNAIL_PX: u32 = 256;

/// The frame as it was, JPEG.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/snapshot.jpg",
    tag = "evidence",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, content_type = "image/jpeg", body = [u8]),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn snapshot(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    serve(&viewer, &shared, &id, EvidenceKind::Snapshot, request).await
}

/// The frame with zone, boxes and time drawn in, JPEG.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/snapshot-annotated.jpg",
    tag = "evidence",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, content_type = "image/jpeg", body = [u8]),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn snapshot_annotated(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    serve(&viewer, &shared, &id, EvidenceKind::SnapshotAnnotated, request).await
}

/// The moving pictures around the violation, MP4; with byte ranges.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/clip.mp4",
    tag = "evidence",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, content_type = "video/mp4", body = [u8]),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn clip(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    serve(&viewer, &shared, &id, EvidenceKind::Clip, request).await
}

/// The annotated picture, small, for lists: JPEG. Where nothing can make it smaller, as it is.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/thumbnail.jpg",
    tag = "evidence",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, content_type = "image/jpeg", body = [u8]),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn thumbnail(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let kind = EvidenceKind::SnapshotAnnotated;
    let Some(file) = shared.index.evidence_file(&viewer, id_of(&id)?, kind).await? else {
        return serve(&viewer, &shared, &id, kind, request).await;
    };
    let tag = etag(&format!("{}-{THUMBNAIL_PX}", file.sha256));
    let headers = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, CACHE)];
    if is_known(&request, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    match shared.pictures.thumbnail(file.path, THUMBNAIL_PX).await {
        Ok(jpeg) => Ok((headers, [(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response()),
        Err(_) => serve(&viewer, &shared, &id, kind, request).await,
    }
}

async fn serve(
    viewer: &Viewer,
    shared: &Shared,
    id: &str,
    kind: EvidenceKind,
    request: Request,
) -> Result<Response, Problem> {
    let id = id_of(id)?;
    let file = shared.index.evidence_file(viewer, id, kind).await?;
    let Some(file) = file else { return Err(missing_row(viewer, shared, id, kind).await?) };
    let tag = etag(&file.sha256);
    if is_known(&request, &tag) {
        return Ok(
            (StatusCode::NOT_MODIFIED, [(header::ETAG, tag), (header::CACHE_CONTROL, CACHE)]).into_response()
        );
    }
    let mut response = read(id, kind, &file, request).await?;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, CACHE);
    Ok(response)
}

async fn missing_row(
    viewer: &Viewer,
    shared: &Shared,
    id: ViolationId,
    kind: EvidenceKind,
) -> Result<Problem, Problem> {
    let is_there = shared.index.violation(viewer, id).await?.is_some();
    let none = || Problem::NotFound(format!("violation {id} has no {}", kind.as_str()));
    Ok(if is_there { none() } else { unknown(id) })
}

/// Ranges are left to the library; its dates are not, because digests say more.
async fn read(
    id: ViolationId,
    kind: EvidenceKind,
    file: &EvidenceFile,
    mut request: Request,
) -> Result<Response, Problem> {
    for name in [header::IF_MODIFIED_SINCE, header::IF_UNMODIFIED_SINCE] {
        request.headers_mut().remove(name);
    }
    let mime = file.media_type.parse().expect("every media type of EvidenceKind is one");
    let served = ServeFile::new_with_mime(&file.path, &mime).try_call(request).await;
    let response = served.map_err(|source| {
        if source.kind() == ErrorKind::NotFound {
            tracing::error!(violation.id = %id, file = %file.path.display(), "an evidence file is missing");
            let what = kind.as_str();
            return Problem::NotFound(format!("the {what} of violation {id} is missing: run `anjian check`"));
        }
        Problem::Index(IndexError::File { doing: "read", path: file.path.clone(), source })
    })?;
    Ok(response.map(Body::new))
}

/// `text` is made of letters, digits and dashes.
pub(crate) fn etag(text: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{text}\"")).expect("letters, digits and dashes are a header value")
}

/// Whether the client holds the file already.
pub(crate) fn is_known(request: &Request, tag: &HeaderValue) -> bool {
    let given = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag = tag.to_str().unwrap_or_default();
    given.is_some_and(|given| given.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}
