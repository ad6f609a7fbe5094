//! The exact picture of a moment, out of a segment file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_domain::{Clock, Picture};
use anjian_footage::{MediaSample, SegmentFile};
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::decode::{WhenFull, app_sink, i420};
use crate::feed::Feed;
use crate::picture::picture_of;
use crate::pictures::broken;
use crate::replay::{Played, Player, codec, in_ns, read, source};
use crate::{FileFault, IngestError};

/// Decoding a group of pictures takes a moment; a disk that does not answer takes longer.
const LIMIT: Duration = Duration::from_secs(10);

/// The picture that is shown `offset` after the beginning of a segment file: the last that begins then or before. The
/// file may still be being written. Blocks for as long as decoding from the keyframe before takes; ends early, with an
/// error, when `wanted` turns false.
///
/// # Errors
/// When the file ends before `offset`, is none, or cannot be decoded; when it is not wanted any more, or took over 10 s.
pub fn still(
    path: &Path,
    offset: Duration,
    clock: &dyn Clock,
    wanted: &AtomicBool,
) -> Result<Picture, IngestError> {
    crate::init()?;
    let failed = |fault| IngestError::File { path: path.to_owned(), fault };
    let file = read(path).map_err(failed)?;
    let group = group(&file, offset).map_err(failed)?;
    let player = player(path, &file, group, clock, wanted).map_err(failed)?;
    let player = player.map_err(|error| broken(&error))?;
    let began = clock.monotonic();
    player.play().map_err(failed)?;
    match player.next(began).map_err(failed)? {
        Played::Sample(sample) => {
            picture_of(&sample).map_err(|reason| failed(FileFault::Damaged { at: offset, reason }))
        }
        Played::Ended => Err(failed(FileFault::NoPicture)),
    }
}

/// From the keyframe before up to the picture that is shown then, in the order of decoding; and when that one begins.
fn group(file: &SegmentFile, offset: Duration) -> Result<(Vec<MediaSample>, u64), FileFault> {
    if offset >= file.duration() {
        return Err(FileFault::EndsBefore { at: offset, end: file.duration() });
    }
    let offset_ns = u64::try_from(offset.as_nanos()).unwrap_or(u64::MAX);
    let begun = file.video.iter().enumerate().filter(|(_, sample)| in_ns(sample.pts()) <= offset_ns);
    let wanted = begun.max_by_key(|(_, sample)| sample.pts()).map_or(0, |(index, _)| index);
    let decoded = file.video.get(..=wanted).ok_or(FileFault::NoPicture)?;
    let shown = decoded.last().map_or(0, MediaSample::pts);
    // A picture that comes after a keyframe but is shown before it needs the pictures before that one too.
    let leads_to = |sample: &MediaSample| sample.is_sync && sample.pts() <= shown;
    let keyframe = decoded.iter().rposition(leads_to).ok_or(FileFault::NoPicture)?;
    Ok((decoded.get(keyframe..).unwrap_or_default().to_vec(), in_ns(shown)))
}

fn player<'a>(
    path: &Path,
    file: &SegmentFile,
    (samples, shown_ns): (Vec<MediaSample>, u64),
    clock: &'a dyn Clock,
    wanted: &'a AtomicBool,
) -> Result<Result<Player<'a>, glib::BoolError>, FileFault> {
    let source = source(path, &file.tracks.video, samples)?;
    let build = || {
        let feed = Arc::new(Feed::default());
        let (pipeline, sink) = (gst::Pipeline::new(), app_sink(&feed, WhenFull::Block));
        let decoder = codec(&file.tracks.video).build_decoder()?;
        let convert = gst::ElementFactory::make("videoconvert").property("n-threads", 1_u32).build()?;
        let filter = gst::ElementFactory::make("capsfilter").property("caps", i420()).build()?;
        let elements = [source.clone().upcast(), decoder.clone(), convert, filter, sink.clone().upcast()];
        pipeline.add_many(&elements)?;
        gst::Element::link_many(&elements)?;
        drop_before(&decoder, shown_ns);
        Ok(Player { pipeline, sink, feed, clock, wanted, limit: LIMIT })
    };
    Ok(build())
}

/// Pictures that only lead to the one that is wanted are not converted.
fn drop_before(decoder: &gst::Element, shown_ns: u64) {
    let Some(exit) = decoder.static_pad("src") else { return };
    exit.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let pts = info.buffer().and_then(|picture| picture.pts());
        let is_wanted = pts.is_some_and(|pts| pts.nseconds() >= shown_ns);
        // Not `Drop`: GStreamer 1.22 prints a warning for each.
        if is_wanted { gst::PadProbeReturn::Ok } else { gst::PadProbeReturn::Handled }
    });
}
