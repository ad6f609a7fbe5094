//! Files that are damaged, cut, or lack a stretch.

use super::case::{Fate, FileCase, core, long};
use super::maker::{boxes, fill, flip, lose_packets, noise};

const COPY: &[&str] = &["-c", "copy"];
const FASTSTART: &[&str] = &["-c", "copy", "-movflags", "+faststart"];
const FRAGMENTS: &[&str] = &["-c", "copy", "-movflags", "frag_keyframe+empty_moov+default_base_moof"];
const HEVC: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=10:log-level=error:pools=1"];
const PS: &[&str] = &["-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "vob"];

pub(super) fn cases() -> Vec<FileCase> {
    [flipped(), zeroed(), missing(), cut()].into_iter().flatten().collect()
}

const DAMAGED: &[&str] = &["damaged from"];

fn flipped() -> Vec<FileCase> {
    vec![
        core("flipped.mp4", "flipped bytes in the middle", |m, n| {
            m.edited(n, FASTSTART, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
        core("flipped.ts", "flipped bytes in the middle", |m, n| {
            m.edited(n, COPY, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
        long("flipped.mkv", "flipped bytes in the middle", |m, n| {
            m.edited(n, COPY, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
        long("flipped.avi", "flipped bytes in the middle", |m, n| {
            m.edited(n, COPY, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
        long("flipped.flv", "flipped bytes in the middle", |m, n| {
            m.edited(n, COPY, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
        long("flipped.ps", "flipped bytes in the middle", |m, n| m.edited(n, PS, |b| flip(b, 0.5, 0.55, 37)))
            .flawed()
            .says(DAMAGED),
        long("flipped-hevc.mp4", "flipped bytes in H.265, which its decoder does not notice", |m, n| {
            m.edited(n, HEVC, |b| flip(b, 0.5, 0.55, 37))
        }),
        long("flipped-hevc.ts", "flipped bytes in H.265", |m, n| {
            m.edited(n, HEVC, |b| flip(b, 0.5, 0.55, 37))
        })
        .flawed()
        .says(DAMAGED),
    ]
}

fn zeroed() -> Vec<FileCase> {
    vec![
        core("zeroed.mp4", "a stretch of zeros", |m, n| m.edited(n, FASTSTART, |b| fill(b, 0.5, 0.6, 0)))
            .flawed()
            .says(DAMAGED),
        core("zeroed.ts", "a stretch of zeros", |m, n| m.edited(n, COPY, |b| fill(b, 0.5, 0.6, 0)))
            .flawed()
            .says(DAMAGED),
        long("zeroed.mkv", "a stretch of zeros", |m, n| m.edited(n, COPY, |b| fill(b, 0.5, 0.6, 0))).flawed(),
        long("zeroed.avi", "a stretch of zeros", |m, n| m.edited(n, COPY, |b| fill(b, 0.5, 0.6, 0))).flawed(),
        long("zeroed.flv", "a stretch of zeros", |m, n| m.edited(n, COPY, |b| fill(b, 0.5, 0.6, 0))).flawed(),
        long("zeroed.ps", "a stretch of zeros", |m, n| m.edited(n, PS, |b| fill(b, 0.5, 0.6, 0))).flawed(),
        long("zeroed-hevc.mp4", "a stretch of zeros in H.265", |m, n| {
            m.edited(n, HEVC, |b| fill(b, 0.5, 0.6, 0))
        })
        .flawed(),
        long("noise.ts", "a stretch of noise", |m, n| {
            m.edited(n, COPY, |b| {
                let (from, noise) = (b.len() / 2, noise(20_000));
                b[from..from + 20_000].copy_from_slice(&noise);
            })
        })
        .flawed(),
        core("zeroed-fragment.mp4", "zeros over a header in a fragmented MP4", |m, n| {
            m.edited(n, FRAGMENTS, |b| {
                let at = boxes(b, b"moof")[2].0;
                b[at..at + 600].fill(0);
            })
        })
        .fate(Fate::Gaps)
        .says(&["no pictures from"]),
    ]
}

fn missing() -> Vec<FileCase> {
    vec![
        core("lost-packets.ts", "lost packets of a transport stream", |m, n| {
            m.edited(n, COPY, |b| lose_packets(b, 0.5, 0.53))
        })
        .flawed()
        .says(DAMAGED),
        long("lost-second.ts", "a second of packets is lost", |m, n| {
            m.edited(n, COPY, |b| lose_packets(b, 0.4, 0.7))
        })
        .flawed(),
        core("lost-fragment.mp4", "a fragment is missing", |m, n| {
            m.edited(n, FRAGMENTS, |b| {
                let moofs = boxes(b, b"moof");
                b.drain(moofs[1].0..moofs[2].0);
            })
        })
        .fate(Fate::Gaps)
        .says(&["no pictures from"]),
        long("gap.mkv", "a second without pictures", |m, n| {
            m.film(
                n,
                &["-c:v", "libx264", "-vf", "select='not(between(t,1.5,2.7))'", "-vsync", "passthrough"],
            )
        })
        .fate(Fate::Gaps)
        .says(&["no pictures from 1.4 s to 2.8 s"]),
    ]
}

fn cut() -> Vec<FileCase> {
    vec![
        core("cut.mp4", "cut off, index in front", |m, n| {
            m.edited(n, FASTSTART, |b| b.truncate(b.len() * 2 / 3))
        })
        .flawed()
        .says(&["cut short after"]),
        core("cut.ts", "cut within a packet", |m, n| {
            m.edited(n, COPY, |b| b.truncate(b.len() / 188 / 2 * 188 + 77))
        })
        .flawed()
        .says(&["cut short after"]),
        long("cut.mkv", "cut off", |m, n| m.edited(n, COPY, |b| b.truncate(b.len() * 2 / 3)))
            .flawed()
            .says(&["cut short after"]),
        long("cut-fragments.mp4", "cut within a fragment", |m, n| {
            m.edited(n, FRAGMENTS, |b| b.truncate(b.len() * 2 / 3))
        })
        .flawed()
        .says(&["cut short after"]),
        core("no-index.mp4", "cut before the index was written", |m, n| {
            m.edited(n, COPY, |b| b.truncate(b.len() / 2))
        })
        .refused(&["before its index (moov) was written"]),
    ]
}
