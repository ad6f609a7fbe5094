//! Clips whose bytes lie in the recording: whether the recording still gives them, byte by byte. A violation without a
//! file of its clip is right as long as it does.

use crate::engine::row::Row;
use crate::engine::sql;
use std::path::Path;

use anjian_domain::{CameraId, Segment, ViolationId, WallTime};
use anjian_footage::{Cut, FootageError, Shelf, WholeFile};

use crate::check::batch::BATCH;
use crate::check::repair::Repair;
use crate::engine::blocking::blocking;
use crate::engine::columns::{Columns, uuid_column};
use crate::evidence::clip_row::{self, ClipDigest, ClipRow, ClipState};
use crate::{CheckFinding, CheckReport, EvidenceKind, Index, IndexError};

/// A clip that lies in the recording.
struct Noted {
    seq: i64,
    violation: ViolationId,
    camera: CameraId,
    from: WallTime,
    to: WallTime,
    digest: ClipDigest,
}

impl Index {
    pub(crate) async fn check_clips(
        &self,
        report: &mut CheckReport,
        repair: Repair,
    ) -> Result<(), IndexError> {
        let mut after = 0;
        loop {
            let batch = self.noted_after(after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.seq;
            for noted in batch {
                report.clips += 1;
                let Some(finding) = self.compare_clip(&noted).await? else {
                    report.bytes += noted.digest.size_bytes;
                    continue;
                };
                // Retention may have cut it while its segments were read.
                if !self.is_still_noted(&noted).await? {
                    continue;
                }
                if repair == Repair::Segments && matches!(finding, CheckFinding::ClipMissing { .. }) {
                    self.look_again(noted.seq).await?;
                    report.repaired += 1;
                } else {
                    report.find(finding);
                }
            }
        }
    }

    async fn compare_clip(&self, noted: &Noted) -> Result<Option<CheckFinding>, IndexError> {
        let segments = self.timeline(&noted.camera, noted.from, noted.to).await?.segments;
        let shelf = self.shelf();
        let (violation, range, digest) = (noted.violation, (noted.from, noted.to), noted.digest.clone());
        blocking(move || Ok(compare(&shelf, &segments, violation, range, &digest))).await
    }

    async fn noted_after(&self, after: i64) -> Result<Vec<Noted>, IndexError> {
        let own = self.is_own("c.camera");
        let sql = format!(
            "SELECT c.*, v.id FROM clip AS c JOIN violation AS v ON v.seq = c.violation \
             WHERE c.state = 'recorded' AND {own} AND c.violation > $1 ORDER BY c.violation LIMIT $2"
        );
        let rows = sql::query(&sql).bind(after).bind(BATCH as i64).fetch_all(&self.inner.reader).await;
        rows.map_err(not_read)?.iter().filter_map(|row| decode(row).transpose()).collect()
    }

    async fn is_still_noted(&self, noted: &Noted) -> Result<bool, IndexError> {
        let mut reading = self.inner.reader.acquire().await.map_err(not_read)?;
        let clip = clip_row::find(&mut reading, noted.seq).await?;
        Ok(clip.is_some_and(|clip| clip.digest.as_ref() == Some(&noted.digest)))
    }

    /// Lets the live system note what the recording still holds.
    async fn look_again(&self, seq: i64) -> Result<(), IndexError> {
        let due = ClipRow {
            state: ClipState::Due,
            from: None,
            to: None,
            digest: None,
            reason: None,
            expired: None,
        };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clip").await?;
        clip_row::update(&mut transaction, seq, ClipState::Recorded, &due).await?;
        let failed = |source| IndexError::Database { doing: "note a clip", table: "clip", source };
        transaction.commit().await.map_err(failed)
    }

    /// Whether a file without a row is what a killed process left of a clip that is to be cut. The next cut replaces it.
    pub(crate) async fn is_begun_clip(&self, stored_path: &str) -> Result<bool, IndexError> {
        let path = Path::new(stored_path);
        let name = Path::new(EvidenceKind::Clip.file_name());
        let is_clip = [name, &WholeFile::partial_of(name)]
            .iter()
            .any(|name| path.file_name() == Some(name.as_os_str()));
        let folder = path.parent().and_then(Path::file_name).and_then(|folder| folder.to_str());
        let Some(id) = folder.filter(|_| is_clip).and_then(|id| id.parse::<ViolationId>().ok()) else {
            return Ok(false);
        };
        let sql = "SELECT EXISTS (SELECT 1 FROM violation AS v JOIN clip AS c ON c.violation = v.seq \
             WHERE v.id = $1 AND c.state IN ('due', 'recorded'))";
        let found = sql::query(sql).bind(uuid_column(id.0)).scalar(&self.inner.reader).await;
        found.map_err(not_read)
    }
}

fn compare(
    shelf: &Shelf,
    segments: &[Segment],
    violation: ViolationId,
    (from, to): (WallTime, WallTime),
    digest: &ClipDigest,
) -> Option<CheckFinding> {
    let missing = |reason: String| Some(CheckFinding::ClipMissing { violation, reason });
    let read = Cut::plan(shelf.clone(), segments, from, to).and_then(|cut| match cut.len() {
        len if len == digest.size_bytes => cut.digest().map(Ok),
        len => Ok(Err(len)),
    });
    match read {
        Ok(Ok(found)) => (found.sha256 != digest.sha256).then_some(CheckFinding::ClipChanged { violation }),
        Ok(Err(len)) => missing(format!("it has {len} bytes now, noted were {}", digest.size_bytes)),
        Err(FootageError::Empty { .. }) => missing("nothing of it is left".to_owned()),
        Err(error) => missing(error.to_string()),
    }
}

/// `None` for one that is not noted, which the schema excludes.
fn decode(row: &Row) -> Result<Option<Noted>, IndexError> {
    let columns = Columns { table: "clip", row };
    let Some(digest) = clip_row::digest(&columns)? else { return Ok(None) };
    Ok(Some(Noted {
        seq: columns.get("violation")?,
        violation: ViolationId(columns.uuid("id")?),
        camera: columns.word("camera")?,
        from: columns.wall("from_us")?,
        to: columns.wall("to_us")?,
        digest,
    }))
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "check clips", table: "clip", source }
}
