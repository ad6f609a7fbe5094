//! Comparing the rows of segments with the media files, both ways, and mending what can be mended.

use crate::engine::sql;
use crate::engine::sql::Builder;
use std::path::PathBuf;

use anjian_domain::{CameraId, Place, Segment, WallTime};

use crate::check::batch::{BATCH, YOUNG, digest};
use crate::check::bucket_segments::compare_segment;
use crate::check::files::FileWalk;
use crate::check::repair::Repair;
use crate::engine::blocking::blocking;
use crate::engine::open;
use crate::recordings::adopt::{self, Found, Mended, Overlap, parse_path};
use crate::recordings::segment_row;
use crate::{CheckFinding, CheckProgress, CheckReport, Index, IndexError};

/// A rebuilt index of segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Segments that have their row.
    pub segments: u64,
    /// Files in which nothing was recorded; they were deleted.
    pub empty: u64,
    /// Files that cannot be used, at most [`CheckReport::MAX_FINDINGS`].
    pub unusable: Vec<CheckFinding>,
}

impl Rebuilt {
    fn note(&mut self, path: PathBuf, found: Found) {
        let finding = match found {
            Found::Segment => return self.segments += 1,
            Found::Empty => return self.empty += 1,
            Found::Missing => return,
            Found::Unusable(reason) => CheckFinding::SegmentOrphan { path, reason },
            Found::Unreadable(error) => CheckFinding::Unreadable { path, reason: error.to_string() },
        };
        if self.unusable.len() < CheckReport::MAX_FINDINGS {
            self.unusable.push(finding);
        }
    }
}

