//! Pictures out of segment files.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anjian_domain::{SystemClock, VideoCodec};
use anjian_footage::{MediaSample, scan};
use anjian_ingest::{
    AnalysisRate, FileFault, FileSource, FrameSettings, FrameSource, IngestError, Next, preview, still,
};

use crate::clips::{at_once, clip, ffmpeg};
use crate::recording::{pictures_in, record_once};

/// A recording of a clip of four seconds, and the clip.
fn recorded(codec: &str, folder: &Path) -> (PathBuf, PathBuf) {
    let clip = clip(codec, "mkv", 4);
    (record_once(&clip, codec, None, folder), clip)
}

fn pictures(path: &Path) -> Vec<anjian_domain::Frame> {
    let rate = AnalysisRate::new(25.0).unwrap();
    let settings = FrameSettings { rate, ..FrameSettings::new("gate".parse().unwrap()) };
    let mut source = FileSource::open(path, &settings, None, &SystemClock::shared()).unwrap();
    let mut frames = Vec::new();
    while let Next::Frame(frame) = source.next_frame(Duration::from_secs(10)).unwrap() {
        frames.push(frame);
    }
    frames
}

#[test]
fn a_still_is_the_picture_that_is_shown_then() {
    at_once(&["h264", "h265"], |&codec| {
        let folder = tempfile::tempdir().unwrap();
        let (segment, clip) = recorded(codec, folder.path());
        let (file, expected) = (scan(&segment).unwrap(), pictures(&clip));
        let mut shown: Vec<i64> = file.video.iter().map(MediaSample::pts).collect();
        shown.sort_unstable();
        // The first, a B-frame, the one before a keyframe, a keyframe, the last.
        for number in [0, 7, 49, 50, shown.len() - 1] {
            let at = Duration::from_nanos(shown[number] as u64 * 1_000_000_000 / 90_000 + 12_000);
            let picture = still(&segment, at, &SystemClock, &AtomicBool::new(true)).unwrap();
            assert!(picture == expected[number].picture, "{codec} {number} at {at:?}");
        }
        let after = still(&segment, file.duration(), &SystemClock, &AtomicBool::new(true)).unwrap_err();
        assert!(matches!(after, IngestError::File { fault: FileFault::EndsBefore { .. }, .. }), "{after}");
    });
}

#[test]
fn a_still_of_a_file_that_is_being_written_or_was_torn() {
    let folder = tempfile::tempdir().unwrap();
    let (segment, _) = recorded("h264", folder.path());
    let bytes = std::fs::read(&segment).unwrap();
    let torn = folder.path().join("torn.mp4");
    std::fs::write(&torn, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let at = Duration::from_secs(1);
    let whole = still(&segment, at, &SystemClock, &AtomicBool::new(true)).unwrap();
    assert!(still(&torn, at, &SystemClock, &AtomicBool::new(true)).unwrap() == whole);
}

#[test]
fn what_is_no_segment_and_what_nobody_wants_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fault = |path: &Path, wanted: &AtomicBool| match still(path, Duration::ZERO, &SystemClock, wanted) {
        Err(IngestError::File { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    let wanted = AtomicBool::new(true);
    assert_eq!(fault(&folder.path().join("none.mp4"), &wanted), FileFault::Missing);
    let text = folder.path().join("text.mp4");
    std::fs::write(&text, "not a video").unwrap();
    assert!(matches!(fault(&text, &wanted), FileFault::NotAVideo { .. }));
    let (segment, _) = recorded("h265", folder.path());
    let to = folder.path().join("preview.mp4");
    assert!(
        preview(&segment, &to, &SystemClock, &AtomicBool::new(false)).unwrap_err().kind().is_unavailable()
    );
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count(),
        1
    );
}

#[test]
fn a_preview_plays_with_pictures_at_the_same_times_and_the_same_sound() {
    let folder = tempfile::tempdir().unwrap();
    let silent = clip("h265", "mkv", 4);
    let sounding = folder.path().join("sounding.mkv");
    let input = ["-i", silent.to_str().unwrap(), "-f", "lavfi", "-i", "sine=frequency=440:duration=4"];
    let encoder = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-ar", "16000", "-ac", "1"];
    ffmpeg(&[&input[..], &encoder].concat(), &sounding);
    let segment = record_once(&sounding, "h265", Some("aacparse ! rtpmp4gpay"), folder.path());
    let to = folder.path().join("preview.mp4");
    preview(&segment, &to, &SystemClock, &AtomicBool::new(true)).unwrap();
    let (from, copy) = (scan(&segment).unwrap(), scan(&to).unwrap());
    assert_eq!((copy.tracks.video.codec, copy.header.start), (VideoCodec::H264, from.header.start));
    assert_eq!((copy.tracks.video.width_px, copy.tracks.video.height_px), (322, 242));
    let mut shown: Vec<i64> = from.video.iter().map(MediaSample::pts).collect();
    shown.sort_unstable();
    let copied: Vec<i64> = copy.video.iter().map(MediaSample::pts).collect();
    assert_eq!(copied.len(), shown.len());
    assert!(shown.iter().zip(&copied).all(|(a, b)| (a - b).abs() <= 2), "{shown:?} {copied:?}");
    assert_eq!(copy.audio.len(), from.audio.len());
    assert_eq!(pictures_in(&to), shown.len());
}

#[test]
fn a_preview_of_a_wide_picture_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let wide = folder.path().join("wide.mkv");
    let picture = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=5", "-t", "1", "-c:v", "libx264"];
    ffmpeg(&[&picture[..], &["-preset", "ultrafast", "-pix_fmt", "yuv420p"]].concat(), &wide);
    let segment = record_once(&wide, "h264", None, folder.path());
    let to = folder.path().join("preview.mp4");
    preview(&segment, &to, &SystemClock, &AtomicBool::new(true)).unwrap();
    let track = scan(&to).unwrap().tracks.video;
    assert_eq!((track.width_px, track.height_px), (1280, 720));
}
