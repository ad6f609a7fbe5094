//! Looks at a file's own structure: which container it is, and whether it is all there.
//!
//! Reads headers only and decodes nothing. GStreamer's demuxers end silently where a file was cut off, so this is
//! where a cut is noticed.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::FileFault;

/// A container that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Mp4,
    Matroska,
    MpegTs,
}

/// What a file's structure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Structure {
    pub(crate) container: Container,
    /// Whether the file ends before its own headers say.
    pub(crate) is_cut: bool,
}

impl Container {
    pub(crate) const fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 => "qtdemux",
            Self::Matroska => "matroskademux",
            Self::MpegTs => "tsdemux",
        }
    }
}

/// Examines a file.
pub(crate) fn examine(path: &Path) -> Result<Structure, FileFault> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(FileFault::Empty);
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut head = Vec::new();
    file.by_ref().take(4096).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
    structure_of(&head, metadata.len(), &mut file)
}

fn unreadable(error: &std::io::Error) -> FileFault {
    match error.kind() {
        ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::unreadable(error),
    }
}

fn structure_of(head: &[u8], size_bytes: u64, file: &mut (impl Read + Seek)) -> Result<Structure, FileFault> {
    if head.get(4..8).is_some_and(|name| MP4_BEGINNINGS.contains(&name)) {
        let is_cut = is_mp4_cut(size_bytes, file).map_err(|error| unreadable(&error))?;
        return is_cut
            .map(|is_cut| Structure { container: Container::Mp4, is_cut })
            .ok_or(FileFault::NoIndex);
    }
    if head.starts_with(&EBML) {
        return Ok(Structure { container: Container::Matroska, is_cut: is_matroska_cut(head, size_bytes) });
    }
    let packets =
        TS_PACKETS.into_iter().find_map(|packet_bytes| Some((packet_bytes, ts_begin(head, packet_bytes)?)));
    let Some((packet_bytes, begin)) = packets else { return Err(FileFault::NotAVideo) };
    let is_cut = !(size_bytes - begin as u64).is_multiple_of(packet_bytes as u64);
    Ok(Structure { container: Container::MpegTs, is_cut })
}

/// Boxes that an MP4 or QuickTime file begins with.
const MP4_BEGINNINGS: [&[u8]; 8] = [b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"];

/// Walks over the top boxes; `None` when the index is not among them.
fn is_mp4_cut(size_bytes: u64, file: &mut (impl Read + Seek)) -> std::io::Result<Option<bool>> {
    let mut has_index = false;
    let mut at = 0;
    while at < size_bytes {
        file.seek(SeekFrom::Start(at))?;
        let mut header = Vec::new();
        file.by_ref().take(16).read_to_end(&mut header)?;
        let Some((name, box_bytes)) = mp4_box(&header, size_bytes - at) else {
            return Ok(has_index.then_some(true));
        };
        let end = at.saturating_add(box_bytes);
        if end > size_bytes {
            return Ok(has_index.then_some(true));
        }
        has_index |= name == *b"moov";
        at = end;
    }
    Ok(has_index.then_some(false))
}

/// Name and size of the box that a header begins; `None` when the header is not all there, or makes no sense.
fn mp4_box(header: &[u8], left_bytes: u64) -> Option<([u8; 4], u64)> {
    let size = u32::from_be_bytes(*header.first_chunk()?);
    let name = *header.get(4..)?.first_chunk()?;
    let box_bytes = match size {
        0 => left_bytes,
        1 => u64::from_be_bytes(*header.get(8..)?.first_chunk()?),
        size => u64::from(size),
    };
    (box_bytes >= 8).then_some((name, box_bytes))
}

const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];
const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];

/// Whether the segment that holds everything claims more bytes than there are.
fn is_matroska_cut(head: &[u8], size_bytes: u64) -> bool {
    let claimed = || {
        let (header_bytes, length) = ebml_size(head.get(4..)?)?;
        let segment = 4 + length + usize::try_from(header_bytes?).ok()?;
        let segment_head = head.get(segment..)?.strip_prefix(&SEGMENT)?;
        let (segment_bytes, length) = ebml_size(segment_head)?;
        // Without a size: a recording that was streamed, and may end anywhere.
        Some(segment_bytes.map_or(0, |bytes| bytes.saturating_add((segment + 4 + length) as u64)))
    };
    claimed().is_none_or(|claimed_bytes| claimed_bytes > size_bytes)
}

