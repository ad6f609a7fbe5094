//! Which container a clip of the clip server is, by its first bytes.
//!
//! Footage that is analysed comes through `file`, which asks nobody for its container.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::FileFault;

/// A container that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Mp4,
    Matroska,
    MpegTs,
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

/// The container of a clip.
pub(crate) fn examine(path: &Path) -> Result<Container, FileFault> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::unreadable(&error),
    };
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut head)).map_err(unreadable)?;
    let not_a_video = || FileFault::NotAVideo { what: None, path: path.display().to_string() };
    container_of(&head).ok_or_else(not_a_video)
}

fn container_of(head: &[u8]) -> Option<Container> {
    if head.get(4..8).is_some_and(|name| MP4_BEGINNINGS.contains(&name)) {
        return Some(Container::Mp4);
    }
    if head.starts_with(&EBML) {
        return Some(Container::Matroska);
    }
    head.starts_with(&[0x47]).then_some(Container::MpegTs)
}

/// Boxes that an MP4 or QuickTime file begins with.
const MP4_BEGINNINGS: [&[u8]; 5] = [b"ftyp", b"styp", b"moov", b"mdat", b"free"];

const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_their_beginnings() {
        let cases = [
            (&b"\0\0\0\x20ftypisom"[..], Some(Container::Mp4)),
            (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88", Some(Container::Matroska)),
            (b"\x47\x40\x11\x10\0\0\0\0", Some(Container::MpegTs)),
            (b"RIFF\0\0\0\0", None),
            (b"", None),
        ];
        for (head, expected) in cases {
            assert_eq!(container_of(head), expected, "{head:?}");
        }
    }
}
