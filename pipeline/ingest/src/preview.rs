//! An H.264 copy of a segment file, for browsers that do not play what the camera sends.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anjian_domain::{Clock, ErrorKind, Segment, VideoCodec};
use anjian_footage::{
    AudioTrack, FootageError, MediaSample, Sample, SegmentFile, SegmentWriter, TrackKind, Tracks, VideoTrack,
};
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::buffer_time::time_in;
use crate::decode::{WhenFull, app_sink};
use crate::feed::Feed;
use crate::pictures::broken;
use crate::recorder::video_track;
use crate::replay::{Played, Player, codec, read, source};
use crate::shape::{Shape, Turn};
use crate::{FileFault, IngestError};

/// Somebody waits for it.
const LIMIT: Duration = Duration::from_secs(120);

/// Wide enough to see what happens.
const WIDTH_MAX_PX: u32 = 1280;

/// As the recorder does it.
const FRAGMENT: Duration = Duration::from_millis(500);

/// Writes an H.264 copy of a segment file to `to`: at most 1280 pixels wide, pictures at the same times, sound as it is.
/// Appears under its name once it is complete. Blocks while it decodes and encodes, each on one thread; ends early, with
/// an error and nothing left, when `wanted` turns false.
///
/// # Errors
/// When `path` is no segment or cannot be decoded, or `to` not be written; when it is not wanted any more, or took over 120 s.
pub fn preview(path: &Path, to: &Path, clock: &dyn Clock, wanted: &AtomicBool) -> Result<(), IngestError> {
    crate::init()?;
    let failed = |fault| IngestError::File { path: path.to_owned(), fault };
    let file = read(path).map_err(failed)?;
    let player = player(path, &file, clock, wanted).map_err(failed)?.map_err(|error| broken(&error))?;
    let unwritable = |kind, reason| IngestError::File {
        path: to.to_owned(),
        fault: FileFault::Unwritable { kind, reason },
    };
    let (Some(folder), Some(name)) = (to.parent(), to.file_name()) else {
        return Err(unwritable(ErrorKind::Invalid, "it is no file name".to_owned()));
    };
    let unfinished = format!(".{}.unfinished-{}", name.to_string_lossy(), std::process::id());
    let unfinished_path = folder.join(&unfinished);
    // Left by a process with our number that was killed.
    let _ = std::fs::remove_file(&unfinished_path);
    let copy = Copy { path, file: &file, folder, unfinished, player };
    let outcome = copy.write().and_then(|()| std::fs::rename(&unfinished_path, to).map_err(Fault::from));
    outcome.map_err(|fault| {
        let _ = std::fs::remove_file(&unfinished_path);
        match fault {
            Fault::From(fault) => failed(fault),
            Fault::To(kind, reason) => unwritable(kind, reason),
        }
    })
}

/// Which of the two files is to blame.
enum Fault {
    From(FileFault),
    To(ErrorKind, String),
}

impl From<FileFault> for Fault {
    fn from(fault: FileFault) -> Self {
        Self::From(fault)
    }
}

impl From<FootageError> for Fault {
    fn from(error: FootageError) -> Self {
        Self::To(error.kind(), error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::To(ErrorKind::from(&error), error.to_string())
    }
}

struct Copy<'a> {
    path: &'a Path,
    file: &'a SegmentFile,
    folder: &'a Path,
    unfinished: String,
    player: Player<'a>,
}

impl Copy<'_> {
    fn write(self) -> Result<(), Fault> {
        let began = self.player.clock.monotonic();
        self.player.play()?;
        let mut sound = Sound::open(self.path, self.file)?;
        let mut writer: Option<SegmentWriter> = None;
        while let Played::Sample(picture) = self.player.next(began)? {
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(self.begin(&picture)?),
            };
            let at_ns = push_picture(writer, &picture)?;
            sound.push_until(writer, at_ns)?;
            if !self.player.wanted.load(Ordering::Relaxed) {
                return Err(FileFault::Stopped.into());
            }
        }
        let mut writer = writer.ok_or(FileFault::NoPicture)?;
        sound.push_until(&mut writer, i64::MAX)?;
        let end_ns = i64::try_from(self.file.duration().as_nanos()).ok();
        writer.finish(end_ns)?;
        Ok(())
    }

    fn begin(&self, first: &gst::Sample) -> Result<SegmentWriter, Fault> {
        let video: Option<VideoTrack> = first.caps().and_then(|caps| video_track(caps.structure(0)?));
        let video = video.ok_or(FileFault::NoPicture)?;
        let tracks = Tracks { video, audio: self.file.tracks.audio.clone() };
        let segment = Segment { video: VideoCodec::H264, ..self.file.segment(&self.unfinished) };
        Ok(SegmentWriter::create(self.folder, segment, tracks, FRAGMENT)?)
    }
}

