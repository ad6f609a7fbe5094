//! One stream: packets in, buffers with times out.

use std::time::Duration;

use anjian_domain::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::description::Media;
use super::packet::{Header, Line, Place};
use super::stamps::{BEGIN_NS, Stamps, Trust, Unit, carries_time};

/// So long the first packets are held back, to see whether their stamps carry time.
const LEARN_NS: i64 = 1_000_000_000;

/// Twice that where they seem not to.
const DOUBT_NS: i64 = 2_000_000_000;

/// Stamps are looked at once so much came.
const LEARN_MIN_NS: i64 = 500_000_000;

/// More is never held back.
const HELD_MAX_BYTES: usize = 16 << 20;

/// A packet that waits for its time.
pub(super) struct Held {
    packet: Vec<u8>,
    place: Place,
    arrived: Duration,
    /// Of its picture, once it is known.
    at: Option<Placed>,
}

impl Held {
    /// Where it lies.
    pub(super) fn media(&self) -> MediaTime {
        self.at.map_or(MediaTime::ZERO, |at| at.media)
    }
}

/// A picture's time, and when it came or would have come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) media: MediaTime,
    pub(super) arrived: Duration,
}

/// One stream's packets.
pub(super) struct Flow {
    line: Line,
    stamps: Stamps,
    clock_hz: u32,
    others: Vec<u8>,
    pad: gst::Pad,
    /// `None` once times are known.
    held: Option<Vec<Held>>,
    held_bytes: usize,
    is_learnt: bool,
    at: MediaTime,
    newest: Option<Placed>,
    /// Each packet has a time of its own.
    is_sound: bool,
    /// Its packets are not taken any more.
    is_broken: bool,
    /// Told of each picture before its packets go out.
    on_placed: Box<dyn Fn(Placed) + Send>,
}

impl Flow {
    pub(super) fn new(
        media: &Media,
        pad: gst::Pad,
        is_sound: bool,
        on_placed: Box<dyn Fn(Placed) + Send>,
    ) -> Self {
        Self {
            line: Line::new(media.payload_type),
            stamps: Stamps::new(media.clock_hz, BEGIN_NS),
            clock_hz: media.clock_hz.max(1),
            others: media.others.clone(),
            pad,
            held: Some(Vec::new()),
            held_bytes: 0,
            is_learnt: false,
            at: MediaTime::ZERO,
            newest: None,
            is_sound,
            is_broken: false,
            on_placed,
        }
    }

    pub(super) const fn trust(&self) -> Trust {
        self.stamps.trust()
    }

    /// Whether its times are known.
    pub(super) const fn is_placed(&self) -> bool {
        self.is_learnt
    }

    /// When something lies that arrived then, for streams beside this one.
    pub(super) fn time_at(&self, arrived: Duration) -> Option<i64> {
        let Placed { media, arrived: newest } = self.newest?;
        let (media_ns, arrived_ns, newest_ns) = (ns(media), span_ns(arrived), span_ns(newest));
        Some(media_ns + arrived_ns - newest_ns)
    }

    /// The time of a sender report's stamp.
    pub(super) fn time_of(&self, stamp: u32) -> Option<MediaTime> {
        let at_ns = self.stamps.time_of(stamp).filter(|_| self.held.is_none())?;
        u64::try_from(at_ns).ok().map(MediaTime::from_nanos)
    }

    /// Takes a packet; answers whether a picture begins with it.
    pub(super) fn take(&mut self, header: Header, mut packet: Vec<u8>, arrived: Duration) -> bool {
        if self.is_broken || self.others.contains(&header.payload_type) {
            return false;
        }
        let mut place = self.line.take(header, &mut packet);
        place.begins |= self.is_sound;
        let Some(held) = &mut self.held else {
            if place.begins {
                let placed = self.place(place, arrived);
                (self.on_placed)(placed);
            }
            self.push(packet, self.at);
            return place.begins;
        };
        self.held_bytes += packet.len();
        held.push(Held { packet, place, arrived, at: None });
        place.begins
    }

