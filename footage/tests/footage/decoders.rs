//! What is written and cut, in the opinion of ffmpeg: it decodes without a complaint, to the end, the same
//! pictures.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::clip::{Clip, FPS, H264, H265, Recipe, decodes, folder, played_s, shown_frames};
use anjian_domain::{AudioCodec, Segment, WallTime};
use anjian_footage::{Cut, FootageError, repair, scan};

const START: &str = "2026-03-01T00:00:00Z";

fn time(text: &str) -> WallTime {
    text.parse().unwrap()
}

/// A moment after [`START`].
fn after(millis: u64) -> WallTime {
    time(START).plus(Duration::from_millis(millis))
}

#[test]
fn segments_decode_whole() {
    let recipes = [
        H264,
        H265,
        Recipe { b_frames: 2, audio: Some(AudioCodec::Aac), ..H264 },
        Recipe { b_frames: 2, audio: Some(AudioCodec::ALaw), ..H265 },
        Recipe { audio: Some(AudioCodec::MuLaw), ..H264 },
    ];
    for recipe in recipes {
        let (folder, root) = folder();
        let clip = Clip::encode(folder.path(), recipe);
        let segment = clip.record(&root, START);
        let path = root.join(&segment.path);
        decodes(&path);
        assert_eq!(shown_frames(&path), clip.video.len());
        assert_eq!(segment.duration, Duration::from_secs(2));

        let file = scan(&path).unwrap();
        assert_eq!(file.torn_at, None);
        assert_eq!(file.tracks, clip.tracks);
        assert_eq!(Segment { sha256: segment.sha256.clone(), ..file.segment(&segment.path) }, segment);
        let written: Vec<_> = clip.video.iter().map(|unit| unit.pts_ns * 9 / 100_000).collect();
        assert_eq!(file.video.iter().map(anjian_footage::MediaSample::pts).collect::<Vec<_>>(), written);
        let bytes = fs::read(&path).unwrap();
        for (sample, unit) in file.video.iter().zip(&clip.video).chain(file.audio.iter().zip(&clip.audio)) {
            let at = usize::try_from(sample.offset).unwrap();
            assert_eq!(bytes[at..at + unit.data.len()], unit.data);
        }
        assert_eq!(file.audio.len(), clip.audio.iter().filter(|unit| unit.pts_ns < clip.end_ns()).count());
    }
}

/// The last picture of a killed recorder is at most a fragment before the kill, wherever the file is torn.
#[test]
fn a_torn_segment_plays_what_is_whole() {
    let (folder, root) = folder();
    let clip = Clip::encode(folder.path(), Recipe { audio: Some(AudioCodec::Aac), ..H264 });
    let segment = clip.record(&root, START);
    let path = root.join(&segment.path);
    let bytes = fs::read(&path).unwrap();
    let fragments = scan(&path).unwrap().fragments;
    let [.., before, last] = fragments.as_slice() else { panic!("{fragments:?}") };
    for size in [last.bytes.start, last.bytes.start + 7, last.bytes.start + 100, last.bytes.end - 1] {
        fs::write(&path, &bytes[..usize::try_from(size).unwrap()]).unwrap();
        let repaired = repair(&root, &segment.path).unwrap();
        assert_eq!(repaired.removed_bytes, size - before.bytes.end);
        assert_eq!(repaired.segment.size_bytes, before.bytes.end);
        assert!(repaired.segment.duration + Duration::from_millis(540) >= segment.duration);
        assert_eq!(scan(&path).unwrap().torn_at, None);
        decodes(&path);
        let frames = repaired.segment.duration.as_millis() * u128::from(FPS) / 1000;
        assert_eq!(shown_frames(&path) as u128, frames);
    }
}

#[test]
fn a_write_that_broke_off_is_found_and_cut_back() {
    let (folder, root) = folder();
    let clip = Clip::encode(folder.path(), H264);
    let mut writer = clip.begin(&root, START);
    let path = root.join(&writer.segment().path);
    clip.push_all(&mut writer);
    // What a write leaves that could not be finished, when not even the file could be cut back.
    let on_disk = writer.segment().clone();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(on_disk.size_bytes + 99).unwrap();
    let torn = scan(&path).unwrap();
    assert_eq!((torn.torn_at, torn.duration()), (Some(on_disk.size_bytes), on_disk.duration));
    drop(writer);
    assert_eq!(repair(&root, &on_disk.path).unwrap().segment.duration, on_disk.duration);
    decodes(&path);
}

/// Writes the cut, checks its bytes against ranges of it, and lets ffmpeg decode it.
#[track_caller]
fn check_cut(cut: &Cut, folder: &Path, expected_s: f64) {
    let path = folder.join("cut.mp4");
    let _ = fs::remove_file(&path);
    let digest = cut.write_to(&path).unwrap();
    assert_eq!(digest, anjian_footage::digest(&path).unwrap());
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len() as u64, cut.len());
    let step = cut.len() / 7 + 1;
    for from in (0..cut.len()).step_by(usize::try_from(step).unwrap()) {
        let mut part = Vec::new();
        cut.read_range(from..from + step).read_to_end(&mut part).unwrap();
        assert_eq!(part, bytes[usize::try_from(from).unwrap()..][..part.len()]);
    }
    decodes(&path);
    let frame_s = 1.0 / f64::from(FPS);
    assert!((cut.duration().as_secs_f64() - expected_s).abs() <= frame_s, "{:?}", cut.duration());
    assert!((played_s(&path) - expected_s).abs() <= frame_s, "{} s, expected {expected_s}", played_s(&path));
}

