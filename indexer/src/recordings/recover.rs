//! Putting recordings right that a killed process left: open ends, files without a row, deletions that were begun, and
//! the state of recorders that nobody stopped.

use crate::engine::sql;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use anjian_domain::{CameraId, Place, RecordingChange, RecordingState, Scope, Segment, WallTime};
use anjian_footage::StateJournal;

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::recordings::adopt::{Found, Overlap, parse_path};
use crate::recordings::record_segment;
use crate::recordings::segment_row;
use crate::recordings::timeline::MAX_UNFINISHED;
use crate::retention::expire::Stuck;
use crate::{Index, IndexError};

/// Where nothing of a camera is known, files without a row are looked for in so much of the past.
const LOOK_BACK: std::time::Duration = std::time::Duration::from_secs(48 * 3_600);

/// What was put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Segments whose open end is whole now.
    pub repaired: u64,
    /// Segments that were begun but hold nothing, or whose file is gone.
    pub dropped: u64,
    /// Files that were begun and had no row yet.
    pub adopted: u64,
    /// Deletions that were finished.
    pub removed: u64,
    /// Files that cannot be used or read; they stay where they are, and `check` names them.
    pub failed: u64,
}

impl Index {
    /// Puts right what a killed process left of the recordings. Call it once when the live system starts, after
    /// [`Index::close_interrupted`] and before anything is recorded.
    ///
    /// # Errors
    /// When rows or files could not be read or written; a later call goes on where this one stopped.
    pub async fn recover_recordings(&self) -> Result<Recovery, IndexError> {
        let mut recovery =
            Recovery { removed: self.finish_expiring(Place::Here).await?.segments, ..Recovery::default() };
        for (camera, start) in self.unfinished().await? {
            match self.mend_unfinished(&camera, start).await? {
                Found::Segment => recovery.repaired += 1,
                Found::Empty | Found::Missing => recovery.dropped += 1,
                Found::Unusable(_) | Found::Unreadable(_) => recovery.failed += 1,
            }
        }
        for path in self.newer_files().await? {
            match self.adopt(path, Overlap::Refuse).await? {
                Found::Segment => recovery.adopted += 1,
                Found::Empty => recovery.dropped += 1,
                Found::Missing => {}
                Found::Unusable(_) | Found::Unreadable(_) => recovery.failed += 1,
            }
        }
        self.take_left_states().await?;
        self.note_interruptions().await?;
        Ok(recovery)
    }

    /// States that recorders could not store before their process was killed.
    async fn take_left_states(&self) -> Result<(), IndexError> {
        for camera in self.own_cameras().await? {
            let journal = StateJournal::of(self.recordings_folder(), &camera);
            let reader = journal.clone();
            let left = match blocking(move || Ok(reader.read()?)).await {
                Ok(left) => left,
                Err(error) => {
                    tracing::warn!(camera.id = %camera, %error, "a journal of states cannot be read and stays");
                    continue;
                }
            };
            for change in left.iter().filter(|change| change.camera == camera) {
                self.keep_recording_change(change).await?;
            }
            blocking(move || Ok(journal.remove()?)).await?;
        }
        Ok(())
    }

    /// A row without a usable file goes; one whose file cannot be read now stays unfinished.
    pub(crate) async fn mend_unfinished(
        &self,
        camera: &CameraId,
        start: WallTime,
    ) -> Result<Found, IndexError> {
        let found = self.adopt(Segment::path_of(camera, start), Overlap::Trim).await?;
        if !matches!(found, Found::Segment | Found::Unreadable(_)) {
            self.forget_segment(camera, start).await?;
        }
        Ok(found)
    }

    pub(crate) async fn forget_segment(&self, camera: &CameraId, start: WallTime) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "forget a segment", table: "segment", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("segment").await?;
        segment_row::remove(&mut transaction, camera, start).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Mends segments that a recorder left open, because the disk or the index refused, while it went on with later
    /// ones.
    pub(crate) async fn mend_left_open(&self) -> Result<Stuck, IndexError> {
        let mut stuck = Stuck::default();
        for (camera, start) in self.unfinished().await? {
            let is_newest = self.newest_start(&camera).await?.is_none_or(|newest| newest <= start);
            if is_newest || self.inner.clock.now().since(start) <= MAX_UNFINISHED {
                continue;
            }
            if let Found::Unreadable(error) = self.mend_unfinished(&camera, start).await? {
                stuck.note(&error);
            }
        }
        Ok(stuck)
    }

