//! Decides which samples a cut holds and when each is shown.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anjian_domain::{Segment, VideoCodec, WallTime};
use mp4_atom::{ElstEntry, Encode, Header};
use sha2::{Digest as _, Sha256};

use super::lay::{Layout, Part};
use super::whole::{CutGap, Run, Source, Whole};
use crate::entry::{self, ParameterSets};
use crate::moov::{Form, TrackPlan, encode_moov, ftyp};
use crate::scan::scan_beginning;
use crate::write::duration_of;
use crate::{
    AudioTrack, FootageError, MediaSample, Result, SegmentFile, Shelf, VIDEO_TIMESCALE, VideoTrack,
    scan_segment,
};

/// For how long the last picture before a gap is held, at most.
const HOLD_TICKS: i64 = VIDEO_TIMESCALE as i64;
/// Less is the jitter of arrival, no gap.
const GAP_TICKS: i64 = VIDEO_TIMESCALE as i64 / 5;
/// Place of the boxes in front of the data among the pieces in memory.
const FRONT: u32 = 0;

pub(super) fn choose(
    wanted: &AtomicBool,
    shelf: Shelf,
    segments: &[Segment],
    from: WallTime,
    to: WallTime,
) -> Result<Whole> {
    let inside = segments.iter().filter(|segment| segment.start < to && segment.end() > from);
    let chosen: Vec<_> = inside.collect();
    let forms = Forms::read(wanted, &shelf, &chosen)?;
    let mut planner = Planner::new(shelf, from, to, forms);
    for segment in chosen {
        look(wanted)?;
        planner.add(segment)?;
    }
    planner.finish()
}

/// # Errors
/// When nobody waits for the cut any more.
fn look(wanted: &AtomicBool) -> Result<()> {
    if wanted.load(Ordering::Relaxed) { Ok(()) } else { Err(FootageError::Unwanted) }
}

/// What the file's tracks are: known before the first sample is laid.
struct Forms {
    video: Option<VideoTrack>,
    audio: Option<AudioTrack>,
    sets: ParameterSets,
}

impl Forms {
    fn read(wanted: &AtomicBool, shelf: &Shelf, chosen: &[&Segment]) -> Result<Self> {
        let mut forms = Self { video: None, audio: None, sets: ParameterSets::InEntry };
        for segment in chosen {
            look(wanted)?;
            let tracks = scan_beginning(shelf, segment)?.tracks;
            let first = forms.video.get_or_insert_with(|| tracks.video.clone());
            if first.codec != tracks.video.codec {
                let path = shelf.name(segment);
                return Err(cannot_join(segment, path, first.codec, tracks.video.codec));
            }
            if *first != tracks.video {
                forms.sets = ParameterSets::InSamples;
            }
            forms.audio = forms.audio.or(tracks.audio);
        }
        Ok(forms)
    }
}

fn cannot_join(segment: &Segment, path: PathBuf, before: VideoCodec, after: VideoCodec) -> FootageError {
    let reason = format!("pictures change from {before} to {after}");
    FootageError::CannotJoin { path, at: segment.start, reason }
}

struct Planner {
    shelf: Shelf,
    from: WallTime,
    to: WallTime,
    forms: Forms,
    layout: Layout,
    files: Vec<Segment>,
    /// [`FRONT`], then parameter sets.
    memory: Vec<Vec<u8>>,
    gaps: Vec<CutGap>,
    shown: Option<Shown>,
}

/// What is shown so far. Media times in ticks of video, from the first keyframe's decoding.
struct Shown {
    start: WallTime,
    /// Media time of `start`.
    begins: i64,
    /// Media time at which the last picture ends.
    ends: i64,
    /// UTC of that.
    until: WallTime,
}

impl Planner {
    fn new(shelf: Shelf, from: WallTime, to: WallTime, forms: Forms) -> Self {
        let memory = vec![Vec::new()];
        let (layout, files, gaps) = (Layout::default(), Vec::new(), Vec::new());
        Self { shelf, from, to, forms, layout, files, memory, gaps, shown: None }
    }

    /// Adds what the range holds of a segment.
    fn add(&mut self, segment: &Segment) -> Result<()> {
        let file = scan_segment(&self.shelf, segment)?;
        // From the segment's start; below zero when the range begins before it.
        let (lower, upper) = (ticks_between(segment.start, self.from), ticks_between(segment.start, self.to));
        let video = pictures(&file.video, if self.shown.is_none() { lower } else { 0 }, upper);
        let Some(first) = video.first() else { return Ok(()) };
        let end = ticks(file.duration()).min(upper);
        let shift = self.place(segment, first, lower.max(0), end);
        let insert = self.insert(&file, segment)?;
        let audio = self.sound(&file, lower, end);
        self.layout.add(&Part {
            file: u32::try_from(self.files.len()).unwrap_or(u32::MAX),
            video,
            video_shift: shift,
            audio,
            audio_shift: self.in_audio_ticks(shift),
            insert,
        });
        self.files.push(segment.clone());
        Ok(())
    }

