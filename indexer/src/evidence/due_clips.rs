//! Notes what the clip of a violation shows, once the recording reaches past its end: range, size and digest. Its bytes
//! stay in the recording; [`crate::evidence::keep_clips`] cuts it before they go. A clip that cannot be had now or ever
//! is remembered as such, with the reason, and not tried again.

use crate::engine::sql;
use std::time::Duration;

use anjian_domain::{CameraId, ErrorKind, Segment, WallTime};
use anjian_footage::{Cut, FootageError, Shelf, scan_segment};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::evidence::clip_row::{self, ClipDigest, ClipRow, ClipState};
use crate::recordings::gap::Gap;
use crate::recordings::timeline::MAX_UNFINISHED;
use crate::updates::outbox;
use crate::{ClipSettings, Index, IndexError};

/// Clips that are looked at in one call.
const BATCH: i64 = 512;
/// How long after the end of a clip a recorder may still begin a segment that belongs to it.
const BEGINS_LATE: Duration = Duration::from_secs(10);
/// How long a clip that cannot be read for a passing reason is tried again.
const GIVE_UP: Duration = Duration::from_secs(24 * 3_600);
/// Gaps that a clip's reason names.
const NAMED_GAPS: usize = 3;

/// What became of the clips that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClipReport {
    /// Clips that can be had now.
    pub recorded: u64,
    /// Violations that never will have one: nothing was recorded then, or it cannot be cut.
    pub unrecorded: u64,
    /// Clips whose end has not come.
    pub waiting: u64,
    /// Clips that could not be read now (a disk that refuses) and will be tried again.
    pub failed: u64,
}

/// A violation without its clip. Its times are places in the recording.
struct DueClip {
    seq: i64,
    camera: CameraId,
    opened: WallTime,
    from: WallTime,
    /// Where it will end if the violation does not end earlier.
    to: WallTime,
    is_open: bool,
}

/// What a clip consists of.
struct Footage {
    segments: Vec<Segment>,
    gaps: Vec<Gap>,
}

enum Outcome {
    Waiting,
    Recorded(ClipRow),
    Nothing(String),
}

impl Index {
    /// Notes every clip that the recording holds: of each live violation from some seconds before it opened to some
    /// after it closed, see [`ClipSettings`]. Only the live system may call it, one call at a time.
    ///
    /// # Errors
    /// When rows could not be read or written. What happens to a single clip stands in the report.
    pub async fn note_due_clips(&self) -> Result<ClipReport, IndexError> {
        let mut report = ClipReport::default();
        for due in self.due_clips().await? {
            match self.look_for_clip(&due).await {
                Ok(Outcome::Waiting) => report.waiting += 1,
                Ok(Outcome::Recorded(clip)) => {
                    self.note_clip(&due, &clip).await?;
                    report.recorded += 1;
                }
                Ok(Outcome::Nothing(reason)) => {
                    self.note_nothing(&due, reason).await?;
                    report.unrecorded += 1;
                }
                Err(error) if may_pass(error.kind()) && self.inner.clock.now() < due.to.plus(GIVE_UP) => {
                    report.failed += 1;
                }
                Err(error) => {
                    self.note_nothing(&due, error.to_string()).await?;
                    report.unrecorded += 1;
                }
            }
        }
        Ok(report)
    }

