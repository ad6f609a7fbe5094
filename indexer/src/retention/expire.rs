//! Deleting segments so that a process may be killed at any moment: the row is marked, then the file deleted, then
//! the row. Whatever is marked is finished at the next start. Whether a segment may go is decided in the transaction
//! that marks it.

use crate::engine::connection::Connection;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::engine::sql::Builder;
use std::path::{Path, PathBuf};

use anjian_domain::{CameraId, Place, Segment, WallTime};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::nodes::register::NodeId;
use crate::recordings::segment_key::key_of;
use crate::{ClipSettings, Index, IndexError};

/// Segments that are deleted together.
pub(crate) const BATCH: usize = 256;

/// A segment that may have to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) camera: CameraId,
    pub(crate) start: WallTime,
    pub(crate) end: WallTime,
    pub(crate) size_bytes: u64,
    pub(crate) place: Place,
}

/// How many segments and bytes are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) segments: u64,
    pub(crate) bytes: u64,
    pub(crate) stuck: Stuck,
}

/// Files that could not be deleted. They stay marked, and are tried again each time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stuck {
    pub(crate) files: u64,
    /// What the system said of the first.
    pub(crate) first: Option<String>,
}

impl Candidate {
    /// What it is called in the bucket.
    fn key(&self) -> String {
        key_of(&Segment::path_of(&self.camera, self.start))
    }
}

impl Stuck {
    pub(crate) fn add(&mut self, other: Self) {
        self.files += other.files;
        self.first = self.first.take().or(other.first);
    }

    pub(crate) fn note(&mut self, error: &IndexError) {
        self.files += 1;
        self.first.get_or_insert_with(|| error.to_string());
    }
}

impl Index {
    /// Deletes those of the candidates that may go.
    pub(crate) async fn expire(&self, candidates: &[Candidate]) -> Result<Gone, IndexError> {
        let mut gone = Gone::default();
        for batch in candidates.chunks(BATCH) {
            let marked = self.mark(batch).await?;
            let (deleted, stuck) = self.delete_files(marked).await?;
            self.forget(&deleted).await?;
            gone.segments += deleted.len() as u64;
            gone.bytes += deleted.iter().map(|candidate| candidate.size_bytes).sum::<u64>();
            gone.stuck.add(stuck);
        }
        Ok(gone)
    }

    /// Finishes what a killed process, or a disk that refused, left half done. A segment that a hold covers by now
    /// stays if its file is still there. One that cannot be deleted stops no other.
    pub(crate) async fn finish_expiring(&self, place: Place) -> Result<Gone, IndexError> {
        let (mut gone, mut after) = (Gone::default(), None);
        loop {
            let marked = self.marked(place, after.as_ref()).await?;
            let Some(last) = marked.last() else { return Ok(gone) };
            after = Some(last.clone());
            let (deleted, stuck) = self.delete_files(self.spare_held(marked).await?).await?;
            self.forget(&deleted).await?;
            gone.segments += deleted.len() as u64;
            gone.bytes += deleted.iter().map(|candidate| candidate.size_bytes).sum::<u64>();
            gone.stuck.add(stuck);
        }
    }

    /// Marks those that may go, and answers them.
    pub(crate) async fn mark(&self, candidates: &[Candidate]) -> Result<Vec<Candidate>, IndexError> {
        let clips = self.recording_settings().clips;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        let mut marked = Vec::new();
        for candidate in candidates {
            let mut sql = Builder::new("UPDATE segment AS s SET is_expiring = 1 WHERE s.camera = ");
            sql.push_bind(candidate.camera.as_str());
            sql.push(" AND s.start_us = ").push_bind(candidate.start.as_micros());
            push_may_go(&mut sql, clips);
            push_holds_no_clip(&mut sql);
            let changed = sql.build().execute(&mut transaction).await.map_err(not_marked)?;
            if changed > 0 {
                marked.push(candidate.clone());
            }
        }
        transaction.commit().await.map_err(not_marked)?;
        Ok(marked)
    }

