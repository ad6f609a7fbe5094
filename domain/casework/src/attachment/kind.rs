//! The kinds of attachments: five formats, each known by its first bytes and bounded in size.

use crate::worded::worded;

/// So many first bytes are enough to know every kind.
pub const HEAD_BYTES: usize = 12;

/// Most pixels of a picture. Whoever shows it must decode it: a small file may say that it is huge.
pub const MAX_PIXELS: u64 = 40_000_000;

const MOST_DOCUMENT_BYTES: u64 = 10 << 20;
const MOST_VIDEO_BYTES: u64 = 50 << 20;

worded! {
    /// The kind of an attachment.
    pub enum AttachmentKind {
        /// A picture.
        Jpeg = "jpeg", "JPEG图片", "JPEG picture";
        /// A picture.
        Png = "png", "PNG图片", "PNG picture";
        /// A picture.
        Webp = "webp", "WebP图片", "WebP picture";
        /// A short video.
        Mp4 = "mp4", "MP4视频", "MP4 video";
        /// A document.
        Pdf = "pdf", "PDF文件", "PDF document";
    }
}

impl AttachmentKind {
    /// As HTTP says it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Pdf => "application/pdf",
        }
    }

    /// The kind that HTTP calls so; `None` for what is not taken.
    #[must_use]
    pub fn of_media_type(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.media_type().eq_ignore_ascii_case(text))
    }

    /// Most bytes of one.
    #[must_use]
    pub const fn most_bytes(self) -> u64 {
        match self {
            Self::Mp4 => MOST_VIDEO_BYTES,
            _ => MOST_DOCUMENT_BYTES,
        }
    }

    /// Whether it is a picture.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// How names of such files end; the first is the usual one.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &[".jpg", ".jpeg"],
            Self::Png => &[".png"],
            Self::Webp => &[".webp"],
            Self::Mp4 => &[".mp4"],
            Self::Pdf => &[".pdf"],
        }
    }

    /// Whether a file that begins so is of this kind. `head` has [`HEAD_BYTES`], fewer of a shorter file.
    #[must_use]
    pub fn begins(self, head: &[u8]) -> bool {
        match self {
            Self::Jpeg => head.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Webp => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
            Self::Mp4 => head.get(4..8) == Some(b"ftyp"),
            Self::Pdf => head.starts_with(b"%PDF-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_one_kind_each() {
        for (head, expected) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"[..], Some(AttachmentKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", Some(AttachmentKind::Png)),
            (b"RIFF\x24\0\0\0WEBP", Some(AttachmentKind::Webp)),
            (b"\0\0\0\x18ftypisom", Some(AttachmentKind::Mp4)),
            (b"%PDF-1.7\n%\xe2\xe3", Some(AttachmentKind::Pdf)),
            (b"RIFF\x24\0\0\0WAVE", None),
            (b"<html><scrip", None),
            (b"PK\x03\x04\x14\0\0\0\x08\0\0\0", None),
            (b"\xff\xd8", None),
            (b"", None),
        ] {
            let found: Vec<_> =
                AttachmentKind::ALL.iter().copied().filter(|kind| kind.begins(head)).collect();
            assert_eq!(found, Vec::from_iter(expected), "{head:?}");
        }
    }

    #[test]
    fn media_types_name_kinds() {
        for kind in AttachmentKind::ALL {
            assert_eq!(AttachmentKind::of_media_type(kind.media_type()), Some(*kind));
        }
        assert_eq!(AttachmentKind::of_media_type("IMAGE/JPEG"), Some(AttachmentKind::Jpeg));
        for other in ["", "image/svg+xml", "text/html", "image/*", "image/jpeg, text/html"] {
            assert!(AttachmentKind::of_media_type(other).is_none(), "{other}");
        }
    }
}
