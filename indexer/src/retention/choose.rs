//! What expires: by age and by size a camera, by size of all, and for room on the disk. The oldest first, no more than
//! needed, and never what a hold or a due clip needs. Clips in it are cut first; what they could not be cut of stays.

use crate::engine::sql;
use crate::engine::sql::Builder;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use anjian_domain::{CameraId, Place, WallTime};

use crate::engine::blocking::blocking;
use crate::engine::disk::Room;
use crate::recordings::stored::Stored;
use crate::retention::expire::{BATCH, Candidate, Stuck, decode, push_may_go};
use crate::retention::keep_clips::Keeping;
use crate::{CameraLimits, Index, IndexError};

/// What is told of recorders and of coverage is kept for as long as a report may reach back.
const KEEP_WORDS: Duration = Index::MAX_REPORT;

/// What expired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expiry {
    /// Segments that were deleted.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether a size or the room could not be kept: everything that is left is held, needed or unfinished.
    pub is_short: bool,
    /// Room on the disk afterwards.
    pub free_bytes: u64,
    /// Segments that should be gone, but whose file could not be deleted or read. Each is tried again.
    pub stuck: u64,
    /// What the system said of the first.
    pub stuck_reason: Option<String>,
    /// Clips that were cut because their recording went.
    pub clips: u64,
    /// Clips that could not be cut. Their recording stays, and they are tried again.
    pub clips_failed: u64,
    /// Why the first of these could not be.
    pub problem: Option<String>,
}

/// Segments of each camera that may go, the oldest first, read as they are needed.
struct Queues<'i> {
    index: &'i Index,
    place: Place,
    cameras: BTreeMap<CameraId, Queue>,
    keeping: Keeping,
}

#[derive(Default)]
struct Queue {
    next: VecDeque<Candidate>,
    after: Option<WallTime>,
    is_read: bool,
}

impl Expiry {
    fn note(&mut self, stuck: Stuck) {
        self.stuck += stuck.files;
        self.stuck_reason = self.stuck_reason.take().or(stuck.first);
    }

    fn note_clips(&mut self, keeping: Keeping) {
        (self.clips, self.clips_failed, self.problem) = (keeping.cut, keeping.failed, keeping.problem);
    }
}

impl Index {
    /// Deletes what has expired, finishes deletions that were cut short, mends segments that a recorder left open (a
    /// disk that refused) while it went on with the next, and makes the reserve again when there is room. Only the live system may call it, one call at a time.
    ///
    /// # Errors
    /// When rows or files could not be written; the next call goes on where this one stopped.
    pub async fn run_retention(&self) -> Result<Expiry, IndexError> {
        let mut expiry = Expiry::default();
        expiry.note(self.finish_expiring(Place::Here).await?.stuck);
        expiry.note(self.mend_left_open().await?);
        self.prune_words().await?;
        let spans = self.stored_in(Place::Here).await?;
        let mut queues = Queues::new(self, Place::Here, &spans);
        let mut chosen = Vec::new();
        for span in &spans {
            let limits = self.recording_settings().retention.limits(&span.camera);
            expiry.is_short |= self.choose_of_camera(span, limits, &mut queues, &mut chosen).await?;
        }
        self.delete(&mut chosen, &mut expiry).await?;
        let need = self.need(&spans, &expiry).await?;
        expiry.is_short |= queues.choose_oldest(need, &mut chosen).await?;
        self.delete(&mut chosen, &mut expiry).await?;
        expiry.note_clips(queues.keeping);
        let index = self.clone();
        expiry.free_bytes = blocking(move || {
            index.fill_reserve()?;
            Ok(index.recordings_room()?.free_bytes)
        })
        .await?;
        Ok(expiry)
    }

    /// The same for what lies in the bucket, by age alone: sizes are limits of the local disk. A call of its own, so that a bucket
    /// that does not answer keeps no room of the local disk from being made. Nothing without a bucket.
    ///
    /// # Errors
    /// As [`Index::run_retention`], and when the bucket is not available.
    pub async fn run_bucket_retention(&self) -> Result<Expiry, IndexError> {
        let mut expiry = Expiry::default();
        if self.bucket().is_none() {
            return Ok(expiry);
        }
        expiry.note(self.finish_expiring(Place::Bucket).await?.stuck);
        let spans = self.stored_in(Place::Bucket).await?;
        let mut queues = Queues::new(self, Place::Bucket, &spans);
        let mut chosen = Vec::new();
        for span in &spans {
            let limits = self.recording_settings().retention.limits(&span.camera);
            let limits = CameraLimits { max_bytes: None, ..limits };
            self.choose_of_camera(span, limits, &mut queues, &mut chosen).await?;
        }
        self.delete(&mut chosen, &mut expiry).await?;
        expiry.note_clips(queues.keeping);
        Ok(expiry)
    }

    /// By age and by size. Answers whether the size cannot be kept.
    async fn choose_of_camera(
        &self,
        span: &Stored,
        limits: CameraLimits,
        queues: &mut Queues<'_>,
        chosen: &mut Vec<Candidate>,
    ) -> Result<bool, IndexError> {
        let oldest = limits.max_age.map(|age| self.inner.clock.now().minus(age));
        let over = limits.max_bytes.map_or(0, |most| span.bytes.saturating_sub(most));
        let mut freed = 0;
        while let Some(next) = queues.peek(&span.camera).await? {
            let is_old = oldest.is_some_and(|oldest| next.end < oldest);
            if !is_old && freed >= over {
                break;
            }
            let Some(next) = queues.take(&span.camera) else { break };
            if queues.is_free(&next).await? {
                freed += next.size_bytes;
                chosen.push(next);
            }
        }
        Ok(freed < over)
    }