    /// Answers whose files are gone.
    ///
    /// # Errors
    /// When the bucket is not available. What is marked is deleted later.
    pub(crate) async fn delete_files(
        &self,
        marked: Vec<Candidate>,
    ) -> Result<(Vec<Candidate>, Stuck), IndexError> {
        let root = self.recordings_folder().to_path_buf();
        let now = self.inner.clock.now();
        let (far, here): (Vec<_>, Vec<_>) =
            marked.into_iter().partition(|candidate| candidate.place == Place::Bucket);
        let (mut deleted, mut stuck) = blocking(move || {
            let (mut deleted, mut stuck) = (Vec::new(), Stuck::default());
            for candidate in here {
                match delete_file(&root, &candidate.camera, candidate.start, now) {
                    Ok(()) => deleted.push(candidate),
                    Err(error) => stuck.note(&error),
                }
            }
            Ok((deleted, stuck))
        })
        .await?;
        for candidate in far {
            match self.delete_object(&candidate).await {
                Ok(()) => deleted.push(candidate),
                // Each further one would take its timeout too.
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => stuck.note(&error),
            }
        }
        Ok((deleted, stuck))
    }

    async fn delete_object(&self, candidate: &Candidate) -> Result<(), IndexError> {
        self.require_bucket()?.delete(&candidate.key()).await
    }

    /// Whether its file is still there.
    async fn is_there(&self, candidate: &Candidate) -> Result<bool, IndexError> {
        if candidate.place == Place::Bucket {
            return Ok(self.require_bucket()?.size(&candidate.key()).await?.is_some());
        }
        Ok(self.segment_path(&candidate.camera, candidate.start).exists())
    }

    pub(crate) async fn forget(&self, marked: &[Candidate]) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "forget a segment", table: "segment", source };
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        for candidate in marked {
            let sql = "DELETE FROM segment WHERE camera = $1 AND start_us = $2 AND is_expiring = 1";
            let query = sql::query(sql).bind(candidate.camera.as_str()).bind(candidate.start.as_micros());
            query.execute(&mut transaction).await.map_err(failed)?;
            let sql = "UPDATE recorded SET expired_until_us = greatest(coalesce(expired_until_us, $2), $2) WHERE camera = $1";
            // One that a wrong clock dated lies in the future.
            let end = candidate.end.min(now);
            let query = sql::query(sql).bind(candidate.camera.as_str()).bind(end.as_micros());
            query.execute(&mut transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn marked(&self, place: Place, after: Option<&Candidate>) -> Result<Vec<Candidate>, IndexError> {
        let own = if place == Place::Bucket { self.is_own("s.camera") } else { "TRUE".to_owned() };
        let sql = format!(
            "SELECT camera, start_us, end_us, size_bytes, place FROM segment AS s /*by segment_expiring*/ \
             WHERE is_expiring = 1 AND place = $4 AND {own} AND (camera, start_us) > ($1, $2) ORDER BY camera, start_us LIMIT $3"
        );
        let query = sql::query(&sql).bind(after.map_or("", |after| after.camera.as_str()).to_owned());
        let query = query.bind(after.map_or(i64::MIN, |after| after.start.as_micros())).bind(BATCH as i64);
        let query = query.bind(self.inner.node.number(place));
        let rows = query.fetch_all(&self.inner.reader).await;
        rows.map_err(not_marked)?.iter().map(|row| decode(row, self.inner.node)).collect()
    }

    /// Those that are not kept.
    async fn spare_held(&self, marked: Vec<Candidate>) -> Result<Vec<Candidate>, IndexError> {
        let mut found = Vec::new();
        for candidate in marked {
            let is_there = self.is_there(&candidate).await?;
            found.push((candidate, is_there));
        }
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        let mut gone = Vec::new();
        for (candidate, is_there) in found {
            if is_there && is_held(&mut transaction, &candidate).await? {
                let sql = "UPDATE segment SET is_expiring = 0 WHERE camera = $1 AND start_us = $2";
                let query = sql::query(sql).bind(candidate.camera.as_str()).bind(candidate.start.as_micros());
                query.execute(&mut transaction).await.map_err(not_marked)?;
            } else {
                gone.push(candidate);
            }
        }
        transaction.commit().await.map_err(not_marked)?;
        Ok(gone)
    }

    pub(crate) fn segment_path(&self, camera: &CameraId, start: WallTime) -> PathBuf {
        self.recordings_folder().join(Segment::path_of(camera, start))
    }
}

/// A file that is gone already is no error. Folders of past days go with their last file.
pub(crate) fn delete_file(
    root: &Path,
    camera: &CameraId,
    start: WallTime,
    now: WallTime,
) -> Result<(), IndexError> {
    let path = root.join(Segment::path_of(camera, start));
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(IndexError::File { doing: "delete", path, source });
        }
        _ => {}
    }
    // A recorder may be about to put a file into the folder of today.
    let is_past = now.since(start) > std::time::Duration::from_secs(48 * 3_600);
    let camera_folder = root.join(camera.as_str());
    if is_past {
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != camera_folder);
        // Stops at the first folder that still holds something.
        let _ = { folders }.try_for_each(std::fs::remove_dir);
    }
    Ok(())
}

