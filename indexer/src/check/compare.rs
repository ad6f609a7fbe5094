//! Comparing rows with files, both ways; segments in `segments`. May run beside the live system.

use crate::engine::sql;
use crate::engine::sql::Builder;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anjian_domain::{RunId, ViolationId};

use crate::attachments::row as attachments;
use crate::check::batch::{BATCH, YOUNG};
use crate::check::difference::compare_file;
use crate::check::files::FileWalk;
use crate::check::repair::Repair;
use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::open;
use crate::evidence::leftovers::is_ours;
use crate::{CheckFinding, CheckProgress, CheckReport, Index, IndexError};

/// A row of `evidence`, and its place.
struct Recorded {
    violation_seq: i64,
    kind: String,
    violation: ViolationId,
    path: PathBuf,
    size_bytes: u64,
    sha256: String,
}

impl Index {
    /// Compares every row of evidence and of segments with its file (there, size, digest) and every file with its
    /// row, every clip that lies in the recording with what the recording gives, looks for segments that overlap or were
    /// never finished and for violations that are open although their Run has ended, compares the counts of violations
    /// with them, and asks SQLite whether the database is sound. Reads every file whole. `progress` hears of it every
    /// few hundred files. Files younger than a minute that have no row are passed over while another process, or
    /// this index, may be recording; so are unfinished segments while the live system runs.
    ///
    /// # Errors
    /// When the rows could not be read. What is wrong with files is in the report.
    pub async fn check(
        &self,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<CheckReport, IndexError> {
        self.check_all(Repair::Nothing, progress).await
    }

    /// Checks, and mends recordings and counts: torn ends are cut off, files without a row get one, rows without a
    /// file go (and become gaps), deletions are finished, a row that overlaps the next ends there, wrong counts are made
    /// anew. A file with other bytes than were recorded stays as it is, and so does evidence; what a killed process left of
    /// evidence without a row goes. A clip whose recording is gone is noted again, as far as it is there. The report lists
    /// what could not be mended.
    ///
    /// # Errors
    /// When rows or files could not be read or written.
    pub async fn check_and_repair(
        &self,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<CheckReport, IndexError> {
        self.check_all(Repair::Segments, progress).await
    }

    async fn check_all(
        &self,
        repair: Repair,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<CheckReport, IndexError> {
        let mut report =
            CheckReport { violations: self.count_rows("violation").await?, ..CheckReport::default() };
        self.check_database(&mut report).await?;
        self.check_rows(&mut report, progress).await?;
        self.check_attachments(&mut report).await?;
        self.check_files(&mut report, repair).await?;
        self.check_bucket(&mut report, repair).await?;
        self.check_ends(&mut report).await?;
        self.check_tallies(&mut report, repair).await?;
        self.check_segments(&mut report, repair, progress).await?;
        self.check_clips(&mut report, repair).await?;
        Ok(report)
    }

    /// How long ago a file was changed; `None` when that is still to come.
    pub(crate) fn age_of(&self, modified: SystemTime) -> Option<Duration> {
        let micros = u64::try_from(self.inner.clock.now().as_micros()).unwrap_or_default();
        (SystemTime::UNIX_EPOCH + Duration::from_micros(micros)).duration_since(modified).ok()
    }

    pub(crate) async fn count_rows(&self, table: &'static str) -> Result<u64, IndexError> {
        let sql = Builder::new(format!("SELECT count(*) FROM {table}"));
        let count: Result<i64, _> = sql.build().scalar(&self.inner.reader).await;
        let count = count.map_err(|source| IndexError::Database { doing: "count rows", table, source })?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    async fn check_database(&self, report: &mut CheckReport) -> Result<(), IndexError> {
        let said = self.inner.reader.complaints().await;
        let failed = |source| IndexError::Database { doing: "check the database", table: "all", source };
        for reason in said.map_err(failed)? {
            report.find(CheckFinding::Database { reason });
        }
        Ok(())
    }

    async fn check_rows(
        &self,
        report: &mut CheckReport,
        progress: &mut (dyn FnMut(CheckProgress) + Send),
    ) -> Result<(), IndexError> {
        let total = self.count_rows("evidence").await?;
        progress(CheckProgress { done: 0, total });
        let mut after = (0, String::new());
        loop {
            let batch = self.recorded_after(&after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = (last.violation_seq, last.kind.clone());
            let compared = blocking(move || Ok(batch.iter().map(compare).collect::<Vec<_>>())).await?;
            for (bytes, finding) in compared {
                report.files += 1;
                report.bytes += bytes;
                finding.into_iter().for_each(|finding| report.find(finding));
            }
            progress(CheckProgress { done: report.files, total: total.max(report.files) });
        }
    }

    async fn recorded_after(&self, after: &(i64, String)) -> Result<Vec<Recorded>, IndexError> {
        let sql = "SELECT e.*, v.id FROM evidence AS e JOIN violation AS v ON v.seq = e.violation \
             WHERE e.expired_us IS NULL AND e.place = $4 AND (e.violation, e.kind) > ($1, $2) ORDER BY e.violation, e.kind LIMIT $3";
        let query = sql::query(sql).bind(after.0).bind(&after.1).bind(BATCH as i64).bind(self.inner.node.0);
        let rows = query.fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list files", table: "evidence", source };
        let decode = |row| {
            let columns = Columns { table: "evidence", row };
            Ok(Recorded {
                violation_seq: columns.get("violation")?,
                kind: columns.get("kind")?,
                violation: ViolationId(columns.uuid("id")?),
                path: self.inner.evidence.locate(columns.get("path")?),
                size_bytes: columns.unsigned("size_bytes")?,
                sha256: columns.get("sha256")?,
            })
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }

    async fn check_files(&self, report: &mut CheckReport, repair: Repair) -> Result<(), IndexError> {
        let is_unused = open::is_unused(&self.inner.data_dir);
        let mut walk = FileWalk::new(self.inner.evidence.root());
        loop {
            let (returned, batch) = blocking(move || Ok(walk.take(BATCH))).await?;
            walk = returned;
            for (path, reason) in batch.unreadable {
                report.find(CheckFinding::Unreadable { path, reason });
            }
            if batch.files.is_empty() {
                return Ok(());
            }
            for file in self.without_row(batch.files).await? {
                let is_young = self.age_of(file.modified).is_some_and(|age| age < YOUNG);
                if !is_unused && is_young || self.is_begun_clip(&file.stored_path).await? {
                    continue;
                }
                if repair == Repair::Segments && is_ours(&file.stored_path) && self.remove_left(&file.path) {
                    report.repaired += 1;
                } else {
                    report.find(CheckFinding::OrphanFile { path: file.path });
                }
            }
        }
    }

    /// Those of the paths that are files of this node's folder.
    pub(crate) async fn known_paths(
        &self,
        paths: impl Iterator<Item = &str>,
    ) -> Result<HashSet<String>, IndexError> {
        self.paths_where(&format!("place = {}", self.inner.node), paths).await
    }

    /// Those of the paths that are files, wherever they lie.
    pub(crate) async fn paths_with_rows(
        &self,
        paths: impl Iterator<Item = &str>,
    ) -> Result<HashSet<String>, IndexError> {
        self.paths_where("TRUE", paths).await
    }

    async fn paths_where(
        &self,
        place: &str,
        paths: impl Iterator<Item = &str>,
    ) -> Result<HashSet<String>, IndexError> {
        let paths: Vec<&str> = paths.collect();
        let (evidence, attachments): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| !attachments::is_path(path));
        let mut sql =
            Builder::new(format!("SELECT path FROM evidence WHERE is_gone = 0 AND {place} AND path IN ("));
        sql.push_list(evidence);
        sql.push(format!(
            ") UNION ALL SELECT path FROM attachment WHERE is_gone = 0 AND {place} AND path IN ("
        ));
        sql.push_list(attachments).push(")");
        let known: Result<Vec<String>, _> = sql.build().scalars(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look files up", table: "evidence", source };
        Ok(known.map_err(failed)?.into_iter().collect())
    }

    async fn check_ends(&self, report: &mut CheckReport) -> Result<(), IndexError> {
        let sql = "SELECT v.id, v.run FROM violation AS v /*by violation_unclosed*/ \
             JOIN run AS r ON r.id = v.run WHERE v.closed_us IS NULL AND r.ended_us IS NOT NULL ORDER BY v.seq";
        let rows = sql::query(sql).fetch_all(&self.inner.reader).await;
        let failed =
            |source| IndexError::Database { doing: "look for open violations", table: "violation", source };
        for row in &rows.map_err(failed)? {
            let columns = Columns { table: "violation", row };
            let (violation, run) = (ViolationId(columns.uuid("id")?), RunId(columns.uuid("run")?));
            report.find(CheckFinding::LeftOpen { violation, run });
        }
        Ok(())
    }
}

/// The bytes read, and what is wrong with the file.
fn compare(recorded: &Recorded) -> (u64, Option<CheckFinding>) {
    let Recorded { violation, path, size_bytes, sha256, .. } = recorded;
    match compare_file(path, *size_bytes, sha256) {
        Ok((read, found)) => {
            (read, found.map(|difference| difference.of_evidence(*violation, path.clone(), *size_bytes)))
        }
        Err(error) => (0, Some(CheckFinding::Unreadable { path: path.clone(), reason: error.to_string() })),
    }
}
