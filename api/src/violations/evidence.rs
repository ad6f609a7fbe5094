//! The files of a violation. They never change: their digest is their ETag, and browsers keep them for good. A clip lies
//! in the recording until that expires; its bytes and its digest are those of the file that it will be.

use std::path::Path as FilePath;

use anjian_domain::{Viewer, ViolationId};
use anjian_footage::Cut;
use anjian_indexer::{
    ClipDigest, EvidenceFile, EvidenceKind, Expired, ExpiredBy, FilePlace, IndexError, RecordedClip,
};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt};

use crate::http::problem::{Problem, ProblemView};
use crate::http::ranges::Media;
use crate::http::span::Span;
use crate::http::stored::{OpenFile, from_bucket};
use crate::http::tag::{etag, is_known, not_modified};
use crate::recordings::export::ASKED_AGAIN;
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
    asked: HeaderMap,
) -> Result<Response, Problem> {
    serve(&viewer, &shared, &id, EvidenceKind::Snapshot, &asked).await
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
    asked: HeaderMap,
) -> Result<Response, Problem> {
    serve(&viewer, &shared, &id, EvidenceKind::SnapshotAnnotated, &asked).await
}

/// The moving pictures around the violation, MP4; with byte ranges. They come out of the recording until that expires.
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
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let stored = serve(&viewer, &shared, &id, EvidenceKind::Clip, &asked);
    let Some(recorded) = shared.index.recorded_clip(&viewer, id_of(&id)?).await? else { return stored.await };
    match plan(&shared, recorded).await {
        Ok(planned) => planned.answer(&shared, &asked).await,
        // It may have been cut meanwhile, and its recording be gone.
        Err(problem) => stored.await.map_err(|_| problem),
    }
}

/// A clip out of the recording.
struct PlannedClip {
    cut: Cut,
    digest: ClipDigest,
}

async fn plan(shared: &Shared, clip: RecordedClip) -> Result<PlannedClip, Problem> {
    let RecordedClip { camera: _, from, to, digest, segments } = clip;
    shared.index.require_here(&segments).await?;
    let (cuts, shelf) = (shared.cuts.clone(), shared.index.shelf());
    let planned = shared.files.plan(move |wanted| {
        cuts.prepare(Span { from, to }, &segments, |of| Cut::plan_while(wanted, shelf.clone(), of, from, to))
    });
    Ok(PlannedClip { cut: planned.await?, digest })
}

impl PlannedClip {
    async fn answer(self, shared: &Shared, asked: &HeaderMap) -> Result<Response, Problem> {
        let cut = self.cut;
        let (etag, cache) = if cut.len() == self.digest.size_bytes {
            (Some(etag(&self.digest.sha256)), CACHE)
        } else {
            let (noted, found) = (self.digest.size_bytes, cut.len());
            tracing::error!(noted, found, "the recording of a clip has changed: run `anjian check`");
            (cut.etag().parse().ok(), ASKED_AGAIN)
        };
        let media =
            Media { length: cut.len(), etag, cache, kind: EvidenceKind::Clip.media_type(), name: None };
        media.answer(&shared.files, asked, move |bytes| Ok(cut.read_range(bytes))).await
    }
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
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let kind = EvidenceKind::SnapshotAnnotated;
    let Some(file) = shared.index.evidence_file(&viewer, id_of(&id)?, kind).await? else {
        return serve(&viewer, &shared, &id, kind, &asked).await;
    };
    let tag = etag(&format!("{}-{THUMBNAIL_PX}", file.sha256));
    if is_known(&asked, &tag) {
        return Ok(not_modified(tag, CACHE));
    }
    let Ok(jpeg) = shared.pictures.thumbnail(whole(&shared, &file).await?, THUMBNAIL_PX).await else {
        return serve(&viewer, &shared, &id, kind, &asked).await;
    };
    let image = HeaderValue::from_static("image/jpeg");
    let mut response =
        ([(header::CONTENT_TYPE, image), (header::CACHE_CONTROL, CACHE)], jpeg).into_response();
    response.headers_mut().typed_insert(tag);
    Ok(response)
}

