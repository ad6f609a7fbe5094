//! What a file's own structure says of its end and of stretches that no reader gets past. Reads headers only.
//!
//! libav ends in silence where a file was cut off, and at the first box of a fragmented MP4 that makes no sense.

use std::fs::File;
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use crate::FileFault;

/// What a file's structure says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) size_bytes: u64,
    /// Whether the file ends before its own headers say.
    pub(super) is_cut: bool,
    /// An MP4 without the index that says where its pictures lie.
    pub(super) lacks_index: bool,
    /// Stretches to leave out, in order.
    pub(super) holes: Vec<Range<u64>>,
}

/// Looks at a file.
pub(super) fn outline(path: &Path) -> std::result::Result<Outline, FileFault> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(FileFault::Empty);
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    outline_of(&mut file, metadata.len()).map_err(|error| unreadable(&error))
}

fn unreadable(error: &std::io::Error) -> FileFault {
    match error.kind() {
        ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::unreadable(error),
    }
}

fn outline_of(file: &mut (impl Read + Seek), size_bytes: u64) -> Result<Outline> {
    let head = read_at(file, 0, 4096)?;
    let plain = Outline { size_bytes, ..Outline::default() };
    if head.get(4..8).is_some_and(|name| BEGINNINGS.contains(&name)) {
        return Boxes {
            file,
            size_bytes,
            outline: plain,
            is_fragmented: false,
            has_index: false,
            has_media: false,
        }
        .walk();
    }
    if head.starts_with(&EBML) {
        return Ok(Outline { is_cut: is_matroska_cut(&head, size_bytes), ..plain });
    }
    Ok(Outline { is_cut: is_ts_cut(&head, file, size_bytes)?, ..plain })
}

fn read_at(file: &mut (impl Read + Seek), at: u64, most_bytes: u64) -> Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.by_ref().take(most_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Boxes that an MP4 or QuickTime file begins with.
const BEGINNINGS: [&[u8]; 8] = [b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"];

/// Boxes whose bytes are footage, or say where it lies.
const WANTED: [&[u8; 4]; 3] = [b"moov", b"moof", b"mdat"];

/// A file may be nothing but damage.
const HOLES_MAX: usize = 10_000;

/// How much is searched at once for the next fragment.
const SEARCH_BYTES: u64 = 1 << 20;

struct Boxes<'a, F> {
    file: &'a mut F,
    size_bytes: u64,
    outline: Outline,
    is_fragmented: bool,
    has_index: bool,
    has_media: bool,
}

impl<F: Read + Seek> Boxes<'_, F> {
    fn walk(mut self) -> Result<Outline> {
        let (mut before, mut at) = (0, 0);
        while at < self.size_bytes {
            let header = read_at(self.file, at, 16)?;
            let (name, bytes) = mp4_box(&header, self.size_bytes - at).unwrap_or((*b"none", 0));
            let end = at.saturating_add(bytes);
            self.has_index |= name == *b"moov" && end <= self.size_bytes;
            self.is_fragmented |= name == *b"moof";
            self.has_media |= name == *b"mdat";
            if bytes > 0 && end <= self.size_bytes {
                (before, at) = (at, end);
                continue;
            }
            let is_too_long = end > self.size_bytes;
            match self.next_fragment(if is_too_long { at } else { before } + 8)? {
                Some(found) if self.outline.holes.len() < HOLES_MAX => {
                    // Found before `at`: the box before claims too much.
                    let hole = if found < at { before..found } else { at..found };
                    self.outline.holes.push(hole);
                    (before, at) = (found, found);
                }
                _ => {
                    self.outline.is_cut = !self.has_media || is_too_long && WANTED.contains(&&name);
                    break;
                }
            }
        }
        self.outline.lacks_index = !self.has_index;
        Ok(self.outline)
    }

    /// Where the next fragment begins; only fragmented files have one.
    fn next_fragment(&mut self, from: u64) -> Result<Option<u64>> {
        if !self.is_fragmented {
            return Ok(None);
        }
        let mut at = from;
        while at < self.size_bytes {
            let bytes = read_at(self.file, at, SEARCH_BYTES + 16)?;
            let found = bytes.windows(16).position(|header| {
                header[4..8] == *b"moof" && header[12..16] == *b"mfhd" && header[..2] == [0, 0]
            });
            if let Some(index) = found {
                return Ok(Some(at + index as u64));
            }
            at += SEARCH_BYTES;
        }
        Ok(None)
    }
}

/// Name and size of the box that a header begins; `None` when the header is not all there, or makes no sense.
fn mp4_box(header: &[u8], left_bytes: u64) -> Option<([u8; 4], u64)> {
    let size = u32::from_be_bytes(*header.first_chunk()?);
    let name: [u8; 4] = *header.get(4..)?.first_chunk()?;
    let box_bytes = match size {
        0 => left_bytes,
        1 => u64::from_be_bytes(*header.get(8..)?.first_chunk()?),
        size => u64::from(size),
    };
    let is_name = name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte == 0xa9);
    (box_bytes >= 8 && is_name).then_some((name, box_bytes))
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

