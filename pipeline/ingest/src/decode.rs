//! The part of a pipeline that all sources share: from packets to pictures.
//!
//! ```text
//! packets -> (depay) -> parse -> (recorder's tap) -> (queue) -> [keyframes only] -> avdec -> [one for each interval]
//!     -> convert -> appsink
//! ```
//! The brackets are pad probes: what they drop costs no more. The queue is there for cameras only, so that a slow decoder
//! holds up nothing (`keep_up`). Where packets are recorded and nothing else, the tap is all.

use std::sync::{Arc, Mutex, PoisonError};

use anjian_domain::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use crate::buffer_time::time_in;
use crate::codec::Codec;
use crate::feed::Feed;
use crate::keep_up::keep_up;
use crate::recorder::Tap;
use crate::{DecodeMode, FrameSelection, FrameSettings};

/// Decoded pictures that wait at most, before the decoder has to wait as well.
const ARCHIVE_PICTURES: u32 = 3;

/// What happens when pictures come faster than they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenFull {
    /// Live: the newest wins.
    DropOldest,
    /// Archive: decoding waits.
    Block,
}

/// The end of every pipeline, and how to build what stands before it once the codec is known.
#[derive(Debug, Clone)]
pub(crate) struct DecodeChain {
    /// `None` where nothing is decoded.
    pub(crate) sink: Option<gst_app::AppSink>,
    pub(crate) feed: Arc<Feed>,
    settings: FrameSettings,
    when_full: WhenFull,
    tap: Option<Tap>,
}

impl DecodeChain {
    /// Puts the end into `pipeline` and listens to its messages.
    pub(crate) fn new(
        pipeline: &gst::Pipeline,
        settings: &FrameSettings,
        when_full: WhenFull,
    ) -> Result<Self, glib::BoolError> {
        let mut chain = Self::without_end(pipeline, settings);
        let sink = app_sink(&chain.feed, when_full);
        pipeline.add(&sink)?;
        (chain.sink, chain.when_full) = (Some(sink), when_full);
        Ok(chain)
    }

    /// Decodes nothing.
    pub(crate) fn without_end(pipeline: &gst::Pipeline, settings: &FrameSettings) -> Self {
        let feed = Arc::new(Feed::default());
        if let Some(bus) = pipeline.bus() {
            feed.watch(&bus);
        }
        Self { sink: None, feed, settings: settings.clone(), when_full: WhenFull::DropOldest, tap: None }
    }

    /// Records the packets as well.
    pub(crate) fn tapped(self, tap: Option<Tap>) -> Self {
        Self { tap, ..self }
    }

    /// Builds the rest behind `packets`. Runs on a streaming thread.
    pub(crate) fn attach(
        &self,
        pipeline: &gst::Pipeline,
        packets: &gst::Pad,
        depay: Option<&str>,
        codec: Codec,
    ) -> Result<(), glib::BoolError> {
        count_packets(packets, &self.feed);
        let mut elements: Vec<gst::Element> = Vec::new();
        if let Some(depay) = depay {
            elements.push(gst::ElementFactory::make(depay).build()?);
        }
        elements.push(gst::ElementFactory::make(codec.parse()).build()?);
        if self.tap.is_some() {
            elements
                .push(gst::ElementFactory::make("capsfilter").property("caps", codec.recorded()).build()?);
        }
        let tapped = elements.last().and_then(|parser| parser.static_pad("src"));
        match &self.sink {
            Some(sink) => elements.extend(self.decoder(codec, sink)?),
            None => elements.push(nowhere()?),
        }

        // The end is there already.
        let added = elements.len() - usize::from(self.sink.is_some());
        pipeline.add_many(elements.iter().take(added))?;
        gst::Element::link_many(&elements)?;
        if let (Some(tap), Some(tapped)) = (&self.tap, tapped) {
            tap.take_video(&tapped, self.sink.is_none().then(|| Arc::clone(&self.feed)));
        }
        for element in elements.iter().take(added).rev() {
            element.sync_state_with_parent()?;
        }
        let Some(entry) = elements.first().and_then(|first| first.static_pad("sink")) else {
            return Err(glib::bool_error!("no entry to the decoder"));
        };
        packets
            .link(&entry)
            .map(|_| ())
            .map_err(|error| glib::bool_error!("cannot link the decoder: {error}"))
    }

