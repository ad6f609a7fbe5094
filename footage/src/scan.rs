//! Reads what a segment says of itself: its beginning and the `moof` of each fragment, never its media.
//!
//! The file may be still growing, torn at any byte, or garbage. Memory is bounded by what the file's boxes
//! hold.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anjian_domain::Segment;
use mp4_atom::{Atom, Hdlr, Mdhd, Tfdt, Tfhd, Tkhd, Trex, Trun, TrunSamples};

use crate::boxes::{BoxView, find, leaf, walk};
use crate::fragment::NON_SYNC_FLAG;
use crate::shelf::read_exact_at;
use crate::write::duration_of;
use crate::{
    FootageError, Fragment, Media, MediaSample, Result, SegmentFile, SegmentHeader, Shelf, TrackKind, Tracks,
    VIDEO_TIMESCALE, entry,
};

/// What is read at once: beginning and `moof` of a usual fragment fit in.
const BLOCK_BYTES: usize = 4096;
/// The beginning of a segment is far smaller, and the moof of a fragment smaller than this.
const BOX_LIMIT_BYTES: u64 = 1 << 20;
/// Samples a file may have, more than a day of pictures.
const SAMPLE_LIMIT: usize = 4_000_000;

/// Reads a segment. A torn tail is told in [`SegmentFile::torn_at`] and is no error.
///
/// # Errors
/// When the file cannot be read, or does not even begin as a segment of this version.
pub fn scan(path: &Path) -> Result<SegmentFile> {
    let file = File::open(path).map_err(|error| FootageError::io("read", path, error))?;
    scan_media(Box::new(file), path)
}

/// The same of a segment, wherever it lies.
///
/// # Errors
/// Like [`scan`].
pub fn scan_segment(shelf: &Shelf, segment: &Segment) -> Result<SegmentFile> {
    let (media, name) = open(shelf, segment)?;
    scan_media(media, &name)
}

/// Reads only the beginning of a segment: no samples, no fragments, no tear.
pub(crate) fn scan_beginning(shelf: &Shelf, segment: &Segment) -> Result<SegmentFile> {
    let (media, name) = open(shelf, segment)?;
    Ok(Blocks::new(media, &name)?.beginning()?.0)
}

fn open(shelf: &Shelf, segment: &Segment) -> Result<(Box<dyn Media>, PathBuf)> {
    let name = shelf.name(segment);
    match shelf.open(segment) {
        Ok(media) => Ok((media, name)),
        Err(error) => Err(FootageError::io("read", &name, error)),
    }
}

fn scan_media(media: Box<dyn Media>, path: &Path) -> Result<SegmentFile> {
    let mut reader = Blocks::new(media, path)?;
    let (mut segment, track_ids) = reader.beginning()?;
    reader.fragments(&mut segment, track_ids)?;
    Ok(segment)
}

/// Ids of the two tracks in the fragments.
type TrackIds = (u32, Option<u32>);

struct Blocks<'a> {
    media: Box<dyn Media>,
    path: &'a Path,
    size_bytes: u64,
}

impl<'a> Blocks<'a> {
    fn new(media: Box<dyn Media>, path: &'a Path) -> Result<Self> {
        let size_bytes = media.size_bytes().map_err(|error| FootageError::io("read", path, error))?;
        Ok(Self { media, path, size_bytes })
    }

    /// `ftyp`, `moov` and our header.
    fn beginning(&mut self) -> Result<(SegmentFile, TrackIds)> {
        let path = self.path;
        let refused = |reason: &str| FootageError::not_a_segment(path, reason);
        let mut bytes = self.read(0, BLOCK_BYTES)?;
        let mut found = find_beginning(&bytes);
        if found.is_none() && bytes.len() == BLOCK_BYTES {
            bytes = self.read(0, usize::try_from(BOX_LIMIT_BYTES).unwrap_or(usize::MAX))?;
            found = find_beginning(&bytes);
        }
        let (moov, header, end) = found.ok_or_else(|| {
            refused("it does not begin with ftyp, moov and Anjian's header; is it torn there?")
        })?;
        let header = header.map_err(|reason| refused(&reason))?;
        let (tracks, ids) =
            read_tracks(moov.body).ok_or_else(|| refused("its tracks are of another kind"))?;
        let segment = SegmentFile {
            header,
            tracks,
            init_bytes: 0..end,
            fragments: Vec::new(),
            video: Vec::new(),
            audio: Vec::new(),
            size_bytes: self.size_bytes,
            torn_at: None,
            sound_boxes: sound_boxes(&moov, ids.1),
        };
        Ok((segment, ids))
    }

