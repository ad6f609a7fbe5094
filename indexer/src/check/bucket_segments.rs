//! Comparing rows of segments with the bucket, both ways.

use std::collections::HashSet;

use anjian_domain::{CameraId, Place, Segment, WallTime};

use crate::bucket::client::Bucket;
use crate::check::bucket::{PAGE, compare_object};
use crate::check::segments::Repair;
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
            let known = self.check_far_segments(bucket, &camera, report, repair).await?;
            self.check_segment_objects(bucket, &camera, &known, report, repair).await?;
        }
        Ok(())
    }

    /// Rows without their object; answers where segments begin that have their row.
    async fn check_far_segments(
        &self,
        bucket: &Bucket,
        camera: &CameraId,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<HashSet<WallTime>, IndexError> {
        let (mut known, mut after) = (HashSet::new(), i64::MIN);
        loop {
            let batch = self.far_segments(camera, after).await?;
            let Some(last) = batch.last() else { return Ok(known) };
            after = last.start.as_micros();
            for segment in batch {
                known.insert(segment.start);
                report.segments += 1;
                report.bytes += segment.size_bytes;
                let Some(finding) = compare(bucket, &segment).await? else { continue };
                if repair == Repair::Segments && matches!(finding, CheckFinding::SegmentMissing { .. }) {
                    self.forget_segment(&segment.camera, segment.start).await?;
                    report.repaired += 1;
                } else {
                    report.find(finding);
                }
            }
        }
    }

    /// Objects that no row names: a process was killed after it had put them, or before it deleted them.
    async fn check_segment_objects(
        &self,
        bucket: &Bucket,
        camera: &CameraId,
        known: &HashSet<WallTime>,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        let mut after: Option<String> = None;
        loop {
            let page = bucket.list(&key_of(camera.as_str()), after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            for (key, _) in &page {
                let named = path_of(key).and_then(parse_path);
                if named.as_ref().is_some_and(|(_, start)| known.contains(start))
                    || self.is_moving(named).await?
                {
                    continue;
                }
                if repair == Repair::Segments {
                    bucket.delete(key).await?;
                    report.repaired += 1;
                } else {
                    report.find(CheckFinding::OrphanFile { path: bucket.locate(key) });
                }
            }
        }
    }

    /// Whether the segment was moved meanwhile, or may be on its way into the bucket.
    async fn is_moving(&self, named: Option<(CameraId, WallTime)>) -> Result<bool, IndexError> {
        let place = self.place_of(named).await?;
        Ok(place == Some(Place::Bucket) || (place == Some(Place::Here) && self.is_live()))
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

async fn compare(bucket: &Bucket, segment: &Segment) -> Result<Option<CheckFinding>, IndexError> {
    let key = key_of(&segment.path);
    let path = bucket.locate(&key);
    let sha256 = segment.sha256.as_deref().unwrap_or_default();
    let finding = compare_object(bucket, &key, segment.size_bytes, sha256).await?;
    Ok(finding.map(|difference| difference.of_segment(path, segment.size_bytes)))
}

fn not_listed(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "list segments", table: "segment", source }
}
