//! Moving evidence and attachments from the local disk into the bucket. It is written here first: recording and judging wait for no network. A
//! process may be killed at any moment: the object is safe, then the row says so, then the local file goes. What is put
//! again changes nothing; a local file that was left is removed at the next start.

use anjian_domain::WallTime;
use futures_util::StreamExt;
use futures_util::stream;

use crate::bucket::client::Bucket;
use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::evidence::folder::GivenUp;
use crate::nodes::register::BUCKET;
use crate::{Index, IndexError};

/// Files whose rows are written together.
const BATCH: usize = 32;
/// Files that are put at once; viewers need the bucket too.
const AT_ONCE: usize = 4;

/// What was moved into the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedEvidence {
    /// Files that lie there now.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that could not be moved. They stay on the local disk and are tried again.
    pub failed: u64,
    /// Why the first could not be.
    pub problem: Option<String>,
}

/// Whose rows name the files.
#[derive(Clone, Copy)]
enum Files {
    Evidence,
    Attachments,
}

/// A file that lies here.
#[derive(Clone)]
struct Here {
    file: GivenUp,
    size_bytes: u64,
    sha256: String,
}

impl Files {
    const fn table(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Attachments => "attachment",
        }
    }

    /// What lies in the folder of node `$1`, behind the file of `$2` and `$3`.
    const fn select(self) -> &'static str {
        match self {
            Self::Evidence => {
                "SELECT e.violation AS seq, e.kind, e.path, e.size_bytes, e.sha256, v.opened_us AS at_us \
                 FROM evidence AS e /*by evidence_by_place*/ JOIN /*then*/ violation AS v ON v.seq = e.violation \
                 WHERE e.place = $1 AND e.is_gone = 0 AND e.expired_us IS NULL AND (e.violation, e.kind) > ($2, $3) \
                 ORDER BY e.violation, e.kind LIMIT $4"
            }
            Self::Attachments => {
                "SELECT seq, kind, path, size_bytes, sha256, at_us FROM attachment /*by attachment_by_place*/ \
                 WHERE place = $1 AND is_gone = 0 AND expired_us IS NULL AND (seq, kind) > ($2, $3) ORDER BY seq, kind LIMIT $4"
            }
        }
    }
}

/// The key of a file in the bucket; `path` as in its row.
pub(crate) fn key_of(path: &str) -> String {
    format!("evidence/{path}")
}

/// The `path` of a key.
pub(crate) fn path_of(key: &str) -> Option<&str> {
    key.strip_prefix("evidence/")
}

impl Index {
    /// Moves every file of evidence and every attachment that lies on the local disk into the bucket, if there is one. Only the live system may call
    /// it, one call at a time.
    ///
    /// # Errors
    /// When rows could not be read or written, or the bucket is not there; what happens to a single file stands in the report.
    pub async fn move_evidence(&self) -> Result<MovedEvidence, IndexError> {
        let mut moved = MovedEvidence::default();
        let Some(bucket) = self.bucket() else { return Ok(moved) };
        for files in [Files::Evidence, Files::Attachments] {
            self.move_files(bucket, files, &mut moved).await?;
        }
        Ok(moved)
    }

    async fn move_files(
        &self,
        bucket: &Bucket,
        files: Files,
        moved: &mut MovedEvidence,
    ) -> Result<(), IndexError> {
        let mut after = (0, String::new());
        loop {
            let here = self.files_here(files, &after).await?;
            let Some(last) = here.last() else { return Ok(()) };
            after = (last.file.seq, last.file.kind.clone());
            let put = stream::iter(here).map(|here| self.put(bucket, here)).buffered(AT_ONCE);
            let outcomes: Vec<_> = put.collect().await;
            let mut safe = Vec::new();
            let mut outage = None;
            for (here, outcome) in outcomes {
                match outcome {
                    Ok(()) => safe.push(here),
                    Err(error) if error.is_outage() => outage = outage.or(Some(error)),
                    Err(error) => {
                        moved.failed += 1;
                        moved.problem.get_or_insert(error.to_string());
                    }
                }
            }
            self.note_moved(bucket, files, safe, moved).await?;
            if let Some(error) = outage {
                return Err(error);
            }
        }
    }

    async fn put(&self, bucket: &Bucket, here: Here) -> (Here, Result<(), IndexError>) {
        let path = self.inner.evidence.locate(&here.file.path);
        let outcome = bucket.put_file(&key_of(&here.file.path), &path, here.size_bytes, &here.sha256).await;
        (here, outcome)
    }

    /// The rows of files that are safe in the bucket; then the local files go.
    async fn note_moved(
        &self,
        bucket: &Bucket,
        files: Files,
        safe: Vec<Here>,
        moved: &mut MovedEvidence,
    ) -> Result<(), IndexError> {
        if safe.is_empty() {
            return Ok(());
        }
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("evidence").await?;
        let (mut gone, mut expired) = (Vec::new(), Vec::new());
        for here in safe {
            let table = files.table();
            let sql = format!(
                "UPDATE {table} SET place = $2 WHERE path = $1 AND place = $3 AND expired_us IS NULL"
            );
            let query = sql::query(&sql).bind(&here.file.path).bind(BUCKET).bind(self.inner.node.0);
            let changed = query.execute(&mut transaction).await.map_err(not_noted)?;
            if changed > 0 { gone.push(here) } else { expired.push(here) }
        }
        transaction.commit().await.map_err(not_noted)?;
        drop(writer);
        for here in &gone {
            moved.files += 1;
            moved.bytes += here.size_bytes;
        }
        for here in expired {
            bucket.delete(&key_of(&here.file.path)).await?;
        }
        self.remove_moved(gone).await
    }

    /// One that cannot be deleted now is found by the next start, or by `check`.
    async fn remove_moved(&self, gone: Vec<Here>) -> Result<(), IndexError> {
        let (evidence, now) = (self.inner.evidence.clone(), self.inner.clock.now());
        blocking(move || {
            for here in gone {
                if let Err(error) = evidence.delete(&here.file, now) {
                    tracing::warn!(%error, "a file that lies in the bucket now could not be deleted here");
                }
            }
            Ok(())
        })
        .await
    }

    async fn files_here(&self, files: Files, after: &(i64, String)) -> Result<Vec<Here>, IndexError> {
        let query = sql::query(files.select()).bind(self.inner.node.0).bind(after.0).bind(&after.1);
        let rows = query.bind(BATCH as i64).fetch_all(&self.inner.reader).await.map_err(not_noted)?;
        rows.iter().map(|row| decode(files, row)).collect()
    }
}

fn decode(files: Files, row: &Row) -> Result<Here, IndexError> {
    let columns = Columns { table: files.table(), row };
    let opened: WallTime = columns.wall("at_us")?;
    let file =
        GivenUp { seq: columns.get("seq")?, kind: columns.get("kind")?, path: columns.get("path")?, opened };
    Ok(Here { file, size_bytes: columns.unsigned("size_bytes")?, sha256: columns.get("sha256")? })
}

fn not_noted(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "move evidence into the bucket", table: "evidence", source }
}
