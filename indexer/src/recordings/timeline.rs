//! What was recorded of a camera in a range of time, and what was not.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use std::time::Duration;

use anjian_domain::{CameraId, RecordingChange, RecordingState, Scope, Segment, Viewer, WallTime};
use serde::{Deserialize, Serialize};

use crate::engine::columns::Columns;
use crate::nodes::register::NodeId;
use crate::recordings::gap::{self, Gap, History, Span};
use crate::recordings::segment_row;
use crate::viewer::camera::is_seen;
use crate::viewer::condition::{push_camera, push_site};
use crate::{Index, IndexError};

/// Most segments of one answer.
const MAX_SEGMENTS: usize = 100_000;
/// A segment that nobody finished is believed to be written for so long at most.
pub(crate) const MAX_UNFINISHED: Duration = Duration::from_secs(600);

/// What was recorded in a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recordings {
    /// Beginning of the range.
    pub from: WallTime,
    /// Its end, or now if that is earlier.
    pub to: WallTime,
    /// Every segment that touches the range, whole, the oldest first.
    pub segments: Vec<Segment>,
    /// What is missing of the range, in order.
    pub gaps: Vec<Gap>,
}

/// Everything that is recorded of a camera, from one end to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingSpan {
    /// Whose.
    pub camera: CameraId,
    /// Beginning of its oldest segment.
    pub from: WallTime,
    /// End of its newest.
    pub to: WallTime,
    /// How many there are.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What the index knows of a range.
pub(crate) struct Timeline {
    /// End of the range, or of what has happened if that is earlier.
    pub(crate) to: WallTime,
    pub(crate) segments: Vec<Segment>,
    pub(crate) history: History,
}

impl Timeline {
    pub(crate) fn gaps(&self, from: WallTime) -> Vec<Gap> {
        let spans: Vec<Span> = self.segments.iter().map(|segment| (segment.start, segment.end())).collect();
        gap::gaps((from, self.to), &spans, &self.history)
    }
}

impl Index {
    /// Longest range that [`Index::segments`], [`Index::recordings`] and [`Index::coverage`] answer.
    pub const MAX_RANGE: Duration = Duration::from_secs(32 * 24 * 3_600);
    /// A missing piece shorter than this is no gap: it is the length of a picture or two between files.
    pub const GAP_TOLERANCE: Duration = gap::TOLERANCE;

    /// Every segment of the camera that touches `from..to`, whole, the oldest first. One without `sha256` is being
    /// written; its duration is an estimate then, and its file tells what is there.
    ///
    /// # Errors
    /// When the rows could not be read; [`IndexError::Query`] when the range is longer than [`Index::MAX_RANGE`].
    pub async fn segments(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<Segment>, IndexError> {
        check_range(from, to, Self::MAX_RANGE)?;
        Ok(self.seen_timeline(viewer, camera, from, to).await?.segments)
    }

    /// What was recorded of the camera in `from..to`, and what was not.
    ///
    /// # Errors
    /// Like [`Index::segments`].
    pub async fn recordings(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Recordings, IndexError> {
        check_range(from, to, Self::MAX_RANGE)?;
        let timeline = self.seen_timeline(viewer, camera, from, to).await?;
        Ok(Recordings { from, to: timeline.to, gaps: timeline.gaps(from), segments: timeline.segments })
    }

    /// Everything that is recorded of the camera; `None` when nothing is.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn recording_span(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
    ) -> Result<Option<RecordingSpan>, IndexError> {
        let mut spans = self.recording_spans(viewer.scope(), Some(camera)).await?;
        Ok(spans.pop())
    }

    /// The newest state of the camera's recorder; `None` when there never was one.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn recording_state(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
    ) -> Result<Option<RecordingChange>, IndexError> {
        let states = self.recording_states(viewer).await?;
        Ok(states.into_iter().find(|change| change.camera == *camera))
    }

