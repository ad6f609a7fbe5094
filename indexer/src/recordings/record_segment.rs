//! Writing down what recorders did: segments, changes of state, minutes of coverage. One transaction each. Recorders wait for
//! the right to write for a moment only.

use crate::engine::connection::Connection;
use crate::engine::sql;
use anjian_domain::{CameraMinute, RecordingChange, Segment};

use crate::coverage::persons;
use crate::engine::columns::Columns;
use crate::evidence::clip_row;
use crate::recordings::{segment_pieces, segment_row};
use crate::{Index, IndexError};

const MINUTE_US: i64 = 60_000_000;

impl Index {
    /// A segment was begun. The same one begun again starts over.
    pub(crate) async fn begin_segment(&self, segment: &Segment) -> Result<(), IndexError> {
        let mut writer = self.write_soon("segment").await?;
        let mut transaction = writer.begin_soon("segment").await?;
        segment_row::require_camera(&mut transaction, &segment.camera).await?;
        refuse_taken(&mut transaction, segment).await?;
        clip_row::note_again(&mut transaction, &segment.camera, segment.start).await?;
        let begun = Segment { sha256: None, ..segment.clone() };
        segment_row::put(&mut transaction, &begun, self.inner.node).await?;
        transaction.commit().await.map_err(not_kept)
    }

    /// A segment is complete. One in which nothing was recorded is forgotten.
    pub(crate) async fn end_segment(&self, segment: &Segment) -> Result<(), IndexError> {
        let pieces = self.read_pieces(segment).await;
        let mut writer = self.write_soon("segment").await?;
        let mut transaction = writer.begin_soon("segment").await?;
        if segment.duration.is_zero() {
            segment_row::remove(&mut transaction, &segment.camera, segment.start).await?;
        } else if segment.sha256.is_none() {
            return Err(IndexError::Query(format!("{}: ended without its digest", segment.path)));
        } else {
            segment_row::require_camera(&mut transaction, &segment.camera).await?;
            segment_row::refuse_overlap(&mut transaction, segment).await?;
            segment_row::put(&mut transaction, segment, self.inner.node).await?;
            if let Some(pieces) = pieces {
                segment_pieces::put(&mut transaction, segment, &pieces).await?;
            }
        }
        transaction.commit().await.map_err(not_kept)
    }

    /// A recorder went into another state; the same told again changes nothing.
    pub(crate) async fn keep_recording_change(&self, change: &RecordingChange) -> Result<(), IndexError> {
        let mut writer = self.write_soon("recording_change").await?;
        let mut transaction = writer.begin_soon("recording_change").await?;
        segment_row::require_camera(&mut transaction, &change.camera).await?;
        insert_change(&mut transaction, change).await?;
        transaction.commit().await.map_err(change_not_kept)
    }

    /// Adds to what is known of a minute.
    pub(crate) async fn add_minute(&self, minute: &CameraMinute) -> Result<(), IndexError> {
        let failed =
            |source| IndexError::Database { doing: "keep coverage", table: "coverage_minute", source };
        let minute_us = minute.minute.as_micros();
        let minute_us = minute_us - minute_us.rem_euclid(MINUTE_US);
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("coverage_minute").await?;
        segment_row::require_camera(&mut transaction, &minute.camera).await?;
        let persons = persons::most(&mut transaction, minute, minute_us).await?;
        let sql = "INSERT INTO coverage_minute (camera, minute_us, analysed_us, gated_us, persons, zone_persons) \
             VALUES ($1, $2, least($3, 60000000), least($4, 60000000), $5, $6) \
             ON CONFLICT (camera, minute_us) DO UPDATE SET analysed_us = least(coverage_minute.analysed_us + $3, 60000000), \
             gated_us = least(coverage_minute.gated_us + $4, 60000000), persons = $5, zone_persons = $6";
        let query = sql::query(sql).bind(minute.camera.as_str()).bind(minute_us);
        let query = query.bind(micros(minute.analysed)).bind(micros(minute.gated));
        let query =
            query.bind(persons.as_ref().map(|most| most.picture)).bind(persons::column(persons.as_ref())?);
        query.execute(&mut transaction).await.map_err(failed)?;
        if let Some(cause) = minute.blind_cause.filter(|_| !minute.blind.is_zero()) {
            let sql = "INSERT INTO coverage_blind VALUES ($1, $2, $3, least($4, 60000000)) \
                 ON CONFLICT (camera, minute_us, cause) DO UPDATE SET blind_us = least(coverage_blind.blind_us + $4, 60000000)";
            let query = sql::query(sql).bind(minute.camera.as_str()).bind(minute_us);
            let query = query.bind(cause.as_str()).bind(micros(minute.blind));
            query.execute(&mut transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

/// # Errors
/// [`IndexError::Overlap`] when another segment of the camera lies there, or the same one was finished.
async fn refuse_taken(connection: &mut Connection<'_>, segment: &Segment) -> Result<(), IndexError> {
    segment_row::refuse_overlap(connection, segment).await?;
    let sql =
        "SELECT start_us, end_us FROM segment WHERE camera = $1 AND start_us = $2 AND sha256 IS NOT NULL";
    let query = sql::query(sql).bind(segment.camera.as_str()).bind(segment.start.as_micros());
    let Some(row) = query.fetch_optional(connection).await.map_err(not_kept)? else { return Ok(()) };
    let columns = Columns { table: "segment", row: &row };
    Err(segment_row::overlap(segment, columns.wall("start_us")?, columns.wall("end_us")?))
}

/// Writes a change, unless the newest before it says the same.
pub(crate) async fn insert_change(
    connection: &mut Connection<'_>,
    change: &RecordingChange,
) -> Result<(), IndexError> {
    let sql = "INSERT INTO recording_change (camera, since_us, state, reason) SELECT $1, $2, $3, $4 \
         WHERE NOT EXISTS (SELECT 1 FROM (SELECT state, reason FROM recording_change WHERE camera = $1 AND since_us <= $2 \
         ORDER BY since_us DESC, seq DESC LIMIT 1) AS newest WHERE (state, reason) IS NOT DISTINCT FROM ($3, $4))";
    let query = sql::query(sql).bind(change.camera.as_str()).bind(change.since.as_micros());
    let query = query.bind(change.state.as_str()).bind(&change.reason);
    query.execute(connection).await.map_err(change_not_kept)?;
    Ok(())
}

fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX).min(MINUTE_US)
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a segment", table: "segment", source }
}

fn change_not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a recorder's state", table: "recording_change", source }
}