/// Writes an encoded picture; says when it is shown, nanoseconds from the beginning.
fn push_picture(writer: &mut SegmentWriter, picture: &gst::Sample) -> Result<i64, Fault> {
    let (Some(segment), Some(buffer)) = (picture.segment(), picture.buffer()) else { return Ok(0) };
    let at_ns = time_in(segment, buffer).map_or(0, |at| i64::try_from(at.as_nanos()).unwrap_or(i64::MAX));
    let data = buffer.map_readable().map_err(|error| Fault::To(ErrorKind::Invalid, error.to_string()))?;
    let is_sync = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
    // Without B-frames pictures are decoded in the order in which they are shown.
    let sample = Sample { data: &data, pts_ns: at_ns, dts_ns: at_ns, duration_ns: 0, is_sync };
    writer.push(TrackKind::Video, &sample)?;
    Ok(at_ns)
}

/// The sound of the file, taken over as it is.
struct Sound<'a> {
    file: File,
    track: Option<&'a AudioTrack>,
    samples: std::iter::Peekable<std::slice::Iter<'a, MediaSample>>,
}

impl<'a> Sound<'a> {
    fn open(path: &Path, segment: &'a SegmentFile) -> Result<Self, FileFault> {
        let file = File::open(path).map_err(|error| FileFault::unreadable(&error))?;
        Ok(Self { file, track: segment.tracks.audio.as_ref(), samples: segment.audio.iter().peekable() })
    }

    fn push_until(&mut self, writer: &mut SegmentWriter, until_ns: i64) -> Result<(), Fault> {
        let Some(track) = self.track else { return Ok(()) };
        let in_ns = |ticks: i64| {
            let ns = i128::from(ticks) * 1_000_000_000 / i128::from(track.sample_rate_hz.max(1));
            i64::try_from(ns).unwrap_or(i64::MAX)
        };
        while let Some(sample) = self.samples.next_if(|sample| in_ns(sample.pts()) <= until_ns) {
            let mut data = vec![0; sample.size_bytes as usize];
            let read = self.file.read_exact_at(&mut data, sample.offset);
            read.map_err(|error| FileFault::unreadable(&error))?;
            let at_ns = in_ns(sample.pts());
            let duration_ns = u64::try_from(in_ns(i64::from(sample.duration))).unwrap_or_default();
            let sample = Sample { data: &data, pts_ns: at_ns, dts_ns: at_ns, duration_ns, is_sync: true };
            writer.push(TrackKind::Audio, &sample)?;
        }
        Ok(())
    }
}

fn player<'a>(
    path: &Path,
    file: &SegmentFile,
    clock: &'a dyn Clock,
    wanted: &'a AtomicBool,
) -> Result<Result<Player<'a>, glib::BoolError>, FileFault> {
    let track = &file.tracks.video;
    let source = source(path, track, file.video.clone())?;
    let build = || {
        let feed = Arc::new(Feed::default());
        let (pipeline, sink) = (gst::Pipeline::new(), app_sink(&feed, WhenFull::Block));
        let make = |name: &'static str| gst::ElementFactory::make(name);
        let small = make("capsfilter").property("caps", small(track)).build()?;
        let encoder = make("x264enc")
            .property_from_str("speed-preset", "ultrafast")
            .property_from_str("tune", "zerolatency")
            .property_from_str("pass", "quant")
            .property("quantizer", 26_u32)
            .property("key-int-max", 50_u32)
            .property("threads", 1_u32)
            .build()?;
        let coded = make("capsfilter").property("caps", crate::codec::Codec::H264.recorded()).build()?;
        let elements = [
            source.clone().upcast(),
            codec(track).build_decoder()?,
            make("videoconvert").property("n-threads", 1_u32).build()?,
            make("videoscale").property("n-threads", 1_u32).build()?,
            small,
            make("queue").property("max-size-buffers", 4_u32).build()?,
            encoder,
            make("h264parse").build()?,
            coded,
            sink.clone().upcast(),
        ];
        pipeline.add_many(&elements)?;
        gst::Element::link_many(&elements)?;
        Ok(Player { pipeline, sink, feed, clock, wanted, limit: LIMIT })
    };
    Ok(build())
}

/// The size of the copy: the shape that is shown, square pixels, even sides.
fn small(track: &VideoTrack) -> gst::Caps {
    let shape = Shape::new(Turn::default(), track.pixel);
    let (shown_width, shown_height) = shape.stretched(track.width_px as usize, track.height_px as usize);
    let (shown_width, shown_height) = (shown_width as u64, shown_height as u64);
    let width_px = shown_width.clamp(2, u64::from(WIDTH_MAX_PX));
    let height_px = shown_height * width_px / shown_width.max(1);
    let even = |px: u64| i32::try_from(px.max(2) & !1).unwrap_or(2);
    gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", even(width_px))
        .field("height", even(height_px))
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .build()
}
