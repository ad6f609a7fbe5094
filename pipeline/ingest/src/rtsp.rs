//! Frames of one RTSP connection, for as long as it holds.
//!
//! Deliberately does not reconnect and watches no clock: see `supervise`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{CameraId, Clock, Frame, MediaTime, Moment, Picture, SourceUrl};
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::camera_time::CameraTime;
use crate::codec::Codec;
use crate::decode::{DecodeChain, WhenFull};
use crate::descriptors::{self, Reserved};
use crate::feed::{Feed, Trouble};
use crate::percent::decoded;
use crate::pictures::{Pictures, Pulled};
use crate::recorder::{Recorder, Tap};
use crate::rtsp_fault::{Offer, fault_of};
use crate::sound;
use crate::stream_clock::Lead;
use crate::stream_time::StreamTime;
use crate::supervise::{Connection, Progress};
use crate::{CameraFault, CertificateCheck, FrameSource, IngestError, LiveCamera, Next, Transport};

/// How long UDP packets that came too early wait for those before them. Packets in order never wait.
const UDP_LATENCY_MS: u32 = 200;

/// The same over TCP, where no packet is ever missing.
const TCP_LATENCY_MS: u32 = 2_000;

/// Connecting, and each answer of the server.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Without UDP packets for so long, they do not get through, or the camera is gone. Shorter than the supervisor's own
/// patience, so that it hears which of the two.
const UDP_SILENCE_MAX: Duration = Duration::from_secs(4);

/// Whether frames are wanted of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    Wanted,
    Unwanted,
}

/// One of a camera's streams, and what it is wanted for.
#[derive(Clone)]
pub(crate) struct Stream<'a> {
    pub(crate) url: &'a SourceUrl,
    pub(crate) frames: Frames,
    pub(crate) recorder: Option<&'a Recorder<'a>>,
    pub(crate) time: Arc<CameraTime>,
    pub(crate) lead: Lead,
}

/// One RTSP connection: `rtspsrc -> decode`. Its frames' MediaTime begins at zero.
pub struct RtspSource {
    camera: CameraId,
    url: SourceUrl,
    frames: Frames,
    time: Arc<StreamTime>,
    first: Option<MediaTime>,
    offer: Arc<Mutex<Offer>>,
    tap: Option<Tap>,
    /// `None` once it has ended.
    pictures: Option<Pictures>,
    /// Until the connection has opened what it needs.
    room: Option<Reserved>,
}

impl RtspSource {
    /// Begins to connect to the stream that is to be analysed. Returns at once: whether the connection comes about
    /// is told by [`FrameSource::next_frame`].
    ///
    /// # Errors
    /// When GStreamer is not installed as it should be.
    pub fn connect(camera: &LiveCamera, clock: &Arc<dyn Clock>) -> Result<Self, CameraFault> {
        let (url, frames, time) = (camera.analysed(), Frames::Wanted, Arc::default());
        Self::open(camera, &Stream { url, frames, recorder: None, time, lead: Lead::Sets }, clock)
    }

    /// The same, for whatever is wanted of whichever stream.
    pub(crate) fn open(
        camera: &LiveCamera,
        stream: &Stream<'_>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, CameraFault> {
        let room = Reserved::take().ok_or_else(|| CameraFault::NoDescriptors(descriptors::limit()))?;
        let internal = |reason: String| CameraFault::Interrupted(reason);
        crate::init().map_err(|error| internal(error.to_string()))?;
        let offer = Arc::new(Mutex::new(Offer::default()));
        let time = Arc::new(StreamTime::new(Arc::clone(&stream.time), stream.lead, Arc::clone(clock)));
        let tap = stream.recorder.map(|recorder| recorder.tap(Arc::clone(&time)));
        let pictures = build(camera, stream, tap.clone(), &time, &offer);
        Ok(Self {
            camera: camera.frames.camera.clone(),
            url: stream.url.clone(),
            frames: stream.frames,
            time,
            first: None,
            offer,
            tap,
            pictures: Some(pictures.map_err(|error| internal(error.message.to_string()))?),
            room: Some(room),
        })
    }

    fn frame(&mut self, media: MediaTime, picture: Picture) -> Frame {
        let first = *self.first.get_or_insert(media);
        let (wall, clock) = self.time.date_frame(media);
        let at = Moment { media: MediaTime::ZERO.plus(media.since(first)), wall };
        Frame { camera: self.camera.clone(), at, clock, picture }
    }
}

impl Drop for RtspSource {
    fn drop(&mut self) {
        self.tap.iter().for_each(Tap::close);
    }
}

impl FrameSource for RtspSource {
    fn next_frame(&mut self, patience: Duration) -> Result<Next, IngestError> {
        let Some(pictures) = &self.pictures else { return Ok(Next::Ended) };
        let trouble = match pictures.pull(patience) {
            Pulled::Picture(media, picture) => {
                self.room = None;
                return Ok(Next::Frame(self.frame(media, picture)));
            }
            Pulled::Waiting => {
                if pictures.feed().packets() > 0 {
                    self.room = None;
                }
                return Ok(Next::Waiting);
            }
            Pulled::Ended => None,
            Pulled::Failed(trouble) => Some(trouble),
        };
        let had_packets = pictures.feed().packets() > 0;
        self.pictures = None;
        let Some(trouble) = trouble else { return Ok(Next::Ended) };
        let offer = self.offer.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = match fault_of(&trouble, &offer, &self.url) {
            CameraFault::UdpBlocked if had_packets => CameraFault::Stalled(UDP_SILENCE_MAX),
            fault => fault,
        };
        Err(IngestError::Camera { camera: self.camera.clone(), fault })
    }
}

