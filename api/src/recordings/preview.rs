//! H.264 copies of pieces of H.265 segments, made when they are played; a decoder behind a port makes and keeps them.

use std::fs::File;
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anjian_domain::{Segment, VideoCodec, Viewer};
use anjian_footage::{SegmentFile, scan};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, one};
use crate::http::ranges::{Media, part_of};
use crate::http::tag::etag;
use crate::recordings::find::segment;
use crate::shared::Shared;
use crate::violations::evidence::CACHE;

/// The longest piece that is made at once; those of playlists are about 4 s.
const LONGEST_PIECE: Duration = Duration::from_secs(30);

/// The key of a piece.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PieceParams {
    /// The piece as the playlist names it: first byte and the byte after its last, such as `0-4096`.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, required)]
    bytes: Option<Piece>,
}

struct Piece(Range<u64>);

impl FromStr for Piece {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let ends = text.split_once('-');
        let ends = ends.and_then(|(first, end)| Some((first.parse().ok()?, end.parse().ok()?)));
        let range = ends.filter(|(first, end)| first < end).map(|(first, end)| Self(first..end));
        range.ok_or(NEEDED)
    }
}

const NEEDED: &str = "is needed, as the playlist gives it: 0-4096";

/// What a player needs before a piece of an H.265 segment as H.264; the playlist leads here.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/recordings/{start}/preview-init.mp4",
    tag = "recordings",
    params(
        ("id" = String, Path, description = "Camera"),
        ("start" = i64, Path, description = "Start of the segment, microseconds since 1970"),
        PieceParams,
    ),
    responses(
        (status = OK, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_IMPLEMENTED, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn init(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((id, start)): Path<(String, String)>,
    Query(piece): Query<PieceParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let made = Made::of(&viewer, &shared, &id, &start, piece).await?;
    made.answer(&shared, &headers, "init", 0..made.init_end).await
}

/// A piece of an H.265 segment as H.264; the playlist leads here.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/recordings/{start}/preview.m4s",
    operation_id = "preview_media",
    tag = "recordings",
    params(
        ("id" = String, Path, description = "Camera"),
        ("start" = i64, Path, description = "Start of the segment, microseconds since 1970"),
        PieceParams,
    ),
    responses(
        (status = OK, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_IMPLEMENTED, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn media(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((id, start)): Path<(String, String)>,
    Query(piece): Query<PieceParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let made = Made::of(&viewer, &shared, &id, &start, piece).await?;
    made.answer(&shared, &headers, "media", made.init_end..made.end).await
}

/// A preview that lies in the cache.
struct Made {
    file: PathBuf,
    key: String,
    init_end: u64,
    end: u64,
}

impl Made {
    async fn of(
        viewer: &Viewer,
        shared: &Shared,
        camera: &str,
        start: &str,
        piece: PieceParams,
    ) -> Result<Self, Problem> {
        let needed = || Problem::query("bytes", format!("bytes: {NEEDED}"));
        let Piece(bytes) = piece.bytes.ok_or_else(needed)?;
        let segment = segment(viewer, shared, camera, start).await?;
        if segment.video == VideoCodec::H264 {
            return Err(Problem::NotFound("this segment is H.264 already: play its media.mp4".to_owned()));
        }
        let file = shared.index.segment_file(&segment).await?;
        let init = init_bytes(viewer, shared, &segment, &file, &bytes).await?;
        let key = key_of(&segment, &bytes);
        let file = shared.pictures.preview(file, vec![init, bytes], key.clone()).await?;
        let path = file.clone();
        let made = shared.files.plan(move |_| scan(&path)).await?;
        Ok(Self { file, key, init_end: made.init_bytes.end, end: made.whole_bytes() })
    }

    async fn answer(
        &self,
        shared: &Shared,
        headers: &HeaderMap,
        name: &str,
        part: Range<u64>,
    ) -> Result<Response, Problem> {
        let media = Media {
            length: part.end - part.start,
            etag: Some(etag(&format!("{}-{name}", self.key))),
            cache: CACHE,
            kind: "video/mp4",
            name: None,
        };
        let file = self.file.clone();
        let open = move |bytes: Range<u64>| {
            let bytes = part.start + bytes.start..part.start + bytes.end;
            File::open(&file).and_then(|opened| part_of(opened, bytes)).map_err(|error| {
                tracing::error!(file = %file.display(), %error, "a preview is not readable");
                Problem::Internal("the preview could not be read")
            })
        };
        media.answer(&shared.files, headers, open).await
    }
}

/// What a player needs before a piece. Pieces that the index knows cost no look into the file; others may be those of a
/// playlist that was made while the segment was being written.
async fn init_bytes(
    viewer: &Viewer,
    shared: &Shared,
    segment: &Segment,
    file: &FilePath,
    bytes: &Range<u64>,
) -> Result<Range<u64>, Problem> {
    let known = shared.index.pieces(viewer, std::slice::from_ref(segment)).await?.remove(&segment.start);
    if let Some(pieces) = known
        && pieces.iter(segment).any(|piece| piece.bytes == *bytes && piece.duration < LONGEST_PIECE)
    {
        return Ok(pieces.init_bytes);
    }
    let path = file.to_owned();
    let scanned = shared.files.plan(move |_| scan(&path)).await?;
    if !is_piece(&scanned, bytes) {
        return Err(Problem::query("bytes", "bytes: no piece of this segment: take those of the playlist"));
    }
    Ok(scanned.init_bytes)
}

/// The start of a segment belongs to one file for ever, and a fragment that was written never changes.
fn key_of(segment: &Segment, bytes: &Range<u64>) -> String {
    format!("{}-{}-{}-{}", segment.camera, segment.start.as_micros(), bytes.start, bytes.end)
}

/// Whole fragments from a keyframe on, and not too many.
fn is_piece(scanned: &SegmentFile, bytes: &Range<u64>) -> bool {
    let first = scanned.fragments.iter().find(|fragment| fragment.bytes.start == bytes.start);
    let last = scanned.fragments.iter().find(|fragment| fragment.bytes.end == bytes.end);
    match (first, last) {
        (Some(first), Some(last)) => {
            first.is_sync && last.start >= first.start && last.start - first.start < LONGEST_PIECE
        }
        _ => false,
    }
}
