//! One MP4 of an exact range, without re-encoding: it exists only as a plan, and its bytes come from the segments.

use std::time::Duration;

use anjian_domain::{Viewer, WallTime};
use anjian_footage::{Cut, FootageError};
use anjian_indexer::CameraRow;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cameras::find;
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

/// What is escaped in the name of a file: everything but letters, digits and four signs (RFC 8187 allows a few more).
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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

/// What a download is called: by the camera's id for every system, by its name for those that read UTF-8.
pub(crate) struct FileName {
    plain: String,
    full: String,
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
    Ok(FileName::new(camera.camera.as_str(), &camera.name, moments, &zone, end))
}

impl FileName {
    fn new(id: &str, name: &str, moments: &[WallTime], zone: &TimeZone, end: &str) -> Self {
        let local =
            |at: &WallTime| format!("_{}", at.timestamp().to_zoned(zone.clone()).strftime("%Y%m%d-%H%M%S"));
        let rest = format!("{}.{end}", moments.iter().map(local).collect::<String>());
        let name = if name.is_empty() { id } else { name };
        let is_bad = |letter: char| letter.is_control() || "/\\:*?\"<>|".contains(letter);
        let name = name.replace(is_bad, "-");
        Self { plain: format!("{id}{rest}"), full: format!("{name}{rest}") }
    }

    pub(crate) fn inline(&self) -> HeaderValue {
        self.header("inline")
    }

    pub(crate) fn attached(&self) -> HeaderValue {
        self.header("attachment")
    }

    /// Both names (RFC 6266): the second is read by everything newer.
    fn header(&self, how: &str) -> HeaderValue {
        let Self { plain, full } = self;
        let text =
            format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(full, &ESCAPED));
        HeaderValue::try_from(text).expect("an id, digits and percent-encoded letters are a header value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_named_by_camera_and_local_time() {
        let moments: Vec<WallTime> =
            ["2026-03-01T00:00:00Z", "2026-03-01T00:15:00Z"].map(|text| text.parse().unwrap()).into();
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let name = FileName::new("gate-1", "一号门 A/B", &moments, &zone, "mp4");
        assert_eq!(name.plain, "gate-1_20260301-080000_20260301-081500.mp4");
        assert_eq!(name.full, "一号门 A-B_20260301-080000_20260301-081500.mp4");
        let header = name.attached();
        let header = header.to_str().unwrap();
        assert!(header.starts_with("attachment; filename=\"gate-1_2026"), "{header}");
        assert!(header.contains("filename*=UTF-8''%E4%B8%80%E5%8F%B7%E9%97%A8%20A-B_2026"), "{header}");
        assert_eq!(FileName::new("gate-1", "", &[], &zone, "jpg").full, "gate-1.jpg");
    }
}
