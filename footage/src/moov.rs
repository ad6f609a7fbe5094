//! The `moov` box of segments (empty tables) and of cuts (full ones).

use mp4_atom::{
    BufMut, Co64, Ctts, Dinf, Dref, Edts, Elst, ElstEntry, Encode, FixedPoint, FourCC, Ftyp, Hdlr, Mdhd,
    Mvhd, Smhd, Stsc, Stss, Stsz, Stts, Tkhd, Trex, Url, Vmhd,
};

use crate::entry::{self, ParameterSets};
use crate::{TrackKind, Tracks, VIDEO_TIMESCALE, VideoTrack};

/// Track ids of every file that is written here.
pub(crate) const VIDEO_TRACK_ID: u32 = 1;
pub(crate) const AUDIO_TRACK_ID: u32 = 2;
/// Ticks a second of a movie; that of video, so that edits of pictures are exact.
pub(crate) const MOVIE_TIMESCALE: u32 = VIDEO_TIMESCALE;

/// One `trak`.
pub(crate) struct TrackPlan {
    pub(crate) kind: TrackKind,
    pub(crate) timescale: u32,
    /// In the movie's timescale, edits applied.
    pub(crate) movie_duration: u64,
    /// In the track's timescale.
    pub(crate) media_duration: u64,
    pub(crate) edits: Vec<ElstEntry>,
    /// Width and height of the pictures.
    pub(crate) size_px: (u16, u16),
    /// The sample entry, a whole box.
    pub(crate) entry: Vec<u8>,
    pub(crate) tables: Tables,
}

/// Where the samples are and when they are shown.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) stts: Stts,
    pub(crate) ctts: Option<Ctts>,
    pub(crate) stss: Option<Stss>,
    pub(crate) stsc: Stsc,
    pub(crate) stsz: Stsz,
    pub(crate) co64: Co64,
}

/// `ftyp` and `moov` of a segment.
pub(crate) fn encode_init(tracks: &Tracks) -> mp4_atom::Result<Vec<u8>> {
    let video = TrackPlan::of_video(&tracks.video, ParameterSets::InEntry)?;
    let audio = tracks.audio.as_ref().map(TrackPlan::of_audio).transpose()?;
    let mut buf = Vec::with_capacity(1024);
    ftyp(b"iso6", &[b"iso6", b"iso5", b"mp41"]).encode(&mut buf)?;
    encode_moov(&mut buf, &[Some(video), audio], 0, Form::Fragmented)?;
    Ok(buf)
}

pub(crate) fn ftyp(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Ftyp {
    let compatible_brands = compatible.iter().map(|brand| FourCC::new(brand)).collect();
    Ftyp { major_brand: FourCC::new(major), minor_version: 512, compatible_brands }
}

/// Whether samples are told of in `moov` or in fragments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Fragmented,
    Whole,
}

pub(crate) fn encode_moov(
    buf: &mut Vec<u8>,
    tracks: &[Option<TrackPlan>; 2],
    duration: u64,
    form: Form,
) -> mp4_atom::Result<()> {
    let mvhd = Mvhd {
        timescale: MOVIE_TIMESCALE,
        duration,
        rate: FixedPoint::new(1, 0),
        volume: FixedPoint::new(1, 0),
        next_track_id: AUDIO_TRACK_ID + 1,
        ..Mvhd::default()
    };
    buf.encode_atom(*b"moov", |buf: &mut Vec<u8>| {
        mvhd.encode(buf)?;
        tracks.iter().flatten().try_for_each(|track| track.encode(buf))?;
        if form == Form::Whole {
            return Ok(());
        }
        buf.encode_atom(*b"mvex", |buf| {
            tracks.iter().flatten().try_for_each(|track| track.trex().encode(buf))
        })
    })
}

impl TrackPlan {
    pub(crate) fn of_video(track: &VideoTrack, sets: ParameterSets) -> mp4_atom::Result<Self> {
        let pixels = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
        Ok(Self {
            size_px: (pixels(track.width_px), pixels(track.height_px)),
            ..Self::empty(TrackKind::Video, VIDEO_TIMESCALE, entry::encode_video(track, sets)?)
        })
    }

    pub(crate) fn of_audio(track: &crate::AudioTrack) -> mp4_atom::Result<Self> {
        Ok(Self::empty(TrackKind::Audio, track.sample_rate_hz, entry::encode_audio(track)?))
    }

    fn empty(kind: TrackKind, timescale: u32, entry: Vec<u8>) -> Self {
        let (edits, tables) = (Vec::new(), Tables::default());
        Self { kind, timescale, movie_duration: 0, media_duration: 0, edits, size_px: (0, 0), entry, tables }
    }

    fn id(&self) -> u32 {
        match self.kind {
            TrackKind::Video => VIDEO_TRACK_ID,
            TrackKind::Audio => AUDIO_TRACK_ID,
        }
    }

    fn trex(&self) -> Trex {
        Trex { track_id: self.id(), default_sample_description_index: 1, ..Trex::default() }
    }

    fn encode(&self, buf: &mut Vec<u8>) -> mp4_atom::Result<()> {
        buf.encode_atom(*b"trak", |buf: &mut Vec<u8>| {
            self.tkhd().encode(buf)?;
            if !self.edits.is_empty() {
                Edts { elst: Some(Elst { entries: self.edits.clone() }) }.encode(buf)?;
            }
            buf.encode_atom(*b"mdia", |buf: &mut Vec<u8>| {
                self.mdhd().encode(buf)?;
                self.hdlr().encode(buf)?;
                buf.encode_atom(*b"minf", |buf| self.encode_media(buf))
            })
        })
    }

    fn encode_media(&self, buf: &mut Vec<u8>) -> mp4_atom::Result<()> {
        match self.kind {
            TrackKind::Video => Vmhd::default().encode(buf)?,
            TrackKind::Audio => Smhd::default().encode(buf)?,
        }
        let here = Url { location: String::new() };
        Dinf { dref: Dref { entries: vec![here.into()] } }.encode(buf)?;
        buf.encode_atom(*b"stbl", |buf: &mut Vec<u8>| {
            // The library has no sample entry for G.711 and would rewrite the codecs' records, so this one is
            // ours: version and flags, one entry.
            buf.encode_atom(*b"stsd", |buf: &mut Vec<u8>| {
                0u32.encode(buf)?;
                1u32.encode(buf)?;
                self.entry.as_slice().encode(buf)
            })?;
            let tables = &self.tables;
            tables.stts.encode(buf)?;
            tables.ctts.encode(buf)?;
            tables.stss.encode(buf)?;
            tables.stsc.encode(buf)?;
            tables.stsz.encode(buf)?;
            tables.co64.encode(buf)
        })
    }

    fn tkhd(&self) -> Tkhd {
        Tkhd {
            track_id: self.id(),
            duration: self.movie_duration,
            enabled: true,
            in_movie: true,
            volume: FixedPoint::new(u8::from(self.kind == TrackKind::Audio), 0),
            width: FixedPoint::new(self.size_px.0, 0),
            height: FixedPoint::new(self.size_px.1, 0),
            ..Tkhd::default()
        }
    }

    fn mdhd(&self) -> Mdhd {
        let (timescale, duration) = (self.timescale, self.media_duration);
        Mdhd { timescale, duration, language: "und".to_owned(), ..Mdhd::default() }
    }

    fn hdlr(&self) -> Hdlr {
        let (handler, name) = match self.kind {
            TrackKind::Video => (b"vide", "pictures"),
            TrackKind::Audio => (b"soun", "sound"),
        };
        Hdlr { handler: FourCC::new(handler), name: name.to_owned() }
    }
}
