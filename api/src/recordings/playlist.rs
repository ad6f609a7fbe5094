//! HLS straight over the stored segments: byte ranges into their files, nothing copied, and no file read whose pieces
//! the index knows. H.265 can be had as H.264
//! for browsers that do not play it, piece by piece.

use anjian_domain::{Segment, VideoCodec, Viewer, WallTime};
use anjian_footage::{MediaUrl, Piece, PlaylistGap};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::cameras::find;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Both, Query, word};
use crate::http::span::{LONGEST_DAY, SpanParams};
use crate::recordings::find::{address, nothing};
use crate::recordings::pieces;
use crate::shared::Shared;

/// The key that chooses how pictures are coded.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CodecParams {
    /// `any` (as recorded; when not given) or `h264` (H.265 becomes H.264 when it is played).
    #[serde(default, deserialize_with = "word")]
    #[param(inline)]
    codec: Option<Codec>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Codec {
    #[default]
    Any,
    H264,
}

/// An HLS playlist (version 7) of at most 25 hours; `EXT-X-PROGRAM-DATE-TIME` tells UTC, `EXT-X-DATERANGE` the gaps.
///
/// Pieces begin at keyframes; `EXT-X-START` is where the range begins in the first.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/playlist.m3u8",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), SpanParams, CodecParams),
    responses(
        (status = OK, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn playlist(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(Both(span, codec)): Query<Both<SpanParams, CodecParams>>,
) -> Result<Response, Problem> {
    let (span, codec) = (span.within(LONGEST_DAY)?, codec.codec.unwrap_or_default());
    let camera = find::camera(&viewer, &shared, &id).await?.camera;
    let found = shared.index.recordings(&viewer, &camera, span.from, span.to).await?;
    if found.segments.is_empty() {
        return Err(nothing(&viewer, &shared, &camera, span).await);
    }
    let gap = |gap: anjian_indexer::Gap| {
        let cause = Some(gap.cause.as_str().to_owned());
        PlaylistGap { from: gap.from, to: gap.to, cause }
    };
    let gaps: Vec<PlaylistGap> = found.gaps.into_iter().map(gap).collect();
    let segments = pieces::of(&viewer, &shared, found.segments).await?;
    let text = anjian_footage::playlist(&segments, span.from, span.to, &gaps, |piece| url(piece, codec));
    let text = with_start(&text, span.from);
    let kind = [(header::CONTENT_TYPE, "application/vnd.apple.mpegurl")];
    Ok((kind, text).into_response())
}

/// Relative to the playlist, so that a proxy may serve it from anywhere.
fn url(piece: &Piece<'_>, codec: Codec) -> MediaUrl {
    let Piece { segment, bytes, .. } = piece;
    if is_played(segment, codec) {
        return MediaUrl::File(format!("{}/media.mp4", address(segment)));
    }
    let (base, bytes) = (address(segment), format!("bytes={}-{}", bytes.start, bytes.end));
    MediaUrl::OnDemand {
        init: format!("{base}/preview-init.mp4?{bytes}"),
        media: format!("{base}/preview.m4s?{bytes}"),
    }
}

fn is_played(segment: &Segment, codec: Codec) -> bool {
    codec == Codec::Any || segment.video == VideoCodec::H264
}

/// Players begin where the range begins, not at the keyframe before.
fn with_start(text: &str, from: WallTime) -> String {
    let first = text.split_once("#EXT-X-PROGRAM-DATE-TIME:").and_then(|(_, rest)| rest.lines().next());
    let begin = first.and_then(|first| first.parse().ok()).map(|first| from.since(first)).unwrap_or_default();
    if begin.is_zero() {
        return text.to_owned();
    }
    let start = format!("#EXTM3U\n#EXT-X-START:TIME-OFFSET={:.3},PRECISE=YES\n", begin.as_secs_f64());
    text.replacen("#EXTM3U\n", &start, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_begins_inside_a_piece_says_where() {
        let text = "#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:04.000Z\n#EXTINF:4,\na\n";
        let at = |second| format!("2026-03-01T00:00:{second}Z").parse().unwrap();
        assert_eq!(with_start(text, at("04")), text);
        assert_eq!(with_start(text, at("00")), text);
        let start = "#EXTM3U\n#EXT-X-START:TIME-OFFSET=2.500,PRECISE=YES\n#EXT-X-PROGRAM";
        assert!(with_start(text, at("06.5")).starts_with(start));
    }
}
