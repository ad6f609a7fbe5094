//! How much is recorded and kept of violations, how much room is left, and for how long.

use crate::engine::connection::Connection;
use crate::engine::sql;
use std::time::Duration;

use anjian_domain::{CameraId, Viewer, WallTime};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::recordings::evidence_usage::EvidenceUsage;
use crate::recordings::forecast::{self, Growth};
use crate::recordings::timeline::RecordingSpan;
use crate::{CameraLimits, Index, IndexError};

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// What was recorded in less time tells nothing of a day.
const SHORTEST: Duration = Duration::from_secs(60);

/// The disk of the recordings, and what lies on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Storage {
    /// Size of the disk.
    pub disk_bytes: u64,
    /// Room on it.
    pub free_bytes: u64,
    /// Room that recording leaves.
    pub min_free_bytes: u64,
    /// Whether the reserve was given up for evidence; recording waits for room then.
    pub is_reserve_given_up: bool,
    /// Bytes of all segments.
    pub recorded_bytes: u64,
    /// Bytes of those that a hold keeps.
    pub held_bytes: u64,
    /// Bytes that were recorded in the last day; as many as it would have been, where recording began later.
    pub bytes_a_day: u64,
    /// What evidence takes.
    pub evidence: EvidenceUsage,
    /// When the room is used up at this rate and the oldest recordings must give way before their time; with the
    /// evidence if it lies on the same disk. `None`: never, because ages and sizes keep both in bounds, or because
    /// nothing was recorded in the last day.
    pub days_until_full: Option<f64>,
    /// Each camera of which something is recorded, by id.
    pub cameras: Vec<CameraUsage>,
}

/// What one camera's recordings take.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraUsage {
    /// From when to when, how many segments, how many bytes.
    pub span: RecordingSpan,
    /// Bytes of segments that a hold keeps.
    pub held_bytes: u64,
    /// Bytes that were recorded in the last day; see [`Storage::bytes_a_day`].
    pub bytes_a_day: u64,
    /// What is kept of it.
    pub limits: CameraLimits,
}

impl Index {
    /// How much is recorded of this node's cameras that the viewer sees, how much room is left, and for how long if only these
    /// cameras record. The disk is the machine's: its size and room are the same for everybody.
    ///
    /// # Errors
    /// When the rows or the disk could not be read.
    pub async fn storage(&self, viewer: &Viewer) -> Result<Storage, IndexError> {
        let retention = &self.recording_settings().retention;
        let now = self.inner.clock.now();
        let failed = |source| IndexError::Database { doing: "read segments", table: "segment", source };
        let mut spans = self.recording_spans(viewer.scope(), None).await?;
        let own = self.own_cameras().await?;
        spans.retain(|span| own.contains(&span.camera));
        let mut reading = self.inner.reader.acquire().await.map_err(failed)?;
        let mut cameras = Vec::new();
        for span in spans {
            cameras.push(CameraUsage {
                held_bytes: held_bytes(&mut reading, &span.camera).await?,
                bytes_a_day: bytes_a_day(&mut reading, &span.camera, now).await?,
                limits: retention.limits(&span.camera),
                span,
            });
        }
        drop(reading);
        let index = self.clone();
        let (room, is_reserve_given_up, is_shared) = blocking(move || {
            Ok((index.recordings_room()?, index.lacks_reserve(), index.is_evidence_beside()?))
        })
        .await?;
        let evidence = self.evidence_usage(viewer.scope()).await?;
        let recorded_bytes = cameras.iter().map(|camera| camera.span.bytes).sum();
        let left = room.free_bytes.saturating_sub(retention.min_free_bytes);
        let growth: Vec<Growth> = cameras.iter().map(growth).collect();
        let of_evidence = is_shared.then(|| evidence.growth(&retention.evidence));
        let most = retention.max_bytes.map(|most| most.saturating_sub(recorded_bytes));
        Ok(Storage {
            disk_bytes: room.disk_bytes,
            free_bytes: room.free_bytes,
            min_free_bytes: retention.min_free_bytes,
            is_reserve_given_up,
            recorded_bytes,
            held_bytes: cameras.iter().map(|camera| camera.held_bytes).sum(),
            bytes_a_day: cameras.iter().map(|camera| camera.bytes_a_day).sum(),
            days_until_full: forecast::days_until_full(left, most, &growth, of_evidence),
            evidence,
            cameras,
        })
    }
}

/// How a camera's recordings will grow until its age or its size stops them.
fn growth(camera: &CameraUsage) -> Growth {
    let by_age = camera.limits.max_age.map(|age| {
        let days = age.as_secs_f64() / DAY.as_secs_f64();
        forecast::bytes(camera.bytes_a_day, days).saturating_add(camera.held_bytes)
    });
    let most = by_age.into_iter().chain(camera.limits.max_bytes).min();
    Growth {
        bytes_a_day: camera.bytes_a_day,
        most_bytes: most.map(|most| most.saturating_sub(camera.span.bytes)),
    }
}

async fn bytes_a_day(
    connection: &mut Connection<'_>,
    camera: &CameraId,
    now: WallTime,
) -> Result<u64, IndexError> {
    let sql = "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes, min(start_us) AS from_us FROM segment \
         WHERE camera = $1 AND start_us >= $2";
    let query = sql::query(sql).bind(camera.as_str()).bind(now.minus(DAY).as_micros());
    let row = query.fetch_one(connection).await.map_err(not_read)?;
    let columns = Columns { table: "segment", row: &row };
    let recorded_for = columns.wall_or_null("from_us")?.map_or(Duration::ZERO, |from| now.since(from));
    if recorded_for < SHORTEST {
        return Ok(0);
    }
    Ok(forecast::bytes(columns.unsigned("bytes")?, DAY.as_secs_f64() / recorded_for.as_secs_f64()))
}

async fn held_bytes(connection: &mut Connection<'_>, camera: &CameraId) -> Result<u64, IndexError> {
    let sql = "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes FROM segment AS s WHERE s.camera = $1 \
         AND s.start_us >= coalesce((SELECT max(start_us) FROM segment WHERE camera = $1 AND start_us <= \
             (SELECT min(from_us) FROM hold WHERE camera = $1 AND lifted_us IS NULL)), -4611686018427387904) \
         AND s.start_us < (SELECT max(to_us) FROM hold WHERE camera = $1 AND lifted_us IS NULL) \
         AND EXISTS (SELECT 1 FROM hold AS h WHERE h.camera = s.camera AND h.lifted_us IS NULL \
             AND h.to_us > s.start_us AND h.from_us < s.end_us)";
    let row = sql::query(sql).bind(camera.as_str()).fetch_one(connection).await.map_err(not_read)?;
    Columns { table: "segment", row: &row }.unsigned("bytes")
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read segments", table: "segment", source }
}