    /// From packets to the end.
    fn decoder(&self, codec: Codec, sink: &gst_app::AppSink) -> Result<Vec<gst::Element>, glib::BoolError> {
        let decoder = codec.build_decoder()?;
        let convert =
            gst::ElementFactory::make("videoconvert").property("n-threads", 1_u32).property("qos", false);
        let filter = gst::ElementFactory::make("capsfilter").property("caps", i420());
        self.drop_early(&decoder);
        let mut elements = Vec::new();
        if self.when_full == WhenFull::DropOldest {
            elements.push(keep_up(self.settings.decode)?);
        }
        elements.extend([decoder, convert.build()?, filter.build()?, sink.clone().upcast()]);
        Ok(elements)
    }

    fn drop_early(&self, decoder: &gst::Element) {
        let (Some(entry), Some(exit)) = (decoder.static_pad("sink"), decoder.static_pad("src")) else {
            return;
        };
        let is_keyframes_only = self.settings.decode == DecodeMode::Keyframes;
        entry.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let Some(packet) = info.buffer() else { return gst::PadProbeReturn::Ok };
            if is_keyframes_only && packet.flags().contains(gst::BufferFlags::DELTA_UNIT) {
                // Not `Drop`: GStreamer 1.22 prints a warning for each.
                return gst::PadProbeReturn::Handled;
            }
            gst::PadProbeReturn::Ok
        });
        let feed = Arc::clone(&self.feed);
        let selection = Mutex::new(FrameSelection::new(self.settings.rate));
        exit.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            let Some(at) = info.buffer().and_then(|picture| time_on(pad, picture)) else {
                return gst::PadProbeReturn::Handled;
            };
            feed.count_picture();
            let is_kept = selection.lock().unwrap_or_else(PoisonError::into_inner).keeps(at);
            if is_kept { gst::PadProbeReturn::Ok } else { gst::PadProbeReturn::Handled }
        });
    }
}

/// Takes packets that nobody decodes, and keeps none.
pub(crate) fn nowhere() -> Result<gst::Element, glib::BoolError> {
    gst::ElementFactory::make("fakesink")
        .property("sync", false)
        .property("async", false)
        .property("enable-last-sample", false)
        .build()
}

pub(crate) fn i420() -> gst::Caps {
    gst_video::VideoCapsBuilder::new().format(gst_video::VideoFormat::I420).build()
}

pub(crate) fn app_sink(feed: &Arc<Feed>, when_full: WhenFull) -> gst_app::AppSink {
    let (on_sample, on_end) = (Arc::clone(feed), Arc::clone(feed));
    let callbacks = gst_app::AppSinkCallbacks::builder()
        .new_sample(move |_| {
            on_sample.ring();
            Ok(gst::FlowSuccess::Ok)
        })
        .eos(move |_| on_end.end())
        .build();
    let is_live = when_full == WhenFull::DropOldest;
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .max_buffers(if is_live { 1 } else { ARCHIVE_PICTURES })
        .drop(is_live)
        // A short file ends before the pipeline plays, and waiting there for its pictures to be taken would hold the lock
        // that playing needs.
        .wait_on_eos(false)
        .callbacks(callbacks)
        .build();
    accept_padded_rows(&sink);
    sink
}

/// Tells the decoder that rows may be padded; otherwise it copies every picture to take the padding out, even those
/// that are dropped right after.
fn accept_padded_rows(sink: &gst_app::AppSink) {
    let Some(pad) = sink.static_pad("sink") else { return };
    pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, |_, info| {
        let Some(query) = info.query_mut() else { return gst::PadProbeReturn::Ok };
        let gst::QueryViewMut::Allocation(allocation) = query.view_mut() else {
            return gst::PadProbeReturn::Ok;
        };
        allocation.add_allocation_meta::<gst_video::VideoMeta>(None);
        gst::PadProbeReturn::Handled
    });
}

fn count_packets(pad: &gst::Pad, feed: &Arc<Feed>) {
    let feed = Arc::clone(feed);
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, info| {
        feed.count_packets(match &info.data {
            Some(gst::PadProbeData::BufferList(packets)) => packets.len(),
            _ => 1,
        });
        gst::PadProbeReturn::Ok
    });
}

/// A buffer's time from the beginning of its stream.
fn time_on(pad: &gst::Pad, buffer: &gst::BufferRef) -> Option<MediaTime> {
    let segment = pad.sticky_event::<gst::event::Segment>(0)?;
    time_in(segment.segment(), buffer)
}