    /// The newest state of the recorder of every camera that the viewer sees, where there ever was one, by camera.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn recording_states(&self, viewer: &Viewer) -> Result<Vec<RecordingChange>, IndexError> {
        self.recorder_states(viewer.scope()).await
    }

    pub(crate) async fn recorder_states(&self, scope: &Scope) -> Result<Vec<RecordingChange>, IndexError> {
        let mut sql = Builder::new(
            "SELECT h.* FROM camera AS c JOIN recording_change AS h ON h.seq = (SELECT seq \
             FROM recording_change WHERE camera = c.id ORDER BY seq DESC LIMIT 1) WHERE TRUE",
        );
        push_site(&mut sql, scope, "c.site");
        let rows = sql.push(" ORDER BY c.id").build().fetch_all(&self.inner.reader).await;
        rows.map_err(changes_not_read)?.iter().map(decode_change).collect()
    }

    pub(crate) async fn recording_spans(
        &self,
        scope: &Scope,
        camera: Option<&CameraId>,
    ) -> Result<Vec<RecordingSpan>, IndexError> {
        let mut sql = Builder::new(
            "SELECT camera, segments, size_bytes, \
             (SELECT min(start_us) FROM segment AS s WHERE s.camera = r.camera) AS from_us, \
             (SELECT end_us FROM segment AS s WHERE s.camera = r.camera ORDER BY start_us DESC LIMIT 1) AS to_us \
             FROM recorded AS r WHERE segments > 0 AND camera = coalesce(",
        );
        sql.push_bind(camera.map(CameraId::as_str)).push(", camera)");
        push_camera(&mut sql, scope, "camera");
        let rows = sql.push(" ORDER BY camera").build().fetch_all(&self.inner.reader).await;
        let failed =
            |source| IndexError::Database { doing: "read what is recorded", table: "recorded", source };
        let decode = |row| {
            let columns = Columns { table: "recorded", row };
            Ok(RecordingSpan {
                camera: columns.word("camera")?,
                from: columns.wall("from_us")?,
                to: columns.wall("to_us")?,
                segments: columns.unsigned("segments")?,
                bytes: columns.unsigned("size_bytes")?,
            })
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }

    /// The timeline as the viewer sees it. A camera that the viewer does not see is as one that never recorded.
    pub(crate) async fn seen_timeline(
        &self,
        viewer: &Viewer,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Timeline, IndexError> {
        if is_seen(&self.inner.reader, viewer.scope(), camera).await? {
            return self.timeline(camera, from, to).await;
        }
        let to = to.min(self.inner.clock.now()).max(from);
        Ok(Timeline { to, segments: Vec::new(), history: History::default() })
    }

    /// One look at everything, in one transaction.
    pub(crate) async fn timeline(
        &self,
        camera: &CameraId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Timeline, IndexError> {
        let mut reading = self.inner.reader.begin_reading().await.map_err(not_read)?;
        let mut segments = stored_segments(&mut reading, camera, (from, to), self.inner.node).await?;
        let history = history(&mut reading, camera, from, to).await?;
        reading.commit().await.map_err(not_read)?;
        let now = self.inner.clock.now();
        estimate_ends(&mut segments, &history.changes, now);
        segments.retain(|segment| segment.end() > from);
        // Recordings are placed ahead of a clock that was set back; they have happened all the same.
        let happened_until = segments.last().map_or(now, |newest| newest.end().max(now));
        Ok(Timeline { to: to.min(happened_until).max(from), segments, history })
    }
}

/// # Errors
/// When the range has no length or is longer than `longest`.
pub(crate) fn check_range(from: WallTime, to: WallTime, longest: Duration) -> Result<(), IndexError> {
    if from >= to {
        return Err(IndexError::Query(format!("from {from} is not before to {to}")));
    }
    if to.since(from) > longest {
        let days = longest.as_secs() / (24 * 3_600);
        return Err(IndexError::Query(format!("ask for at most {days} days at once")));
    }
    Ok(())
}

/// Also those unfinished segments that may reach into the range.
async fn stored_segments(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    (from, to): (WallTime, WallTime),
    node: NodeId,
) -> Result<Vec<Segment>, IndexError> {
    let columns = segment_row::COLUMNS;
    let mut sql = Builder::new(format!("SELECT {columns} FROM segment WHERE is_expiring = 0 AND camera = "));
    sql.push_bind(camera.as_str()).push(" AND start_us < ").push_bind(to.as_micros());
    // Segments do not overlap: only the last that began before the range can reach into it.
    sql.push(
        " AND start_us >= coalesce((SELECT max(start_us) FROM segment WHERE is_expiring = 0 AND camera = ",
    );
    sql.push_bind(camera.as_str()).push(" AND start_us <= ").push_bind(from.as_micros()).push("), ");
    sql.push_bind(from.as_micros()).push(format_args!(") ORDER BY start_us LIMIT {}", MAX_SEGMENTS + 1));
    let rows = sql.build().fetch_all(connection).await.map_err(not_read)?;
    if rows.len() > MAX_SEGMENTS {
        return Err(IndexError::Query(format!("more than {MAX_SEGMENTS} segments: ask for a shorter range")));
    }
    rows.iter().map(|row| segment_row::decode(row, node)).collect()
}

async fn history(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    from: WallTime,
    to: WallTime,
) -> Result<History, IndexError> {
    let sql = "SELECT * FROM recording_change WHERE camera = $1 AND since_us < $3 AND since_us >= coalesce((SELECT \
         max(since_us) FROM recording_change WHERE camera = $1 AND since_us <= $2), $2) ORDER BY since_us, seq LIMIT $4";
    let query = sql::query(sql).bind(camera.as_str());
    let query = query.bind(from.minus(MAX_UNFINISHED).as_micros()).bind(to.as_micros());
    let most = i64::try_from(MAX_SEGMENTS).unwrap_or(i64::MAX);
    let rows = query.bind(most).fetch_all(&mut *connection).await.map_err(changes_not_read)?;
    let sql = "SELECT expired_until_us FROM recorded WHERE camera = $1";
    let found = sql::query(sql).bind(camera.as_str()).fetch_optional(connection).await.map_err(not_read)?;
    let expired = found.map(|row| Columns { table: "recorded", row: &row }.wall_or_null("expired_until_us"));
    Ok(History {
        changes: rows.iter().map(decode_change).collect::<Result<_, _>>()?,
        expired_until: expired.transpose()?.flatten(),
    })
}

/// An unfinished segment lasts until now, until the recorder said that it stopped, or until the next one.
fn estimate_ends(segments: &mut [Segment], changes: &[RecordingChange], now: WallTime) {
    let mut next_start = None;
    for segment in segments.iter_mut().rev() {
        if segment.sha256.is_none() {
            let stopped = changes
                .iter()
                .find(|change| change.since > segment.start && change.state != RecordingState::Recording);
            let ends =
                [Some(now), Some(segment.start.plus(MAX_UNFINISHED)), stopped.map(|c| c.since), next_start];
            let estimate = ends.into_iter().flatten().min().unwrap_or(now);
            segment.duration = segment.duration.max(estimate.since(segment.start));
        }
        next_start = Some(segment.start);
    }
}

fn decode_change(row: &Row) -> Result<RecordingChange, IndexError> {
    let columns = Columns { table: "recording_change", row };
    Ok(RecordingChange {
        camera: columns.word("camera")?,
        state: columns.word("state")?,
        since: columns.wall("since_us")?,
        reason: columns.get("reason")?,
    })
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read segments", table: "segment", source }
}

fn changes_not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read recorders' states", table: "recording_change", source }
}
