//! Lays the samples of one segment after the other, as runs of bytes.

use super::tables::{NewSample, TableBuilder};
use super::whole::{Run, Source};
use crate::{MediaSample, TrackKind};

/// The data of the file, without the boxes in front of it: what the runs hold, and the tables that describe
/// it.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) runs: Vec<Run>,
    pub(super) len: u64,
    pub(super) video: TableBuilder,
    pub(super) audio: TableBuilder,
    last: Option<(TrackKind, u32)>,
}

/// Samples of one segment and where they go. Times are added to theirs, each in ticks of its track.
pub(super) struct Part<'a> {
    pub(super) file: u32,
    pub(super) video: &'a [MediaSample],
    pub(super) video_shift: i64,
    pub(super) audio: &'a [MediaSample],
    pub(super) audio_shift: i64,
    /// What is put in front of every keyframe: piece in memory and its length.
    pub(super) insert: Option<(u32, u32)>,
}

impl Layout {
    /// Adds a segment's samples, in the order in which they lie in its file.
    pub(super) fn add(&mut self, part: &Part<'_>) {
        let (mut video, mut audio) = (part.video.iter().peekable(), part.audio.iter().peekable());
        loop {
            let is_sound_next = match (video.peek(), audio.peek()) {
                (Some(picture), Some(sound)) => sound.offset < picture.offset,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => break,
            };
            if is_sound_next {
                audio.next().into_iter().for_each(|sample| self.add_sound(part, sample));
            } else {
                video.next().into_iter().for_each(|sample| self.add_picture(part, sample));
            }
        }
    }

    fn add_picture(&mut self, part: &Part<'_>, sample: &MediaSample) {
        let position = self.len;
        let mut size_bytes = sample.size_bytes;
        if let Some((piece, len)) = part.insert.filter(|_| sample.is_sync) {
            self.add_bytes(Source::Memory(piece), 0, len);
            size_bytes = size_bytes.saturating_add(len);
        }
        self.add_bytes(Source::File(part.file), sample.offset, sample.size_bytes);
        let begins_chunk = self.begins_chunk(TrackKind::Video, part.file);
        let dts = time(sample, part.video_shift);
        self.video.push(&NewSample { size_bytes, ..new_sample(sample, dts, position, begins_chunk) });
    }

    fn add_sound(&mut self, part: &Part<'_>, sample: &MediaSample) {
        let dts = time(sample, part.audio_shift);
        // Sound of two segments may overlap a little where they meet; times must grow.
        if self.audio.last_dts().is_some_and(|last| dts <= last) {
            return;
        }
        let position = self.len;
        self.add_bytes(Source::File(part.file), sample.offset, sample.size_bytes);
        let begins_chunk = self.begins_chunk(TrackKind::Audio, part.file);
        self.audio.push(&new_sample(sample, dts, position, begins_chunk));
    }

    fn begins_chunk(&mut self, kind: TrackKind, file: u32) -> bool {
        self.last.replace((kind, file)) != Some((kind, file))
    }

    fn add_bytes(&mut self, source: Source, offset: u64, len: u32) {
        let len = u64::from(len);
        let at = self.len;
        self.len += len;
        match self.runs.last_mut() {
            Some(run) if run.source == source && run.offset + run.len == offset => run.len += len,
            _ if len == 0 => {}
            _ => self.runs.push(Run { at, len, source, offset }),
        }
    }
}

fn time(sample: &MediaSample, shift: i64) -> i64 {
    i64::try_from(sample.dts).unwrap_or(i64::MAX).saturating_add(shift)
}

fn new_sample(sample: &MediaSample, dts: i64, position: u64, begins_chunk: bool) -> NewSample {
    NewSample {
        dts,
        duration: sample.duration,
        pts_offset: sample.pts_offset,
        size_bytes: sample.size_bytes,
        is_sync: sample.is_sync,
        position,
        begins_chunk,
    }
}
