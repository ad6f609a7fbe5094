//! The file of a segment, as it was recorded. A finished one never changes: its digest is its ETag.

use std::io::{self, BufRead, BufReader, ErrorKind};
use std::ops::Range;

use anjian_domain::{Segment, Viewer};
use anjian_footage::{MediaPart, Shelf, scan_segment};
use anjian_indexer::IndexError;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use headers::ETag;

use crate::http::problem::{Problem, ProblemView};
use crate::http::ranges::Media;
use crate::http::tag::etag;
use crate::recordings::find::segment;
use crate::shared::Shared;
use crate::violations::evidence::CACHE;

/// What may change is asked for again.
pub(crate) const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// A recorded segment, fragmented MP4; with byte ranges. One that is being written ends with its last whole fragment.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/recordings/{start}/media.mp4",
    operation_id = "segment_media",
    tag = "recordings",
    params(
        ("id" = String, Path, description = "Camera"),
        ("start" = i64, Path, description = "Start of the segment, microseconds since 1970; take the url of the list"),
    ),
    responses(
        (status = OK, content_type = "video/mp4", body = [u8]),
        (status = PARTIAL_CONTENT, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn media(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((id, start)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let segment = segment(&viewer, &shared, &id, &start).await?;
    let shelf = shared.index.shelf();
    let media = match &segment.sha256 {
        Some(sha256) => described(segment.size_bytes, Some(etag(sha256)), CACHE),
        None => described(whole_fragments(&shared, &shelf, &segment).await?, None, NOT_KEPT),
    };
    media.answer(&shared.files, &headers, move |bytes| open(&shelf, &segment, bytes)).await
}

fn described(length: u64, etag: Option<ETag>, cache: HeaderValue) -> Media {
    Media { length, etag, cache, kind: "video/mp4", name: None }
}

async fn whole_fragments(shared: &Shared, shelf: &Shelf, segment: &Segment) -> Result<u64, Problem> {
    let (shelf, segment) = (shelf.clone(), segment.clone());
    let scanned = shared.files.plan(move |_| scan_segment(&shelf, &segment)).await?;
    Ok(scanned.whole_bytes())
}

/// The part of the file, with its first bytes read: an error is reported before the answer begins.
fn open(shelf: &Shelf, segment: &Segment, bytes: Range<u64>) -> Result<BufReader<MediaPart>, Problem> {
    let opened = shelf.open(segment).and_then(|media| {
        let mut part = BufReader::new(MediaPart::new(media, bytes.start, bytes.end));
        part.fill_buf()?;
        Ok(part)
    });
    opened.map_err(|error| unreadable(shelf, segment, error))
}

fn unreadable(shelf: &Shelf, segment: &Segment, error: io::Error) -> Problem {
    match error.downcast::<IndexError>() {
        Ok(error) => Problem::Index(error),
        Err(error) => {
            let file = shelf.name(segment);
            let (camera, start) = (&segment.camera, segment.start);
            tracing::error!(camera.id = %camera, %start, file = %file.display(), %error, "a segment is not readable");
            match error.kind() {
                ErrorKind::NotFound => Problem::NotFound(format!(
                    "the file of {camera} from {start} is missing: run `anjian check`"
                )),
                _ => Problem::Internal("the recording could not be read"),
            }
        }
    }
}
