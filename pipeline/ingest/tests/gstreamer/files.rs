//! Files, whole and broken.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{FlawKind, Frame, StartSource, SystemClock, WallTime};
use anjian_ingest::{
    AnalysisRate, DecodeMode, FileFault, FileSource, FrameSettings, FrameSource, IngestError, Next,
};
use tempfile::TempDir;

use crate::clips::{clip, ffmpeg};

fn settings(rate: f64) -> FrameSettings {
    FrameSettings { rate: AnalysisRate::new(rate).unwrap(), ..FrameSettings::new("dock".parse().unwrap()) }
}

fn start() -> WallTime {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

/// All frames, and how it ended.
fn read(source: &mut FileSource) -> (Vec<Frame>, Result<(), IngestError>) {
    let mut frames = Vec::new();
    loop {
        match source.next_frame(Duration::from_secs(5)) {
            Ok(Next::Frame(frame)) => frames.push(frame),
            Ok(Next::Waiting) => {}
            Ok(Next::Ended) => return (frames, Ok(())),
            Err(error) => return (frames, Err(error)),
        }
    }
}

fn read_all(path: &Path, settings: &FrameSettings) -> (Vec<Frame>, Result<(), IngestError>) {
    match FileSource::open(path, settings, Some(start()), &SystemClock::shared()) {
        Ok(mut source) => read(&mut source),
        Err(error) => (Vec::new(), Err(error)),
    }
}

#[test]
fn every_container_and_codec_gives_the_same_moments() {
    for (codec, extension) in
        [("h264", "mp4"), ("h264", "mkv"), ("h264", "ts"), ("h265", "mp4"), ("h265", "mkv"), ("h265", "ts")]
    {
        let (frames, end) = read_all(&clip(codec, extension, 4), &settings(5.0));
        assert_eq!(end, Ok(()), "{codec} {extension}");
        let since = |frame: &Frame| frame.at.media.since(frames[0].at.media);
        let since_ms: Vec<u128> =
            frames.iter().map(|frame| (since(frame).as_micros() + 500) / 1000).collect();
        let expected: Vec<u128> =
            (0..20).map(|n| if n == 0 { 0 } else { 200 * n - 80 }).chain([3920]).collect();
        assert_eq!(since_ms, expected[..since_ms.len()], "{codec} {extension}");
        assert!(since_ms.len() >= 20, "{codec} {extension}: {}", since_ms.len());
        assert!(frames[0].at.media.as_secs_f64() < 0.2, "{codec} {extension}: {:?}", frames[0].at);
        for frame in &frames {
            assert_eq!((frame.picture.width_px(), frame.picture.height_px()), (322, 242));
            assert_eq!(frame.at.wall, start().plus(Duration::from_nanos(frame.at.media.as_nanos())));
        }
    }
}

#[test]
fn pictures_are_those_that_ffmpeg_decodes() {
    let folder = TempDir::new().unwrap();
    let raw = folder.path().join("raw.yuv");
    let path = clip("h264", "mp4", 4);
    let input = path.to_str().unwrap();
    ffmpeg(
        &["-i", input, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-vf", "select=eq(n\\,3)", "-frames:v", "1"],
        &raw,
    );
    let (frames, _) = read_all(&path, &settings(25.0));
    assert_eq!(frames.len(), 100);
    assert!(frames[3].picture.bytes() == fs::read(raw).unwrap(), "bytes differ");
}

#[test]
fn keyframes_only() {
    let keyframes = FrameSettings { decode: DecodeMode::Keyframes, ..settings(5.0) };
    for codec in ["h264", "h265"] {
        let (frames, end) = read_all(&clip(codec, "mp4", 4), &keyframes);
        assert_eq!((frames.len(), end), (2, Ok(())), "{codec}");
        assert_eq!(frames[1].at.media.since(frames[0].at.media), Duration::from_secs(2), "{codec}");
    }
}

#[test]
fn start_is_what_was_given_else_what_the_container_says_else_when_the_file_was_changed() {
    let folder = TempDir::new().unwrap();
    let path = clip("h264", "mp4", 4);
    let given = FileSource::open(&path, &settings(5.0), Some(start()), &SystemClock::shared()).unwrap();
    assert_eq!(given.start(), start());
    assert!(
        given
            .duration()
            .is_some_and(|duration| duration.abs_diff(Duration::from_secs(4)) < Duration::from_millis(100))
    );

    let changed = jiff::Timestamp::try_from(fs::metadata(&path).unwrap().modified().unwrap()).unwrap();
    let by_file = FileSource::open(&path, &settings(5.0), None, &SystemClock::shared()).unwrap();
    assert_eq!(by_file.start(), WallTime::new(changed));
    assert_eq!(by_file.file_start(), (WallTime::new(changed), StartSource::Modified));
    assert_eq!(given.file_start(), by_file.file_start(), "whatever was given");

    for extension in ["mp4", "mkv"] {
        let tagged = folder.path().join(format!("tagged.{extension}"));
        let tag = "creation_time=2025-12-24T16:30:05Z";
        ffmpeg(&["-i", path.to_str().unwrap(), "-c", "copy", "-metadata", tag], &tagged);
        let mut by_tag = FileSource::open(&tagged, &settings(5.0), None, &SystemClock::shared()).unwrap();
        assert_eq!(by_tag.start().to_string(), "2025-12-24T16:30:05Z", "{extension}");
        assert_eq!(by_tag.file_start(), (by_tag.start(), StartSource::Container), "{extension}");
        by_tag.begin_at(start());
        let Next::Frame(first) = by_tag.next_frame(Duration::from_secs(5)).unwrap() else {
            panic!("no frame")
        };
        assert_eq!(first.at.wall, start(), "{extension}");
    }
}

/// A broken copy of a whole file.
fn broken(folder: &TempDir, name: &str, whole: &Path, damage: impl Fn(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read(whole).unwrap();
    damage(&mut bytes);
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn made(folder: &TempDir, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    ffmpeg(arguments, &path);
    path
}

#[test]
fn files_without_a_frame_give_one_clear_error() {
    let folder = TempDir::new().unwrap();
    let mp4 = clip("h264", "mp4", 4);
    let sound: &[&str] = &["-f", "lavfi", "-i", "sine=duration=2"];
    let noise: Vec<u8> = (0_u32..200_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let ts_noise = |bytes: &mut Vec<u8>| {
        *bytes = noise.clone();
        bytes.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
    };
    let cases = [
        (folder.path().join("missing.mp4"), FileFault::Missing),
        (folder.path().to_owned(), FileFault::NotAFile),
        (broken(&folder, "empty.mp4", &mp4, Vec::clear), FileFault::Empty),
        (broken(&folder, "no-index.mp4", &mp4, |bytes| bytes.truncate(bytes.len() / 2)), FileFault::NoIndex),
        (made(&folder, "sound.mp4", sound), FileFault::NoVideo),
        (made(&folder, "sound.mkv", sound), FileFault::NoVideo),
        (made(&folder, "sound.ts", sound), FileFault::NoVideo),
    ];
    for (path, fault) in cases {
        let (frames, end) = read_all(&path, &settings(5.0));
        assert_eq!((frames.len(), end), (0, Err(IngestError::File { path, fault })));
    }
    for (path, says) in [
        (
            broken(&folder, "stub.mkv", &clip("h264", "mkv", 4), |bytes| bytes.truncate(300)),
            "a Matroska file",
        ),
        (broken(&folder, "noise.ts", &mp4, ts_noise), "no known container"),
        (broken(&folder, "noise.mkv", &mp4, |bytes| *bytes = noise.clone()), "no known container"),
        (
            broken(&folder, "text.mp4", &mp4, |bytes| *bytes = b"not a video\n".repeat(900)),
            "a text, not a video",
        ),
    ] {
        let refusal = read_all(&path, &settings(5.0)).1.unwrap_err().to_string();
        assert!(refusal.contains(says) && refusal.contains("ffmpeg -i"), "{refusal}");
    }
}

#[test]
fn files_that_break_off_give_their_good_frames_and_say_where() {
    let folder = TempDir::new().unwrap();
    let mp4 = made(
        &folder,
        "fast.mp4",
        &["-i", clip("h264", "mp4", 4).to_str().unwrap(), "-c", "copy", "-movflags", "+faststart"],
    );
    let halved = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 188 / 2 * 188 + 77);
    let cases = [
        (broken(&folder, "cut.mp4", &mp4, halved), FlawKind::CutShort),
        (broken(&folder, "cut.mkv", &clip("h264", "mkv", 4), halved), FlawKind::CutShort),
        (broken(&folder, "cut.ts", &clip("h265", "ts", 4), halved), FlawKind::CutShort),
        (
            broken(&folder, "zeros.mp4", &mp4, |bytes| {
                let half = bytes.len() / 2;
                bytes[half..].fill(0);
            }),
            FlawKind::Damaged,
        ),
    ];
    for (path, kind) in cases {
        let mut source = FileSource::open(&path, &settings(5.0), None, &SystemClock::shared()).unwrap();
        let (frames, end) = read(&mut source);
        assert_eq!(end, Ok(()), "{}", path.display());
        assert!((5..19).contains(&frames.len()), "{}: {}", path.display(), frames.len());
        let flaws = source.flaws();
        let last = flaws.last().unwrap_or_else(|| panic!("{}: no flaw", path.display()));
        assert_eq!(last.kind, kind, "{}: {flaws:?}", path.display());
        assert!((1.0..4.1).contains(&last.to.as_secs_f64()), "{}: {flaws:?}", path.display());
        assert_eq!(source.next_frame(Duration::ZERO), Ok(Next::Ended));
    }
}

/// What a player shows of the first picture, as ffmpeg turns it.
fn shown_by_ffmpeg(folder: &TempDir, path: &Path) -> Vec<u8> {
    let raw = folder.path().join("raw.yuv");
    let input = ["-i", path.to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "yuv420p", "-frames:v", "1"];
    ffmpeg(&input, &raw);
    fs::read(raw).unwrap()
}

#[test]
fn pictures_are_turned_as_players_turn_them() {
    const ONE: i32 = 1 << 16;
    let folder = TempDir::new().unwrap();
    for (name, matrix, size) in [
        ("90.mp4", [0, ONE, -ONE, 0], (242, 322)),
        ("180.mp4", [-ONE, 0, 0, -ONE], (322, 242)),
        ("270.mp4", [0, -ONE, ONE, 0], (242, 322)),
    ] {
        let path = broken(&folder, name, &clip("h264", "mp4", 4), |bytes| {
            let at = bytes.windows(4).position(|found| found == b"tkhd").unwrap() + 44;
            for (place, number) in [0, 1, 3, 4].into_iter().zip(matrix) {
                bytes[at + 4 * place..][..4].copy_from_slice(&number.to_be_bytes());
            }
        });
        let (frames, end) = read_all(&path, &settings(5.0));
        let picture = &frames[0].picture;
        assert_eq!((picture.width_px(), picture.height_px(), end), (size.0, size.1, Ok(())), "{name}");
        assert!(picture.bytes() == shown_by_ffmpeg(&folder, &path), "{name}: bytes differ");
    }
}

#[test]
fn pixels_that_are_not_square_become_so() {
    let folder = TempDir::new().unwrap();
    let input = clip("h264", "mp4", 4);
    let input = input.to_str().unwrap();
    for extension in ["mp4", "mkv", "ts"] {
        let name = format!("narrow.{extension}");
        let path = made(&folder, &name, &["-i", input, "-vf", "setsar=16/9", "-t", "1", "-c:v", "libx264"]);
        let (frames, _) = read_all(&path, &settings(5.0));
        assert_eq!((frames[0].picture.width_px(), frames[0].picture.height_px()), (574, 242), "{name}");
    }
}
