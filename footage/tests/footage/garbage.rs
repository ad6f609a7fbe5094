//! What is written is read back, whatever the samples; and whatever a file holds, reading it neither fails
//! badly nor takes memory that the file does not justify.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clip::{folder, segment_at};
use anjian_domain::{AudioCodec, VideoCodec};
use anjian_footage::{
    AudioTrack, MediaSample, Sample, SegmentFile, SegmentWriter, TrackKind, Tracks, VideoTrack, repair, scan,
};
use proptest::prelude::*;

/// Tracks whose configuration no decoder would take, which does not matter here.
fn tracks() -> Tracks {
    let video = VideoTrack {
        codec: VideoCodec::H264,
        width_px: 64,
        height_px: 48,
        pixel: (1, 1),
        configuration: vec![1, 2, 3, 4],
    };
    let audio =
        AudioTrack { codec: AudioCodec::ALaw, sample_rate_hz: 8000, channels: 1, configuration: Vec::new() };
    Tracks { video, audio: Some(audio) }
}

/// One sample: how long after the one before, how much later it is shown, its bytes, keyframe or not.
type Step = (u32, i32, Vec<u8>, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (1..400_u32, -200..200_i32, prop::collection::vec(any::<u8>(), 0..40), any::<bool>());
    prop::collection::vec(step, 1..60)
}

/// What must be found: the bytes, when they are decoded and shown in ticks, keyframe or not.
type Found = (Vec<u8>, u64, i64, bool);

/// A whole number of ticks in nanoseconds, so that what is read back can be compared exactly.
fn nanos(ticks: i64) -> i64 {
    (ticks * 1_000_000_000).div_euclid(90_000)
}

/// Records pictures, and sound with every third of them; answers the file and what must be found in it.
fn record(root: &Path, steps: &[Step]) -> (PathBuf, Vec<Found>) {
    let mut writer =
        SegmentWriter::create(root, segment_at("2026-03-01T00:00:00Z"), tracks(), Duration::from_millis(5))
            .unwrap();
    let path = root.join(&writer.segment().path);
    let mut expected = Vec::new();
    let mut dts = 0_i64;
    for (index, (step, offset, data, is_sync)) in steps.iter().enumerate() {
        let is_sync = *is_sync || index == 0;
        let (dts_ns, pts_ns) = (nanos(dts), nanos(dts + i64::from(*offset)));
        let sample = Sample { data, pts_ns, dts_ns, duration_ns: 40_000_000, is_sync };
        writer.push(TrackKind::Video, &sample).unwrap();
        expected.push((data.clone(), dts.unsigned_abs(), dts + i64::from(*offset), is_sync));
        if index % 3 == 0 {
            writer.push(TrackKind::Audio, &Sample { pts_ns: dts_ns, ..sample }).unwrap();
        }
        dts += i64::from(*step);
    }
    let segment = writer.finish(Some(nanos(dts))).unwrap();
    assert_eq!(segment.size_bytes, fs::metadata(&path).unwrap().len());
    (path, expected)
}

