//! The segment of a file that begins.

use std::time::Duration;

use anjian_domain::{CameraId, Place, Segment, WallTime};
use anjian_footage::Tracks;

use crate::stream_clock::Placed;

/// Nothing is in it yet. Its first picture is `placed`; the file may have to begin a little later, at `start`.
pub(super) fn segment(camera: &CameraId, tracks: &Tracks, start: WallTime, placed: Placed) -> Segment {
    Segment {
        camera: camera.clone(),
        path: Segment::path_of(camera, start),
        start,
        duration: Duration::ZERO,
        size_bytes: 0,
        sha256: None,
        video: tracks.video.codec,
        width_px: tracks.video.width_px,
        height_px: tracks.video.height_px,
        audio: tracks.audio.as_ref().map(|audio| audio.codec),
        time_source: placed.clock.source,
        clock_offset_us: placed.taken_at().as_micros() - start.as_micros(),
        clock_error_us: None,
        place: Place::Here,
    }
}
