//! The file that is being recorded: where each packet lies in it, and when it is to end.

use std::time::Duration;

use anjian_domain::{Segment, WallTime};
use anjian_footage::{FootageError, Sample, TrackKind, Tracks, VIDEO_TIMESCALE};

use super::decode_order::{DecodeOrder, Picture, Reorder};
use super::files::OpenFile;
use super::intake::Packet;
use super::tracks::sound_ns;
use crate::stream_clock::{ANEW, STEP_US};

/// A stream that pauses for longer has a hole: what is missing is shown as missing.
const HOLE_NS: i64 = 2_000_000_000;

/// The same for cameras that send a picture only now and then: so many of their usual pauses.
const HOLE_PAUSES: i64 = 4;

/// Sounds that follow each other so closely are one stretch of sound.
const SOUND_APART_NS: i64 = 50_000_000;

fn anew_ns() -> i64 {
    i64::try_from(ANEW.as_nanos()).unwrap_or(i64::MAX)
}

/// How a picture follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// As it should.
    Directly,
    /// After pictures that are missing.
    AfterHole,
}

/// The newest picture, in the stream's time and in UTC.
#[derive(Debug, Clone, Copy)]
struct Newest {
    media_ns: i64,
    wall_us: i64,
}

/// An open segment.
pub(super) struct OpenSegment {
    file: Box<dyn OpenFile>,
    tracks: Tracks,
    start: WallTime,
    /// What is added to UTC so that nothing lies before `start`, and so that a clock that was set waits for the next
    /// file.
    shift_us: i64,
    newest: Newest,
    usual_ns: i64,
    order: DecodeOrder,
    sound_end_ns: Option<i64>,
    is_cut_due: bool,
}

impl OpenSegment {
    /// A file that begins with a picture of the stream's time `media_ns`, placed at `wall`.
    pub(super) fn new(file: Box<dyn OpenFile>, tracks: Tracks, media_ns: i64, wall: WallTime) -> Self {
        let (start, wall_us) = (file.segment().start, wall.as_micros());
        Self {
            file,
            tracks,
            start,
            shift_us: start.as_micros() - wall_us,
            newest: Newest { media_ns, wall_us },
            usual_ns: 0,
            order: DecodeOrder::default(),
            sound_end_ns: None,
            is_cut_due: false,
        }
    }

    pub(super) const fn tracks(&self) -> &Tracks {
        &self.tracks
    }

    /// The next keyframe begins another file.
    pub(super) const fn cut_soon(&mut self) {
        self.is_cut_due = true;
    }

    pub(super) const fn is_cut_due(&self) -> bool {
        self.is_cut_due
    }

    /// What a picture at `wall` says of the time before it. A clock that was set ends the file, but loses nothing: up
    /// to the next keyframe its time runs on as it did.
    /// A pause within a group of pictures stays in the file, so that the pictures behind it can be decoded.
    pub(super) fn follow(&mut self, media_ns: i64, wall: WallTime, is_sync: bool) -> Follows {
        let pause_ns = media_ns - self.newest.media_ns;
        if (-anew_ns()..=0).contains(&pause_ns) {
            return Follows::Directly;
        }
        // Before the second picture nothing is known of how often the camera sends one.
        let is_long = self.usual_ns > 0 && pause_ns > HOLE_NS.max(self.usual_ns * HOLE_PAUSES);
        if pause_ns < 0 || is_long && is_sync {
            return Follows::AfterHole;
        }
        self.is_cut_due |= is_long;
        let step_us = wall.as_micros() - self.newest.wall_us - pause_ns / 1000;
        if step_us.abs() > STEP_US / 2 {
            self.shift_us -= step_us;
            self.is_cut_due = true;
        }
        self.usual_ns = match self.usual_ns {
            0 => pause_ns,
            usual_ns if is_long => usual_ns,
            usual_ns => (usual_ns * 7 + pause_ns) / 8,
        };
        self.newest = Newest { media_ns, wall_us: wall.as_micros() };
        Follows::Directly
    }

    /// Nanoseconds from the beginning of the file.
    pub(super) fn at_ns(&self, wall: WallTime) -> i64 {
        (wall.as_micros() + self.shift_us - self.start.as_micros()) * 1000
    }

