//! How packets are coded, in the words of the files that they are written to.

use anjian_domain::{AudioCodec, VideoCodec};
use anjian_footage::{AudioTrack, VideoTrack};
use gstreamer as gst;

use crate::codec::Codec;
use crate::picture::pixel_of;

/// What a parser says of the pictures that follow; `None` while it does not know enough.
pub(crate) fn video_track(format: &gst::StructureRef) -> Option<VideoTrack> {
    let codec = match Codec::of_stream(format.name())? {
        Codec::H264 => VideoCodec::H264,
        Codec::H265 => VideoCodec::H265,
    };
    let side = |name: &str| format.get::<i32>(name).ok().and_then(|side| u32::try_from(side).ok());
    let configuration = codec_data(format)?;
    let pixel = format.get::<gst::Fraction>("pixel-aspect-ratio").map_or((1, 1), pixel_of);
    let pixel = if pixel.0 > 0 && pixel.1 > 0 { pixel } else { (1, 1) };
    Some(VideoTrack { codec, width_px: side("width")?, height_px: side("height")?, pixel, configuration })
}

/// What a depayloader says of the sounds that follow; `None` for a codec that is not recorded.
pub(super) fn audio_track(format: &gst::StructureRef) -> Option<AudioTrack> {
    let codec = match format.name().as_str() {
        "audio/mpeg" => AudioCodec::Aac,
        "audio/x-alaw" => AudioCodec::ALaw,
        "audio/x-mulaw" => AudioCodec::MuLaw,
        _ => return None,
    };
    let number = |name: &str| format.get::<i32>(name).ok().filter(|number| *number > 0);
    let configuration = if codec == AudioCodec::Aac { codec_data(format)? } else { Vec::new() };
    let said = aac_format(&configuration);
    let rate = number("rate").and_then(|rate| u32::try_from(rate).ok());
    let channels = number("channels").and_then(|channels| u16::try_from(channels).ok());
    let (sample_rate_hz, channels) = match codec {
        // The stream's own header is right where the session description is careless.
        AudioCodec::Aac => (said.map(|said| said.0).or(rate)?, said.map(|said| said.1).or(channels)?),
        AudioCodec::ALaw | AudioCodec::MuLaw => (rate.unwrap_or(8000), channels.unwrap_or(1)),
    };
    // What an MP4 can say of a rate.
    (sample_rate_hz < 1 << 16).then_some(AudioTrack { codec, sample_rate_hz, channels, configuration })
}

fn codec_data(format: &gst::StructureRef) -> Option<Vec<u8>> {
    let data = format.get::<gst::Buffer>("codec_data").ok()?;
    Some(data.map_readable().ok()?.to_vec())
}

/// Samples a second and channels, as an `AudioSpecificConfig` has them; `None` where it does not say plainly.
fn aac_format(configuration: &[u8]) -> Option<(u32, u16)> {
    const RATES_HZ: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
    ];
    // Five bits of object type, four of rate, four of channels.
    let head = u16::from_be_bytes(*configuration.first_chunk()?);
    let rate_hz = *RATES_HZ.get(usize::from(head >> 7 & 0xf))?;
    let channels = match head >> 3 & 0xf {
        channels @ 1..=6 => channels,
        7 => 8,
        _ => return None,
    };
    Some((rate_hz, channels))
}

/// How long a packet of sound lasts, nanoseconds.
pub(super) fn sound_ns(track: &AudioTrack, size_bytes: usize) -> u64 {
    let samples = match track.codec {
        AudioCodec::Aac => 1024,
        AudioCodec::ALaw | AudioCodec::MuLaw => size_bytes as u64 / u64::from(track.channels.max(1)),
    };
    samples * 1_000_000_000 / u64::from(track.sample_rate_hz.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aac_header_says_rate_and_channels() {
        assert_eq!(aac_format(&[0x12, 0x10]), Some((44_100, 2)));
        assert_eq!(aac_format(&[0x14, 0x08]), Some((16_000, 1)));
        assert_eq!(aac_format(&[0x17, 0x88]), None, "a rate that is spelt out");
        assert_eq!(aac_format(&[0x12]), None);
    }

    #[test]
    fn tracks_are_known_when_all_of_it_is() {
        crate::init().unwrap();
        let data = gst::Buffer::from_slice([1_u8, 2, 3]);
        let video = gst::Structure::builder("video/x-h265").field("width", 640).field("height", 480);
        assert_eq!(video_track(&video.build()), None);
        let video = gst::Structure::builder("video/x-h265").field("width", 640).field("height", 480);
        let track = video_track(&video.field("codec_data", &data).build()).unwrap();
        let expected = VideoTrack {
            codec: VideoCodec::H265,
            width_px: 640,
            height_px: 480,
            pixel: (1, 1),
            configuration: vec![1, 2, 3],
        };
        assert_eq!(track, expected);
        let audio = gst::Structure::builder("audio/x-alaw").field("rate", 8000).field("channels", 1).build();
        let track = audio_track(&audio).unwrap();
        assert_eq!((track.codec, track.sample_rate_hz, track.channels), (AudioCodec::ALaw, 8000, 1));
        assert_eq!(sound_ns(&track, 160), 20_000_000);
        assert_eq!(audio_track(&gst::Structure::new_empty("audio/x-opus")), None);
    }
}
