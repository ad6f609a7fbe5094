//! Packets on their way from a connection to the thread that records them.
//!
//! Bounded, and never waits: a disk that is too slow costs packets up to the next keyframe, not the connection. Wakes the
//! other side once for each fragment, not for each packet.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anjian_domain::MediaTime;
use anjian_footage::{AudioTrack, TrackKind, VideoTrack};
use gstreamer as gst;

use crate::stream_time::StreamTime;

/// How much waits at most; as much again may be in the hands of the recording thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) bytes: usize,
    pub(crate) span: Duration,
    /// When to wake the other side.
    pub(crate) fragment: Duration,
}

/// Ten seconds, or what a stream of 12 Mbit/s sends in them.
pub(crate) const BYTES_MAX: usize = 16 << 20;
pub(crate) const SPAN_MAX: Duration = Duration::from_secs(10);

/// An access unit.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) kind: TrackKind,
    /// Shared with GStreamer; not copied.
    pub(crate) data: gst::Buffer,
    /// When it is shown or heard, in the stream's time.
    pub(crate) media: MediaTime,
    /// Whether decoding can begin here.
    pub(crate) is_sync: bool,
    /// When it came, on the monotonic clock.
    pub(crate) arrived: Duration,
}

/// What a connection tells.
#[derive(Debug)]
pub(crate) enum Item {
    /// It begins; packets are placed by this time. `has_sound`: sound was asked for.
    Connected {
        time: Arc<StreamTime>,
        has_sound: bool,
    },
    /// How the pictures that follow are coded.
    Video(VideoTrack),
    /// How the sounds that follow are coded.
    Audio(AudioTrack),
    Packet(Packet),
    /// So many packets before the keyframe that follows found no room.
    Missed(u64),
    /// It is over, or gives nothing; why, for a person.
    Lost(Option<String>),
}

/// The queue `recording`.
#[derive(Debug)]
pub(crate) struct Intake {
    limits: Limits,
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    bytes: usize,
    first: Option<MediaTime>,
    newest: MediaTime,
    /// Packets that found no room, while waiting for a keyframe.
    missed: u64,
    is_rung: bool,
    is_closed: bool,
}

impl Intake {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, state: Mutex::default(), rung: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over a packet, or drops it when there is no room.
    pub(crate) fn push(&self, packet: Packet) {
        let mut state = self.state();
        if !state.has_room(&packet, self.limits) {
            return;
        }
        if state.missed > 0 {
            let missed = std::mem::take(&mut state.missed);
            state.items.push_back(Item::Missed(missed));
        }
        state.bytes += packet.data.size();
        if packet.kind == TrackKind::Video {
            state.newest = state.newest.max(packet.media);
            state.first.get_or_insert(packet.media);
        }
        state.items.push_back(Item::Packet(packet));
        let is_due = state.span() >= self.limits.fragment || state.bytes >= self.limits.bytes / 2;
        self.ring_if(state, is_due);
    }

    /// Tells something about the packets that follow. Always finds room, since hardly anything is told.
    pub(crate) fn tell(&self, item: Item) {
        let mut state = self.state();
        if matches!(item, Item::Lost(_)) {
            // A connection without a packet says nothing that this does not say: however often a camera is lost while
            // the disk hangs, the queue does not grow.
            while state.items.pop_if_back(|last| !matches!(last, Item::Packet(_) | Item::Missed(_))) {}
            state.missed = 0;
        }
        let is_due = matches!(item, Item::Lost(_));
        if let Item::Connected { .. } = item {
            (state.first, state.newest) = (None, MediaTime::ZERO);
        }
        state.items.push_back(item);
        self.ring_if(state, is_due);
    }

    /// Nothing comes any more.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        self.ring_if(state, true);
    }

    /// Waits for a fragment's worth, at most `patience` of real time; swaps what came with `taken`, which is to be empty. `false`
    /// once it was closed.
    pub(crate) fn take(&self, taken: &mut VecDeque<Item>, patience: Duration) -> bool {
        let state =
            self.rung.wait_timeout_while(self.state(), patience, |state| !state.is_rung && !state.is_closed);
        let mut state = state.unwrap_or_else(PoisonError::into_inner).0;
        std::mem::swap(&mut state.items, taken);
        (state.bytes, state.first, state.is_rung) = (0, None, false);
        !state.is_closed
    }

    fn ring_if(&self, mut state: MutexGuard<'_, State>, is_due: bool) {
        if is_due && !state.is_rung {
            state.is_rung = true;
            drop(state);
            self.rung.notify_one();
        }
    }
}

