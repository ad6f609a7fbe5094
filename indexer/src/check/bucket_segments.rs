//! Comparing rows of segments with the bucket, both ways.

use anjian_domain::{CameraId, Place, Segment};

use crate::bucket::client::Bucket;
use crate::check::bucket::{PAGE, compare_object};
use crate::check::difference::Difference;
use crate::check::repair::Repair;
use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::nodes::register::BUCKET;
use crate::recordings::adopt::parse_path;
use crate::recordings::segment_key::{key_of, path_of};
use crate::recordings::segment_row;
use crate::{CheckFinding, CheckReport, Index, IndexError};

/// Rows that are read at once.
const BATCH: i64 = 256;

impl Index {
    /// Looks at the segments in the bucket of this node's cameras. Reads every object whole.
    pub(crate) async fn check_bucket_segments(
        &self,
        bucket: &Bucket,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        for camera in self.own_cameras().await? {
            self.check_far_segments(bucket, &camera, report).await?;
            self.check_segment_objects(bucket, &camera, report, repair).await?;
        }
        Ok(())
    }

    /// A row without its object stays: the bucket may be the wrong one, or its mount be missing.
    async fn check_far_segments(
        &self,
        bucket: &Bucket,
        camera: &CameraId,
        report: &mut CheckReport,
    ) -> Result<(), IndexError> {
        let mut after = i64::MIN;
        loop {
            let batch = self.far_segments(camera, after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.start.as_micros();
            for segment in batch {
                report.segments += 1;
                report.bytes += segment.size_bytes;
                if let Some(difference) = compare_segment(bucket, &segment).await? {
                    let path = bucket.locate(&key_of(&segment.path));
                    report.find(difference.of_segment(path, segment.size_bytes));
                }
            }
        }
    }

    /// Objects that no row places in the bucket. One without any row stays: it may be the recording of an index that was lost.
    async fn check_segment_objects(
        &self,
        bucket: &Bucket,
        camera: &CameraId,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        let mut after: Option<String> = None;
        loop {
            let page = bucket.list(&key_of(camera.as_str()), after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            for (key, _) in &page {
                let row = self.row_of(path_of(key).and_then(parse_path)).await?;
                let is_mended = match row {
                    Some(segment) if segment.place == Place::Bucket => continue,
                    // It may be on its way.
                    Some(segment) if segment.place == Place::Here && self.is_live() => continue,
                    Some(segment) if segment.place == Place::Here && repair == Repair::Segments => {
                        self.settle(bucket, key, &segment).await?
                    }
                    _ => false,
                };
                if is_mended {
                    report.repaired += 1;
                } else {
                    report.find(CheckFinding::OrphanFile { path: bucket.locate(key) });
                }
            }
        }
    }

    /// An object whose row says that the segment lies here. With its local file it is what a killed move left, and goes; without it
    /// the row is older than the move (a database that was restored), and follows. Answers whether that is settled.
    async fn settle(&self, bucket: &Bucket, key: &str, segment: &Segment) -> Result<bool, IndexError> {
        let file = self.recordings_folder().join(&segment.path);
        if blocking(move || Ok(file.exists())).await? {
            bucket.delete(key).await?;
            return Ok(true);
        }
        if compare_segment(bucket, segment).await?.is_some() {
            return Ok(false);
        }
        self.place_in_bucket(segment).await
    }

    /// Whether rows say that segments lie in the bucket.
    pub(crate) async fn first_far_segment(&self) -> Result<Option<String>, IndexError> {
        let own = self.is_own("camera");
        let sql = format!("SELECT camera, start_us FROM segment WHERE place = {BUCKET} AND {own} LIMIT 1");
        let row = sql::query(&sql).fetch_optional(&self.inner.reader).await.map_err(not_listed)?;
        let Some(row) = row else { return Ok(None) };
        let columns = Columns { table: "segment", row: &row };
        Ok(Some(key_of(&Segment::path_of(&columns.word("camera")?, columns.wall("start_us")?))))
    }

    async fn far_segments(&self, camera: &CameraId, after: i64) -> Result<Vec<Segment>, IndexError> {
        let columns = segment_row::COLUMNS;
        let sql = format!(
            "SELECT {columns} FROM segment /*by segment_by_place*/ WHERE place = {BUCKET} AND camera = $1 \
             AND start_us > $2 AND is_expiring = 0 ORDER BY start_us LIMIT {BATCH}"
        );
        let rows = sql::query(&sql).bind(camera.as_str()).bind(after).fetch_all(&self.inner.reader).await;
        let decode = |row| segment_row::decode(row, self.inner.node);
        rows.map_err(not_listed)?.iter().map(decode).collect()
    }
}

/// How the object of a segment differs from its row. Reads it whole.
pub(crate) async fn compare_segment(
    bucket: &Bucket,
    segment: &Segment,
) -> Result<Option<Difference>, IndexError> {
    let sha256 = segment.sha256.as_deref().unwrap_or_default();
    compare_object(bucket, &key_of(&segment.path), segment.size_bytes, sha256).await
}

fn not_listed(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "list segments", table: "segment", source }
}