    /// The media time of the segment's start; notes the gap in front of it and what is shown.
    fn place(&mut self, segment: &Segment, first: &MediaSample, lower: i64, end: i64) -> i64 {
        let until = at(segment.start, end);
        let Some(shown) = &mut self.shown else {
            let shift = -i64::try_from(first.dts).unwrap_or(0);
            let begins = (shift + lower).max(0);
            let start = at(segment.start, lower);
            if ticks_between(self.from, start) > GAP_TICKS {
                self.gaps.push(CutGap {
                    from: self.from,
                    to: start,
                    at: Duration::ZERO,
                    shown: Duration::ZERO,
                });
            }
            self.shown = Some(Shown { start, begins, ends: shift + end, until });
            return shift;
        };
        let missing = ticks_between(shown.until, segment.start).max(0);
        let hold = missing.min(HOLD_TICKS);
        if missing > GAP_TICKS {
            let (at, shown_for) = (played(shown.ends - shown.begins), played(hold));
            self.gaps.push(CutGap { from: shown.until, to: segment.start, at, shown: shown_for });
        }
        let shift = shown.ends + hold;
        (shown.ends, shown.until) = (shift + end, until);
        shift
    }

    /// The parameter sets to put in front of the segment's keyframes, if they change on the way.
    fn insert(&mut self, file: &SegmentFile, segment: &Segment) -> Result<Option<(u32, u32)>> {
        if self.forms.sets == ParameterSets::InEntry {
            return Ok(None);
        }
        let name = self.shelf.name(segment);
        let refused = |reason| FootageError::not_a_segment(&name, reason);
        let sets = entry::parameter_sets(&file.tracks.video).map_err(refused)?;
        let known = self.memory.iter().skip(1).position(|piece| *piece == sets).map(|index| index + 1);
        let index = known.unwrap_or(self.memory.len());
        let len = u32::try_from(sets.len()).unwrap_or(u32::MAX);
        if known.is_none() {
            self.memory.push(sets);
        }
        Ok(Some((u32::try_from(index).unwrap_or(u32::MAX), len)))
    }

    /// The sound between two moments of a segment, if it is of the kind that the file holds.
    fn sound<'a>(&self, file: &'a SegmentFile, lower: i64, upper: i64) -> &'a [MediaSample] {
        if file.tracks.audio.is_none() || file.tracks.audio != self.forms.audio {
            return &[];
        }
        let (lower, upper) = (self.in_audio_ticks(lower), self.in_audio_ticks(upper));
        let first = file.audio.partition_point(|s| s.pts().saturating_add(s.duration.into()) <= lower);
        let last = file.audio.partition_point(|s| s.pts() < upper);
        file.audio.get(first..last).unwrap_or_default()
    }

    fn in_audio_ticks(&self, video_ticks: i64) -> i64 {
        let rate = self.forms.audio.as_ref().map_or(VIDEO_TIMESCALE, |audio| audio.sample_rate_hz);
        rescale(video_ticks, VIDEO_TIMESCALE, rate)
    }

    fn finish(mut self) -> Result<Whole> {
        let empty = FootageError::Empty { from: self.from, to: self.to };
        let (Some(shown), Some(video)) = (self.shown.take(), self.forms.video.take()) else {
            return Err(empty);
        };
        let duration = shown.ends - shown.begins;
        if duration <= 0 {
            return Err(empty);
        }
        if ticks_between(shown.until, self.to) > GAP_TICKS {
            let (at, shown_for) = (played(duration), Duration::ZERO);
            self.gaps.push(CutGap { from: shown.until, to: self.to, at, shown: shown_for });
        }
        let front = self.front(&video, &shown).map_err(|error| {
            let first = self.files.first().map(|first| self.shelf.name(first)).unwrap_or_default();
            FootageError::bad_input(&first, format!("the cut beginning here cannot be described: {error}"))
        })?;
        Ok(self.whole(front, &shown))
    }

    /// Everything in front of the data. Its size does not depend on the offsets in it: the first round
    /// measures.
    fn front(&self, video: &VideoTrack, shown: &Shown) -> mp4_atom::Result<Vec<u8>> {
        let draft = self.encode_front(video, shown, 0)?;
        self.encode_front(video, shown, draft.len() as u64)
    }

    fn encode_front(&self, video: &VideoTrack, shown: &Shown, data_at: u64) -> mp4_atom::Result<Vec<u8>> {
        let duration = shown.ends.saturating_sub(shown.begins).unsigned_abs();
        let (tables, media_duration) = self.layout.video.tables(data_at);
        let plan = TrackPlan {
            movie_duration: duration,
            media_duration,
            edits: vec![edit(duration, Some(shown.begins.unsigned_abs()))],
            tables,
            ..TrackPlan::of_video(video, self.forms.sets)?
        };
        let audio = self.forms.audio.as_ref().filter(|_| !self.layout.audio.is_empty());
        let audio = audio.map(|track| self.audio_plan(track, shown, duration, data_at)).transpose()?;
        let mut front = Vec::new();
        ftyp(b"isom", &[b"isom", b"iso2", b"mp41"]).encode(&mut front)?;
        encode_moov(&mut front, &[Some(plan), audio], duration, Form::Whole)?;
        let size = usize::try_from(self.layout.len).map_err(|_| mp4_atom::Error::InvalidSize)?;
        Header { kind: (*b"mdat").into(), size: Some(size) }.encode(&mut front)?;
        Ok(front)
    }

    /// The track of sound, which begins with its own first sample: an edit places it.
    fn audio_plan(
        &self,
        track: &AudioTrack,
        shown: &Shown,
        duration: u64,
        data_at: u64,
    ) -> mp4_atom::Result<TrackPlan> {
        let (tables, media_duration) = self.layout.audio.tables(data_at);
        let late = self.layout.audio.first_dts() - self.in_audio_ticks(shown.begins);
        let silent = rescale(late.max(0), track.sample_rate_hz, VIDEO_TIMESCALE).unsigned_abs().min(duration);
        let heard = edit(duration - silent, Some((-late).max(0).unsigned_abs()));
        let edits = if silent > 0 { vec![edit(silent, None), heard] } else { vec![heard] };
        Ok(TrackPlan {
            movie_duration: duration,
            media_duration,
            edits,
            tables,
            ..TrackPlan::of_audio(track)?
        })
    }

    fn whole(mut self, front: Vec<u8>, shown: &Shown) -> Whole {
        let front_len = front.len() as u64;
        let first = Run { at: 0, len: front_len, source: Source::Memory(FRONT), offset: 0 };
        let moved = self.layout.runs.into_iter().map(|run| Run { at: run.at + front_len, ..run });
        let runs: Vec<_> = std::iter::once(first).chain(moved).collect();
        self.memory[FRONT as usize] = front;
        Whole {
            len: front_len + self.layout.len,
            etag: etag(&runs, &self.files, &self.memory),
            runs,
            files: self.files,
            shelf: self.shelf,
            memory: self.memory,
            start: shown.start,
            duration: played(shown.ends - shown.begins),
            gaps: self.gaps,
        }
    }
}