/// Whether a transport stream ends within a packet. Bytes behind its last packet are no packet.
fn is_ts_cut(head: &[u8], file: &mut (impl Read + Seek), size_bytes: u64) -> Result<bool> {
    for (packet_bytes, sync_at) in [(188_u64, 0), (192, 4)] {
        let step = usize::try_from(packet_bytes).unwrap_or(usize::MAX);
        let is_packet = |at: &usize| (0..8).all(|index| head.get(at + index * step) == Some(&0x47));
        let Some(sync) = (0..head.len()).find(is_packet) else { continue };
        let begin = (sync as u64).saturating_sub(sync_at);
        let rest = (size_bytes - begin) % packet_bytes;
        let tail = read_at(file, size_bytes - rest, rest)?;
        let sync_at = usize::try_from(sync_at).unwrap_or_default();
        return Ok(tail.get(sync_at) == Some(&0x47));
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn outlined(bytes: &[u8]) -> Outline {
        outline_of(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    fn mp4(boxes: &[(&[u8; 4], usize)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content_bytes) in boxes {
            bytes.extend_from_slice(&u32::try_from(content_bytes + 8).unwrap().to_be_bytes());
            bytes.extend_from_slice(*name);
            let mut content = vec![0; *content_bytes];
            if **name == *b"moof" {
                content[4..8].copy_from_slice(b"mfhd");
            }
            bytes.extend_from_slice(&content);
        }
        bytes
    }

    #[test]
    fn mp4_with_its_index_and_without() {
        let whole = mp4(&[(b"ftyp", 8), (b"moov", 30), (b"mdat", 50)]);
        let complete = Outline { size_bytes: whole.len() as u64, ..Outline::default() };
        assert_eq!(outlined(&whole), complete);
        let behind = [whole.as_slice(), &[0; 40]].concat();
        assert_eq!(outlined(&behind), Outline { size_bytes: behind.len() as u64, ..Outline::default() });
        let (cut, at_header) = (outlined(&whole[..80]), outlined(&whole[..60]));
        assert!(cut.is_cut && !cut.lacks_index && at_header.is_cut);
        assert!(outlined(&whole[..40]).lacks_index);
        assert!(outlined(&mp4(&[(b"ftyp", 8), (b"mdat", 50)])).lacks_index);
    }

    #[test]
    fn fragments_behind_a_damaged_one_are_found() {
        let whole = mp4(&[
            (b"ftyp", 8),
            (b"moov", 30),
            (b"moof", 20),
            (b"mdat", 50),
            (b"moof", 20),
            (b"mdat", 50),
            (b"moof", 20),
            (b"mdat", 50),
        ]);
        assert_eq!(outlined(&whole).holes, []);
        let (second, third) = (54 + 86, 54 + 172);
        let mut zeros = whole.clone();
        zeros[second..second + 40].fill(0);
        let holes = |bytes: &[u8]| -> Vec<(u64, u64)> {
            outlined(bytes).holes.iter().map(|hole| (hole.start, hole.end)).collect()
        };
        assert_eq!(holes(&zeros), [(second as u64, third as u64)]);
        let mut long = whole;
        long[second - 58 + 2] = 7;
        assert_eq!(holes(&long), [(second as u64 - 58, second as u64)], "claims more than there is");
    }

    #[test]
    fn matroska_that_claims_more_than_there_is() {
        let with_size = |size: [u8; 8]| [&EBML[..], &[0x81, 0], &SEGMENT, &size, &[0; 20]].concat();
        for (size, is_cut) in [
            ([0x01, 0, 0, 0, 0, 0, 0, 20], false),
            ([0x01, 0, 0, 0, 0, 0, 0, 21], true),
            ([0x01, 255, 255, 255, 255, 255, 255, 255], false),
        ] {
            assert_eq!(outlined(&with_size(size)).is_cut, is_cut);
        }
        assert!(outlined(&EBML).is_cut);
    }

    #[test]
    fn transport_streams_of_whole_packets() {
        for (packet_bytes, sync_at) in [(188, 0), (192, 4)] {
            let mut packet = vec![0; packet_bytes];
            packet[sync_at] = 0x47;
            let stream = packet.repeat(30);
            let junk = [&[1; 100], stream.as_slice()].concat();
            let behind = [stream.as_slice(), &[0; 60]].concat();
            for whole in [&stream, &junk, &behind] {
                assert!(!outlined(whole).is_cut, "{packet_bytes}");
            }
            assert!(outlined(&stream[..stream.len() - 1]).is_cut, "{packet_bytes}");
        }
    }
}