impl Connection for RtspSource {
    fn progress(&self) -> Progress {
        let feed = self.pictures.as_ref().map(Pictures::feed);
        feed.map(|feed| Progress { packets: feed.packets(), pictures: feed.pictures() }).unwrap_or_default()
    }

    fn gives_frames(&self) -> bool {
        self.frames == Frames::Wanted
    }
}

fn build(
    camera: &LiveCamera,
    stream: &Stream<'_>,
    tap: Option<Tap>,
    time: &StreamTime,
    offer: &Arc<Mutex<Offer>>,
) -> Result<Pictures, glib::BoolError> {
    let pipeline = gst::Pipeline::new();
    let chain = match stream.frames {
        Frames::Wanted => DecodeChain::new(&pipeline, &camera.frames, WhenFull::DropOldest)?,
        Frames::Unwanted => DecodeChain::without_end(&pipeline, &camera.frames),
    };
    let chain = chain.tapped(tap.clone());
    let source = rtspsrc(camera, stream.url)?;
    pipeline.add(&source)?;
    time.reports.listen(&source);
    choose_streams(&source, offer, tap.clone(), time);
    let (weak, attached) = (pipeline.downgrade(), chain.clone());
    source.connect_pad_added(move |_, pad| {
        let Some(pipeline) = weak.upgrade() else { return };
        let caps = pad.current_caps();
        let encoding = caps.as_ref().and_then(|caps| caps.structure(0)?.get::<&str>("encoding-name").ok());
        let outcome = match (encoding.and_then(Codec::of_rtp), encoding.and_then(sound::depay), &tap) {
            (Some(codec), ..) => attached.attach(&pipeline, pad, Some(codec.depay()), codec),
            (None, Some(depay), Some(tap)) => sound::attach(&pipeline, pad, depay, tap),
            _ => return,
        };
        if let Err(error) = outcome {
            attached.feed.report(Trouble::internal(&error));
        }
    });
    report_missing_video(&source, &chain.feed, offer);
    Ok(Pictures::play(pipeline, chain, time.present()))
}

fn rtspsrc(camera: &LiveCamera, url: &SourceUrl) -> Result<gst::Element, glib::BoolError> {
    let mut location = url.expose().clone();
    // Given apart, because there they may hold any letter; both fail only for addresses without a host.
    let _ = location.set_username("");
    let _ = location.set_password(None);
    let is_tcp = camera.transport == Transport::Tcp || location.scheme() == "rtsps";
    let in_us = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let source = gst::ElementFactory::make("rtspsrc")
        .property("location", location.as_str())
        .property_from_str("protocols", if is_tcp { "tcp" } else { "udp" })
        .property("latency", if is_tcp { TCP_LATENCY_MS } else { UDP_LATENCY_MS })
        // Takes the time stamps of B-frames, which go back, for a full buffer, and loses packets (1.22). Nothing behind
        // it waits, so that it never fills.
        .property("drop-on-latency", false)
        .property("tcp-timeout", in_us(ANSWER_MAX))
        .property("timeout", in_us(UDP_SILENCE_MAX))
        .build()?;
    if !url.expose().username().is_empty() {
        source.set_property("user-id", decoded(url.expose().username()));
        source.set_property("user-pw", decoded(url.expose().password().unwrap_or_default()));
    }
    if camera.certificate == CertificateCheck::AcceptAny {
        source.set_property("tls-validation-flags", gio::TlsCertificateFlags::empty());
    }
    Ok(source)
}

/// Asks the server for the first stream that can be decoded, for the first sound that can be recorded where packets are
/// recorded, and for nothing else; takes note of what else it shows.
fn choose_streams(source: &gst::Element, offer: &Arc<Mutex<Offer>>, tap: Option<Tap>, time: &StreamTime) {
    let refused = Arc::clone(offer);
    // Asked only when the check failed.
    source.connect("accept-certificate", false, move |_| {
        refused.lock().unwrap_or_else(PoisonError::into_inner).refuse_certificate();
        Some(false.to_value())
    });
    let (offer, reports) = (Arc::clone(offer), Arc::clone(&time.reports));
    source.connect("select-stream", false, move |arguments| {
        let number = arguments.get(1).and_then(|number| number.get::<u32>().ok());
        let caps = arguments.get(2).and_then(|caps| caps.get::<gst::Caps>().ok());
        let stream = caps.as_ref().and_then(|caps| caps.structure(0));
        let mut offer = offer.lock().unwrap_or_else(PoisonError::into_inner);
        let is_video = stream.is_some_and(|stream| offer.consider(stream));
        if let Some(number) = number.filter(|_| is_video) {
            reports.choose(number);
        }
        let tap = tap.as_ref().filter(|_| !is_video);
        let is_sound = tap.zip(stream).is_some_and(|(tap, stream)| {
            let is_chosen = offer.consider_sound(stream);
            if is_chosen {
                tap.expect_sound();
            }
            is_chosen
        });
        Some((is_video || is_sound).to_value())
    });
}

/// Once all streams are known and none was chosen, nothing will ever come.
fn report_missing_video(source: &gst::Element, feed: &Arc<Feed>, offer: &Arc<Mutex<Offer>>) {
    let (feed, offer) = (Arc::clone(feed), Arc::clone(offer));
    source.connect_no_more_pads(move |_| {
        if offer.lock().unwrap_or_else(PoisonError::into_inner).fault().is_some() {
            feed.report(Trouble::NoVideo);
        }
    });
}

#[cfg(test)]
mod tests;
