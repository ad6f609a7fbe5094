//! One fragment: `moof` and the header of its `mdat`. Knows no file.

use mp4_atom::{Encode, Mfhd, Moof, Tfdt, Tfhd, Traf, Trun, TrunEntry, TrunSamples};

use crate::moov::{AUDIO_TRACK_ID, VIDEO_TRACK_ID};

/// `sample_depends_on` = 2: needs no other.
pub(crate) const SYNC: u32 = 0x0200_0000;
/// `sample_depends_on` = 1, and `sample_is_non_sync_sample`.
const NOT_SYNC: u32 = 0x0101_0000;
/// What a sample must not have set to be a keyframe.
pub(crate) const NON_SYNC_FLAG: u32 = 0x0001_0000;

/// Samples of one track that wait to be written. `data` holds them one after the other.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) samples: Vec<PendingSample>,
    pub(crate) data: Vec<u8>,
}

/// One of them, in ticks of its track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PendingSample {
    pub(crate) size_bytes: u32,
    pub(crate) dts: u64,
    pub(crate) duration: u32,
    pub(crate) pts_offset: i32,
    pub(crate) is_sync: bool,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.samples.clear();
        self.data.clear();
    }

    /// From the first sample's decoding to the end of the last, ticks.
    pub(crate) fn ticks(&self) -> u64 {
        match (self.samples.first(), self.samples.last()) {
            (Some(first), Some(last)) => last.dts + u64::from(last.duration) - first.dts,
            _ => 0,
        }
    }
}

/// What stands in front of the data of `video` and then `audio`: `moof`, and the header of `mdat`.
pub(crate) fn encode_front(sequence: u32, video: &Pending, audio: &Pending) -> mp4_atom::Result<Vec<u8>> {
    let data_size = video.data.len() + audio.data.len();
    let mdat_size = u32::try_from(data_size + 8).map_err(|_| mp4_atom::Error::InvalidSize)?;
    let mut front = Vec::with_capacity(256 + 16 * (video.samples.len() + audio.samples.len()));
    // The size of a moof does not depend on the offsets in it, so the first round measures it.
    moof(sequence, video, audio, 0)?.encode(&mut front)?;
    let data_offset = i32::try_from(front.len() + 8).map_err(|_| mp4_atom::Error::InvalidSize)?;
    front.clear();
    moof(sequence, video, audio, data_offset)?.encode(&mut front)?;
    mdat_size.encode(&mut front)?;
    b"mdat".encode(&mut front)?;
    Ok(front)
}

fn moof(sequence_number: u32, video: &Pending, audio: &Pending, data_offset: i32) -> mp4_atom::Result<Moof> {
    let video_size = i32::try_from(video.data.len()).map_err(|_| mp4_atom::Error::InvalidSize)?;
    let tracks = [
        (VIDEO_TRACK_ID, video, data_offset, NOT_SYNC),
        (AUDIO_TRACK_ID, audio, data_offset.saturating_add(video_size), SYNC),
    ];
    let filled = tracks.into_iter().filter(|(_, pending, ..)| !pending.is_empty());
    let traf = filled.map(|(id, pending, offset, flags)| traf(id, pending, offset, flags)).collect();
    Ok(Moof { mfhd: Mfhd { sequence_number }, traf })
}

fn traf(track_id: u32, pending: &Pending, data_offset: i32, flags: u32) -> Traf {
    let base_media_decode_time = pending.samples.first().map_or(0, |sample| sample.dts);
    let entries: Vec<_> = pending.samples.iter().map(|sample| sample.entry(flags)).collect();
    Traf {
        tfhd: Tfhd {
            track_id,
            default_sample_flags: Some(flags),
            default_base_is_moof: true,
            ..Tfhd::default()
        },
        tfdt: Some(Tfdt { base_media_decode_time }),
        trun: vec![Trun { data_offset: Some(data_offset), samples: TrunSamples::Explicit(entries) }],
        ..Traf::default()
    }
}

impl PendingSample {
    /// Flags are told only where they differ from the track's: at the first picture, when it is a keyframe.
    fn entry(&self, default_flags: u32) -> TrunEntry {
        TrunEntry {
            duration: Some(self.duration),
            size: Some(self.size_bytes),
            flags: (self.is_sync && default_flags != SYNC).then_some(SYNC),
            cts: (self.pts_offset != 0).then_some(self.pts_offset.into()),
        }
    }
}
