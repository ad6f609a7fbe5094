//! Whether a file is an MP4: its boxes, one after the other, and nothing of what is in them.

use std::io::{self, Read, Seek, SeekFrom};

use mp4_atom::{DecodeMaybe, Header};

/// Boxes of the first level. A file of some megabytes has a handful, a fragmented one two for each fragment.
const MOST_BOXES: usize = 100_000;
/// A header with a size of 64 bits.
const HEADER_BYTES: u64 = 16;

/// Whether boxes fill the file from its beginning to its end, with one that says the type and one that says the tracks.
///
/// # Errors
/// When the file cannot be read.
pub fn is_mp4(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let (mut at, mut has_type, mut has_tracks) = (0, false, false);
    for _ in 0..MOST_BOXES {
        let Some((kind, size)) = next_box(file, at, length)? else { return Ok(false) };
        has_type |= at == 0 && kind == *b"ftyp";
        has_tracks |= kind == *b"moov";
        at += size;
        if at == length {
            return Ok(has_type && has_tracks);
        }
    }
    Ok(false)
}

/// Kind and size of the box that begins there; `None` when none does, or not all of it is there.
fn next_box(file: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Option<([u8; 4], u64)>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.by_ref().take(HEADER_BYTES).read_to_end(&mut bytes)?;
    let mut rest = bytes.as_slice();
    let Ok(Some(header)) = Header::decode_maybe(&mut rest) else { return Ok(None) };
    let left = length - at;
    let read = (bytes.len() - rest.len()) as u64;
    // Without a size the box ends where the file does.
    let size = header.size.map_or(left, |body| read.saturating_add(body as u64));
    Ok((size <= left).then(|| (header.kind.into(), size)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: bool) {
        assert_eq!(is_mp4(&mut Cursor::new(bytes)).unwrap(), expected, "{bytes:?}");
    }

    #[test]
    fn boxes_fill_the_file_and_name_the_tracks() {
        let (kind, tracks, media) = (b"\0\0\0\x0cftypisom", b"\0\0\0\x0amoovXX", b"\0\0\0\x0cmdatdata");
        check(&[&kind[..], media, tracks].concat(), true);
        check(&[&kind[..], tracks, b"\0\0\0\0mdatto the end"].concat(), true);
        check(&[&kind[..], tracks, b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x12XX"].concat(), true);
        check(&[&kind[..], media].concat(), false);
        check(&[&tracks[..], kind].concat(), false);
        check(&[&kind[..], tracks, b"<script>"].concat(), false);
        check(&[&kind[..], tracks, b"\0\0\0\x20mdatshort"].concat(), false);
        check(b"\0\0\0\x18ftypisom", false);
        check(b"\0\0\0\x01ftyp\xff\xff\xff\xff\xff\xff\xff\xff", false);
        check(b"", false);
    }
}
