//! What a file is that gives no picture. Looks at some of its bytes; reads nothing else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::FileFault;

/// Enough to meet the tables of a transport stream, or the index of a short MP4.
const LOOK_BYTES: u64 = 8 << 20;

/// Why libav could not open a file.
pub(super) fn of_unopened(path: &Path) -> FileFault {
    let head = head(path);
    if is_encrypted(&head) {
        return FileFault::Encrypted;
    }
    FileFault::NotAVideo { what: kind_of(&head).map(str::to_owned), path: path.display().to_string() }
}

/// Why a file that opened gave no picture; `fault` is what decoding says.
pub(super) fn of_undecodable(path: &Path, fault: FileFault) -> FileFault {
    if is_encrypted(&head(path)) { FileFault::Encrypted } else { fault }
}

fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    // What cannot be read was said before; here it only says nothing more.
    let _ = File::open(path).map(|file| file.take(LOOK_BYTES).read_to_end(&mut head));
    head
}

/// Things that are given for footage by mistake, by their beginnings.
fn kind_of(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 17] = [
        (b"\x1a\x45\xdf\xa3", "a Matroska file whose beginning is damaged or cut"),
        (b"DHAV", "a recording in Dahua's own format (.dav)"),
        (b"IMKH", "a recording in Hikvision's own format"),
        (b"HKMI", "a recording in Hikvision's own format"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"%PDF", "a PDF document"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"GIF8", "a GIF picture"),
        (b"BM", "a BMP picture"),
        (b"#EXTM3U", "a playlist"),
        (b"<?xml", "an XML text"),
        (b"MZ", "a Windows program"),
        (b"{", "a text"),
    ];
    let named = KINDS.iter().find(|(beginning, _)| head.starts_with(beginning)).map(|(_, name)| *name);
    let start = head.get(..512.min(head.len())).unwrap_or_default();
    let is_text = start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    named.or(is_text.then_some("a text"))
}

/// Whether its pictures are locked: an MP4 whose sample entry says so, or packets of a transport stream that do.
fn is_encrypted(head: &[u8]) -> bool {
    is_mp4_encrypted(head) || is_ts_scrambled(head)
}

fn is_mp4_encrypted(head: &[u8]) -> bool {
    let is_mp4 = head.get(4..8).is_some_and(|name| name == b"ftyp" || name == b"moov" || name == b"styp");
    let mut names = head.windows(4);
    // A sample entry `encv`, and the box in it that names the scheme.
    is_mp4
        && names.any(|name| name == b"encv")
        && head.windows(4).any(|name| name == b"schm" || name == b"sinf")
}

fn is_ts_scrambled(head: &[u8]) -> bool {
    for (packet_bytes, sync) in [(188, 0), (192, 4)] {
        let packets = head.chunks_exact(packet_bytes).filter(|packet| packet.get(sync) == Some(&0x47));
        let mut with_payload = 0_usize;
        let mut scrambled = 0;
        for packet in packets {
            let control = packet.get(sync + 3).copied().unwrap_or_default();
            with_payload += usize::from(control & 0x10 != 0);
            scrambled += usize::from(control & 0x10 != 0 && control & 0x80 != 0);
        }
        if with_payload >= 8 && scrambled * 2 > with_payload {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_footage_is_known_by_its_headers() {
        let ts = |control: u8| [[0x47, 0x01, 0x00, control].as_slice(), &[0; 184]].concat().repeat(20);
        assert!(is_encrypted(&ts(0x90)) && is_encrypted(&ts(0xd0)));
        assert!(!is_encrypted(&ts(0x10)) && !is_encrypted(&ts(0x20)));
        let mp4 = |entry: &[u8]| [b"\0\0\0\x08ftyp\0\0\0\x40moov", entry, b"\0\0\0\x10sinf"].concat();
        assert!(is_encrypted(&mp4(b"encv")) && !is_encrypted(&mp4(b"avc1")));
    }

    #[test]
    fn other_things_are_named() {
        assert_eq!(kind_of(b"%PDF-1.7 \x00"), Some("a PDF document"));
        assert_eq!(kind_of(b"not a video\nat all\n"), Some("a text"));
        assert_eq!(kind_of(&[0, 1, 2, 200]), None);
    }
}
