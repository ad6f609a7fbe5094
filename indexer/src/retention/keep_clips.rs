//! Cuts the clips that lie in a segment before it goes. The bytes are safe first, then the row; only then may the segment
//! go, see [`crate::retention::expire`]. A process that is killed between these steps loses neither: the clip still lies
//! in the recording, and the next cut replaces the file that the first one left.

use anjian_domain::{ErrorKind, Shortage, WallTime};
use anjian_footage::{Cut, FootageError};

use crate::engine::blocking::blocking;
use crate::evidence::clip_row::{self, ClipRow, ClipState};
use crate::evidence::due_clips::may_pass;
use crate::evidence::folder::StoredFile;
use crate::evidence::rows::{Expired, ExpiredBy};
use crate::retention::expire::Candidate;
use crate::retention::threatened::{Fate, Threatened};
use crate::violations::record;
use crate::{Index, IndexError};

/// What is told when the bytes are not those that were noted.
const CHANGED: &str = "the recording was changed after the clip was noted";

/// What one round of retention did to clips.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// Clips that were cut.
    pub(crate) cut: u64,
    /// Clips that could not be cut. Their segments stay.
    pub(crate) failed: u64,
    /// Why the first of them could not be.
    pub(crate) problem: Option<String>,
    is_out_of_room: bool,
}

impl Index {
    /// Cuts the clips that lie in a segment. Answers whether it may go.
    ///
    /// # Errors
    /// When rows could not be read or written. A clip that cannot be cut is counted.
    pub(crate) async fn keep_clips(&self, of: &Candidate, keeping: &mut Keeping) -> Result<bool, IndexError> {
        let mut is_free = true;
        for clip in self.threatened(of).await? {
            is_free &= self.keep_clip(of, &clip, keeping).await?;
        }
        Ok(is_free)
    }

    async fn keep_clip(
        &self,
        of: &Candidate,
        clip: &Threatened,
        keeping: &mut Keeping,
    ) -> Result<bool, IndexError> {
        let settings = self.recording_settings();
        let fate = clip.fate(&settings.retention.evidence, settings.clips.before, self.inner.clock.now());
        let (from, to) = match fate {
            Fate::Expire(by) => return self.let_go(of, clip, by).await,
            Fate::Cut { .. } if keeping.is_out_of_room => return Ok(false),
            Fate::Cut { from, to } => (from, to),
        };
        let mut cut = self.cut_clip(of, clip, (from, to)).await;
        if cut.as_ref().is_err_and(is_room_short) && self.give_up_reserve() {
            cut = self.cut_clip(of, clip, (from, to)).await;
        }
        match cut {
            Ok(Some((file, row))) => {
                let is_kept = self.keep_cut(clip, &file, &row).await?;
                keeping.cut += u64::from(is_kept);
                Ok(is_kept)
            }
            Ok(None) if !clip.keeps_everything() => self.note_lost(of, clip, "nothing of it is left").await,
            Err(error) if !clip.keeps_everything() && !may_pass(error.kind()) => {
                self.note_lost(of, clip, &error.to_string()).await
            }
            failed => {
                keeping.failed += 1;
                keeping.is_out_of_room |= failed.as_ref().is_err_and(is_room_short);
                let why = failed.err().map_or("nothing of it is left".to_owned(), |error| error.to_string());
                keeping.problem.get_or_insert(format!("clip of violation {}: {why}", clip.id));
                Ok(false)
            }
        }
    }