    /// Whether the file is as long as files are to be, to the nearest picture.
    pub(super) fn is_full(&self, wall: WallTime, length: Duration) -> bool {
        self.at_ns(wall) + self.usual_ns / 2 >= i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
    }

    /// UTC up to which the file reaches with its newest picture.
    pub(super) fn reach(&self) -> WallTime {
        let end_us = self.newest.wall_us + self.shift_us + self.usual_ns / 1000;
        WallTime::from_micros(end_us).unwrap_or(self.start)
    }

    /// Writes a picture, or a few that waited for it.
    pub(super) fn push_picture(
        &mut self,
        packet: &Packet,
        wall: WallTime,
        reorder: &mut Reorder,
    ) -> Result<(), FootageError> {
        let shown_ns = self.at_ns(wall);
        if shown_ns < 0 {
            // Belongs before the keyframe that the file begins with, and needs the file before to be decoded.
            return Ok(());
        }
        let picture = Picture { data: packet.data.clone(), shown_ns, is_sync: packet.is_sync };
        self.order.push(picture, reorder);
        while let Some((decoded_ns, picture)) = self.order.pop(*reorder) {
            self.write(decoded_ns, &picture)?;
        }
        Ok(())
    }

    fn write(&mut self, dts_ns: i64, picture: &Picture) -> Result<(), FootageError> {
        let Ok(data) = picture.data.map_readable() else { return Ok(()) };
        let duration_ns = u64::try_from(self.usual_ns).unwrap_or_default();
        let (pts_ns, is_sync) = (picture.shown_ns, picture.is_sync);
        self.file.push(TrackKind::Video, &Sample { data: &data, pts_ns, dts_ns, duration_ns, is_sync })
    }

    /// Writes a sound. Sounds follow each other without a seam as long as their times agree more or less.
    pub(super) fn push_sound(&mut self, packet: &Packet, wall: WallTime) -> Result<(), FootageError> {
        let Some(track) = &self.tracks.audio else { return Ok(()) };
        let Ok(data) = packet.data.map_readable() else { return Ok(()) };
        let at_ns = self.at_ns(wall);
        let seamless = self.sound_end_ns.filter(|end_ns| (at_ns - end_ns).abs() < SOUND_APART_NS);
        let pts_ns = match (seamless, self.sound_end_ns) {
            (Some(end_ns), _) => end_ns,
            (None, Some(end_ns)) => at_ns.max(end_ns),
            (None, None) => at_ns,
        };
        let duration_ns = sound_ns(track, data.len());
        self.sound_end_ns = Some(pts_ns + i64::try_from(duration_ns).unwrap_or_default());
        let sample = Sample { data: &data, pts_ns, dts_ns: pts_ns, duration_ns, is_sync: true };
        self.file.push(TrackKind::Audio, &sample)
    }

    /// Writes what is there, for a stream that pauses.
    pub(super) fn flush(&mut self) -> Result<(), FootageError> {
        self.file.flush()
    }

    /// Completes the file with what is on disk: it takes no more.
    pub(super) fn abandon(self) -> Result<Segment, FootageError> {
        self.file.finish(None)
    }

    /// Completes the file. `end`: where the next picture lies, when it follows directly.
    pub(super) fn finish(mut self, end: Option<WallTime>) -> Result<Segment, FootageError> {
        while let Some((decoded_ns, picture)) = self.order.pop_any() {
            if let Err(error) = self.write(decoded_ns, &picture) {
                // What is on disk is completed all the same.
                tracing::debug!(%error, "the end of a segment is lost");
                break;
            }
        }
        let end = end.unwrap_or_else(|| {
            let shown_until_us = self.newest.wall_us + self.usual_ns / 1000;
            WallTime::from_micros(shown_until_us).unwrap_or(self.start)
        });
        // A whole number of ticks, so that the file does not end, rounded, after the next begins.
        let ticks = self.at_ns(end) * i64::from(VIDEO_TIMESCALE) / 1_000_000_000;
        let end_ns = ticks * 1_000_000_000 / i64::from(VIDEO_TIMESCALE);
        self.file.finish((end_ns > 0).then_some(end_ns))
    }
}
