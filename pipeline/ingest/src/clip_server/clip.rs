//! The packets of a clip, in memory, and how they repeat for ever.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::SystemClock;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::codec::Codec;
use crate::container::examine;
use crate::demux::read_file;
use crate::feed::{Feed, Trouble};
use crate::pictures::broken;
use crate::{FileFault, IngestError};

/// Reading a clip takes a moment; this is when to stop hoping.
const READ_MAX: Duration = Duration::from_secs(60);

const GARBAGE_PACKETS: u64 = 250;
const GARBAGE_BYTES: usize = 4_000;

/// The packets of one pass, with times from zero, and how long the pass takes.
#[derive(Debug, Clone)]
pub(super) struct Packets {
    pub(super) codec: Codec,
    pub(super) caps: gst::Caps,
    pass: Arc<[gst::Buffer]>,
    length: gst::ClockTime,
}

impl Packets {
    /// Reads the video of a file.
    pub(super) fn of_file(path: &Path) -> Result<Self, IngestError> {
        let failed = |fault| IngestError::File { path: path.to_owned(), fault };
        let container = examine(path).map_err(failed)?;
        let pipeline = gst::Pipeline::new();
        let read = read(&pipeline, path, container).map_err(|error| broken(&error));
        // Ends the threads that read, whatever came of it.
        let _ = pipeline.set_state(gst::State::Null);
        let samples = read?.map_err(failed)?;
        Self::of_samples(&samples).ok_or_else(|| failed(FileFault::NoPicture))
    }

    fn of_samples(samples: &[gst::Sample]) -> Option<Self> {
        let caps = samples.first()?.caps_owned()?;
        let codec = Codec::of_stream(caps.structure(0)?.name())?;
        let mut pass: Vec<gst::Buffer> = samples.iter().filter_map(|sample| sample.buffer_owned()).collect();
        let begin = pass.iter().filter_map(earliest).min()?;
        let shown = || pass.iter().filter_map(|packet| packet.pts());
        let (first, last, count) = (shown().min()?, shown().max()?, shown().count() as u64);
        let shown_for = last.checked_sub(first)?;
        let frame_length =
            if count > 1 { shown_for / (count - 1) } else { gst::ClockTime::from_mseconds(40) };
        for packet in &mut pass {
            set_times(packet, |time| time.saturating_sub(begin));
        }
        Some(Self { codec, caps, pass: pass.into(), length: shown_for + frame_length })
    }

    /// Ten seconds of random bytes that call themselves H.264 keyframes, 25 a second.
    pub(super) fn garbage() -> Self {
        let caps = gst::Caps::builder("video/x-h264")
            .field("stream-format", "byte-stream")
            .field("alignment", "au")
            .build();
        let frame_length = gst::ClockTime::from_mseconds(40);
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let packet = |number: u64| {
            let mut bytes = vec![0, 0, 0, 1, 0x65];
            bytes.resize_with(GARBAGE_BYTES, || {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random.to_le_bytes()[0]
            });
            let mut packet = gst::Buffer::from_slice(bytes);
            packet.make_mut().set_pts(frame_length * number);
            packet
        };
        let pass = (0..GARBAGE_PACKETS).map(packet).collect();
        Self { codec: Codec::H264, caps, pass, length: frame_length * GARBAGE_PACKETS }
    }

    /// All packets, again and again, with times that go on rising.
    pub(super) fn for_ever(&self) -> impl Iterator<Item = gst::Buffer> + Send + use<> {
        let Self { pass, length, .. } = self.clone();
        (0_u64..).flat_map(move |round| {
            let (pass, offset) = (Arc::clone(&pass), length * round);
            (0..pass.len()).map(move |index| {
                // Shares the bytes; only the times are its own.
                let mut packet = pass[index].copy();
                set_times(&mut packet, |time| time + offset);
                packet
            })
        })
    }
}

fn earliest(packet: &gst::Buffer) -> Option<gst::ClockTime> {
    packet.dts().into_iter().chain(packet.pts()).min()
}

fn set_times(packet: &mut gst::Buffer, change: impl Fn(gst::ClockTime) -> gst::ClockTime) {
    let packet = packet.make_mut();
    packet.set_pts(packet.pts().map(&change));
    packet.set_dts(packet.dts().map(&change));
}

/// Runs `demuxer -> parse -> appsink` to the end of the file.
fn read(
    pipeline: &gst::Pipeline,
    path: &Path,
    container: crate::container::Container,
) -> Result<Result<Vec<gst::Sample>, FileFault>, glib::BoolError> {
    let feed = Arc::new(Feed::default());
    let (on_sample, on_end) = (Arc::clone(&feed), Arc::clone(&feed));
    let callbacks = gst_app::AppSinkCallbacks::builder().eos(move |_| on_end.end()).new_sample(move |_| {
        on_sample.ring();
        Ok(gst::FlowSuccess::Ok)
    });
    let sink = gst_app::AppSink::builder().sync(false).async_(false).wait_on_eos(false);
    let sink = sink.callbacks(callbacks.build()).build();
    pipeline.add(&sink)?;
    if let Some(bus) = pipeline.bus() {
        feed.watch(&bus);
    }
    let end = sink.clone();
    read_file(pipeline, path, container, &feed, move |pipeline, pad, codec| {
        attach_parser(pipeline, pad, codec, &end)
    })?;
    pipeline.set_state(gst::State::Playing).map_err(|error| glib::bool_error!("{error}"))?;
    Ok(collect(&feed, &sink))
}

fn attach_parser(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    codec: Codec,
    sink: &gst_app::AppSink,
) -> Result<(), glib::BoolError> {
    // Parameter sets before each keyframe: whoever tunes in at one can decode from there.
    let parse = gst::ElementFactory::make(codec.parse()).property("config-interval", -1_i32).build()?;
    let media_type = format!("video/x-{}", if codec == Codec::H264 { "h264" } else { "h265" });
    let caps =
        gst::Caps::builder(media_type).field("stream-format", "byte-stream").field("alignment", "au").build();
    let filter = gst::ElementFactory::make("capsfilter").property("caps", caps).build()?;
    pipeline.add_many([&parse, &filter])?;
    gst::Element::link_many([&parse, &filter, sink.upcast_ref()])?;
    filter.sync_state_with_parent()?;
    parse.sync_state_with_parent()?;
    let entry = parse.static_pad("sink").ok_or_else(|| glib::bool_error!("no entry to the parser"))?;
    pad.link(&entry).map(|_| ()).map_err(|error| glib::bool_error!("cannot link the parser: {error}"))
}

fn collect(feed: &Feed, sink: &gst_app::AppSink) -> Result<Vec<gst::Sample>, FileFault> {
    let mut samples = Vec::new();
    // Cameras made of clips run in real time.
    feed.wait(&SystemClock, READ_MAX, || {
        while let Some(sample) = sink.try_pull_sample(gst::ClockTime::ZERO) {
            samples.push(sample);
        }
        (sink.is_eos() || feed.trouble().is_some()).then_some(())
    });
    match feed.trouble() {
        Some(Trouble::Codec(codec)) => Err(FileFault::UnsupportedCodec(codec)),
        Some(Trouble::NoVideo) => Err(FileFault::NoVideo),
        Some(Trouble::Gstreamer { error, .. }) if samples.is_empty() => {
            Err(FileFault::Damaged { at: Duration::ZERO, reason: error.message().to_owned() })
        }
        // A clip that was cut short is played as far as it goes.
        _ => Ok(samples),
    }
}