    /// The file, safe on disk, and its row; `None` when the range holds no picture.
    async fn cut_clip(
        &self,
        of: &Candidate,
        clip: &Threatened,
        (from, to): (WallTime, WallTime),
    ) -> Result<Option<(StoredFile, ClipRow)>, IndexError> {
        let segments = self.timeline(&of.camera, clip.from, clip.to).await?.segments;
        let shelf = self.shelf();
        let evidence = self.inner.evidence.clone();
        let (camera, clip) = (of.camera.clone(), clip.clone());
        blocking(move || {
            let plan = |from, to| Cut::plan(shelf.clone(), &segments, from, to);
            let planned = match plan(from, to) {
                // The short clip would lie in a gap.
                Err(FootageError::Empty { .. }) => {
                    plan(clip.from, clip.to).map(|cut| (cut, clip.from, clip.to))
                }
                planned => planned.map(|cut| (cut, from, to)),
            };
            let (cut, from, to) = match planned {
                Err(FootageError::Empty { .. }) => return Ok(None),
                planned => planned?,
            };
            let file = evidence.store_clip(&camera, clip.id, clip.opened, &cut)?;
            let is_whole = (from, to) == (clip.from, clip.to);
            let is_changed = is_whole && file.row.sha256 != clip.sha256;
            let reasons = clip.reason.iter().map(String::as_str).chain(is_changed.then_some(CHANGED));
            let reason = reasons.collect::<Vec<_>>().join("; ");
            let row = ClipRow {
                state: ClipState::Cut,
                from: Some(from.max(cut.start())),
                to: Some(to),
                digest: None,
                reason: (!reason.is_empty()).then_some(reason),
                expired: None,
            };
            Ok(Some((file, row)))
        })
        .await
    }

    /// The rows of a clip whose file is safe on disk. Answers whether it is kept: a verdict or a hold may have come that
    /// wants more of it than was cut.
    async fn keep_cut(
        &self,
        clip: &Threatened,
        file: &StoredFile,
        row: &ClipRow,
    ) -> Result<bool, IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clip").await?;
        let is_as_it_was = self.is_as_it_was(&mut transaction, clip).await?;
        if !is_as_it_was || !clip_row::update(&mut transaction, clip.seq, ClipState::Recorded, row).await? {
            return Ok(false);
        }
        record::insert_files(&mut transaction, clip.seq, [file], self.inner.node).await?;
        transaction.commit().await.map_err(not_kept)?;
        Ok(true)
    }

    /// The clip goes with its recording.
    async fn let_go(&self, of: &Candidate, clip: &Threatened, by: ExpiredBy) -> Result<bool, IndexError> {
        let expired = Expired { at: self.inner.clock.now(), by };
        let row = ClipRow {
            state: ClipState::Expired,
            from: Some(clip.from),
            to: Some(clip.to),
            digest: None,
            reason: clip.reason.clone(),
            expired: Some(expired),
        };
        self.note_end(of, clip, &row).await
    }

    /// The recording under the clip cannot be cut, and nobody confirmed the violation.
    async fn note_lost(&self, of: &Candidate, clip: &Threatened, why: &str) -> Result<bool, IndexError> {
        let row = ClipRow {
            state: ClipState::None,
            from: Some(clip.from),
            to: Some(clip.to),
            digest: None,
            reason: Some(why.to_owned()),
            expired: None,
        };
        self.note_end(of, clip, &row).await
    }

    /// Not told to listeners: many old violations at once would push what happens now out of the updates that are kept.
    async fn note_end(&self, of: &Candidate, clip: &Threatened, row: &ClipRow) -> Result<bool, IndexError> {
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clip").await?;
        let is_as_it_was = self.is_as_it_was(&mut transaction, clip).await?;
        if !is_as_it_was || !clip_row::update(&mut transaction, clip.seq, ClipState::Recorded, row).await? {
            return Ok(false);
        }
        transaction.commit().await.map_err(not_kept)?;
        drop(writer);
        let (evidence, camera, id, opened) =
            (self.inner.evidence.clone(), of.camera.clone(), clip.id, clip.opened);
        blocking(move || {
            // One that was being cut when its process was killed.
            evidence.discard_clip(&camera, id, opened);
            Ok(())
        })
        .await?;
        Ok(true)
    }
}

fn is_room_short(error: &IndexError) -> bool {
    error.kind() == ErrorKind::Unavailable(Shortage::Room)
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a clip", table: "clip", source }
}