#[test]
fn a_cut_begins_and_ends_exactly() {
    let recipes = [H264, H265, Recipe { b_frames: 2, audio: Some(AudioCodec::Aac), ..H264 }];
    for recipe in recipes {
        let (folder, root) = folder();
        let segments = [Clip::encode(folder.path(), recipe).record(&root, START)];
        for (from_ms, to_ms) in [(0, 2000), (480, 1480), (1000, 1400), (1320, 1920), (40, 80)] {
            let cut = Cut::plan(&root, &segments, after(from_ms), after(to_ms)).unwrap();
            let length_ms = to_ms - from_ms;
            check_cut(&cut, folder.path(), length_ms as f64 / 1000.0);
            assert_eq!((cut.start(), cut.gaps()), (after(from_ms), [].as_slice()));
            let frames = usize::try_from(length_ms * u64::from(FPS) / 1000).unwrap();
            assert!(shown_frames(&folder.path().join("cut.mp4")) >= frames, "{from_ms}..{to_ms}");
        }
    }
}

#[test]
fn a_cut_goes_on_over_segments_without_a_seam() {
    let (folder, root) = folder();
    let clip = Clip::encode(folder.path(), Recipe { audio: Some(AudioCodec::ALaw), ..H264 });
    let segments =
        [START, "2026-03-01T00:00:02Z", "2026-03-01T00:00:04Z"].map(|start| clip.record(&root, start));
    let cut = Cut::plan(&root, &segments, after(1500), after(5500)).unwrap();
    check_cut(&cut, folder.path(), 4.0);
    assert!(cut.gaps().is_empty());
    assert_eq!(Cut::plan(&root, &segments, after(1500), after(5500)).unwrap().etag(), cut.etag());
    assert_ne!(Cut::plan(&root, &segments, after(1500), after(5460)).unwrap().etag(), cut.etag());
}

#[test]
fn a_gap_is_held_for_a_second_and_told() {
    let (folder, root) = folder();
    let clip = Clip::encode(folder.path(), Recipe { audio: Some(AudioCodec::Aac), ..H264 });
    let segments =
        [START, "2026-03-01T00:00:02.5Z", "2026-03-01T00:01:00Z"].map(|start| clip.record(&root, start));
    let cut = Cut::plan(&root, &segments, after(0), after(70_000)).unwrap();
    // Three segments of 2 s, a gap of half a second, one of a minute.
    check_cut(&cut, folder.path(), 2.0 + 0.5 + 2.0 + 1.0 + 2.0);
    let told: Vec<_> =
        cut.gaps().iter().map(|g| (g.from, g.to, g.at.as_millis(), g.shown.as_millis())).collect();
    let expected = [
        (after(2000), after(2500), 2000, 500),
        (after(4500), after(60_000), 4500, 1000),
        (after(62_000), after(70_000), 7500, 0),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_cut_goes_on_over_a_change_of_resolution() {
    for recipe in [H264, H265] {
        let (folder, root) = folder();
        let small = Clip::encode(folder.path(), recipe);
        let large = Clip::encode(folder.path(), Recipe { size: "320x240", ..recipe });
        let segments = [
            small.record(&root, START),
            large.record(&root, "2026-03-01T00:00:05Z"),
            small.record(&root, "2026-03-01T00:00:07Z"),
        ];
        let cut = Cut::plan(&root, &segments, after(500), after(8000)).unwrap();
        check_cut(&cut, folder.path(), 1.5 + 1.0 + 2.0 + 1.0);
    }
}

#[test]
fn a_cut_says_why_it_cannot_be_made() {
    let (folder, root) = folder();
    let first = Clip::encode(folder.path(), H264).record(&root, START);
    let second = Clip::encode(folder.path(), H265).record(&root, "2026-03-01T00:00:02Z");
    let segments = [first, second];
    let unwanted =
        Cut::plan_while(&AtomicBool::new(false), &root, &segments, after(0), after(2000)).unwrap_err();
    assert!(matches!(unwanted, FootageError::Unwanted) && unwanted.kind().is_unavailable(), "{unwanted}");
    let error = Cut::plan(&root, &segments, after(0), after(4000)).unwrap_err();
    assert!(matches!(&error, FootageError::CannotJoin { at, .. } if *at == after(2000)), "{error}");
    assert!(Cut::plan(&root, &segments, after(0), after(2000)).is_ok());
    let error = Cut::plan(&root, &segments, after(5000), after(6000)).unwrap_err();
    assert!(matches!(error, FootageError::Empty { .. }), "{error}");
    fs::remove_file(root.join(&segments[0].path)).unwrap();
    assert!(Cut::plan(&root, &segments, after(0), after(1000)).unwrap_err().is_missing());
}
