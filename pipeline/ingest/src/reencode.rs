//! Makes one clip into another of a given size, rate and bit rate: the workload of the benchmark.

use std::path::Path;

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::IngestError;

/// What the new clip is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Frames a second.
    pub fps: u32,
    /// Kilobits a second.
    pub bitrate_kbps: u32,
}

impl Default for Workload {
    /// What most site cameras send.
    fn default() -> Self {
        Self { width_px: 1920, height_px: 1080, fps: 25, bitrate_kbps: 4000 }
    }
}

/// Writes `from` anew to `to`, as H.264 in MP4 with a keyframe every two seconds. Blocks until it is done.
///
/// # Errors
/// When `from` cannot be decoded or `to` not be written.
pub fn reencode(from: &Path, to: &Path, workload: Workload) -> Result<(), IngestError> {
    let Workload { width_px, height_px, fps, bitrate_kbps } = workload;
    let keyframes = fps * 2;
    let description = format!(
        "filesrc name=from ! decodebin ! videoconvert ! videoscale ! videorate ! \
         video/x-raw,format=I420,width={width_px},height={height_px},framerate={fps}/1 ! \
         x264enc speed-preset=veryfast tune=zerolatency bitrate={bitrate_kbps} key-int-max={keyframes} ! \
         h264parse ! mp4mux ! filesink name=to"
    );
    let failed = |reason: String| IngestError::Gstreamer { reason: format!("{}: {reason}", from.display()) };
    let element = gst::parse::launch(&description).map_err(|error| failed(error.to_string()))?;
    let pipeline = element.downcast::<gst::Pipeline>().map_err(|_| failed("not a pipeline".to_owned()))?;
    for (name, path) in [("from", from), ("to", to)] {
        let element = pipeline.by_name(name).ok_or_else(|| failed(format!("no element {name}")))?;
        element.set_property("location", path);
    }
    let outcome = run_to_end(&pipeline).map_err(failed);
    // Nothing can be done about a pipeline that does not end; what it wrote is what counts.
    let _ = pipeline.set_state(gst::State::Null);
    outcome
}

fn run_to_end(pipeline: &gst::Pipeline) -> Result<(), String> {
    pipeline.set_state(gst::State::Playing).map_err(|error| error.to_string())?;
    let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
    for message in bus.iter_timed(gst::ClockTime::NONE) {
        match message.view() {
            gst::MessageView::Eos(_) => return Ok(()),
            gst::MessageView::Error(error) => return Err(error.error().to_string()),
            _ => {}
        }
    }
    Err("the pipeline ended without a word".to_owned())
}
