//! Moving closed segments from the local disk into the bucket, by age. They are recorded here: recording waits for no
//! network. A process may be killed at any moment: the object is safe, then the row says so, then the local file goes.

use std::path::PathBuf;

use anjian_domain::{CameraId, Place, Segment, WallTime};

use crate::bucket::client::Bucket;
use crate::engine::blocking::blocking;
use crate::engine::sql;
use crate::nodes::register::BUCKET;
use crate::recordings::segment_key::key_of;
use crate::recordings::segment_row;
use crate::retention::expire::delete_file;
use crate::{Index, IndexError};

/// Segments of a camera that are looked at together.
const BATCH: i64 = 32;

/// What was moved into the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedSegments {
    /// Segments that lie there now.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Segments that could not be moved. They stay on the local disk and are tried again.
    pub failed: u64,
    /// Why the first could not be.
    pub problem: Option<String>,
}

impl Index {
    /// Moves closed segments that are old enough, the oldest of each camera first; nothing without a bucket and an age. Only
    /// the live system may call it, one call at a time.
    ///
    /// # Errors
    /// When rows could not be read or written, or the bucket is not available. What happens to a single segment stands in the
    /// report.
    pub async fn move_segments(&self) -> Result<MovedSegments, IndexError> {
        let mut moved = MovedSegments::default();
        let (Some(bucket), Some(age)) = (self.bucket(), self.recording_settings().move_after) else {
            return Ok(moved);
        };
        let until = self.inner.clock.now().minus(age);
        for stored in self.stored_in(Place::Here).await? {
            let mut after = i64::MIN;
            loop {
                let closed = self.closed_here(&stored.camera, after, until).await?;
                let Some(last) = closed.last() else { break };
                after = last.start.as_micros();
                for segment in closed {
                    self.move_segment(bucket, segment, &mut moved).await?;
                }
            }
        }
        Ok(moved)
    }

    /// Deletes local files of segments that lie in the bucket: a process was killed between the row and the file. Segments move
    /// in the order of time, so only the newest ones can be left.
    ///
    /// # Errors
    /// When rows could not be read.
    pub async fn remove_left_segments(&self) -> Result<u64, IndexError> {
        let mut left = 0;
        for stored in self.stored_in(Place::Bucket).await? {
            let columns = segment_row::COLUMNS;
            let sql = format!(
                "SELECT {columns} FROM segment /*by segment_by_place*/ WHERE place = {BUCKET} AND camera = $1 \
                 ORDER BY start_us DESC LIMIT {BATCH}"
            );
            let rows = sql::query(&sql).bind(stored.camera.as_str()).fetch_all(&self.inner.reader).await;
            for row in &rows.map_err(not_moved)? {
                let segment = segment_row::decode(row, self.inner.node)?;
                let file = self.recordings_folder().join(&segment.path);
                if blocking(move || Ok(file.exists())).await? {
                    self.remove_local(&segment).await?;
                    left += 1;
                }
            }
        }
        Ok(left)
    }

    async fn move_segment(
        &self,
        bucket: &Bucket,
        segment: Segment,
        moved: &mut MovedSegments,
    ) -> Result<(), IndexError> {
        match self.put_segment(bucket, &segment).await {
            Ok(true) => {
                moved.segments += 1;
                moved.bytes += segment.size_bytes;
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) if error.is_outage() => Err(error),
            Err(error @ IndexError::Database { .. }) => Err(error),
            Err(error) => {
                moved.failed += 1;
                moved.problem.get_or_insert(error.to_string());
                Ok(())
            }
        }
    }

    /// Answers whether it lies in the bucket now: retention may have taken it meanwhile.
    async fn put_segment(&self, bucket: &Bucket, segment: &Segment) -> Result<bool, IndexError> {
        let Some(sha256) = &segment.sha256 else { return Ok(false) };
        let (key, file) = (key_of(&segment.path), self.recordings_folder().join(&segment.path));
        bucket.put_file(&key, &file, segment.size_bytes, sha256).await?;
        if !self.place_in_bucket(segment).await? {
            bucket.delete(&key).await?;
            return Ok(false);
        }
        self.remove_local(segment).await?;
        Ok(true)
    }

    /// The row says from now on that the segment lies in the bucket. Answers whether it was here and kept until then.
    pub(crate) async fn place_in_bucket(&self, segment: &Segment) -> Result<bool, IndexError> {
        let sql = "UPDATE segment SET place = $3 WHERE camera = $1 AND start_us = $2 AND place = $4 AND is_expiring = 0";
        let query = sql::query(sql).bind(segment.camera.as_str()).bind(segment.start.as_micros());
        let query = query.bind(BUCKET).bind(self.inner.node.0);
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        let changed = query.execute(&mut transaction).await.map_err(not_moved)?;
        transaction.commit().await.map_err(not_moved)?;
        Ok(changed > 0)
    }

    /// One that cannot be deleted now is found by the next start, or by `check`.
    async fn remove_local(&self, segment: &Segment) -> Result<(), IndexError> {
        let (root, now): (PathBuf, _) = (self.recordings_folder().to_owned(), self.inner.clock.now());
        let (camera, start) = (segment.camera.clone(), segment.start);
        blocking(move || {
            if let Err(error) = delete_file(&root, &camera, start, now) {
                tracing::warn!(%error, "a segment that lies in the bucket now could not be deleted here");
            }
            Ok(())
        })
        .await
    }

    /// The oldest closed segments of a camera here that ended before `until`.
    async fn closed_here(
        &self,
        camera: &CameraId,
        after: i64,
        until: WallTime,
    ) -> Result<Vec<Segment>, IndexError> {
        let columns = segment_row::COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM segment /*by segment_by_place*/ WHERE place = $1 AND camera = $2 AND start_us > $3 \
             AND start_us < $4 AND end_us < $4 AND sha256 IS NOT NULL AND is_expiring = 0 ORDER BY start_us LIMIT {BATCH}"
        );
        let query = sql::query(&sql).bind(self.inner.node.0).bind(camera.as_str());
        let rows = query.bind(after).bind(until.as_micros()).fetch_all(&self.inner.reader).await;
        let decode = |row| segment_row::decode(row, self.inner.node);
        rows.map_err(not_moved)?.iter().map(decode).collect()
    }
}

fn not_moved(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "move a segment into the bucket", table: "segment", source }
}
