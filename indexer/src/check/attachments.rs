//! Comparing rows of attachments with their files and objects. Files and objects without a row are found with those of evidence.

use std::path::PathBuf;

use crate::attachments::row::not_read;
use crate::bucket::client::Bucket;
use crate::check::batch::BATCH;
use crate::check::bucket::compare_object;
use crate::check::difference::compare_file;
use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::evidence::move_out;
use crate::nodes::register::BUCKET;
use crate::{CheckFinding, CheckReport, Index, IndexError};

/// A row whose file is kept.
struct Received {
    seq: i64,
    path: String,
    size_bytes: u64,
    sha256: String,
}

impl Index {
    /// Those in this node's folder.
    pub(crate) async fn check_attachments(&self, report: &mut CheckReport) -> Result<(), IndexError> {
        let mut after = 0;
        loop {
            let batch = self.received_after(self.inner.node.0, after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.seq;
            let evidence = self.inner.evidence.clone();
            let compare = move |received: &Received| compare(evidence.locate(&received.path), received);
            let compared = blocking(move || Ok(batch.iter().map(compare).collect::<Vec<_>>())).await?;
            for (bytes, finding) in compared {
                report.files += 1;
                report.bytes += bytes;
                finding.into_iter().for_each(|finding| report.find(finding));
            }
        }
    }

    /// Those in the bucket.
    pub(crate) async fn check_attachments_in(
        &self,
        bucket: &Bucket,
        report: &mut CheckReport,
    ) -> Result<(), IndexError> {
        let mut after = 0;
        loop {
            let batch = self.received_after(BUCKET, after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.seq;
            for Received { path, size_bytes, sha256, .. } in batch {
                let key = move_out::key_of(&path);
                report.files += 1;
                report.bytes += size_bytes;
                if let Some(found) = compare_object(bucket, &key, size_bytes, &sha256).await? {
                    report.find(found.of_attachment(bucket.locate(&key), size_bytes));
                }
            }
        }
    }

    pub(crate) async fn first_far_attachment(&self) -> Result<Option<String>, IndexError> {
        Ok(self.received_after(BUCKET, 0).await?.into_iter().next().map(|received| received.path))
    }

    async fn received_after(&self, place: i64, after: i64) -> Result<Vec<Received>, IndexError> {
        let sql = "SELECT seq, path, size_bytes, sha256 FROM attachment /*by attachment_by_place*/ \
             WHERE place = $1 AND is_gone = 0 AND expired_us IS NULL AND seq > $2 ORDER BY seq LIMIT $3";
        let query = sql::query(sql).bind(place).bind(after).bind(BATCH as i64);
        let rows = query.fetch_all(&self.inner.reader).await.map_err(not_read)?;
        let decode = |row| {
            let columns = Columns { table: "attachment", row };
            Ok(Received {
                seq: columns.get("seq")?,
                path: columns.get("path")?,
                size_bytes: columns.unsigned("size_bytes")?,
                sha256: columns.get("sha256")?,
            })
        };
        rows.iter().map(decode).collect()
    }
}

/// The bytes read, and what is wrong with the file.
fn compare(path: PathBuf, received: &Received) -> (u64, Option<CheckFinding>) {
    match compare_file(&path, received.size_bytes, &received.sha256) {
        Ok((read, found)) => (read, found.map(|found| found.of_attachment(path, received.size_bytes))),
        Err(error) => (0, Some(CheckFinding::Unreadable { path, reason: error.to_string() })),
    }
}