    async fn due_clips(&self) -> Result<Vec<DueClip>, IndexError> {
        let own = self.is_own("c.camera");
        let sql = format!(
            "SELECT v.seq, v.camera, v.opened_us - v.clock_offset_us AS opened_us, \
             v.closed_us - v.clock_offset_us AS closed_us FROM clip AS c /*by clip_due*/ \
             JOIN violation AS v ON v.seq = c.violation WHERE c.state = 'due' AND {own} ORDER BY c.violation LIMIT $1"
        );
        let rows = sql::query(&sql).bind(BATCH).fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "look for clips", table: "clip", source };
        let settings = self.recording_settings().clips;
        let decode = |row| {
            let columns = Columns { table: "violation", row };
            let (opened, closed) = (columns.wall("opened_us")?, columns.wall_or_null("closed_us")?);
            let (from, to) = range(settings, opened, closed);
            Ok(DueClip {
                seq: columns.get("seq")?,
                camera: columns.word("camera")?,
                opened,
                from,
                to,
                is_open: closed.is_none(),
            })
        };
        rows.map_err(failed)?.iter().map(decode).collect()
    }

    async fn look_for_clip(&self, due: &DueClip) -> Result<Outcome, IndexError> {
        let Some(footage) = self.footage(due).await? else { return Ok(Outcome::Waiting) };
        let shelf = self.shelf();
        let (opened, from, to) = (due.opened, due.from, due.to);
        blocking(move || {
            let (cut, from, to) = match plan(&shelf, &footage.segments, opened, (from, to)) {
                Ok(planned) => planned,
                Err(FootageError::Empty { .. }) => return Ok(Outcome::Nothing(nothing(&footage.gaps))),
                Err(error) => return Err(error.into()),
            };
            let digest = cut.digest()?;
            Ok(Outcome::Recorded(ClipRow {
                state: ClipState::Recorded,
                from: Some(from.max(cut.start())),
                to: Some(to),
                digest: Some(ClipDigest { size_bytes: digest.size_bytes, sha256: digest.sha256 }),
                reason: missing(&footage.gaps),
                expired: None,
            }))
        })
        .await
    }

    /// What there is of a clip's range; `None` while more may come.
    async fn footage(&self, due: &DueClip) -> Result<Option<Footage>, IndexError> {
        let now = self.inner.clock.now();
        if due.is_open
            && now < due.to
            && self.recorded_until(&due.camera, due.to).await?.is_none_or(|end| end < due.to)
        {
            return Ok(None);
        }
        let timeline = self.timeline(&due.camera, due.from, due.to).await?;
        let is_recorded = self.recorded_until(&due.camera, due.to).await?.is_some_and(|end| end >= due.to);
        if !is_recorded && !self.is_written(&timeline.segments, due.to).await? {
            let is_unfinished = timeline.segments.iter().any(|segment| segment.sha256.is_none());
            let patience = if is_unfinished { MAX_UNFINISHED } else { BEGINS_LATE };
            if now < due.to.plus(patience) {
                return Ok(None);
            }
        }
        Ok(Some(Footage { gaps: timeline.gaps(due.from), segments: timeline.segments }))
    }

    /// Whether the file that is being written reaches `to` already.
    async fn is_written(&self, segments: &[Segment], to: WallTime) -> Result<bool, IndexError> {
        let Some(last) = segments.last().filter(|segment| segment.sha256.is_none()) else { return Ok(false) };
        let (shelf, last) = (self.shelf(), last.clone());
        blocking(move || {
            Ok(scan_segment(&shelf, &last).is_ok_and(|file| last.start.plus(file.duration()) >= to))
        })
        .await
    }

    async fn note_nothing(&self, due: &DueClip, reason: String) -> Result<(), IndexError> {
        let clip = ClipRow {
            state: ClipState::None,
            from: Some(due.from),
            to: Some(due.to),
            digest: None,
            reason: Some(reason),
            expired: None,
        };
        self.note_clip(due, &clip).await
    }

    async fn note_clip(&self, due: &DueClip, clip: &ClipRow) -> Result<(), IndexError> {
        let failed = |source| IndexError::Database { doing: "note a clip", table: "clip", source };
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("clip").await?;
        clip_row::update(&mut transaction, due.seq, ClipState::Due, clip).await?;
        let update = outbox::append_violation(&mut transaction, due.seq, self.inner.clock.now()).await?;
        transaction.commit().await.map_err(failed)?;
        self.announce(update);
        Ok(())
    }
}

/// What is forbidden counts too: a person may change that before the clip is given up.
pub(crate) const fn may_pass(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unavailable(_) | ErrorKind::Refused)
}

/// From some seconds before the opening to some after the end, or as long as a clip may be.
fn range(settings: ClipSettings, opened: WallTime, closed: Option<WallTime>) -> (WallTime, WallTime) {
    let from = opened.minus(settings.before);
    let longest = from.plus(settings.max.min(ClipSettings::LONGEST));
    (from, closed.map_or(longest, |closed| closed.plus(settings.after).min(longest)))
}

/// The clip, and the range that it shows. Where the pictures change so that one file cannot hold both sides, the side
/// with the opening of the violation.
fn plan(
    shelf: &Shelf,
    segments: &[Segment],
    opened: WallTime,
    (mut from, mut to): (WallTime, WallTime),
) -> Result<(Cut, WallTime, WallTime), FootageError> {
    loop {
        match Cut::plan(shelf.clone(), segments, from, to) {
            Ok(cut) => return Ok((cut, from, to)),
            Err(FootageError::CannotJoin { at, .. }) if at > opened && at < to => to = at,
            Err(FootageError::CannotJoin { at, .. }) if at <= opened && at > from => from = at,
            Err(error) => return Err(error),
        }
    }
}

fn nothing(gaps: &[Gap]) -> String {
    missing(gaps).unwrap_or_else(|| "nothing was recorded then".into())
}

/// Names what is missing of a clip.
fn missing(gaps: &[Gap]) -> Option<String> {
    let name = |gap: &Gap| format!("{} to {} ({})", gap.from, gap.to, gap.cause.as_str());
    let named: Vec<String> = gaps.iter().take(NAMED_GAPS).map(name).collect();
    let more = gaps.len().saturating_sub(NAMED_GAPS);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("not recorded: {}{rest}", named.join(", ")))
}
