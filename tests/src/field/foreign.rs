//! Files that give no picture, each named as what it is.

use super::case::{FileCase, core, long};
use super::maker::noise;

const COPY: &[&str] = &["-c", "copy"];
const SINE: &[&str] = &["-f", "lavfi", "-i", "sine=duration=2"];
const LOCK: &[&str] = &[
    "-c",
    "copy",
    "-encryption_scheme",
    "cenc-aes-ctr",
    "-encryption_key",
    "76a6c65c5ea762046bd749a2e632ccbb",
    "-encryption_kid",
    "a7e61c373e219033c21091fa607bf3b8",
];

pub(super) fn cases() -> Vec<FileCase> {
    vec![
        core("empty.mp4", "an empty file", |m, n| m.bytes(n, b"")).refused(&["is empty"]),
        long("one-byte.mp4", "a file of one byte", |m, n| m.bytes(n, b"x")).refused(&["not a video"]),
        core("text.mp4", "a text under the name .mp4", |m, n| m.bytes(n, &b"not a video\n".repeat(500)))
            .refused(&["is a text, not a video"]),
        core("noise.mp4", "noise", |m, n| m.bytes(n, &noise(200_000))).refused(&["ffmpeg -i"]),
        long("archive.mp4", "a ZIP archive", |m, n| {
            m.bytes(n, &[b"PK\x03\x04".to_vec(), noise(9000)].concat())
        })
        .refused(&["a ZIP archive"]),
        long("paper.mp4", "a PDF document", |m, n| {
            m.bytes(n, &[b"%PDF-1.7\n".to_vec(), noise(9000)].concat())
        })
        .refused(&["a PDF document"]),
        long("list.ts", "a playlist", |m, n| {
            m.bytes(n, b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nplain.mp4\n")
        })
        .refused(&["not a video"]),
        long("photo.mp4", "a JPEG picture", |m, n| {
            m.film(n, &["-frames:v", "1", "-f", "image2", "-update", "1", "-c:v", "png"])
        })
        .refused(&["a PNG picture"]),
        core("broken.dav", "a Dahua recording that does not decode", |m, n| {
            m.bytes(n, &[b"DHAV".to_vec(), vec![0; 3000]].concat())
        })
        .refused(&["Dahua", "ffmpeg -i"]),
        core("sound.mp4", "sound alone in MP4", |m, n| m.other(n, SINE, &["-c:a", "aac"]))
            .refused(&["holds no video"]),
        long("sound.mkv", "sound alone in Matroska", |m, n| m.other(n, SINE, &["-c:a", "aac"]))
            .refused(&["holds no video"]),
        long("sound.ts", "sound alone in a transport stream", |m, n| m.other(n, SINE, &["-c:a", "aac"]))
            .refused(&["holds no video"]),
        long("sound.avi", "sound alone in AVI", |m, n| m.other(n, SINE, &["-c:a", "pcm_s16le"]))
            .refused(&["holds no video"]),
        core("locked.mp4", "an encrypted MP4", |m, n| m.film(n, LOCK)).refused(&["is encrypted"]),
        core("scrambled.ts", "a scrambled transport stream", |m, n| {
            m.edited(n, COPY, |bytes| {
                for packet in bytes.chunks_mut(188) {
                    let is_table = packet[1] & 0x1f == 0;
                    if !is_table && packet[3] & 0x10 != 0 {
                        packet[3] |= 0x80;
                        packet[24..].iter_mut().for_each(|byte| *byte ^= 0x5a);
                    }
                }
            })
        })
        .refused(&["is encrypted"]),
        core("foreign.mp4", "a codec that nobody knows", |m, n| {
            m.edited(n, COPY, |bytes| {
                let at = bytes.windows(4).position(|name| name == b"avc1").map(|_| 0);
                if at.is_some() {
                    replace(bytes, b"avc1", b"zzz1");
                    replace(bytes, b"avcC", b"zzzC");
                }
            })
        })
        .refused(&["video, which no decoder here reads"]),
        long("foreign.avi", "a codec of AVI that nobody knows", |m, n| {
            m.edited(n, &["-c:v", "mpeg4"], |bytes| {
                replace(bytes, b"FMP4", b"ZZZ9");
            })
        })
        .refused(&["video, which no decoder here reads"]),
    ]
}

/// Everywhere, as a container says a codec more than once.
fn replace(bytes: &mut [u8], from: &[u8; 4], to: &[u8; 4]) {
    for at in 0..bytes.len().saturating_sub(3) {
        if bytes[at..at + 4] == *from {
            bytes[at..at + 4].copy_from_slice(to);
        }
    }
}
