//! Frames of one RTSP connection, for as long as it holds.
//!
//! Deliberately does not reconnect and watches no clock: see `supervise`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_domain::{CameraId, Clock, Frame, SourceUrl};
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::decode::{Codec, DecodeChain, WhenFull};
use crate::feed::{Feed, Trouble};
use crate::pictures::{Pictures, Pulled};
use crate::rtsp_fault::{Offer, fault_of};
use crate::supervise::{Connection, Progress};
use crate::timeline::ArrivalTimeline;
use crate::{CameraFault, CertificateCheck, FrameSource, IngestError, LiveCamera, Next, Transport};

/// How long UDP packets that came too early wait for those before them, and how much of a stream waits for a decoder
/// that is too slow, before the oldest is dropped. Packets in order never wait.
const UDP_LATENCY_MS: u32 = 200;

/// The same over TCP, where no packet is ever missing: only what a slow decoder may owe.
const TCP_LATENCY_MS: u32 = 2_000;

/// Connecting, and each answer of the server.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Without UDP packets for so long, they do not get through, or the camera is gone. Shorter than the supervisor's own
/// patience, so that it hears which of the two.
const UDP_SILENCE_MAX: Duration = Duration::from_secs(4);

/// One RTSP connection: `rtspsrc -> decode`. Its frames' MediaTime begins at zero.
pub struct RtspSource<'a> {
    camera: CameraId,
    url: SourceUrl,
    clock: &'a dyn Clock,
    timeline: ArrivalTimeline,
    offer: Arc<Mutex<Offer>>,
    /// `None` once it has ended.
    pictures: Option<Pictures>,
}

impl<'a> RtspSource<'a> {
    /// Begins to connect to the stream that is to be analysed. Returns at once: whether the connection comes about
    /// is told by [`FrameSource::next_frame`].
    ///
    /// # Errors
    /// When GStreamer is not installed as it should be.
    pub fn connect(camera: &LiveCamera, clock: &'a dyn Clock) -> Result<Self, CameraFault> {
        let internal = |reason: String| CameraFault::Interrupted(reason);
        crate::init().map_err(|error| internal(error.to_string()))?;
        let url = camera.analysed().clone();
        let offer = Arc::new(Mutex::new(Offer::default()));
        let pictures = build(camera, &url, &offer).map_err(|error| internal(error.message.to_string()))?;
        Ok(Self {
            camera: camera.frames.camera.clone(),
            url,
            clock,
            timeline: ArrivalTimeline::default(),
            offer,
            pictures: Some(pictures),
        })
    }
}

impl FrameSource for RtspSource<'_> {
    fn next_frame(&mut self, patience: Duration) -> Result<Next, IngestError> {
        let Some(pictures) = &self.pictures else { return Ok(Next::Ended) };
        let trouble = match pictures.pull(patience) {
            Pulled::Picture(pts, picture) => {
                let at = self.timeline.place(pts, self.clock.now());
                return Ok(Next::Frame(Frame { camera: self.camera.clone(), at, picture }));
            }
            Pulled::Waiting => return Ok(Next::Waiting),
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

impl Connection for RtspSource<'_> {
    fn progress(&self) -> Progress {
        let feed = self.pictures.as_ref().map(Pictures::feed);
        feed.map(|feed| Progress { packets: feed.packets(), pictures: feed.pictures() }).unwrap_or_default()
    }
}

fn build(
    camera: &LiveCamera,
    url: &SourceUrl,
    offer: &Arc<Mutex<Offer>>,
) -> Result<Pictures, glib::BoolError> {
    let pipeline = gst::Pipeline::new();
    let chain = DecodeChain::new(&pipeline, &camera.frames, WhenFull::DropOldest)?;
    let source = rtspsrc(camera, url)?;
    pipeline.add(&source)?;
    choose_video(&source, offer);
    let (weak, attached) = (pipeline.downgrade(), chain.clone());
    source.connect_pad_added(move |_, pad| {
        let codec =
            pad.current_caps().and_then(|caps| Codec::of_rtp(caps.structure(0)?.get("encoding-name").ok()?));
        let (Some(codec), Some(pipeline)) = (codec, weak.upgrade()) else { return };
        if let Err(error) = attached.attach(&pipeline, pad, Some(codec.depay()), codec) {
            attached.feed.report(Trouble::internal(&error));
        }
    });
    report_missing_video(&source, &chain.feed, offer);
    Ok(Pictures::play(pipeline, chain))
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
        .property("drop-on-latency", true)
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

/// What stands percent-encoded in a URL; as it stands when that makes no text.
pub(crate) fn decoded(text: &str) -> String {
    glib::Uri::unescape_string(text, None::<&str>).map_or_else(|| text.to_owned(), String::from)
}

/// Asks the server for the first stream that can be decoded, and for no other; takes note of what else it shows.
fn choose_video(source: &gst::Element, offer: &Arc<Mutex<Offer>>) {
    let refused = Arc::clone(offer);
    // Asked only when the check failed.
    source.connect("accept-certificate", false, move |_| {
        refused.lock().unwrap_or_else(PoisonError::into_inner).refuse_certificate();
        Some(false.to_value())
    });
    let offer = Arc::clone(offer);
    source.connect("select-stream", false, move |arguments| {
        let caps = arguments.get(2).and_then(|caps| caps.get::<gst::Caps>().ok());
        let is_chosen = caps
            .as_ref()
            .and_then(|caps| caps.structure(0))
            .is_some_and(|stream| offer.lock().unwrap_or_else(PoisonError::into_inner).consider(stream));
        Some(is_chosen.to_value())
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