    /// Bytes that must go for the size of all and for the room on the disk.
    async fn need(&self, spans: &[Stored], expiry: &Expiry) -> Result<u64, IndexError> {
        let retention = &self.recording_settings().retention;
        let recorded = spans.iter().map(|span| span.bytes).sum::<u64>().saturating_sub(expiry.bytes);
        let over = retention.max_bytes.map_or(0, |most| recorded.saturating_sub(most));
        let index = self.clone();
        let missing = blocking(move || index.missing_room()).await?;
        Ok(over.max(missing))
    }

    /// Room that is missing on the disk of the recordings; the reserve needs some if it lies there too.
    fn missing_room(&self) -> Result<u64, IndexError> {
        let room = self.recordings_room()?;
        let is_shared = self.room(&self.inner.data_dir)?.file_system == room.file_system;
        let reserve = if is_shared { self.reserve_need() } else { 0 };
        let wanted = self.recording_settings().retention.min_free_bytes.saturating_add(reserve);
        Ok(wanted.saturating_sub(room.free_bytes))
    }

    /// Room on the disk of the recordings, or of the data folder while nothing was recorded.
    pub(crate) fn recordings_room(&self) -> Result<Room, IndexError> {
        let folder = self.recordings_folder();
        self.room(if folder.is_dir() { folder } else { &self.inner.data_dir })
    }

    async fn delete(&self, chosen: &mut Vec<Candidate>, expiry: &mut Expiry) -> Result<(), IndexError> {
        let gone = self.expire(chosen).await?;
        expiry.segments += gone.segments;
        expiry.bytes += gone.bytes;
        expiry.note(gone.stuck);
        chosen.clear();
        Ok(())
    }

    /// Forgets states of recorders and coverage that no report reaches.
    async fn prune_words(&self) -> Result<(), IndexError> {
        let oldest = self.inner.clock.now().minus(KEEP_WORDS).as_micros();
        let statements = [
            "DELETE FROM coverage_minute WHERE {own} AND minute_us < $1",
            "DELETE FROM coverage_blind WHERE {own} AND minute_us < $1",
            // The last one before still says what the recorder did then.
            "DELETE FROM recording_change WHERE {own} AND since_us < $1 AND since_us < \
             (SELECT max(since_us) FROM recording_change AS h WHERE h.camera = recording_change.camera AND since_us <= $1)",
        ];
        let failed =
            |source| IndexError::Database { doing: "forget old states", table: "coverage_minute", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("coverage_minute").await?;
        for sql in statements {
            let sql = sql.replace("{own}", &self.is_own("camera"));
            sql::query(&sql).bind(oldest).execute(&mut transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

impl<'i> Queues<'i> {
    fn new(index: &'i Index, place: Place, spans: &[Stored]) -> Self {
        let cameras = spans.iter().map(|span| (span.camera.clone(), Queue::default())).collect();
        Self { index, place, cameras, keeping: Keeping::default() }
    }

    /// The oldest segment of the camera that may go and was not taken.
    async fn peek(&mut self, camera: &CameraId) -> Result<Option<&Candidate>, IndexError> {
        let Some(queue) = self.cameras.get_mut(camera) else { return Ok(None) };
        if queue.next.is_empty() && !queue.is_read {
            let read = self.index.may_go(camera, self.place, queue.after).await?;
            queue.is_read = read.len() < BATCH;
            queue.after = read.last().map(|last| last.start);
            queue.next = read.into();
        }
        Ok(queue.next.front())
    }

    fn take(&mut self, camera: &CameraId) -> Option<Candidate> {
        self.cameras.get_mut(camera)?.next.pop_front()
    }

    /// Cuts the clips in it first.
    async fn is_free(&mut self, candidate: &Candidate) -> Result<bool, IndexError> {
        self.index.keep_clips(candidate, &mut self.keeping).await
    }

    /// The oldest of all cameras until they have `need` bytes. Answers whether that was not enough.
    async fn choose_oldest(&mut self, need: u64, chosen: &mut Vec<Candidate>) -> Result<bool, IndexError> {
        let names: Vec<CameraId> = self.cameras.keys().cloned().collect();
        let mut freed = 0;
        while freed < need {
            let mut oldest: Option<(WallTime, &CameraId)> = None;
            for camera in &names {
                let start = self.peek(camera).await?.map(|next| next.start);
                oldest = [oldest, start.map(|start| (start, camera))].into_iter().flatten().min();
            }
            let Some(next) = oldest.and_then(|(_, camera)| self.take(camera)) else { return Ok(true) };
            if self.is_free(&next).await? {
                freed += next.size_bytes;
                chosen.push(next);
            }
        }
        Ok(false)
    }
}

impl Index {
    /// The oldest segments of a camera that may go, after a start.
    async fn may_go(
        &self,
        camera: &CameraId,
        place: Place,
        after: Option<WallTime>,
    ) -> Result<Vec<Candidate>, IndexError> {
        let mut sql = Builder::new(
            "SELECT camera, start_us, end_us, size_bytes, place FROM segment AS s WHERE camera = ",
        );
        sql.push_bind(camera.as_str()).push(" AND place = ").push_bind(self.inner.node.number(place));
        sql.push(" AND start_us > ").push_bind(after.map_or(i64::MIN, WallTime::as_micros));
        push_may_go(&mut sql, self.recording_settings().clips);
        sql.push(format_args!(" ORDER BY start_us LIMIT {BATCH}"));
        let rows = sql.build().fetch_all(&self.inner.reader).await;
        rows.map_err(not_chosen)?.iter().map(|row| decode(row, self.inner.node)).collect()
    }
}

fn not_chosen(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "look for old segments", table: "segment", source }
}

#[cfg(test)]
mod tests;