fn read_back(file: &SegmentFile, bytes: &[u8]) -> Vec<Found> {
    let data =
        |s: &MediaSample| bytes[usize::try_from(s.offset).unwrap()..][..s.size_bytes as usize].to_vec();
    file.video.iter().map(|s| (data(s), s.dts, s.pts(), s.is_sync)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn samples_are_read_back(steps in steps()) {
        let (_folder, root) = folder();
        let (path, expected) = record(&root, &steps);
        let bytes = fs::read(&path).unwrap();
        let file = scan(&path).unwrap();
        prop_assert_eq!(file.torn_at, None);
        prop_assert_eq!(&file.tracks, &tracks());
        prop_assert_eq!(read_back(&file, &bytes), expected);
        prop_assert_eq!(file.audio.len(), steps.len().div_ceil(3));
        let covered = file.fragments.iter().fold(file.init_bytes.end, |at, fragment| {
            assert_eq!(fragment.bytes.start, at);
            fragment.bytes.end
        });
        prop_assert_eq!(covered, file.size_bytes);
        let total: u64 = steps.iter().map(|step| u64::from(step.0)).sum();
        prop_assert_eq!(file.video.iter().map(|s| u64::from(s.duration)).sum::<u64>(), total);
    }

    /// Bytes that were changed anywhere may take away what is behind them, and nothing else.
    #[test]
    fn damage_is_survived(
        steps in steps(),
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 1..24),
    ) {
        let (_folder, root) = folder();
        let (path, _) = record(&root, &steps);
        let whole = scan(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        let end = (at + with.len()).min(bytes.len());
        bytes[at..end].copy_from_slice(&with[..end - at]);
        fs::write(&path, &bytes).unwrap();
        let Ok(file) = scan(&path) else {
            prop_assert!((at as u64) < whole.init_bytes.end);
            return Ok(());
        };
        let spared = whole.fragments.iter().take_while(|fragment| fragment.bytes.end <= at as u64);
        prop_assert!(spared.zip(&file.fragments).all(|(before, after)| before == after));
        repair(&root, &segment_at("2026-03-01T00:00:00Z").path).unwrap();
        prop_assert_eq!(scan(&path).unwrap().torn_at, None);
    }

    #[test]
    fn garbage_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let (folder, _) = folder();
        let path = folder.path().join("garbage.mp4");
        fs::write(&path, &bytes).unwrap();
        prop_assert!(scan(&path).is_err());
    }
}

/// As a kill at any byte leaves it.
#[test]
fn every_length_is_read_and_repaired() {
    let (_folder, root) = folder();
    let steps: Vec<Step> = (0..12).map(|n| (300, 0, vec![n; 9], n % 4 == 0)).collect();
    let (path, _) = record(&root, &steps);
    let bytes = fs::read(&path).unwrap();
    let whole = scan(&path).unwrap();
    for size in 0..bytes.len() {
        fs::write(&path, &bytes[..size]).unwrap();
        if (size as u64) < whole.init_bytes.end {
            assert!(scan(&path).is_err(), "{size}");
            continue;
        }
        let torn = scan(&path).unwrap();
        let kept: Vec<_> = whole.fragments.iter().filter(|f| f.bytes.end <= size as u64).cloned().collect();
        assert_eq!(torn.fragments, kept, "{size}");
        let end = kept.last().map_or(whole.init_bytes.end, |fragment| fragment.bytes.end);
        assert_eq!(torn.torn_at, (end < size as u64).then_some(end));
        // A repair waits for the disk: in front of, at and behind every boundary is enough.
        if !whole.fragments.iter().any(|fragment| fragment.bytes.end.abs_diff(size as u64) <= 1) {
            continue;
        }
        let repaired = repair(&root, &segment_at("2026-03-01T00:00:00Z").path).unwrap();
        assert_eq!(repaired.segment.size_bytes, end);
        assert_eq!(scan(&path).unwrap().torn_at, None);
    }
}

/// Boxes in boxes, thousands deep, and sizes that lie.
#[test]
fn hostile_boxes_are_refused() {
    let (folder, root) = folder();
    let path = folder.path().join("hostile.mp4");
    let nested = |kind: &[u8; 4]| {
        let mut bytes = b"\0\0\0\x10ftypiso6\0\0\0\0".to_vec();
        let depth = 100_000_u32;
        for level in (1..=depth).rev() {
            bytes.extend((level * 8).to_be_bytes());
            bytes.extend(kind);
        }
        bytes
    };
    for bytes in [nested(b"moov"), nested(b"trak"), nested(b"meta")] {
        fs::write(&path, bytes).unwrap();
        assert!(scan(&path).is_err());
    }
    let (path, _) = record(&root, &[(300, 0, vec![1; 9], true)]);
    let bytes = fs::read(&path).unwrap();
    let file = scan(&path).unwrap();
    let moof = usize::try_from(file.init_bytes.end).unwrap();
    let find = |kind: &[u8]| moof + bytes[moof..].windows(4).position(|window| window == kind).unwrap();
    // Number of samples, where the data begins, size of the data.
    for at in [find(b"trun") + 8, find(b"trun") + 12, find(b"mdat") - 4] {
        let mut lying = bytes.clone();
        lying[at..at + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        fs::write(&path, &lying).unwrap();
        let read = scan(&path).unwrap();
        assert_eq!((read.torn_at, read.video.len()), (Some(file.init_bytes.end), 0), "{at}");
    }
}
