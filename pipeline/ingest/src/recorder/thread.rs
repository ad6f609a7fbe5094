//! The thread that records a camera: takes what its connections tell, and keeps files, rows and state in step.
//!
//! Lives as long as the camera is watched, over all its connections. Only here is a disk or the index waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{RecordingState, Segment, WallTime};
use anjian_footage::{AudioTrack, FootageError, StateJournal, TrackKind, Tracks};

use super::account;
use super::begun;
use super::intake::{Intake, Item, Packet};
use super::open::{Follows, OpenSegment};
use super::refusal::{self, Refusal};
use super::rows::Rows;
use super::status::Status;
use super::stream::Stream;
use super::workplace::Workplace;
use crate::camera_time::APART;
use crate::stream_clock::Placed;

/// A stream that sends less often is written as it comes.
const PATIENCE: Duration = Duration::from_secs(1);

/// After the file system or the index refused.
const RETRY_AFTER: Duration = Duration::from_secs(3);

/// One camera's recorder.
pub(super) struct RecorderThread<'a> {
    place: Workplace<'a>,
    rows: Rows,
    status: Status,
    stream: Stream,
    open: Option<OpenSegment>,
    was_begun: bool,
    knows_spans: bool,
    /// Where the newest file ends.
    end: Option<WallTime>,
    /// On the monotonic clock.
    refused_at: Option<Duration>,
}

impl<'a> RecorderThread<'a> {
    /// `knows_spans`: the camera's time knows already where something is recorded.
    pub(super) fn new(place: Workplace<'a>, knows_spans: bool) -> Self {
        let journal = StateJournal::of(&place.root, &place.camera);
        let rows =
            Rows::new(place.camera.clone(), Arc::clone(&place.sink), Arc::clone(&place.clock), journal);
        let status = Status::new(place.camera.clone());
        Self {
            place,
            rows,
            status,
            stream: Stream::default(),
            open: None,
            was_begun: false,
            knows_spans,
            end: None,
            refused_at: None,
        }
    }

    /// Until the intake is closed. Called again after a panic, it goes on with the stream at the next keyframe.
    pub(super) fn run(&mut self, intake: &Intake) {
        if std::mem::replace(&mut self.was_begun, true) {
            self.begin_again();
        } else {
            self.tell(RecordingState::Waiting, None);
        }
        let mut items = VecDeque::new();
        let mut goes_on = true;
        while goes_on {
            goes_on = intake.take(&mut items, PATIENCE);
            if items.is_empty() {
                self.flush();
            }
            for item in items.drain(..) {
                self.take(item);
            }
            self.look_after();
            self.rows.store_waiting();
        }
        self.end_stretch();
        self.tell(RecordingState::Stopped, None);
        self.rows.store_last();
    }

