//! Sample entries: what a decoder must know before the first sample.
//!
//! The configuration records of the codecs are carried through byte for byte.

use anjian_domain::{AudioCodec, VideoCodec};
use mp4_atom::{
    Atom, Audio, Avcc, BufMut, Compressor, Decode, Encode, Hvcc, Pasp, Visual,
    esds::{DecoderConfig, DecoderSpecific, EsDescriptor, SLConfig},
};
use mp4_atom::{Error, Esds, FixedPoint};

use crate::boxes::{self, leaf, walk};
use crate::{AudioTrack, VideoTrack};

/// Where a decoder finds the parameter sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterSets {
    /// In the sample entry only: what every player understands.
    InEntry,
    /// Also in front of every keyframe, because they change on the way.
    InSamples,
}

/// MPEG-4 Audio, in the registry of object types.
const MPEG4_AUDIO: u8 = 0x40;
const AUDIO_STREAM: u8 = 5;
/// `profile_tier_level` names these NAL units; SEI may stand beside them in an `hvcC`.
const HEVC_PARAMETER_SETS: [u8; 3] = [32, 33, 34];

/// The sample entry box of a video track.
pub(crate) fn encode_video(track: &VideoTrack, sets: ParameterSets) -> mp4_atom::Result<Vec<u8>> {
    let (entry, record) = match (track.codec, sets) {
        (VideoCodec::H264, ParameterSets::InEntry) => (b"avc1", b"avcC"),
        (VideoCodec::H264, ParameterSets::InSamples) => (b"avc3", b"avcC"),
        (VideoCodec::H265, ParameterSets::InEntry) => (b"hvc1", b"hvcC"),
        (VideoCodec::H265, ParameterSets::InSamples) => (b"hev1", b"hvcC"),
    };
    let pixels = |count: u32| u16::try_from(count).map_err(|_| Error::InvalidSize);
    let visual = Visual {
        data_reference_index: 1,
        width: pixels(track.width_px)?,
        height: pixels(track.height_px)?,
        compressor: Compressor::default(),
        ..Visual::default()
    };
    let mut bytes = Vec::new();
    bytes.encode_atom(*entry, |buf: &mut Vec<u8>| {
        visual.encode(buf)?;
        buf.encode_atom(*record, |buf| track.configuration.as_slice().encode(buf))?;
        let (h_spacing, v_spacing) = track.pixel;
        if h_spacing == v_spacing { Ok(()) } else { Pasp { h_spacing, v_spacing }.encode(buf) }
    })?;
    Ok(bytes)
}

/// The sample entry box of an audio track.
pub(crate) fn encode_audio(track: &AudioTrack) -> mp4_atom::Result<Vec<u8>> {
    let rate = u16::try_from(track.sample_rate_hz).map_err(|_| Error::InvalidSize)?;
    let audio = Audio {
        data_reference_index: 1,
        channel_count: track.channels,
        sample_size: 16,
        sample_rate: FixedPoint::new(rate, 0),
    };
    let kind = match track.codec {
        AudioCodec::Aac => b"mp4a",
        AudioCodec::ALaw => b"alaw",
        AudioCodec::MuLaw => b"ulaw",
    };
    let mut bytes = Vec::new();
    bytes.encode_atom(*kind, |buf: &mut Vec<u8>| {
        audio.encode(buf)?;
        match track.codec {
            AudioCodec::Aac => stream_description(&track.configuration).encode(buf),
            AudioCodec::ALaw | AudioCodec::MuLaw => Ok(()),
        }
    })?;
    Ok(bytes)
}

fn stream_description(audio_specific_config: &[u8]) -> Esds {
    let specific = DecoderSpecific { raw: audio_specific_config.to_vec(), ..DecoderSpecific::default() };
    let decoder = DecoderConfig {
        object_type_indication: MPEG4_AUDIO,
        stream_type: AUDIO_STREAM,
        dec_specific: Some(specific),
        ..DecoderConfig::default()
    };
    Esds {
        es_desc: EsDescriptor {
            es_id: 1,
            dec_config: decoder,
            sl_config: SLConfig {},
            ..EsDescriptor::default()
        },
    }
}

