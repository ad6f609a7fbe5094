//! Segments as rows.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use crate::engine::value::Value;
use anjian_domain::{AudioCodec, CameraId, Segment, WallTime};

use crate::IndexError;
use crate::configuration::camera_row;
use crate::engine::columns::Columns;
use crate::nodes::register::NodeId;

/// What [`decode`] needs.
pub(crate) const COLUMNS: &str = "camera, start_us, end_us, duration_ns, size_bytes, sha256, video, width_px, \
     height_px, audio, time_source, clock_offset_us, clock_error_us, place";

/// As `node` sees it.
pub(crate) fn decode(row: &Row, node: NodeId) -> Result<Segment, IndexError> {
    let columns = Columns { table: "segment", row };
    let camera: CameraId = columns.word("camera")?;
    let start = columns.wall("start_us")?;
    Ok(Segment {
        path: Segment::path_of(&camera, start),
        camera,
        start,
        duration: std::time::Duration::from_nanos(columns.unsigned("duration_ns")?),
        size_bytes: columns.unsigned("size_bytes")?,
        sha256: columns.get::<Option<Vec<u8>>>("sha256")?.map(hex::encode),
        video: columns.word("video")?,
        width_px: columns.count("width_px")?,
        height_px: columns.count("height_px")?,
        audio: columns.word_or_null("audio")?,
        time_source: columns.word("time_source")?,
        clock_offset_us: columns.get("clock_offset_us")?,
        clock_error_us: columns.get("clock_error_us")?,
        place: node.place(columns.get("place")?),
    })
}

/// Writes the row of a file in the folder of `node`, or replaces what it says. A fault of its clock that was found meanwhile stays.
pub(crate) async fn put(
    connection: &mut Connection<'_>,
    segment: &Segment,
    node: NodeId,
) -> Result<(), IndexError> {
    if segment.path != Segment::path_of(&segment.camera, segment.start) {
        let (path, camera, start) = (&segment.path, &segment.camera, segment.start);
        return Err(IndexError::Query(format!("{path} is no name for a segment of {camera} at {start}")));
    }
    let mut sql = Builder::new(format!("INSERT INTO segment ({COLUMNS}) VALUES ("));
    let values: [Value; 14] = [
        segment.camera.as_str().into(),
        segment.start.as_micros().into(),
        end_column(segment).into(),
        duration_column(segment).into(),
        segment.size_bytes.cast_signed().into(),
        digest_column(segment)?.into(),
        segment.video.as_str().into(),
        segment.width_px.into(),
        segment.height_px.into(),
        segment.audio.map(AudioCodec::as_str).into(),
        segment.time_source.as_str().into(),
        segment.clock_offset_us.into(),
        segment.clock_error_us.into(),
        node.0.into(),
    ];
    sql.push_list(values).push(
        ") ON CONFLICT (camera, start_us) DO UPDATE SET end_us = excluded.end_us, duration_ns = excluded.duration_ns, \
         size_bytes = excluded.size_bytes, sha256 = excluded.sha256, video = excluded.video, \
         width_px = excluded.width_px, height_px = excluded.height_px, audio = excluded.audio, \
         time_source = excluded.time_source, clock_offset_us = excluded.clock_offset_us, is_expiring = 0",
    );
    let written = sql.build().execute(connection).await;
    written.map_err(|source| IndexError::Database { doing: "keep a segment", table: "segment", source })?;
    Ok(())
}

/// Deletes the row.
pub(crate) async fn remove(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    start: WallTime,
) -> Result<(), IndexError> {
    let sql = "DELETE FROM segment WHERE camera = $1 AND start_us = $2";
    let removed = sql::query(sql).bind(camera.as_str()).bind(start.as_micros()).execute(connection).await;
    removed.map_err(|source| IndexError::Database { doing: "forget a segment", table: "segment", source })?;
    Ok(())
}

/// # Errors
/// [`IndexError::Overlap`] when another segment of the camera has a part of its time.
pub(crate) async fn refuse_overlap(
    connection: &mut Connection<'_>,
    segment: &Segment,
) -> Result<(), IndexError> {
    let sql = "SELECT * FROM (SELECT start_us, end_us FROM segment WHERE camera = $1 AND start_us < $2 \
             ORDER BY start_us DESC LIMIT 1) AS before WHERE end_us > $2 \
         UNION ALL SELECT * FROM (SELECT start_us, end_us FROM segment WHERE camera = $1 AND start_us > $2 \
             ORDER BY start_us LIMIT 1) AS after WHERE start_us < $3";
    let query = sql::query(sql).bind(segment.camera.as_str());
    let query = query.bind(segment.start.as_micros()).bind(end_column(segment));
    let found = query.fetch_optional(connection).await;
    let failed = |source| IndexError::Database { doing: "compare segments", table: "segment", source };
    let Some(row) = found.map_err(failed)? else { return Ok(()) };
    let columns = Columns { table: "segment", row: &row };
    Err(overlap(segment, columns.wall("start_us")?, columns.wall("end_us")?))
}

pub(crate) fn overlap(segment: &Segment, from: WallTime, to: WallTime) -> IndexError {
    IndexError::Overlap { camera: segment.camera.clone(), start: segment.start, from, to }
}

/// # Errors
/// [`IndexError::UnknownCamera`] when there is no such camera.
pub(crate) async fn require_camera(
    connection: &mut Connection<'_>,
    camera: &CameraId,
) -> Result<(), IndexError> {
    camera_row::find(connection, camera).await.map(drop)
}

pub(crate) fn end_column(segment: &Segment) -> i64 {
    segment.start.as_micros().saturating_add(duration_column(segment) / 1_000)
}

fn duration_column(segment: &Segment) -> i64 {
    i64::try_from(segment.duration.as_nanos()).unwrap_or(i64::MAX)
}

fn digest_column(segment: &Segment) -> Result<Option<Vec<u8>>, IndexError> {
    let Some(text) = &segment.sha256 else { return Ok(None) };
    let bytes = hex::decode(text).ok();
    let refused = || IndexError::Query(format!("{}: {text:?} is no SHA-256", segment.path));
    bytes.filter(|bytes| bytes.len() == 32).map(Some).ok_or_else(refused)
}