async fn serve(
    viewer: &Viewer,
    shared: &Shared,
    id: &str,
    kind: EvidenceKind,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    let id = id_of(id)?;
    let file = shared.index.evidence_file(viewer, id, kind).await?;
    let Some(file) = file else { return Err(missing_row(viewer, shared, id, kind).await?) };
    let tag = etag(&file.sha256);
    if is_known(asked, &tag) {
        return Ok(not_modified(tag, CACHE));
    }
    match &file.place {
        FilePlace::Folder(path) => match open(shared, id, kind, path).await {
            // It may have been moved into the bucket meanwhile.
            Err(Problem::NotFound(told)) => match shared.index.evidence_file(viewer, id, kind).await? {
                Some(EvidenceFile { place: FilePlace::Bucket(key), .. }) => {
                    from_bucket(shared, media_of(&file, tag), &key, asked).await
                }
                _ => Err(Problem::NotFound(told)),
            },
            opened => opened?.answer(shared, media_of(&file, tag), asked).await,
        },
        FilePlace::Bucket(key) => from_bucket(shared, media_of(&file, tag), key, asked).await,
    }
}

fn media_of(file: &EvidenceFile, tag: ETag) -> Media {
    Media { length: file.size_bytes, etag: Some(tag), cache: CACHE, kind: file.media_type, name: None }
}

/// All bytes of a picture.
async fn whole(shared: &Shared, file: &EvidenceFile) -> Result<Vec<u8>, Problem> {
    match &file.place {
        FilePlace::Folder(path) => {
            let path = path.clone();
            let read = shared.files.open(move || {
                std::fs::read(&path)
                    .map_err(|source| Problem::Index(IndexError::File { doing: "read", path, source }))
            });
            read.await
        }
        FilePlace::Bucket(key) => {
            Ok(shared.index.require_bucket()?.read(key, 0..file.size_bytes).await?.to_vec())
        }
    }
}

async fn missing_row(
    viewer: &Viewer,
    shared: &Shared,
    id: ViolationId,
    kind: EvidenceKind,
) -> Result<Problem, Problem> {
    let Some(detail) = shared.index.violation(viewer, id).await? else { return Ok(unknown(id)) };
    let expired = match kind {
        EvidenceKind::Clip => detail.clip.and_then(|clip| clip.expired),
        EvidenceKind::Snapshot | EvidenceKind::SnapshotAnnotated => detail.pictures_expired,
    };
    let what = kind.as_str();
    Ok(Problem::NotFound(match expired {
        Some(Expired { at, by }) => {
            format!("the {what} of violation {id} expired at {at}: {}", why(by))
        }
        None => format!("violation {id} has no {what}"),
    }))
}

const fn why(by: ExpiredBy) -> &'static str {
    match by {
        ExpiredBy::Age => "it was older than evidence that nobody confirmed is kept (evidence.max_age_days)",
        ExpiredBy::Size => "all evidence together was larger than it may be (evidence.max_gb)",
        ExpiredBy::Recording => {
            "its recording expired, and no clip is kept of a violation that nobody confirmed (evidence.short_clip_s)"
        }
        ExpiredBy::Disposal => "two officers disposed of the case that held it",
    }
}

/// Opens the file, and says how long it is and when it was written.
async fn open(
    shared: &Shared,
    id: ViolationId,
    kind: EvidenceKind,
    path: &FilePath,
) -> Result<OpenFile, Problem> {
    let missing = move |path: &FilePath| {
        tracing::error!(violation.id = %id, file = %path.display(), "an evidence file is missing");
        format!("the {} of violation {id} is missing: run `anjian check`", kind.as_str())
    };
    OpenFile::open(shared, path, missing).await
}
