//! Where something of a camera is recorded: for its recorder, which must place nothing there.

use crate::engine::row::Row;
use crate::engine::sql;
use std::time::Duration;

use anjian_domain::{CameraId, RecordedSpan, WallTime};

use crate::engine::columns::Columns;
use crate::{Index, IndexError};

/// How long a recorder waits for an answer.
const READ_PATIENCE: Duration = Duration::from_secs(2);

impl Index {
    /// All that began up to now as one span, then each span that lies in the future by the present clock: what was
    /// recorded while the clock was ahead. Spans less than `apart` from each other count as one.
    pub(crate) async fn recorded_spans(
        &self,
        camera: &CameraId,
        apart: Duration,
    ) -> Result<Vec<RecordedSpan>, IndexError> {
        let read = self.read_spans(camera, apart);
        tokio::time::timeout(READ_PATIENCE, read).await.map_err(|_| IndexError::Busy { table: "segment" })?
    }

    /// End of the newest segment of the camera that began up to `at`; `None` when nothing was recorded until then.
    pub(crate) async fn recorded_until(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<WallTime>, IndexError> {
        let sql =
            "SELECT end_us FROM segment WHERE camera = $1 AND start_us <= $2 ORDER BY start_us DESC LIMIT 1";
        let query = sql::query(sql).bind(camera.as_str()).bind(at.as_micros());
        let found = query.fetch_optional(&self.inner.reader).await.map_err(not_read)?;
        found.map(|row| Columns { table: "segment", row: &row }.wall("end_us")).transpose()
    }

    async fn read_spans(&self, camera: &CameraId, apart: Duration) -> Result<Vec<RecordedSpan>, IndexError> {
        let now = self.inner.clock.now();
        let sql = "SELECT min(start_us) AS start_us FROM segment WHERE camera = $1 AND start_us <= $2";
        let query = sql::query(sql).bind(camera.as_str()).bind(now.as_micros());
        let row = query.fetch_one(&self.inner.reader).await.map_err(not_read)?;
        let from = Columns { table: "segment", row: &row }.wall_or_null("start_us")?;
        let until = self.recorded_until(camera, now).await?;
        let past = from.zip(until).map(|(from, to)| RecordedSpan { from, to });
        let sql =
            "SELECT start_us, end_us FROM segment WHERE camera = $1 AND start_us > $2 ORDER BY start_us";
        let query = sql::query(sql).bind(camera.as_str()).bind(now.as_micros());
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let mut spans: Vec<RecordedSpan> = past.into_iter().collect();
        for span in rows.iter().map(decode) {
            let span = span?;
            match spans.last_mut() {
                Some(last) if span.from < last.to.plus(apart) => last.to = last.to.max(span.to),
                _ => spans.push(span),
            }
        }
        Ok(spans)
    }
}

fn decode(row: &Row) -> Result<RecordedSpan, IndexError> {
    let columns = Columns { table: "segment", row };
    Ok(RecordedSpan { from: columns.wall("start_us")?, to: columns.wall("end_us")? })
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read segments", table: "segment", source }
}