/// The video track that the first sample entry in the body of an `stsd` describes; `None` if it is none of
/// ours.
pub(crate) fn decode_video(stsd: &[u8]) -> Option<VideoTrack> {
    let entry = walk(stsd.get(8..)?).next()?;
    let (codec, record) = match &entry.kind {
        b"avc1" | b"avc3" => (VideoCodec::H264, b"avcC"),
        b"hvc1" | b"hev1" => (VideoCodec::H265, b"hvcC"),
        _ => return None,
    };
    let mut rest = entry.body;
    let visual = Visual::decode(&mut rest).ok()?;
    Some(VideoTrack {
        codec,
        width_px: visual.width.into(),
        height_px: visual.height.into(),
        pixel: pixel(rest),
        configuration: boxes::find(rest, &[record])?.to_vec(),
    })
}

/// The shape of a pixel; square where nothing, or nothing sensible, is said.
fn pixel(boxes: &[u8]) -> (u32, u32) {
    let said = leaf::<Pasp>(boxes).map(|pixel| (pixel.h_spacing, pixel.v_spacing));
    said.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or((1, 1))
}

/// The audio track that the first sample entry in the body of an `stsd` describes; `None` if it is none of
/// ours.
pub(crate) fn decode_audio(stsd: &[u8]) -> Option<AudioTrack> {
    let entry = walk(stsd.get(8..)?).next()?;
    let codec = match &entry.kind {
        b"mp4a" => AudioCodec::Aac,
        b"alaw" => AudioCodec::ALaw,
        b"ulaw" => AudioCodec::MuLaw,
        _ => return None,
    };
    let mut rest = entry.body;
    let audio = Audio::decode(&mut rest).ok()?;
    let configuration = match codec {
        AudioCodec::Aac => leaf::<Esds>(rest)?.es_desc.dec_config.dec_specific?.raw,
        AudioCodec::ALaw | AudioCodec::MuLaw => Vec::new(),
    };
    let sample_rate_hz = u32::from(audio.sample_rate.integer());
    (sample_rate_hz > 0).then_some(AudioTrack {
        codec,
        sample_rate_hz,
        channels: audio.channel_count,
        configuration,
    })
}

/// The parameter sets of a track as they stand in front of a keyframe, each with its length.
///
/// # Errors
/// When the configuration record cannot be read, holds no parameter sets, or counts lengths not with four
/// bytes.
pub(crate) fn parameter_sets(track: &VideoTrack) -> std::result::Result<Vec<u8>, String> {
    let unreadable = |error| format!("its decoder configuration cannot be read ({error})");
    let mut record = track.configuration.as_slice();
    let (length_size, units) = match track.codec {
        VideoCodec::H264 => {
            let record = Avcc::decode_body(&mut record).map_err(unreadable)?;
            let units = [record.sequence_parameter_sets, record.picture_parameter_sets].concat();
            (record.length_size, units)
        }
        VideoCodec::H265 => {
            let record = Hvcc::decode_body(&mut record).map_err(unreadable)?;
            let sets = record.arrays.into_iter().filter(|a| HEVC_PARAMETER_SETS.contains(&a.nal_unit_type));
            (record.length_size_minus_one + 1, sets.flat_map(|array| array.nalus).collect())
        }
    };
    if length_size != 4 || units.is_empty() {
        return Err(format!(
            "its decoder configuration has {} parameter sets, {length_size}-byte lengths",
            units.len()
        ));
    }
    Ok(with_lengths(&units))
}

fn with_lengths(units: &[Vec<u8>]) -> Vec<u8> {
    // A unit of a configuration record has a 16-bit length.
    let length = |unit: &Vec<u8>| u32::try_from(unit.len()).unwrap_or(u32::MAX).to_be_bytes();
    units.iter().flat_map(|unit| length(unit).into_iter().chain(unit.iter().copied())).collect()
}
