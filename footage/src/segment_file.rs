//! A segment as its file tells it: what it holds, and where each sample is.

use std::ops::Range;
use std::time::Duration;

use anjian_domain::{Place, Segment};

use crate::write::duration_of;
use crate::{SegmentHeader, Tracks, VIDEO_TIMESCALE};

/// A segment as its file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Whose footage it is and when it begins.
    pub header: SegmentHeader,
    /// What it holds.
    pub tracks: Tracks,
    /// Everything before the first fragment; what a player needs first.
    pub init_bytes: Range<u64>,
    /// The whole fragments, in order.
    pub fragments: Vec<Fragment>,
    /// The pictures, in the order of decoding.
    pub video: Vec<MediaSample>,
    /// The sound.
    pub audio: Vec<MediaSample>,
    /// Bytes of the file when it was read, with a torn tail.
    pub size_bytes: u64,
    /// Where whole boxes end, if the file goes on after that.
    pub torn_at: Option<u64>,
    /// Where the boxes begin that tell of sound, before the first fragment.
    pub(crate) sound_boxes: Vec<u64>,
}

/// One `moof` with its `mdat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Where it is in the file.
    pub bytes: Range<u64>,
    /// When its first sample is decoded, from the start of the segment.
    pub start: Duration,
    /// Whether it begins with a keyframe.
    pub is_sync: bool,
    /// Where the box begins that tells of its sound.
    pub(crate) sound_box: Option<u64>,
}

/// Where a sample is and when it is shown. Times in ticks of its track, from the start of the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaSample {
    /// First byte in the file.
    pub offset: u64,
    /// Bytes.
    pub size_bytes: u32,
    /// When it is decoded.
    pub dts: u64,
    /// Until the next is decoded.
    pub duration: u32,
    /// When it is shown, minus `dts`.
    pub pts_offset: i32,
    /// Whether decoding can begin here.
    pub is_sync: bool,
}

impl MediaSample {
    /// When it is shown, ticks of its track from the start of the segment.
    #[must_use]
    pub fn pts(&self) -> i64 {
        i64::try_from(self.dts).unwrap_or(i64::MAX).saturating_add(self.pts_offset.into())
    }

    fn end_dts(&self) -> u64 {
        self.dts.saturating_add(self.duration.into())
    }
}

impl SegmentFile {
    /// How long its pictures play.
    #[must_use]
    pub fn duration(&self) -> Duration {
        duration_of(self.video.last().map_or(0, MediaSample::end_dts), VIDEO_TIMESCALE)
    }

    /// The bytes that can be used: up to the tear.
    #[must_use]
    pub fn whole_bytes(&self) -> u64 {
        self.torn_at.unwrap_or(self.size_bytes)
    }

    /// What the index keeps of it, without digest. `path`: where it lies in the recordings folder.
    #[must_use]
    pub fn segment(&self, path: &str) -> Segment {
        Segment {
            camera: self.header.camera.clone(),
            path: path.to_owned(),
            start: self.header.start,
            duration: self.duration(),
            size_bytes: self.whole_bytes(),
            sha256: None,
            video: self.tracks.video.codec,
            width_px: self.tracks.video.width_px,
            height_px: self.tracks.video.height_px,
            audio: self.tracks.audio.as_ref().map(|audio| audio.codec),
            time_source: self.header.time_source,
            clock_offset_us: self.header.clock_offset_us,
            clock_error_us: None,
            place: Place::Here,
        }
    }

    /// The keyframe from which the picture shown at `offset` is decoded; `None` when there is no picture.
    #[must_use]
    pub fn keyframe_before(&self, offset: Duration) -> Option<&MediaSample> {
        let shown = |sample: &MediaSample| u64::try_from(sample.pts()).unwrap_or(0);
        let keyframes = || self.video.iter().filter(|sample| sample.is_sync);
        let before = keyframes().take_while(|s| duration_of(shown(s), VIDEO_TIMESCALE) <= offset).last();
        before.or_else(|| keyframes().next())
    }
}
