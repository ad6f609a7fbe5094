//! Feeds the pictures of a segment file to a decoder, as fast as it takes them.
//!
//! Reads one picture at a time; nothing of the file is held but where its samples lie. Reads files that are still being
//! written, and only their whole fragments.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anjian_domain::{Clock, ErrorKind, VideoCodec};
use anjian_footage::{FootageError, MediaSample, SegmentFile, VIDEO_TIMESCALE, VideoTrack, scan};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::FileFault;
use crate::codec::Codec;
use crate::feed::{Feed, Trouble};

/// How long to listen before looking around.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a file says of itself.
pub(crate) fn read(path: &Path) -> Result<SegmentFile, FileFault> {
    scan(path).map_err(|error| match error {
        error if error.is_missing() => FileFault::Missing,
        FootageError::Io { source, .. } => FileFault::unreadable(&source),
        _ => FileFault::NotAVideo { what: None, path: path.display().to_string() },
    })
}

/// Ticks of a video track as nanoseconds.
pub(crate) fn in_ns(ticks: i64) -> u64 {
    u64::try_from(i128::from(ticks.max(0)) * 1_000_000_000 / i128::from(VIDEO_TIMESCALE)).unwrap_or(u64::MAX)
}

/// The source of a pipeline that plays `samples`, which begin with a keyframe.
pub(crate) fn source(
    path: &Path,
    track: &VideoTrack,
    samples: Vec<MediaSample>,
) -> Result<gst_app::AppSrc, FileFault> {
    let file = File::open(path).map_err(|error| FileFault::unreadable(&error))?;
    let mut samples = samples.into_iter();
    let callbacks = gst_app::AppSrcCallbacks::builder().need_data(move |source, _| {
        let packet = samples.next().map(|sample| packet(&file, &sample));
        // Refused only when the pipeline is being ended.
        let _ = match packet {
            Some(Some(packet)) => source.push_buffer(packet),
            // A file that was deleted, or cut, in between ends here.
            Some(None) | None => source.end_of_stream(),
        };
    });
    let caps = caps(track);
    let source = gst_app::AppSrc::builder().format(gst::Format::Time).caps(&caps);
    Ok(source.callbacks(callbacks.build()).build())
}

fn packet(file: &File, sample: &MediaSample) -> Option<gst::Buffer> {
    let mut bytes = vec![0; sample.size_bytes as usize];
    file.read_exact_at(&mut bytes, sample.offset).ok()?;
    let mut packet = gst::Buffer::from_mut_slice(bytes);
    let buffer = packet.make_mut();
    buffer.set_pts(gst::ClockTime::from_nseconds(in_ns(sample.pts())));
    buffer.set_dts(gst::ClockTime::from_nseconds(in_ns(i64::try_from(sample.dts).unwrap_or(i64::MAX))));
    if !sample.is_sync {
        buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
    }
    Some(packet)
}

/// A file's codec, as the decoders here know it.
pub(crate) const fn codec(track: &VideoTrack) -> Codec {
    match track.codec {
        VideoCodec::H264 => Codec::H264,
        VideoCodec::H265 => Codec::H265,
    }
}

fn caps(track: &VideoTrack) -> gst::Caps {
    let side = |px: u32| i32::try_from(px).unwrap_or(i32::MAX);
    let mut caps = codec(track).recorded();
    let fields = caps.make_mut();
    fields.set("width", side(track.width_px));
    fields.set("height", side(track.height_px));
    fields.set("codec_data", gst::Buffer::from_slice(track.configuration.clone()));
    caps
}

/// A pipeline that plays a file into an appsink; ended when it is dropped.
pub(crate) struct Player<'a> {
    pub(crate) pipeline: gst::Pipeline,
    pub(crate) sink: gst_app::AppSink,
    pub(crate) feed: std::sync::Arc<Feed>,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) wanted: &'a AtomicBool,
    pub(crate) limit: Duration,
}

/// What a pipeline gave.
pub(crate) enum Played {
    Sample(gst::Sample),
    Ended,
}

impl Player<'_> {
    pub(crate) fn play(&self) -> Result<(), FileFault> {
        if let Some(bus) = self.pipeline.bus() {
            self.feed.watch(&bus);
        }
        let playing = self.pipeline.set_state(gst::State::Playing);
        let refused = |error: gst::StateChangeError| FileFault::Unreadable {
            kind: ErrorKind::Invalid,
            reason: error.to_string(),
        };
        playing.map(|_| ()).map_err(refused)
    }

    /// The next sample, in time and as long as it is wanted. `began`: when the clock of the player began to play.
    pub(crate) fn next(&self, began: Duration) -> Result<Played, FileFault> {
        loop {
            let found = self.feed.wait(self.clock, PATIENCE, || {
                let sample =
                    self.sink.try_pull_sample(gst::ClockTime::ZERO).map(|sample| Ok(Played::Sample(sample)));
                let end = || self.sink.is_eos().then_some(Ok(Played::Ended));
                sample.or_else(end).or_else(|| self.feed.trouble().map(Err))
            });
            let played_for = self.clock.monotonic().saturating_sub(began);
            match found {
                Some(Ok(played)) => return Ok(played),
                Some(Err(Trouble::Gstreamer { error, .. })) => {
                    return Err(FileFault::Damaged { at: played_for, reason: error.message().to_owned() });
                }
                Some(Err(Trouble::NoVideo | Trouble::Codec(_))) => return Err(FileFault::NoPicture),
                None if !self.wanted.load(Ordering::Relaxed) => return Err(FileFault::Stopped),
                None if played_for > self.limit => return Err(FileFault::Silent(self.limit)),
                None => {}
            }
        }
    }
}

impl Drop for Player<'_> {
    fn drop(&mut self) {
        // Ends the streaming threads and waits for them; fails only for pipelines that never ran.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
