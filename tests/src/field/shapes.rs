//! Pictures that are to be turned or stretched, and files with several tracks.

use anyhow::Result;

use super::case::{FileCase, core, long};
use super::maker::Maker;

const ONE: i32 = 1 << 16;
/// How the picture is shown: what lies right of a point and below it goes where.
const CLOCKWISE: [i32; 4] = [0, ONE, -ONE, 0];
const HALF: [i32; 4] = [-ONE, 0, 0, -ONE];
const ANTICLOCKWISE: [i32; 4] = [0, -ONE, ONE, 0];

/// Coded on its side; the header of the track turns it back.
fn turned(maker: &Maker, name: &str, filter: &str, matrix: [i32; 4]) -> Result<()> {
    maker.edited(name, &["-vf", filter, "-c:v", "libx264", "-g", "10"], |bytes| {
        let header = bytes.windows(4).position(|found| found == b"tkhd");
        // Behind the name: version, times, ids, layers; then the matrix.
        let begin = header.map_or(0, |at| at + 44);
        for (place, number) in [0, 1, 3, 4].into_iter().zip(matrix) {
            bytes[begin + 4 * place..][..4].copy_from_slice(&number.to_be_bytes());
        }
    })
}

pub(super) fn cases() -> Vec<FileCase> {
    [shapes(), tracks()].into_iter().flatten().collect()
}

fn shapes() -> Vec<FileCase> {
    vec![
        core("turned-90.mp4", "turned by 90 degrees", |m, n| turned(m, n, "transpose=cclock", CLOCKWISE))
            .says(&["turned by 90 degrees clockwise"]),
        core("turned-180.mp4", "turned by 180 degrees", |m, n| turned(m, n, "hflip,vflip", HALF))
            .says(&["turned by 180 degrees"]),
        long("turned-270.mp4", "turned by 270 degrees", |m, n| {
            turned(m, n, "transpose=clock", ANTICLOCKWISE)
        })
        .says(&["turned by 90 degrees anticlockwise"]),
        long("turned-90.mov", "turned by 90 degrees, QuickTime", |m, n| {
            turned(m, n, "transpose=cclock", CLOCKWISE)
        })
        .says(&["turned by 90 degrees clockwise"]),
        core("narrow.mp4", "pixels of 16:9 in the stream", |m, n| {
            m.film(n, &["-vf", "scale=360:360,setsar=16/9", "-c:v", "libx264"])
        })
        .says(&["pixels 16:9"]),
        long("narrow.mkv", "pixels of 16:9 in Matroska", |m, n| {
            m.film(n, &["-vf", "scale=360:360,setsar=16/9", "-c:v", "libx264"])
        })
        .says(&["pixels 16:9"]),
        long("pal.ts", "pixels of PAL", |m, n| {
            m.film(n, &["-vf", "scale=720:576,setsar=64/45", "-c:v", "libx264"])
        })
        .says(&["pixels 64:45"]),
        long("pal.avi", "pixels of PAL in AVI", |m, n| {
            m.film(n, &["-vf", "scale=720:576,setsar=64/45", "-c:v", "mpeg4", "-q:v", "2"])
        })
        .says(&["pixels 64:45"]),
        long("flat.mp4", "half the lines", |m, n| {
            m.film(n, &["-vf", "scale=640:180,setsar=1/2", "-c:v", "libx264"])
        })
        .says(&["pixels 1:2"]),
        long("turned-narrow.mp4", "stretched and turned", |m, n| {
            turned(m, n, "scale=320:360,setsar=2/1,transpose=cclock", CLOCKWISE)
        })
        .says(&["turned by 90 degrees clockwise"]),
        long("cropped.mp4", "a border that the stream cuts off", |m, n| {
            m.film(n, &["-c", "copy", "-bsf:v", "h264_metadata=crop_bottom=20:crop_right=20"])
        })
        .says(&["620x348"]),
        long("odd.mp4", "odd sides", |m, n| {
            m.film(n, &["-vf", "scale=641:361", "-pix_fmt", "yuv444p", "-c:v", "libx264"])
        }),
        long("tiny.mp4", "a picture of 160x90", |m, n| {
            m.film(n, &["-vf", "scale=160:90", "-c:v", "libx264"])
        }),
        long("large.mp4", "a picture of 2560x1440", |m, n| {
            m.film(n, &["-vf", "scale=2560:1440", "-c:v", "libx264", "-preset", "ultrafast"])
        }),
        long("changes.ts", "the size changes in the middle", |m, n| {
            m.other(
                n,
                &["-i", "base.mp4"],
                &["-vf", "scale=w='if(gt(t,2),320,640)':h=-2:eval=frame", "-c:v", "mpeg4", "-q:v", "2"],
            )
        }),
    ]
}

fn tracks() -> Vec<FileCase> {
    const SOUND: &[&str] = &["-i", "base.mp4", "-f", "lavfi", "-i", "sine=duration=4"];
    vec![
        core("sound-first.mp4", "sound in front of the video", |m, n| {
            m.other(n, SOUND, &["-map", "1:a", "-map", "0:v", "-c:v", "copy", "-c:a", "aac"])
        })
        .says(&["video track 1 of 1"]),
        long("pcm.mkv", "sound that is not compressed", |m, n| {
            m.other(n, SOUND, &["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_alaw"])
        }),
        core("two-tracks.mkv", "two video tracks, the small one first", |m, n| {
            m.other(
                n,
                &["-f", "lavfi", "-i", "color=size=320x180:rate=10:duration=4", "-i", "base.mp4"],
                &[
                    "-map",
                    "0:v",
                    "-map",
                    "1:v",
                    "-c:v",
                    "libx264",
                    "-disposition:v:0",
                    "0",
                    "-disposition:v:1",
                    "default",
                ],
            )
        })
        .says(&["video track 2 of 2, H.264 640x360"]),
        long("cover.mp4", "a cover picture beside the video", |m, n| {
            m.other(
                n,
                &["-i", "base.mp4", "-f", "lavfi", "-i", "color=red:size=100x100:rate=10:duration=0.1"],
                &[
                    "-map",
                    "1:v",
                    "-map",
                    "0:v",
                    "-c:v:0",
                    "png",
                    "-c:v:1",
                    "copy",
                    "-disposition:v:0",
                    "attached_pic",
                ],
            )
        })
        .says(&["video track 1 of 1, H.264 640x360"]),
    ]
}