    /// Reads fragments until the end or the tear.
    fn fragments(&mut self, segment: &mut SegmentFile, ids: TrackIds) -> Result<()> {
        let mut at = segment.init_bytes.end;
        while at < self.size_bytes {
            match self.fragment_at(at, segment, ids)? {
                Some(end) => at = end,
                None => {
                    segment.torn_at = Some(at);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads the fragment or the other box at `at` and tells its end; `None` when it is not whole.
    fn fragment_at(&mut self, at: u64, segment: &mut SegmentFile, ids: TrackIds) -> Result<Option<u64>> {
        let mut block = self.read(at, BLOCK_BYTES)?;
        let Some((kind, size)) = box_header(&block) else { return Ok(None) };
        let Some(end) = at.checked_add(size).filter(|end| *end <= self.size_bytes) else { return Ok(None) };
        if &kind != b"moof" {
            return Ok(kind.iter().all(u8::is_ascii_graphic).then_some(end));
        }
        if size > BOX_LIMIT_BYTES {
            return Ok(None);
        }
        let moof_size = usize::try_from(size).unwrap_or(usize::MAX);
        if block.len() < moof_size.saturating_add(16) {
            block = self.read(at, moof_size + 16)?;
        }
        let (Some(moof), Some(next)) = (block.get(..moof_size), block.get(moof_size..)) else {
            return Ok(None);
        };
        let Some((mdat, mdat_size)) = box_header(next) else { return Ok(None) };
        let Some(mdat_end) = end.checked_add(mdat_size).filter(|end| *end <= self.size_bytes) else {
            return Ok(None);
        };
        let data = end..mdat_end;
        let is_read = &mdat == b"mdat" && read_fragment(moof, at, data, segment, ids).is_some();
        Ok(is_read.then_some(mdat_end))
    }

    /// At most `limit` bytes from `at`; fewer at the end of the file.
    fn read(&mut self, at: u64, limit: usize) -> Result<Vec<u8>> {
        let rest = usize::try_from(self.size_bytes.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; limit.min(rest)];
        let read = read_exact_at(&mut *self.media, &mut bytes, at);
        read.map_err(|error| FootageError::io("read", self.path, error))?;
        Ok(bytes)
    }
}

/// Kind and whole size of the box whose header begins `bytes`. Boxes up to the end of the file are none of
/// ours.
fn box_header(bytes: &[u8]) -> Option<([u8; 4], u64)> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?);
    let kind = *bytes.get(4..)?.first_chunk()?;
    let size = match size {
        1 => u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?),
        size => size.into(),
    };
    (size >= 8).then_some((kind, size))
}

type Header = std::result::Result<SegmentHeader, String>;

/// `moov`, our header, and where it ends.
fn find_beginning(bytes: &[u8]) -> Option<(BoxView<'_>, Header, u64)> {
    let mut moov = None;
    let mut end = 0;
    for (index, view) in walk(bytes).enumerate() {
        end += view.size;
        match &view.kind {
            b"ftyp" => {}
            _ if index == 0 => return None,
            b"moov" => moov = Some(view),
            b"moof" => return None,
            b"uuid" => {
                if let (Some(moov), Some(header)) = (moov, SegmentHeader::decode(view.body)) {
                    return Some((moov, header, end as u64));
                }
            }
            _ => {}
        }
    }
    None
}

fn read_tracks(moov: &[u8]) -> Option<(Tracks, TrackIds)> {
    let (mut video, mut audio) = (None, None);
    for trak in walk(moov).filter(|view| &view.kind == b"trak").map(|view| view.body) {
        let mdia = find(trak, &[b"mdia"])?;
        let stsd = find(mdia, &[b"minf", b"stbl", b"stsd"])?;
        let id = leaf::<Tkhd>(trak)?.track_id;
        let timescale = leaf::<Mdhd>(mdia)?.timescale;
        let handler: [u8; 4] = leaf::<Hdlr>(mdia)?.handler.into();
        match &handler {
            b"vide" if timescale == VIDEO_TIMESCALE => video = Some((entry::decode_video(stsd)?, id)),
            b"soun" => {
                let track = entry::decode_audio(stsd)?;
                audio = (track.sample_rate_hz == timescale).then_some((track, id));
                audio.as_ref()?;
            }
            _ => return None,
        }
    }
    let (video, video_id) = video?;
    let audio_id = audio.as_ref().map(|(_, id)| *id);
    Some((Tracks { video, audio: audio.map(|(track, _)| track) }, (video_id, audio_id)))
}

/// Where `trak` and `trex` of the sound begin in the file.
fn sound_boxes(moov: &BoxView<'_>, id: Option<u32>) -> Vec<u64> {
    let is_sound = |view: &BoxView<'_>| match &view.kind {
        b"trak" => leaf::<Tkhd>(view.body).map(|tkhd| tkhd.track_id),
        b"trex" => Trex::decode_body(&mut &*view.body).ok().map(|trex| trex.track_id),
        _ => None,
    };
    let mut found = Vec::new();
    for view in walk(moov.body).filter(|_| id.is_some()) {
        let inner = if &view.kind == b"mvex" { view.body } else { &[] };
        let deeper = walk(inner).filter(|trex| is_sound(trex) == id).map(|trex| view.body_at() + trex.at);
        found.extend((is_sound(&view) == id).then_some(view.at).into_iter().chain(deeper));
    }
    found.into_iter().map(|at| (moov.body_at() + at) as u64).collect()
}