impl Index {
    /// Makes the index of segments again from the media files alone; causes of gaps and coverage stay. Reads every
    /// file whole, cuts torn ends off and deletes empty files. A file that cannot be read stops no other. All is one
    /// transaction: until it is complete the old rows stand, also when the process is killed. Other writers wait
    /// meanwhile.
    ///
    /// # Errors
    /// [`IndexError::LiveElsewhere`] while the live system runs; when rows could not be read or written.
    pub async fn rebuild_segments(
        &self,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<Rebuilt, IndexError> {
        self.refuse_live()?;
        let failed = |source| IndexError::Database { doing: "rebuild segments", table: "segment", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        // Files do not say what was found about their clock later.
        let marks = "CREATE TEMP TABLE clock_marks AS SELECT camera, start_us, clock_error_us FROM segment \
             WHERE clock_error_us IS NOT NULL";
        sql::query(marks).execute(&mut transaction).await.map_err(failed)?;
        let sql = "DELETE FROM segment WHERE place = $1";
        sql::query(sql).bind(self.inner.node.0).execute(&mut transaction).await.map_err(failed)?;
        let mut rebuilt = Rebuilt::default();
        let mut walk = FileWalk::new(self.recordings_folder());
        loop {
            let (returned, batch) = blocking(move || Ok(walk.take(BATCH))).await?;
            walk = returned;
            if batch.files.is_empty() {
                let marks = "UPDATE segment AS s SET clock_error_us = m.clock_error_us FROM clock_marks AS m \
                     WHERE (s.camera, s.start_us) = (m.camera, m.start_us)";
                sql::query(marks).execute(&mut transaction).await.map_err(failed)?;
                sql::query("DROP TABLE clock_marks").execute(&mut transaction).await.map_err(failed)?;
                transaction.commit().await.map_err(failed)?;
                return Ok(rebuilt);
            }
            for file in batch.files {
                let found = match self.mend_file(file.stored_path).await? {
                    Mended::Segment(segment, pieces) => {
                        let node = self.inner.node;
                        adopt::put_found(&mut transaction, segment, &pieces, Overlap::Refuse, node).await?
                    }
                    Mended::Nothing(found) => found,
                };
                rebuilt.note(file.path, found);
            }
            let done = rebuilt.segments + rebuilt.empty + rebuilt.unusable.len() as u64;
            progress(CheckProgress { done, total: done });
        }
    }

    pub(crate) async fn check_segments(
        &self,
        report: &mut CheckReport,
        repair: Repair,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<(), IndexError> {
        if repair == Repair::Segments && !self.is_live() {
            report.repaired += self.finish_expiring(Place::Here).await?.segments;
        }
        self.check_segment_rows(report, repair, progress).await?;
        self.check_segment_files(report, repair).await
    }

    async fn check_segment_rows(
        &self,
        report: &mut CheckReport,
        repair: Repair,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<(), IndexError> {
        let total = report.files + self.count_rows("segment").await?;
        let mut before: Option<Segment> = None;
        loop {
            let batch = self.segments_after(before.as_ref()).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let root = self.recordings_folder().to_path_buf();
            let compared =
                blocking(move || Ok(batch.into_iter().map(|s| compare(&root, s)).collect::<Vec<_>>()));
            for (segment, bytes, finding) in compared.await? {
                report.segments += 1;
                report.bytes += bytes;
                if let Some(finding) = finding {
                    self.mend(report, repair, &segment, finding).await?;
                }
                let earlier = before.filter(|earlier| earlier.camera == segment.camera);
                if let Some(earlier) = earlier.filter(|earlier| earlier.end() > segment.start) {
                    let root = self.recordings_folder();
                    let (path, other) = (root.join(&earlier.path), root.join(&segment.path));
                    let finding = CheckFinding::SegmentOverlap { path, other };
                    let room = segment.start.since(earlier.start);
                    self.mend(report, repair, &Segment { duration: room, ..earlier }, finding).await?;
                }
                before = Some(segment);
            }
            let done = report.files + report.segments;
            progress(CheckProgress { done, total: total.max(done) });
        }
    }

    /// Mends it, or puts it into the report.
    async fn mend(
        &self,
        report: &mut CheckReport,
        repair: Repair,
        segment: &Segment,
        finding: CheckFinding,
    ) -> Result<(), IndexError> {
        let is_unfinished = matches!(finding, CheckFinding::SegmentUnfinished { .. });
        if is_unfinished && self.is_live() {
            return Ok(());
        }
        let is_mended = repair == Repair::Segments
            && match finding {
                CheckFinding::SegmentMissing { .. } => {
                    self.forget_segment(&segment.camera, segment.start).await?;
                    true
                }
                CheckFinding::SegmentUnfinished { .. } => {
                    let found = self.mend_unfinished(&segment.camera, segment.start).await?;
                    !matches!(found, Found::Unusable(_) | Found::Unreadable(_))
                }
                CheckFinding::SegmentOverlap { .. } => {
                    self.shorten(segment).await?;
                    true
                }
                _ => false,
            };
        if is_mended {
            report.repaired += 1;
        } else {
            report.find(finding);
        }
        Ok(())
    }

    /// Writes the segment's new duration.
    async fn shorten(&self, segment: &Segment) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "keep a segment", table: "segment", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        segment_row::put(&mut transaction, segment, self.inner.node).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn segments_after(&self, before: Option<&Segment>) -> Result<Vec<Segment>, IndexError> {
        let columns = segment_row::COLUMNS;
        let mut sql = Builder::new(format!(
            "SELECT {columns} FROM segment WHERE is_expiring = 0 AND place = {} AND (camera, start_us) > (",
            self.inner.node
        ));
        sql.push_bind(before.map_or("", |segment| segment.camera.as_str()).to_owned()).push(", ");
        sql.push_bind(before.map_or(i64::MIN, |segment| segment.start.as_micros()));
        sql.push(format_args!(") ORDER BY camera, start_us LIMIT {BATCH}"));
        let rows = sql.build().fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list segments", table: "segment", source };
        rows.map_err(failed)?.iter().map(|row| segment_row::decode(row, self.inner.node)).collect()
    }

    async fn check_segment_files(&self, report: &mut CheckReport, repair: Repair) -> Result<(), IndexError> {
        let is_unused = open::is_unused(&self.inner.data_dir);
        let mut walk = FileWalk::new(self.recordings_folder());
        loop {
            let (returned, batch) = blocking(move || Ok(walk.take(BATCH))).await?;
            walk = returned;
            for (path, reason) in batch.unreadable {
                report.find(CheckFinding::Unreadable { path, reason });
            }
            if batch.files.is_empty() {
                return Ok(());
            }
            for file in batch.files {
                let is_young = self.age_of(file.modified).is_some_and(|age| age < YOUNG);
                if !is_unused && is_young {
                    continue;
                }
                match self.row_of(parse_path(&file.stored_path)).await? {
                    Some(segment) if segment.place == Place::Bucket => {
                        self.check_left(report, repair, file.path, &segment).await?;
                    }
                    Some(_) => {}
                    None => self.check_orphan(report, repair, file.path, file.stored_path).await?,
                }
            }
        }
    }

    /// The row of the segment that a file is named after.
    pub(crate) async fn row_of(
        &self,
        named: Option<(CameraId, WallTime)>,
    ) -> Result<Option<Segment>, IndexError> {
        let Some((camera, start)) = named else { return Ok(None) };
        let columns = segment_row::COLUMNS;
        let sql = format!("SELECT {columns} FROM segment WHERE camera = $1 AND start_us = $2");
        let query = sql::query(&sql).bind(camera.as_str()).bind(start.as_micros());
        let found = query.fetch_optional(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look a file up", table: "segment", source };
        found.map_err(failed)?.map(|row| segment_row::decode(&row, self.inner.node)).transpose()
    }

    /// A local file whose segment lies in the bucket: a process was killed before it deleted the file. It goes only when the bucket
    /// holds the same bytes.
    async fn check_left(
        &self,
        report: &mut CheckReport,
        repair: Repair,
        path: PathBuf,
        segment: &Segment,
    ) -> Result<(), IndexError> {
        let is_safe = match self.bucket() {
            Some(bucket) => compare_segment(bucket, segment).await?.is_none(),
            None => false,
        };
        if repair == Repair::Segments && is_safe {
            report.repaired += 1;
            let failed =
                |path: &PathBuf, source| IndexError::File { doing: "delete", path: path.clone(), source };
            return blocking(move || std::fs::remove_file(&path).map_err(|source| failed(&path, source)))
                .await;
        }
        let reason =
            if is_safe { "its segment lies in the bucket" } else { "the bucket does not hold the same" };
        report.find(CheckFinding::SegmentOrphan { path, reason: reason.to_owned() });
        Ok(())
    }

    async fn check_orphan(
        &self,
        report: &mut CheckReport,
        repair: Repair,
        path: PathBuf,
        stored_path: String,
    ) -> Result<(), IndexError> {
        let mut reason = "it has no row".to_owned();
        if repair == Repair::Segments && parse_path(&stored_path).is_some() {
            match self.adopt(stored_path, Overlap::Refuse).await? {
                Found::Unusable(why) => reason = why,
                Found::Unreadable(error) => reason = error.to_string(),
                Found::Segment | Found::Empty | Found::Missing => {
                    report.repaired += 1;
                    return Ok(());
                }
            }
        }
        report.find(CheckFinding::SegmentOrphan { path, reason });
        Ok(())
    }
}

/// The segment, the bytes read, and what is wrong with its file.
fn compare(root: &std::path::Path, segment: Segment) -> (Segment, u64, Option<CheckFinding>) {
    let path = root.join(&segment.path);
    let Some(recorded) = segment.sha256.clone() else {
        return (segment, 0, Some(CheckFinding::SegmentUnfinished { path }));
    };
    let (found_bytes, finding) = match digest(&path) {
        Ok((found_bytes, _)) if found_bytes != segment.size_bytes => {
            let recorded_bytes = segment.size_bytes;
            (found_bytes, Some(CheckFinding::SegmentWrongSize { path, recorded_bytes, found_bytes }))
        }
        Ok((found_bytes, digest)) => {
            (found_bytes, (digest != recorded).then_some(CheckFinding::SegmentWrongDigest { path }))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            (0, Some(CheckFinding::SegmentMissing { path }))
        }
        Err(error) => (0, Some(CheckFinding::Unreadable { path, reason: error.to_string() })),
    };
    (segment, found_bytes, finding)
}
