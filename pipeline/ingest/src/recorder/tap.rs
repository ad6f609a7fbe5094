//! Where a connection's packets are taken: behind the parser, on GStreamer's thread.
//!
//! Hands on and does nothing else: no copy, no clock but the monotonic one, no waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anjian_footage::TrackKind;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::intake::{Intake, Item, Packet};
use super::tracks::{audio_track, video_track};
use crate::buffer_time::time_in;
use crate::feed::Feed;
use crate::stream_time::StreamTime;

/// Takes the packets of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Tap(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    intake: Arc<Intake>,
    time: Arc<StreamTime>,
    has_sound: AtomicBool,
    is_connected: OnceLock<()>,
    is_closed: AtomicBool,
}

impl Tap {
    pub(crate) fn new(intake: Arc<Intake>, time: Arc<StreamTime>) -> Self {
        let (has_sound, is_connected, is_closed) = Default::default();
        Self(Arc::new(Shared { intake, time, has_sound, is_connected, is_closed }))
    }

    /// Takes nothing more, even if the connection lives on.
    pub(crate) fn close(&self) {
        self.0.is_closed.store(true, Ordering::Relaxed);
    }

    /// Sound was asked for.
    pub(crate) fn expect_sound(&self) {
        self.0.has_sound.store(true, Ordering::Relaxed);
    }

    /// Takes the pictures that come out of `pad`; `feed` counts them where nobody else does.
    pub(crate) fn take_video(&self, pad: &gst::Pad, feed: Option<Arc<Feed>>) {
        self.take(pad, TrackKind::Video, feed);
    }

    /// Takes the sounds that come out of `pad`.
    pub(crate) fn take_audio(&self, pad: &gst::Pad) {
        self.take(pad, TrackKind::Audio, None);
    }

    fn take(&self, pad: &gst::Pad, kind: TrackKind, feed: Option<Arc<Feed>>) {
        let shared = Arc::clone(&self.0);
        let segment = Mutex::new(None::<gst::Segment>);
        let wanted =
            gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST | gst::PadProbeType::EVENT_DOWNSTREAM;
        pad.add_probe(wanted, move |_, info| {
            let mut segment = segment.lock().unwrap_or_else(PoisonError::into_inner);
            let hand_on = |buffer: &gst::BufferRef, segment: &Option<gst::Segment>| {
                let Some(media) = segment.as_ref().and_then(|segment| time_in(segment, buffer)) else {
                    return;
                };
                if let Some(feed) = &feed {
                    feed.count_picture();
                }
                shared.hand_on(kind, buffer, media);
            };
            if shared.is_closed.load(Ordering::Relaxed) {
                return gst::PadProbeReturn::Ok;
            }
            match &info.data {
                Some(gst::PadProbeData::Buffer(buffer)) => hand_on(buffer, &segment),
                Some(gst::PadProbeData::BufferList(buffers)) => {
                    buffers.iter().for_each(|buffer| hand_on(buffer, &segment));
                }
                Some(gst::PadProbeData::Event(event)) => match event.view() {
                    gst::EventView::Segment(event) => *segment = Some(event.segment().clone()),
                    gst::EventView::Caps(event) => shared.tell_format(kind, event.caps()),
                    _ => {}
                },
                _ => {}
            }
            gst::PadProbeReturn::Ok
        });
    }
}

impl Shared {
    /// Once the first stream has a format, all that was asked for is known.
    fn connect(&self) {
        self.is_connected.get_or_init(|| {
            let has_sound = self.has_sound.load(Ordering::Relaxed);
            self.intake.tell(Item::Connected { time: Arc::clone(&self.time), has_sound });
        });
    }

    fn tell_format(&self, kind: TrackKind, caps: &gst::CapsRef) {
        self.connect();
        let Some(format) = caps.structure(0) else { return };
        let item = match kind {
            TrackKind::Video => video_track(format).map(Item::Video),
            TrackKind::Audio => audio_track(format).map(Item::Audio),
        };
        match item {
            Some(item) => self.intake.tell(item),
            None => tracing::debug!(%format, "a format that cannot be recorded, or is not complete yet"),
        }
    }

    fn hand_on(&self, kind: TrackKind, buffer: &gst::BufferRef, media: anjian_domain::MediaTime) {
        let arrived = match kind {
            TrackKind::Video => self.time.arrival_of(media),
            TrackKind::Audio => self.time.arrival(),
        };
        let is_sync = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        if kind == TrackKind::Video {
            self.time.see_packets(media, arrived);
        }
        self.intake.push(Packet { kind, data: buffer.to_owned(), media, is_sync, arrived });
    }
}
