//! What a segment holds: one track of pictures, perhaps one of sound, and their samples.

use anjian_domain::{AudioCodec, VideoCodec};

/// Ticks a second of every video track.
pub const VIDEO_TIMESCALE: u32 = 90_000;

/// The tracks of a segment; they cannot change within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracks {
    /// Pictures.
    pub video: VideoTrack,
    /// Sound, where there is any.
    pub audio: Option<AudioTrack>,
}

/// Pictures: access units with length-prefixed NAL units (stream format `avc`, or `hvc1`; not a byte stream).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoTrack {
    /// How they are coded.
    pub codec: VideoCodec,
    /// Width, 1..=65535.
    pub width_px: u32,
    /// Height, 1..=65535.
    pub height_px: u32,
    /// Width and height of a pixel: players stretch what is not square. Each above 0.
    pub pixel: (u32, u32),
    /// The decoder configuration record as in an `avcC` or `hvcC` box, without the box's header; GStreamer
    /// calls it `codec_data`. It must hold the parameter sets.
    pub configuration: Vec<u8>,
}

/// Sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioTrack {
    /// How it is coded. AAC comes as raw access units, without ADTS headers.
    pub codec: AudioCodec,
    /// Samples a second, 1..=65535; the timescale of the track.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// AAC: the `AudioSpecificConfig` (GStreamer's `codec_data`). G.711: empty.
    pub configuration: Vec<u8>,
}

/// Which of the tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

impl Tracks {
    /// Ticks a second of a track; that of video where there is no sound.
    #[must_use]
    pub fn timescale(&self, kind: TrackKind) -> u32 {
        match (kind, &self.audio) {
            (TrackKind::Audio, Some(audio)) => audio.sample_rate_hz,
            _ => VIDEO_TIMESCALE,
        }
    }
}

/// One access unit, handed over in the order of decoding. Times count from the start of the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// Its bytes.
    pub data: &'a [u8],
    /// When it is shown or heard. Sound before the start is left out.
    pub pts_ns: i64,
    /// When it is decoded; give `pts_ns` when the source tells none. May lie before the start.
    pub dts_ns: i64,
    /// How long it lasts, as far as known; used only where no next sample tells it.
    pub duration_ns: u64,
    /// Whether decoding can begin here. The first picture of a segment must be one.
    pub is_sync: bool,
}
