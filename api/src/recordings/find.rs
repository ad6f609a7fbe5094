//! Finding the segment that a request is about.

use std::time::Duration;

use anjian_domain::{CameraId, Segment, Viewer, WallTime};

use crate::cameras::find::camera as camera_of;
use crate::http::problem::Problem;
use crate::http::span::Span;
use crate::shared::Shared;

/// Where a segment is served, below its camera.
pub(crate) fn address(segment: &Segment) -> String {
    format!("recordings/{}", segment.start.as_micros())
}

/// The segment of a camera that begins at `start`, microseconds since 1970. Not one in the folder of another node.
pub(crate) async fn segment(
    viewer: &Viewer,
    shared: &Shared,
    camera: &str,
    start: &str,
) -> Result<Segment, Problem> {
    let camera = camera_of(viewer, shared, camera).await?.camera;
    let no_id = || Problem::Id { what: "segment", text: start.to_owned() };
    let start = start.parse().ok().and_then(WallTime::from_micros).ok_or_else(no_id)?;
    let found =
        segments_at(viewer, shared, &camera, start).await?.into_iter().find(|segment| segment.start == start);
    let gone = || Problem::NotFound(format!("no segment of {camera} begins at {start}: it may have expired"));
    let segment = found.ok_or_else(gone)?;
    shared.index.require_here(std::slice::from_ref(&segment)).await?;
    Ok(segment)
}

async fn segments_at(
    viewer: &Viewer,
    shared: &Shared,
    camera: &CameraId,
    at: WallTime,
) -> Result<Vec<Segment>, Problem> {
    Ok(shared.index.segments(viewer, camera, at, at.plus(Duration::from_micros(1))).await?)
}

/// The segment that was being recorded at a moment.
pub(crate) async fn shown_at(
    viewer: &Viewer,
    shared: &Shared,
    camera: &CameraId,
    at: WallTime,
) -> Result<Segment, Problem> {
    let found = segments_at(viewer, shared, camera, at).await?;
    if let Some(segment) = found.into_iter().find(|segment| segment.start <= at) {
        return Ok(segment);
    }
    let moment = Span { from: at, to: at.plus(Duration::from_secs(1)) };
    Err(nothing(viewer, shared, camera, moment).await)
}

/// Says that there is nothing of that time, and why, as far as it is known.
pub(crate) async fn nothing(viewer: &Viewer, shared: &Shared, camera: &CameraId, span: Span) -> Problem {
    let why = shared.index.recordings(viewer, camera, span.from, span.to).await.ok();
    let why = why.and_then(|found| found.gaps.into_iter().next()).map(|gap| {
        let reason = gap.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
        format!(" ({}{reason})", gap.cause.as_str())
    });
    let Span { from, to } = span;
    let why = why.unwrap_or_default();
    Problem::NotFound(format!("nothing of {camera} was recorded between {from} and {to}{why}"))
}
