//! Segments and gaps of a camera.

use anjian_domain::{Segment, Viewer};
use anjian_indexer::Gap;
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cameras::find;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::Query;
use crate::http::seconds::seconds;
use crate::http::span::{LONGEST_DAY, SpanParams};
use crate::recordings::find::address;
use crate::shared::Shared;

/// One recorded media file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SegmentView {
    /// UTC of its first picture.
    #[schema(format = "date-time")]
    start: String,
    /// UTC of its end; so far, while it is being written.
    #[schema(format = "date-time")]
    end: String,
    duration_s: f64,
    bytes: u64,
    /// 64 hexadecimal digits; null while it is being written.
    #[schema(required)]
    sha256: Option<String>,
    /// `h264` or `h265`.
    video: &'static str,
    width: u32,
    height: u32,
    /// `aac`, `a_law` or `mu_law`; null without sound.
    #[schema(required)]
    audio: Option<&'static str>,
    /// `sender_report` (the camera's clock) or `arrival` (the server's).
    time_source: &'static str,
    /// That clock minus `start`: not zero when the clock was set back, because segments never overlap.
    clock_offset_s: f64,
    /// By how many seconds that clock was ahead, or behind when negative, as was found later; null when no fault is known.
    #[schema(required)]
    clock_ahead_s: Option<f64>,
    /// Where the file is served; with byte ranges.
    url: String,
}

/// A time that was not recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapView {
    #[schema(format = "date-time")]
    from: String,
    #[schema(format = "date-time")]
    to: String,
    duration_s: f64,
    /// `waiting` (the camera sent nothing), `disk_full`, `failed`, `overloaded`, `stopped`, `interrupted`,
    /// `expired` (was recorded), `lost` (the file is gone) or `unrecorded`.
    cause: &'static str,
    /// The recorder's words.
    #[schema(required)]
    reason: Option<String>,
}

/// What is recorded of a camera in a range, and what is not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordingsView {
    camera: String,
    #[schema(format = "date-time")]
    from: String,
    /// Not after the present.
    #[schema(format = "date-time")]
    to: String,
    /// Oldest first, whole: the first may begin before `from` and the last end after `to`.
    segments: Vec<SegmentView>,
    gaps: Vec<GapView>,
}

/// Lists segments and gaps of at most 25 hours.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/recordings",
    operation_id = "list_recordings",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), SpanParams),
    responses(
        (status = OK, body = RecordingsView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(span): Query<SpanParams>,
) -> Result<Json<RecordingsView>, Problem> {
    let span = span.within(LONGEST_DAY)?;
    let camera = find::camera(&viewer, &shared, &id).await?.camera;
    let found = shared.index.recordings(&viewer, &camera, span.from, span.to).await?;
    Ok(Json(RecordingsView {
        camera: camera.to_string(),
        from: found.from.to_string(),
        to: found.to.to_string(),
        segments: found.segments.iter().map(SegmentView::from).collect(),
        gaps: found.gaps.iter().map(GapView::from).collect(),
    }))
}

impl From<&Segment> for SegmentView {
    fn from(segment: &Segment) -> Self {
        Self {
            start: segment.start.to_string(),
            end: segment.end().to_string(),
            duration_s: segment.duration.as_secs_f64(),
            bytes: segment.size_bytes,
            sha256: segment.sha256.clone(),
            video: segment.video.as_str(),
            width: segment.width_px,
            height: segment.height_px,
            audio: segment.audio.map(anjian_domain::AudioCodec::as_str),
            time_source: segment.time_source.as_str(),
            clock_offset_s: seconds(segment.clock_offset_us),
            clock_ahead_s: segment.clock_error_us.map(seconds),
            url: format!("/api/v1/cameras/{}/{}/media.mp4", segment.camera, address(segment)),
        }
    }
}

impl From<&Gap> for GapView {
    fn from(gap: &Gap) -> Self {
        Self {
            from: gap.from.to_string(),
            to: gap.to.to_string(),
            duration_s: gap.to.since(gap.from).as_secs_f64(),
            cause: gap.cause.as_str(),
            reason: gap.reason.clone(),
        }
    }
}
