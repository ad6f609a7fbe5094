//! Whole files of every container and codec that recorders, phones and their programs write.

use super::case::{FileCase, core, long};
use super::maker::noise;

const X264: &[&str] = &["-c:v", "libx264", "-preset", "veryfast", "-g", "10"];
const X265: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=10:log-level=error:pools=1"];
const COPY: &[&str] = &["-c", "copy"];
const M2TS: &[&str] = &["-c", "copy", "-f", "mpegts", "-mpegts_m2ts_mode", "1"];
const PS: &[&str] = &["-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "vob"];
const FRAGMENTS: &[&str] = &["-c", "copy", "-movflags", "frag_keyframe+empty_moov+default_base_moof"];

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

pub(super) fn cases() -> Vec<FileCase> {
    [containers(), codecs(), whole_all_the_same()].into_iter().flatten().collect()
}

fn containers() -> Vec<FileCase> {
    vec![
        core("plain.mp4", "H.264 in MP4", |m, n| m.film(n, COPY)),
        long("faststart.mp4", "index in front", |m, n| m.film(n, &with(COPY, &["-movflags", "+faststart"]))),
        core("fragments.mp4", "fragmented MP4", |m, n| m.film(n, FRAGMENTS)),
        long("phone.mov", "QuickTime", |m, n| m.film(n, COPY)),
        long("itunes.m4v", "MP4 under the name .m4v", |m, n| m.film(n, &with(COPY, &["-f", "mp4"]))),
        long("old-phone.3gp", "3GP", |m, n| m.film(n, COPY)),
        core("plain.mkv", "H.264 in Matroska", |m, n| m.film(n, COPY)),
        long("streamed.mkv", "Matroska without length and cues", |m, n| {
            m.film(n, &with(COPY, &["-f", "matroska", "-live", "1"]))
        }),
        core("plain.ts", "H.264 in a transport stream", |m, n| m.film(n, COPY)),
        core("camcorder.m2ts", "transport stream of 192-byte packets", |m, n| m.film(n, M2TS)),
        long("camcorder.mts", "the same under the name .mts", |m, n| m.film(n, M2TS)),
        core("recorder.ps", "MPEG-PS with H.264", |m, n| m.film(n, PS)),
        core("ps-as.mp4", "MPEG-PS under the name .mp4", |m, n| m.film(n, PS)),
        long("ts-as.mp4", "transport stream under the name .mp4", |m, n| {
            m.film(n, &with(COPY, &["-f", "mpegts"]))
        }),
        long("mp4-as.avi", "MP4 under the name .avi", |m, n| m.film(n, &with(COPY, &["-f", "mp4"]))),
        core("dvr.avi", "H.264 in AVI", |m, n| m.film(n, COPY)),
        core("stream.flv", "H.264 in FLV", |m, n| m.film(n, COPY)),
        long("broadcast.mxf", "MPEG-2 in MXF", |m, n| {
            m.film(n, &["-r", "25", "-c:v", "mpeg2video", "-q:v", "2"])
        }),
        long("nut.nut", "NUT under its own name is no ending of footage, and was named", |m, n| {
            m.film("nut.dat", &with(COPY, &["-f", "nut"])).and_then(|()| m.film(n, COPY))
        }),
        core("bare.h264", "H.264 without a container", |m, n| m.film(n, &with(COPY, &["-f", "h264"])))
            .says(&["without times"]),
        long("bare.265", "H.265 without a container", |m, n| m.film(n, &with(X265, &["-f", "hevc"])))
            .says(&["without times"]),
        long("bare.mjpeg", "JPEG pictures one after another", |m, n| {
            m.film(n, &["-c:v", "mjpeg", "-q:v", "2"])
        })
        .says(&["without times"]),
    ]
}

fn codecs() -> Vec<FileCase> {
    vec![
        core("hevc.mp4", "H.265 in MP4", |m, n| m.film(n, &with(X265, &["-tag:v", "hvc1"]))),
        long("hevc.mkv", "H.265 in Matroska", |m, n| m.film(n, X265)),
        long("hevc.ts", "H.265 in a transport stream", |m, n| m.film(n, X265)),
        long("hevc.ps", "H.265 in MPEG-PS", |m, n| m.film(n, &with(X265, &["-f", "vob"]))),
        long("hevc10.mp4", "H.265 of ten bits", |m, n| m.film(n, &with(X265, &["-pix_fmt", "yuv420p10le"]))),
        long("h264-444.mp4", "H.264 with full colour", |m, n| {
            m.film(n, &with(X264, &["-pix_fmt", "yuv444p"]))
        }),
        long("h264-422.mp4", "H.264 with half colour", |m, n| {
            m.film(n, &with(X264, &["-pix_fmt", "yuv422p"]))
        }),
        long("h264-grey.mp4", "H.264 without colour", |m, n| m.film(n, &with(X264, &["-pix_fmt", "gray"]))),
        long("full-range.mp4", "H.264 of full range", |m, n| {
            m.film(n, &with(&["-vf", "scale=out_range=pc", "-color_range", "pc"], X264))
        }),
        long("interlaced.mp4", "H.264 of half pictures", |m, n| {
            m.film(n, &with(X264, &["-flags", "+ildct+ilme"]))
        }),
        core("mjpeg.avi", "JPEG pictures in AVI", |m, n| m.film(n, &["-c:v", "mjpeg", "-q:v", "2"])),
        long("mjpeg.mov", "JPEG pictures in QuickTime", |m, n| m.film(n, &["-c:v", "mjpeg", "-q:v", "2"])),
        core("xvid.avi", "MPEG-4 in AVI", |m, n| m.film(n, &["-c:v", "mpeg4", "-q:v", "2", "-vtag", "XVID"])),
        long("mpeg4.mp4", "MPEG-4 in MP4", |m, n| m.film(n, &["-c:v", "mpeg4", "-q:v", "2"])),
        long("mpeg2.mpg", "MPEG-2 in MPEG-PS", |m, n| {
            m.film(n, &["-r", "25", "-c:v", "mpeg2video", "-q:v", "2"])
        }),
        long("mpeg2.ts", "MPEG-2 in a transport stream", |m, n| {
            m.film(n, &["-r", "25", "-c:v", "mpeg2video", "-q:v", "2"])
        }),
        long("mpeg1.mpg", "MPEG-1", |m, n| m.film(n, &["-r", "25", "-c:v", "mpeg1video", "-q:v", "2"])),
        core("windows.wmv", "Windows Media Video", |m, n| m.film(n, &["-c:v", "wmv2", "-q:v", "2"])),
        long("windows.asf", "Microsoft's MPEG-4 in ASF", |m, n| m.film(n, &["-c:v", "msmpeg4", "-q:v", "2"])),
        long("sorenson.flv", "FLV's own codec", |m, n| m.film(n, &["-c:v", "flv", "-q:v", "2"])),
        long("vp8.webm", "VP8 in WebM", |m, n| {
            m.film(n, &["-c:v", "libvpx", "-b:v", "2M", "-deadline", "realtime"])
        }),
        long("ffv1.mkv", "pictures without loss", |m, n| m.film(n, &["-c:v", "ffv1"])),
        long("raw.avi", "pictures without compression", |m, n| {
            m.film(n, &["-c:v", "rawvideo", "-pix_fmt", "yuv420p"])
        }),
        long("no-b.mp4", "without B-frames", |m, n| m.film(n, &with(X264, &["-bf", "0"]))),
        long("one-keyframe.mp4", "one keyframe alone", |m, n| m.film(n, &["-c:v", "libx264", "-g", "1000"])),
        long("intra.mp4", "keyframes alone", |m, n| m.film(n, &["-c:v", "libx264", "-g", "1"])),
        long("open-gop.ts", "groups of pictures that are not closed", |m, n| {
            m.film(n, &with(X264, &["-x264-params", "open-gop=1"]))
        }),
    ]
}

/// What ffmpeg reads without a complaint.
fn whole_all_the_same() -> Vec<FileCase> {
    vec![
        core("tail-zeros.mp4", "zeros after the last box", |m, n| m.edited(n, COPY, |b| b.extend([0; 5000]))),
        core("tail-noise.mp4", "noise after the last box", |m, n| {
            m.edited(n, COPY, |b| b.extend(noise(5000)))
        }),
        long("tail-text.mp4", "a text after the last box", |m, n| {
            m.edited(n, COPY, |b| b.extend(b"recorded by camera 7\n".repeat(20)))
        }),
        long("tail-few.mp4", "three bytes after the last box", |m, n| {
            m.edited(n, COPY, |b| b.extend([1, 2, 3]))
        }),
        long("tail-zeros.mkv", "zeros after the end of Matroska", |m, n| {
            m.edited(n, COPY, |b| b.extend([0; 5000]))
        }),
        long("tail-zeros.ts", "zeros after the last packet", |m, n| {
            m.edited(n, COPY, |b| b.extend([0; 5000]))
        }),
        long("tail-noise.avi", "noise after the end of AVI", |m, n| {
            m.edited(n, COPY, |b| b.extend(noise(5000)))
        }),
        core("head-noise.ts", "1000 bytes before the first packet", |m, n| {
            m.edited(n, COPY, |b| *b = [noise(1000), b.clone()].concat())
        }),
        long("head-few.ts", "seven bytes before the first packet", |m, n| {
            m.edited(n, COPY, |b| *b = [vec![0xff; 7], b.clone()].concat())
        }),
        long("head-zeros.ts", "zeros before the first packet", |m, n| {
            m.edited(n, COPY, |b| *b = [vec![0; 3000], b.clone()].concat())
        }),
        long("head-text.ts", "a text before the first packet", |m, n| {
            m.edited(n, COPY, |b| *b = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b.clone()].concat())
        }),
        long("head-noise.m2ts", "junk before 192-byte packets", |m, n| {
            m.edited(n, M2TS, |b| *b = [noise(500), b.clone()].concat())
        }),
        long("head-zeros.h264", "zeros before a bare stream", |m, n| {
            m.edited(n, &with(COPY, &["-f", "h264"]), |b| *b = [vec![0; 100], b.clone()].concat())
        })
        .says(&["without times"]),
        long("offset.ts", "times that begin at a day", |m, n| {
            m.film(n, &with(COPY, &["-output_ts_offset", "80000"]))
        }),
        core("wrap.ts", "times that wrap in the middle", |m, n| {
            m.film(n, &with(COPY, &["-output_ts_offset", "95441.6"]))
        }),
        long("late-sound.mp4", "sound that begins late", |m, n| {
            m.other(
                n,
                &["-i", "base.mp4", "-itsoffset", "1.5", "-f", "lavfi", "-i", "sine=duration=2"],
                &["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"],
            )
        }),
    ]
}