trait PopIfBack<T> {
    fn pop_if_back(&mut self, wanted: impl Fn(&T) -> bool) -> bool;
}

impl<T> PopIfBack<T> for VecDeque<T> {
    fn pop_if_back(&mut self, wanted: impl Fn(&T) -> bool) -> bool {
        self.back().is_some_and(wanted) && self.pop_back().is_some()
    }
}

impl State {
    fn span(&self) -> Duration {
        self.first.map_or(Duration::ZERO, |first| self.newest.since(first))
    }

    /// Full, it takes nothing before a keyframe for which half of it is free.
    fn has_room(&mut self, packet: &Packet, limits: Limits) -> bool {
        let (bytes_max, span_max) =
            if self.missed > 0 { (limits.bytes / 2, limits.span / 2) } else { (limits.bytes, limits.span) };
        let fits = self.bytes + packet.data.size() <= bytes_max && self.span() <= span_max;
        let can_begin = packet.kind == TrackKind::Video && packet.is_sync;
        let has_room = fits && (self.missed == 0 || can_begin);
        if !has_room {
            self.missed += 1;
        }
        has_room && !self.is_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { bytes: 1000, span: Duration::from_secs(10), fragment: Duration::from_millis(500) };

    fn packet(ms: u64, bytes: usize, is_sync: bool) -> Packet {
        let data = gst::Buffer::from_slice(vec![0_u8; bytes]);
        Packet {
            kind: TrackKind::Video,
            data,
            media: MediaTime::from_millis(ms),
            is_sync,
            arrived: Duration::ZERO,
        }
    }

    /// Times of packets in ms; `-n` for n missed.
    fn taken(intake: &Intake) -> Vec<i64> {
        let mut items = VecDeque::new();
        intake.take(&mut items, Duration::ZERO);
        let told = items.into_iter().map(|item| match item {
            Item::Packet(packet) => packet.media.as_nanos() as i64 / 1_000_000,
            Item::Missed(missed) => -(missed as i64),
            other => panic!("{other:?}"),
        });
        told.collect()
    }

    #[test]
    fn what_finds_no_room_is_missing_up_to_a_keyframe_for_which_there_is_plenty() {
        crate::init().unwrap();
        let intake = Intake::new(LIMITS);
        for at_ms in 0..7 {
            intake.push(packet(at_ms, 200, at_ms == 5));
        }
        assert_eq!(taken(&intake), [0, 1, 2, 3, 4]);
        intake.push(packet(7, 200, false));
        intake.push(packet(8, 200, true));
        intake.push(packet(9, 200, false));
        assert_eq!(taken(&intake), [-3, 8, 9]);
    }

    #[test]
    fn seconds_count_as_well_as_bytes() {
        crate::init().unwrap();
        let intake = Intake::new(LIMITS);
        for second in 0..14 {
            intake.push(packet(second * 1000, 1, true));
        }
        assert_eq!(taken(&intake).len(), 12);
    }

    #[test]
    fn wakes_for_a_fragment_and_not_for_a_packet() {
        crate::init().unwrap();
        let intake = Intake::new(LIMITS);
        for (at_ms, is_rung) in [(0, false), (40, false), (480, false), (500, true)] {
            intake.push(packet(at_ms, 1, false));
            assert_eq!(intake.state().is_rung, is_rung, "{at_ms}");
        }
        taken(&intake);
        assert!(!intake.state().is_rung);
        intake.push(packet(540, 600, false));
        assert!(intake.state().is_rung, "half full");
    }

    #[test]
    fn a_camera_that_is_lost_again_and_again_does_not_fill_it() {
        crate::init().unwrap();
        let intake = Intake::new(LIMITS);
        intake.push(packet(0, 1, true));
        for _ in 0..1000 {
            let lead = crate::stream_clock::Lead::Sets;
            let time = Arc::new(StreamTime::new(Arc::default(), lead, anjian_domain::SystemClock::shared()));
            intake.tell(Item::Connected { time, has_sound: false });
            intake.tell(Item::Lost(None));
        }
        assert_eq!(intake.state().items.len(), 2);
        intake.close();
        assert!(!intake.take(&mut VecDeque::new(), Duration::ZERO));
    }
}