/// Adds a fragment whose `moof` begins at `at` and whose `mdat` is `data`; `None`, with nothing added, when
/// it contradicts itself or what is before it.
fn read_fragment(
    moof: &[u8],
    at: u64,
    data: Range<u64>,
    into: &mut SegmentFile,
    ids: TrackIds,
) -> Option<()> {
    let moof = walk(moof).next()?;
    let (mut video, mut audio, mut sound_box) = (Vec::new(), Vec::new(), None);
    for view in walk(moof.body).filter(|view| &view.kind == b"traf") {
        let traf = view.body;
        let tfhd = leaf::<Tfhd>(traf)?;
        let samples = if tfhd.track_id == ids.0 {
            &mut video
        } else if Some(tfhd.track_id) == ids.1 {
            sound_box = Some(at + (moof.body_at() + view.at) as u64);
            &mut audio
        } else {
            return None;
        };
        read_run(traf, &tfhd, at, samples)?;
    }
    let inside = |s: &MediaSample| s.offset >= data.start && s.offset + u64::from(s.size_bytes) <= data.end;
    let is_full = into.video.len() + into.audio.len() + video.len() + audio.len() > SAMPLE_LIMIT;
    if is_full || !video.iter().chain(&audio).all(inside) || !follows(&into.video, &video) {
        return None;
    }
    if !follows(&into.audio, &audio) {
        return None;
    }
    let start = match (video.first(), audio.first()) {
        (Some(first), _) => duration_of(first.dts, VIDEO_TIMESCALE),
        (None, Some(first)) => duration_of(first.dts, into.tracks.timescale(TrackKind::Audio)),
        (None, None) => return None,
    };
    let is_sync = video.first().is_some_and(|first| first.is_sync);
    into.fragments.push(Fragment { bytes: at..data.end, start, is_sync, sound_box });
    append(&mut into.video, video);
    append(&mut into.audio, audio);
    Some(())
}

fn read_run(traf: &[u8], tfhd: &Tfhd, at: u64, samples: &mut Vec<MediaSample>) -> Option<()> {
    let mut dts = leaf::<Tfdt>(traf)?.base_media_decode_time;
    let trun = leaf::<Trun>(traf)?;
    let mut offset = at.checked_add_signed(trun.data_offset?.into())?;
    // A run without sizes may claim any number of samples; none of ours is one.
    let TrunSamples::Explicit(entries) = trun.samples else { return None };
    samples.reserve_exact(entries.len());
    for entry in entries {
        let flags = entry.flags.or(tfhd.default_sample_flags).unwrap_or(0);
        let sample = MediaSample {
            offset,
            size_bytes: entry.size?,
            dts,
            duration: entry.duration?,
            pts_offset: i32::try_from(entry.cts.unwrap_or(0)).ok()?,
            is_sync: flags & NON_SYNC_FLAG == 0,
        };
        offset = offset.checked_add(sample.size_bytes.into())?;
        dts = dts.checked_add(sample.duration.into())?;
        samples.push(sample);
    }
    Some(())
}

/// Whether the times of decoding grow, from one fragment to the next too.
fn follows(before: &[MediaSample], samples: &[MediaSample]) -> bool {
    let last = before.last().map(|sample| sample.dts);
    let times = samples.iter().map(|sample| sample.dts);
    last.into_iter().chain(times.clone()).zip(times.skip(usize::from(last.is_none()))).all(|(a, b)| a < b)
}

/// Adds samples. The last one of before lasts until the first of these: where nothing told how long it lasts,
/// the writer wrote what was usual.
fn append(before: &mut Vec<MediaSample>, samples: Vec<MediaSample>) {
    if let (Some(last), Some(first)) = (before.last_mut(), samples.first()) {
        last.duration = u32::try_from(first.dts - last.dts).unwrap_or(u32::MAX);
    }
    before.extend(samples);
}