    /// Bounded by the number of cameras: a recorder has one open segment, or two when the disk refused.
    async fn unfinished(&self) -> Result<Vec<(CameraId, WallTime)>, IndexError> {
        let sql = "SELECT camera, start_us FROM segment /*by segment_unfinished*/ \
             WHERE sha256 IS NULL AND place = $1 ORDER BY camera, start_us";
        let rows = sql::query(sql).bind(self.inner.node.0).fetch_all(&self.inner.reader).await;
        let failed =
            |source| IndexError::Database { doing: "look for open segments", table: "segment", source };
        let decode = |row| {
            let columns = Columns { table: "segment", row };
            Ok((columns.word("camera")?, columns.wall("start_us")?))
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }

    /// Files without a row that are newer than the newest segment of their camera, or than the newest up to now where
    /// some lie in the future.
    async fn newer_files(&self) -> Result<Vec<String>, IndexError> {
        let mut found = Vec::new();
        for camera in self.own_cameras().await? {
            let starts = self.starts_around_now(&camera).await?;
            let after = starts.first().copied().unwrap_or_else(|| self.inner.clock.now().minus(LOOK_BACK));
            let after = Segment::path_of(&camera, after);
            let known: HashSet<String> =
                starts.iter().map(|start| Segment::path_of(&camera, *start)).collect();
            let root = self.recordings_folder().to_path_buf();
            let newer = blocking(move || Ok(files_after(&root, camera.as_str(), &after))).await?;
            found.extend(newer.into_iter().filter(|path| !known.contains(path)));
        }
        Ok(found)
    }

    /// Starts of the newest segment that began up to now, and of all that lie in the future.
    async fn starts_around_now(&self, camera: &CameraId) -> Result<Vec<WallTime>, IndexError> {
        let sql = "SELECT start_us FROM segment WHERE camera = $1 AND start_us >= coalesce((SELECT max(start_us) \
             FROM segment WHERE camera = $1 AND start_us <= $2), $2) ORDER BY start_us";
        let query = sql::query(sql).bind(camera.as_str()).bind(self.inner.clock.now().as_micros());
        let rows = query.fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "read segments", table: "segment", source };
        rows.map_err(failed)?.iter().map(|row| Columns { table: "segment", row }.wall("start_us")).collect()
    }

    async fn newest_start(&self, camera: &CameraId) -> Result<Option<WallTime>, IndexError> {
        let sql = "SELECT max(start_us) AS start_us FROM segment WHERE camera = $1";
        let row = sql::query(sql).bind(camera.as_str()).fetch_one(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "read segments", table: "segment", source };
        Columns { table: "segment", row: &row.map_err(failed)? }.wall_or_null("start_us")
    }

    /// End of what was recorded since the recorder went into its newest state: after a clock was set back, what lies in
    /// the future is older.
    async fn last_end(&self, newest: &RecordingChange) -> Result<Option<WallTime>, IndexError> {
        let sql = "SELECT end_us FROM segment WHERE camera = $1 AND start_us <= greatest($2, $3) \
             ORDER BY start_us DESC LIMIT 1";
        let query = sql::query(sql).bind(newest.camera.as_str()).bind(newest.since.as_micros());
        let found = query.bind(self.inner.clock.now().as_micros()).fetch_optional(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "read segments", table: "segment", source };
        found.map_err(failed)?.map(|row| Columns { table: "segment", row: &row }.wall("end_us")).transpose()
    }

    /// A recorder that nobody stopped was killed: where its recording ends if it recorded, else at the last moment
    /// at which anything is known to have run.
    async fn note_interruptions(&self) -> Result<(), IndexError> {
        let own = self.own_cameras().await?;
        let mut states = self.recorder_states(&Scope::Everything).await?;
        states.retain(|change| own.contains(&change.camera));
        let mut ends = HashMap::new();
        for change in &states {
            ends.insert(change.camera.clone(), self.last_end(change).await?);
        }
        let last_told = states.iter().map(|change| change.since).max();
        let alive_until = ends.values().flatten().max().copied().max(last_told);
        let failed = |source| IndexError::Database {
            doing: "note an interruption",
            table: "recording_change",
            source,
        };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("recording_change").await?;
        for change in states {
            let since = match change.state {
                RecordingState::Stopped | RecordingState::Interrupted => continue,
                RecordingState::Recording => ends.get(&change.camera).copied().flatten(),
                _ => alive_until,
            };
            let interrupted = RecordingChange {
                state: RecordingState::Interrupted,
                since: since.map_or(change.since, |since| since.max(change.since)),
                reason: None,
                ..change
            };
            record_segment::insert_change(&mut transaction, &interrupted).await?;
        }
        transaction.commit().await.map_err(failed)
    }
}

/// Paths in `folder` and below that come after `after` in the order of time. A folder that cannot be read holds none.
fn files_after(root: &Path, folder: &str, after: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return found };
    for entry in entries.flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // Folders of days before the day of `after` hold nothing newer.
        if is_folder && after.get(..path.len()).is_some_and(|prefix| path.as_str() >= prefix) {
            found.extend(files_after(root, &path, after));
        } else if !is_folder && path.as_str() > after && parse_path(&path).is_some() {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}