/// The pictures from the keyframe at or before `lower` to the last one shown before `upper`.
fn pictures(video: &[MediaSample], lower: i64, upper: i64) -> &[MediaSample] {
    let end = video.iter().rposition(|sample| sample.pts() < upper).map_or(0, |last| last + 1);
    let inside = &video[..end];
    let first = inside.iter().rposition(|sample| sample.is_sync && sample.pts() <= lower.max(0));
    first.or_else(|| inside.iter().position(|sample| sample.is_sync)).map_or(&[], |first| &inside[first..])
}

fn edit(segment_duration: u64, media_time: Option<u64>) -> ElstEntry {
    ElstEntry { segment_duration, media_time, media_rate: 1.into() }
}

/// What the bytes are made of. Footage is never changed once written, so path, place and length say which it
/// is.
fn etag(runs: &[Run], files: &[Segment], memory: &[Vec<u8>]) -> String {
    let mut hash = Sha256::new();
    memory.iter().for_each(|piece| hash.update(piece));
    for run in runs {
        hash.update(run.at.to_be_bytes());
        hash.update(run.offset.to_be_bytes());
        if let Source::File(index) = run.source {
            hash.update(&files[index as usize].path);
        }
    }
    let mut tag = hex::encode(hash.finalize());
    tag.truncate(32);
    format!("\"{tag}\"")
}

fn rescale(ticks: i64, from: u32, to: u32) -> i64 {
    let (from, to) = (i128::from(from.max(1)), i128::from(to));
    i64::try_from((i128::from(ticks) * to + from / 2).div_euclid(from)).unwrap_or(i64::MAX)
}

/// Ticks of video from `start` to `moment`; below zero when it is before.
fn ticks_between(start: WallTime, moment: WallTime) -> i64 {
    rescale(moment.as_micros().saturating_sub(start.as_micros()), 1_000_000, VIDEO_TIMESCALE)
}

fn ticks(duration: Duration) -> i64 {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    rescale(micros, 1_000_000, VIDEO_TIMESCALE)
}

/// `start`, some ticks later.
fn at(start: WallTime, ticks: i64) -> WallTime {
    start.plus(played(ticks))
}

fn played(ticks: i64) -> Duration {
    duration_of(u64::try_from(ticks).unwrap_or(0), VIDEO_TIMESCALE)
}