    /// Learns the times of what is held back, once that can be said; answers whether this is just known now.
    pub(super) fn learn(&mut self, now: Duration) -> bool {
        let is_known = !self.is_sound && !self.is_learnt && self.can_learn(now);
        if is_known {
            self.place_held();
        }
        is_known
    }

    /// Sound begins beside its pictures.
    pub(super) fn begin_at(&mut self, time_at: impl Fn(Duration) -> Option<i64>) {
        let first = self.held.as_ref().and_then(|held| held.first()).map(|held| held.arrived);
        if let Some(begin_ns) = first.filter(|_| !self.is_learnt).and_then(time_at) {
            self.stamps = Stamps::new(self.clock_hz, begin_ns);
            self.place_held();
        }
    }

    fn can_learn(&self, now: Duration) -> bool {
        let Some(first) = self.held.as_ref().and_then(|held| held.first()) else { return false };
        let waited_ns = span_ns(now) - span_ns(first.arrived);
        if waited_ns < LEARN_MIN_NS {
            return false;
        }
        let verdict = carries_time(&self.units(), i64::from(self.clock_hz));
        let is_over = waited_ns >= if verdict == Some(false) { DOUBT_NS } else { LEARN_NS };
        verdict == Some(true) || is_over || self.held_bytes > HELD_MAX_BYTES
    }

    fn units(&self) -> Vec<Unit> {
        let begin = self.held.iter().flatten().filter(|held| held.place.begins);
        begin.map(|held| Unit::new(held.place.stamp, held.arrived)).collect()
    }

    /// Places what is held back. What came at once was taken one after the other, up to the newest.
    fn place_held(&mut self) {
        self.stamps.learn(&self.units());
        let mut held = self.held.take().unwrap_or_default();
        let mut at = None;
        for one in &mut held {
            if one.place.begins {
                at = Some(self.place(one.place, one.arrived));
            }
            one.at = at;
        }
        if let Some(last) = self.newest {
            for at in held.iter_mut().filter_map(|one| one.at.as_mut()) {
                let before = last.media.since(at.media);
                at.arrived = at.arrived.min(last.arrived.saturating_sub(before));
            }
        }
        (self.held, self.is_learnt) = (Some(held), true);
    }

    /// What was held back, once its times are known.
    pub(super) fn take_held(&mut self) -> Vec<Held> {
        if self.is_learnt { self.held.take().unwrap_or_default() } else { Vec::new() }
    }

    /// Hands on what was held back.
    pub(super) fn hand_on(&mut self, held: Held) {
        let Some(at) = held.at else { return };
        if held.place.begins {
            (self.on_placed)(at);
        }
        self.push(held.packet, at.media);
    }

    /// Learns what it can, when nothing comes any more.
    pub(super) fn learn_last(&mut self) {
        if !self.is_sound && !self.is_learnt {
            self.place_held();
        }
    }

    /// Lets those behind it finish.
    pub(super) fn end(&self) {
        // Refused only by a pipeline that has ended.
        self.pad.push_event(gst::event::Eos::new());
    }

    fn place(&mut self, place: Place, arrived: Duration) -> Placed {
        if place.is_anew {
            self.stamps.begin_anew();
        }
        let at_ns = self.stamps.place(Unit::new(place.stamp, arrived));
        self.at = MediaTime::from_nanos(u64::try_from(at_ns).unwrap_or_default());
        let placed = Placed { media: self.at, arrived };
        self.newest = Some(placed);
        placed
    }

    fn push(&mut self, packet: Vec<u8>, at: MediaTime) {
        let mut buffer = gst::Buffer::from_mut_slice(packet);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(at.as_nanos()));
        }
        // The bus says why, where that matters.
        if let Err(error) = self.pad.push(buffer) {
            self.is_broken = self.is_sound && error != gst::FlowError::Flushing;
        }
    }
}

fn ns(media: MediaTime) -> i64 {
    i64::try_from(media.as_nanos()).unwrap_or(i64::MAX)
}

fn span_ns(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}
