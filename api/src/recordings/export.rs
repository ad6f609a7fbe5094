//! One MP4 of an exact range, without re-encoding: it exists only as a plan, and its bytes come from the segments.

use std::time::Duration;

use anjian_domain::{Viewer, WallTime};
use anjian_footage::{Cut, FootageError};
use anjian_indexer::CameraRow;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use jiff::tz::TimeZone;

use crate::cameras::find;
use crate::http::file_name::FileName;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::Query;
use crate::http::ranges::Media;
use crate::http::span::SpanParams;
use crate::recordings::find::nothing;
use crate::shared::Shared;

/// A shift. The table of its pictures is kept in memory while it is downloaded.
const LONGEST: Duration = Duration::from_hours(12);
/// Segments expire: whether they are still there is asked each time, with the ETag.
pub(crate) const ASKED_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The recording of at most 12 hours as one MP4, exact to the picture, not re-encoded; with byte ranges.
///
/// A gap is shown as the picture before it, for a second at most. A range in which the camera changed from H.264 to
/// H.265 cannot be one file: the answer (409) says where to part it.
#[utoipa::path(
    get,
    path = "/api/v1/cameras/{id}/export.mp4",
    tag = "recordings",
    params(("id" = String, Path, description = "Camera"), SpanParams),
    responses(
        (status = OK, content_type = "video/mp4", body = [u8]),
        (status = PARTIAL_CONTENT, content_type = "video/mp4", body = [u8]),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(span): Query<SpanParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let span = span.within(LONGEST)?;
    let camera = find::camera(&viewer, &shared, &id).await?;
    let segments = shared.index.segments(&viewer, &camera.camera, span.from, span.to).await?;
    shared.index.require_here(&segments).await?;
    let cuts = shared.cuts.clone();
    let shelf = shared.index.shelf();
    let prepared = shared.files.plan(move |wanted| {
        cuts.prepare(span, &segments, |segments| {
            Cut::plan_while(wanted, shelf.clone(), segments, span.from, span.to)
        })
    });
    let cut = match prepared.await {
        Err(Problem::Footage(FootageError::Empty { .. })) => {
            return Err(nothing(&viewer, &shared, &camera.camera, span).await);
        }
        other => other?,
    };
    let media = Media {
        length: cut.len(),
        etag: cut.etag().parse().ok(),
        cache: ASKED_AGAIN,
        kind: "video/mp4",
        name: Some(name_of(&viewer, &shared, &camera, &[span.from, span.to], "mp4").await?.attached()),
    };
    media.answer(&shared.files, &headers, move |bytes| Ok(cut.read_range(bytes))).await
}

/// `gate-1_20260301-080000_20260301-081500.mp4`, in the time of the camera's site.
pub(crate) async fn name_of(
    viewer: &Viewer,
    shared: &Shared,
    camera: &CameraRow,
    moments: &[WallTime],
    end: &str,
) -> Result<FileName, Problem> {
    let sites = shared.index.sites(viewer).await?;
    let zone = sites.into_iter().find(|row| row.site.id == camera.site).map(|row| row.site.time_zone);
    let zone = zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC);
    Ok(called(camera.camera.as_str(), &camera.name, moments, &zone, end))
}

fn called(id: &str, name: &str, moments: &[WallTime], zone: &TimeZone, end: &str) -> FileName {
    let local =
        |at: &WallTime| format!("_{}", at.timestamp().to_zoned(zone.clone()).strftime("%Y%m%d-%H%M%S"));
    let rest = format!("{}.{end}", moments.iter().map(local).collect::<String>());
    let name = if name.is_empty() { id } else { name };
    FileName::new(format!("{id}{rest}"), &format!("{name}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_named_by_camera_and_local_time() {
        let moments: Vec<WallTime> =
            ["2026-03-01T00:00:00Z", "2026-03-01T00:15:00Z"].map(|text| text.parse().unwrap()).into();
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let header = called("gate-1", "一号门 A/B", &moments, &zone, "mp4").attached();
        let header = header.to_str().unwrap();
        let plain = "attachment; filename=\"gate-1_20260301-080000_20260301-081500.mp4\"";
        assert!(header.starts_with(plain), "{header}");
        assert!(header.contains("filename*=UTF-8''%E4%B8%80%E5%8F%B7%E9%97%A8%20A-B_2026"), "{header}");
        let header = called("gate-1", "", &[], &zone, "jpg").inline();
        assert!(header.to_str().unwrap().ends_with("''gate-1.jpg"), "{header:?}");
    }
}