    /// What a panic left half done is let go; what was written of the open file is kept.
    fn begin_again(&mut self) {
        if let Some(open) = self.open.take() {
            let reach = open.reach();
            self.keep(open.abandon(), reach);
        }
        self.stream = std::mem::take(&mut self.stream).without_packets();
        let reason = "the recorder failed and begins again; the log has the cause";
        self.tell(RecordingState::Failed, Some(reason.to_owned()));
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Packet(packet) => self.take_packet(packet),
            Item::Audio(track) => self.take_sound_format(track),
            Item::Video(track) => {
                self.let_go();
                self.stream.video = Some(track);
            }
            Item::Connected { time, has_sound } => {
                self.end_stretch();
                self.stream = Stream::begun(time, has_sound);
            }
            Item::Missed(packets) => {
                self.end_stretch();
                let reason = format!(
                    "the recorder fell behind: {packets} packets were lost; check the load and the disk"
                );
                self.tell(RecordingState::Overloaded, Some(reason));
            }
            Item::Lost(reason) => {
                self.end_stretch();
                self.stream = Stream::default();
                self.tell(RecordingState::Waiting, reason);
            }
        }
    }

    /// What follows does not follow directly.
    fn end_stretch(&mut self) {
        self.let_go();
        self.finish(None);
    }

    fn take_sound_format(&mut self, track: AudioTrack) {
        if let Some(open) = self.open.as_mut().filter(|open| open.tracks().audio.as_ref() != Some(&track)) {
            open.cut_soon();
        }
        self.stream.audio = Some(track);
    }

    fn take_packet(&mut self, packet: Packet) {
        if packet.kind == TrackKind::Audio {
            self.stream.is_heard = true;
        }
        self.stream.interleaver.push(packet);
        while let Some(packet) = self.stream.interleaver.pop() {
            self.record(&packet);
        }
    }

    /// Records what was held back.
    fn let_go(&mut self) {
        while let Some(packet) = self.stream.interleaver.pop_any() {
            self.record(&packet);
        }
    }

    fn record(&mut self, packet: &Packet) {
        let Some(time) = self.stream.time.clone() else { return };
        if packet.kind == TrackKind::Audio {
            if let Some(placed) = time.place_sound(packet.media) {
                self.record_sound(packet, placed.wall);
            }
        } else if let Some(placed) = time.place_packet(packet.media, packet.arrived) {
            self.record_picture(packet, placed);
        }
    }

    fn record_sound(&mut self, packet: &Packet, wall: WallTime) {
        let Some(open) = self.open.as_mut() else { return };
        if open.tracks().audio.is_none() || open.tracks().audio != self.stream.audio {
            open.cut_soon();
        } else if let Err(error) = open.push_sound(packet, wall) {
            self.give_up(&error, packet.arrived);
        }
    }

    fn record_picture(&mut self, packet: &Packet, placed: Placed) {
        let media_ns = i64::try_from(packet.media.as_nanos()).unwrap_or(i64::MAX);
        self.end_if_due(packet, media_ns, placed.wall);
        if self.open.is_none() && packet.is_sync {
            self.begin(packet, media_ns, placed);
        }
        let Some(open) = self.open.as_mut() else { return };
        match open.push_picture(packet, placed.wall, &mut self.stream.reorder) {
            Ok(()) => self.stream.account.store(),
            Err(error) => self.give_up(&error, packet.arrived),
        }
    }

    /// Ends the open file when the picture does not belong into it.
    fn end_if_due(&mut self, packet: &Packet, media_ns: i64, wall: WallTime) {
        let Some(open) = self.open.as_mut() else { return };
        if open.follow(media_ns, wall, packet.is_sync) == Follows::AfterHole {
            return self.finish(None);
        }
        let is_other_video = self.stream.video.as_ref() != Some(&open.tracks().video);
        let is_due = open.is_cut_due() || open.is_full(wall, self.place.segment);
        if is_other_video || packet.is_sync && is_due {
            self.finish(Some(wall));
        }
    }

    fn begin(&mut self, packet: &Packet, media_ns: i64, placed: Placed) {
        if self.refused_at.is_some_and(|at| packet.arrived.saturating_sub(at) < RETRY_AFTER) {
            return;
        }
        let Some(video) = self.stream.video.clone() else { return };
        let is_heard = std::mem::take(&mut self.stream.is_heard);
        let audio = self.stream.audio.clone().filter(|_| is_heard);
        let begun = self.learn_spans().and_then(|()| self.create(Tracks { video, audio }, media_ns, placed));
        match begun {
            Ok(open) => {
                self.open = Some(open);
                self.refused_at = None;
                self.tell_recording();
            }
            Err(refusal) => self.refuse(refusal, packet.arrived),
        }
    }

    fn learn_spans(&mut self) -> Result<(), Refusal> {
        if !self.knows_spans {
            self.place.learn_spans()?;
            self.knows_spans = true;
        }
        Ok(())
    }

    /// Begins a file and tells the index; neither without the other.
    fn create(&mut self, tracks: Tracks, media_ns: i64, placed: Placed) -> Result<OpenSegment, Refusal> {
        // The end of the file before is a whole number of ticks, which may lie a little later.
        let is_shortly_before = |end: &WallTime| *end > placed.wall && end.since(placed.wall) < APART;
        let start = self.end.filter(is_shortly_before).unwrap_or(placed.wall);
        let segment = begun::segment(&self.place.camera, &tracks, start, placed);
        let path = segment.path.clone();
        let file = self.place.files.create(segment, tracks.clone());
        let file = file.map_err(|error| Refusal::of(&error, &self.place.root))?;
        if let Err(error) = self.rows.begin(file.segment()) {
            drop(file);
            self.place.files.remove(&path);
            // It may know more than was known here.
            self.knows_spans = false;
            return Err(Refusal { state: refusal::state_after(error.kind), reason: error.to_string() });
        }
        Ok(OpenSegment::new(file, tracks, media_ns, placed.wall))
    }

    /// Completes the open file. `end`: where the next picture lies, when it follows directly.
    fn finish(&mut self, end: Option<WallTime>) {
        let Some(open) = self.open.take() else { return };
        let reach = open.reach();
        self.keep(open.finish(end), reach);
    }

    fn give_up(&mut self, error: &FootageError, at: Duration) {
        if let Some(open) = self.open.take() {
            let reach = open.reach();
            self.keep(open.abandon(), reach);
        }
        self.refuse(Refusal::of(error, &self.place.root), at);
    }

    fn keep(&mut self, finished: Result<Segment, FootageError>, reach: WallTime) {
        match finished {
            Ok(segment) => {
                self.end = Some(segment.end());
                self.rows.end(segment);
            }
            Err(error) => {
                // It stays unfinished until it is repaired at the next start; what is in it can be played.
                tracing::warn!(camera.id = %self.place.camera, %error, "a segment could not be completed");
                self.end = Some(reach);
            }
        }
    }

    fn refuse(&mut self, refusal: Refusal, at: Duration) {
        self.refused_at = Some(at);
        if !self.status.is(refusal.state) {
            tracing::warn!(camera.id = %self.place.camera, reason = refusal.reason, "recording stops");
        }
        self.tell(refusal.state, Some(refusal.reason));
    }

    fn flush(&mut self) {
        let Some(open) = self.open.as_mut() else { return };
        if let Err(error) = open.flush() {
            self.give_up(&error, self.place.clock.monotonic());
        }
    }

    /// Tells notes that came since the file was begun, and whether enough of what arrives is stored.
    fn look_after(&mut self) {
        let Some(time) = self.stream.time.clone() else { return };
        if self.open.is_none()
            && !self.status.is(RecordingState::Recording)
            && !self.stream.account.is_short()
        {
            return self.stream.account.pause();
        }
        self.stream.account.check(time.pictures(), self.place.clock.monotonic());
        if self.stream.account.is_short() {
            self.tell(RecordingState::Failed, Some(account::TOO_LITTLE.to_owned()));
        } else if self.open.is_some() {
            self.tell_recording();
        }
    }

    fn tell_recording(&mut self) {
        if self.stream.account.is_short() {
            return;
        }
        let reason = self.stream.note();
        let since = self.open.as_ref().map(OpenSegment::reach);
        let since = since.unwrap_or_else(|| self.present());
        let has_leapt = self.end.is_some_and(|end| end.since(since).max(since.since(end)) >= APART);
        let change = self.status.change(RecordingState::Recording, reason, since);
        let moved = || if has_leapt { self.status.moved(since) } else { None };
        if let Some(change) = change.or_else(moved) {
            self.rows.change(&change);
        }
    }

    /// A state other than recording lasts since what is recorded ended, if it was recorded before.
    fn tell(&mut self, state: RecordingState, reason: Option<String>) {
        let was_recording = self.status.is(RecordingState::Recording);
        let end = self.end.filter(|_| was_recording);
        let since = end.unwrap_or_else(|| self.present());
        if let Some(change) = self.status.change(state, reason, since) {
            self.rows.change(&change);
        }
    }

    /// The present, as the recording tells time.
    fn present(&self) -> WallTime {
        self.place.time.present(self.place.clock.now())
    }
}

#[cfg(test)]
mod tests;
