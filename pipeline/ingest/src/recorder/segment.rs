//! The row of a file that is begun.

use std::time::Duration;

use anjian_domain::{CameraId, Segment, WallTime};
use anjian_footage::Tracks;

use crate::stream_clock::Placed;

/// Nothing of it is written yet. `start`: where it begins, not before what was recorded last.
pub(super) fn segment(camera: &CameraId, tracks: &Tracks, placed: Placed, start: WallTime) -> Segment {
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
        time_source: placed.source,
        clock_offset_us: placed.clock_offset_us + placed.wall.as_micros() - start.as_micros(),
    }
}