/// An EBML size (`None` inside when unknown) and how many bytes it takes.
fn ebml_size(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let rest = bytes.get(1..length)?;
    let unknown = (1_u64 << (7 * length)) - 1;
    let marker = 0x80_u64 >> (length - 1);
    let size = rest.iter().fold(u64::from(first) & (marker - 1), |size, byte| (size << 8) | u64::from(*byte));
    Some(((size != unknown).then_some(size), length))
}

/// Packets of a transport stream, and of one with time codes in front of each (m2ts).
const TS_PACKETS: [usize; 2] = [188, 192];

/// Where packets of this size begin.
fn ts_begin(head: &[u8], packet_bytes: usize) -> Option<usize> {
    (0..packet_bytes).find(|begin| {
        let syncs = head.iter().skip(*begin).step_by(packet_bytes);
        head.len() >= begin + 2 * packet_bytes && syncs.take(8).all(|byte| *byte == 0x47)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn structure(bytes: &[u8]) -> Result<Structure, FileFault> {
        structure_of(&bytes[..bytes.len().min(4096)], bytes.len() as u64, &mut Cursor::new(bytes))
    }

    fn mp4(boxes: &[(&[u8; 4], usize)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content_bytes) in boxes {
            bytes.extend_from_slice(&u32::try_from(content_bytes + 8).unwrap().to_be_bytes());
            bytes.extend_from_slice(*name);
            bytes.resize(bytes.len() + content_bytes, 0);
        }
        bytes
    }

    #[test]
    fn mp4_with_its_index_and_without() {
        let whole = mp4(&[(b"ftyp", 8), (b"moov", 30), (b"mdat", 50)]);
        let complete = Structure { container: Container::Mp4, is_cut: false };
        assert_eq!(structure(&whole), Ok(complete));
        assert_eq!(structure(&whole[..80]), Ok(Structure { is_cut: true, ..complete }));
        assert_eq!(structure(&whole[..57]), Ok(Structure { is_cut: true, ..complete }));
        assert_eq!(structure(&whole[..40]), Err(FileFault::NoIndex));
        assert_eq!(structure(&mp4(&[(b"ftyp", 8), (b"mdat", 50)])), Err(FileFault::NoIndex));
    }

    #[test]
    fn matroska_that_claims_more_than_there_is() {
        let with_size = |size: [u8; 8]| [&EBML[..], &[0x81, 0], &SEGMENT, &size, &[0; 20]].concat();
        let cases = [
            ([0x01, 0, 0, 0, 0, 0, 0, 20], false),
            ([0x01, 0, 0, 0, 0, 0, 0, 21], true),
            ([0x01, 255, 255, 255, 255, 255, 255, 255], false),
        ];
        for (size, is_cut) in cases {
            assert_eq!(structure(&with_size(size)), Ok(Structure { container: Container::Matroska, is_cut }));
        }
        assert!(structure(&EBML).unwrap().is_cut);
    }

    #[test]
    fn transport_streams_of_whole_packets() {
        for (packet_bytes, sync_at) in [(188, 0), (192, 4)] {
            let mut packet = vec![0; packet_bytes];
            packet[sync_at] = 0x47;
            let mut stream = packet.repeat(30);
            let expected = |is_cut| Ok(Structure { container: Container::MpegTs, is_cut });
            if sync_at == 0 {
                assert_eq!(structure(&stream), expected(false));
                stream.pop();
                assert_eq!(structure(&stream), expected(true));
            } else {
                assert_eq!(structure(&stream).unwrap().container, Container::MpegTs);
            }
        }
    }

    #[test]
    fn everything_else_is_no_video() {
        for bytes in [&b"x"[..], b"Lorem ipsum dolor sit amet", b"RIFF\0\0\0\0AVI LIST", &[0; 5000]] {
            assert_eq!(structure(bytes), Err(FileFault::NotAVideo));
        }
    }
}