/// Narrows `segment AS s` to what may be deleted: finished, not given up yet, not held, and no due clip needs it.
/// Due clips are few and are walked first (`JOIN /*then*/`); a camera's violations are many.
pub(crate) fn push_may_go(sql: &mut Builder, clips: ClipSettings) {
    let micros = |duration: std::time::Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
    sql.push(
        " AND s.sha256 IS NOT NULL AND s.is_expiring = 0 AND NOT EXISTS (SELECT 1 FROM hold AS h \
         WHERE h.camera = s.camera AND h.lifted_us IS NULL AND h.to_us > s.start_us AND h.from_us < s.end_us) \
         AND NOT EXISTS (SELECT 1 FROM clip AS c /*by clip_due*/ JOIN /*then*/ violation AS v ON v.seq = c.violation \
         WHERE c.state = 'due' AND v.camera = s.camera AND v.opened_us - v.clock_offset_us - ",
    );
    sql.push_bind(micros(clips.before)).push(" < s.end_us AND v.opened_us - v.clock_offset_us - ");
    sql.push_bind(micros(clips.before)).push(" + ").push_bind(micros(clips.max)).push(" > s.start_us)");
}

/// Narrows `segment AS s` further, to those in which no clip lies that was not cut: its bytes and its row come first.
fn push_holds_no_clip(sql: &mut Builder) {
    sql.push(
        " AND NOT EXISTS (SELECT 1 FROM clip AS r /*by clip_recorded*/ WHERE r.state = 'recorded' \
         AND r.camera = s.camera AND ",
    );
    push_touches(sql, "s.start_us", "s.end_us");
    sql.push(")");
}

/// Narrows `clip AS r` to those that show something between two columns or parameters. No clip is longer than
/// [`ClipSettings::LONGEST`]: the index is read around the range only.
pub(crate) fn push_touches(sql: &mut Builder, start: &str, end: &str) {
    let longest = ClipSettings::LONGEST.as_micros();
    sql.push(format_args!("r.from_us < {end} AND r.from_us >= {start} - {longest} AND r.to_us > {start}"));
}

async fn is_held(connection: &mut Connection<'_>, candidate: &Candidate) -> Result<bool, IndexError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM hold WHERE camera = $1 AND lifted_us IS NULL \
         AND to_us > $2 AND from_us < $3)";
    let query = sql::query(sql).bind(candidate.camera.as_str());
    let query = query.bind(candidate.start.as_micros()).bind(candidate.end.as_micros());
    query.scalar(connection).await.map_err(not_marked)
}

pub(crate) fn decode(row: &Row, node: NodeId) -> Result<Candidate, IndexError> {
    let columns = Columns { table: "segment", row };
    Ok(Candidate {
        camera: columns.word("camera")?,
        start: columns.wall("start_us")?,
        end: columns.wall("end_us")?,
        size_bytes: columns.unsigned("size_bytes")?,
        place: node.place(columns.get("place")?),
    })
}

fn not_marked(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "choose segments that expire", table: "segment", source }
}
