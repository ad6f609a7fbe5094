//! Comparing rows of evidence with the bucket, both ways.

use std::collections::HashSet;

use anjian_domain::{CameraId, ErrorKind, Place, ViolationId};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use crate::attachments::row as attachments;
use crate::bucket::client::Bucket;
use crate::check::batch::BATCH;
use crate::check::difference::Difference;
use crate::check::repair::Repair;
use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::evidence::move_out;
use crate::nodes::register::BUCKET;
use crate::{CheckFinding, CheckReport, Index, IndexError};

/// Keys that are listed at once.
pub(crate) const PAGE: usize = 1_000;

/// A row whose file lies in the bucket.
struct Far {
    seq: i64,
    kind: String,
    violation: ViolationId,
    path: String,
    size_bytes: u64,
    sha256: String,
}

impl Index {
    /// Looks at what lies in the bucket of this node's cameras. Reads every object whole.
    pub(crate) async fn check_bucket(
        &self,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        let Some(bucket) = self.bucket() else { return self.miss_bucket(report).await };
        let mut after = (0, String::new());
        loop {
            let rows = self.far_after(&after).await?;
            let Some(last) = rows.last() else { break };
            after = (last.seq, last.kind.clone());
            for far in &rows {
                report.files += 1;
                report.bytes += far.size_bytes;
                compare(bucket, far).await?.into_iter().for_each(|finding| report.find(finding));
            }
        }
        self.check_attachments_in(bucket, report).await?;
        let cameras = self.own_cameras().await?;
        for folder in cameras.iter().map(CameraId::as_str).chain([attachments::FOLDER]) {
            self.check_objects(bucket, &move_out::key_of(folder), report, repair).await?;
        }
        if repair == Repair::Segments && !self.is_live() {
            report.repaired += self.finish_expiring(Place::Bucket).await?.segments;
        }
        self.check_bucket_segments(bucket, report, repair).await
    }

    /// Rows say that something lies in a bucket, and none is named.
    async fn miss_bucket(&self, report: &mut CheckReport) -> Result<(), IndexError> {
        let evidence = self.far_after(&(0, String::new())).await?;
        let evidence = evidence.first().map(|far| move_out::key_of(&far.path));
        let attachment = self.first_far_attachment().await?.map(|path| move_out::key_of(&path));
        for key in [evidence, attachment, self.first_far_segment().await?].into_iter().flatten() {
            let (path, reason) = (key.into(), IndexError::NoBucket.to_string());
            report.find(CheckFinding::Unreadable { path, reason });
        }
        Ok(())
    }

    /// Objects that no row names: a process was killed after it had put them, or before it deleted them.
    async fn check_objects(
        &self,
        bucket: &Bucket,
        prefix: &str,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        let mut after: Option<String> = None;
        loop {
            let page = bucket.list(prefix, after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            for key in self.without_any_row(page.iter().map(|(key, _)| key.as_str())).await? {
                if repair == Repair::Segments {
                    bucket.delete(&key).await?;
                    report.repaired += 1;
                } else {
                    report.find(CheckFinding::OrphanFile { path: bucket.locate(&key) });
                }
            }
        }
    }

    async fn without_any_row(&self, keys: impl Iterator<Item = &str>) -> Result<Vec<String>, IndexError> {
        let mut unknown = Vec::new();
        let keys: Vec<_> = keys.collect();
        for keys in keys.chunks(BATCH) {
            let paths: Vec<_> = keys.iter().filter_map(|key| move_out::path_of(key)).collect();
            let known: HashSet<String> = self.paths_with_rows(paths.into_iter()).await?;
            let is_unknown = |key: &&&str| move_out::path_of(key).is_none_or(|path| !known.contains(path));
            unknown.extend(keys.iter().filter(is_unknown).map(|key| (*key).to_owned()));
        }
        Ok(unknown)
    }

    async fn far_after(&self, after: &(i64, String)) -> Result<Vec<Far>, IndexError> {
        let own = self.is_own("e.camera");
        let sql = format!(
            "SELECT e.violation, e.kind, e.path, e.size_bytes, e.sha256, v.id \
             FROM evidence AS e /*by evidence_by_place*/ JOIN /*then*/ violation AS v ON v.seq = e.violation \
             WHERE e.place = {BUCKET} AND e.is_gone = 0 AND e.expired_us IS NULL AND {own} \
             AND (e.violation, e.kind) > ($1, $2) ORDER BY e.violation, e.kind LIMIT $3"
        );
        let query = sql::query(&sql).bind(after.0).bind(&after.1).bind(BATCH as i64);
        let rows = query.fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "list files", table: "evidence", source };
        rows.map_err(failed)?.iter().map(decode).collect()
    }
}

async fn compare(bucket: &Bucket, far: &Far) -> Result<Option<CheckFinding>, IndexError> {
    let key = move_out::key_of(&far.path);
    let found = compare_object(bucket, &key, far.size_bytes, &far.sha256).await?;
    Ok(found.map(|difference| difference.of_evidence(far.violation, bucket.locate(&key), far.size_bytes)))
}

/// Reads it whole.
pub(crate) async fn compare_object(
    bucket: &Bucket,
    key: &str,
    size_bytes: u64,
    sha256: &str,
) -> Result<Option<Difference>, IndexError> {
    let Some(found_bytes) = bucket.size(key).await? else { return Ok(Some(Difference::Missing)) };
    if found_bytes != size_bytes {
        return Ok(Some(Difference::Size(found_bytes)));
    }
    match digest(bucket, key, found_bytes).await {
        Ok(found) => Ok((found != sha256).then_some(Difference::Digest)),
        Err(error) if error.kind() == ErrorKind::Missing => Ok(Some(Difference::Missing)),
        Err(error) => Err(error),
    }
}

pub(crate) async fn digest(bucket: &Bucket, key: &str, size_bytes: u64) -> Result<String, IndexError> {
    let chunks = bucket.stream(key, 0..size_bytes).await?;
    let hash = chunks.try_fold(Sha256::new(), |mut hash, chunk| async move {
        hash.update(&chunk);
        Ok(hash)
    });
    Ok(hex::encode(hash.await?.finalize()))
}

fn decode(row: &Row) -> Result<Far, IndexError> {
    let columns = Columns { table: "evidence", row };
    Ok(Far {
        seq: columns.get("violation")?,
        kind: columns.get("kind")?,
        violation: ViolationId(columns.uuid("id")?),
        path: columns.get("path")?,
        size_bytes: columns.unsigned("size_bytes")?,
        sha256: columns.get("sha256")?,
    })
}
