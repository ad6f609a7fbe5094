//! Real segment files, tiny: a keyframe a second, of bytes that nobody decodes.

use std::path::PathBuf;
use std::time::Duration;

use anjian_domain::{CameraId, Place, Segment, SegmentSink, TimeSource, VideoCodec, WallTime};
use anjian_footage::{Sample, SegmentWriter, TrackKind, Tracks, VideoTrack};
use anjian_indexer::{ClipSettings, RecordingSettings, Retention};

use crate::fixture::Store;
use crate::recordings::gate;

/// Any H.264 stream's parameters.
const AVCC: &[u8] = &[1, 66, 0xC0, 30, 0xFF, 0xE1, 0, 4, 0x67, 66, 0xC0, 30, 1, 0, 4, 0x68, 0xCE, 0x38, 0x80];
pub(crate) const SECOND_NS: u64 = 1_000_000_000;

pub(crate) fn folder(store: &Store) -> PathBuf {
    store.folder.path().join("recordings")
}

pub(crate) fn set_up(store: &Store, retention: Retention, reserve_bytes: u64) {
    let settings = RecordingSettings {
        folder: folder(store),
        retention,
        clips: ClipSettings::default(),
        reserve_bytes,
        move_after: None,
    };
    store.index.set_recording(settings).unwrap();
}

pub(crate) fn tracks() -> Tracks {
    let video = VideoTrack {
        codec: VideoCodec::H264,
        width_px: 160,
        height_px: 120,
        pixel: (1, 1),
        configuration: AVCC.to_vec(),
    };
    Tracks { video, audio: None }
}

/// A segment that was begun.
pub(crate) fn begun(camera: CameraId, start: WallTime) -> Segment {
    Segment {
        path: Segment::path_of(&camera, start),
        camera,
        start,
        duration: Duration::ZERO,
        size_bytes: 0,
        sha256: None,
        video: VideoCodec::H264,
        width_px: 0,
        height_px: 0,
        audio: None,
        time_source: TimeSource::Arrival,
        clock_offset_us: 0,
        clock_error_us: None,
        place: Place::Here,
    }
}

/// Writes `seconds` of a segment into its file and tells nobody.
pub(crate) fn write(store: &Store, start: WallTime, seconds: u64) -> SegmentWriter {
    write_as(store, start, seconds, tracks())
}

pub(crate) fn write_as(store: &Store, start: WallTime, seconds: u64, tracks: Tracks) -> SegmentWriter {
    let fragment = Duration::from_millis(500);
    let mut writer = SegmentWriter::create(&folder(store), begun(gate(), start), tracks, fragment).unwrap();
    push(&mut writer, 0, seconds);
    writer
}

/// Writes so many more seconds; `from` are in the file.
pub(crate) fn push(writer: &mut SegmentWriter, from: u64, seconds: u64) {
    for second in from..from + seconds {
        let pts_ns = i64::try_from(second * SECOND_NS).unwrap();
        let data = [0, 0, 0, 4, 0x65, 0x88, 0x80, second as u8];
        let sample = Sample { data: &data, pts_ns, dts_ns: pts_ns, duration_ns: SECOND_NS, is_sync: true };
        writer.push(TrackKind::Video, &sample).unwrap();
    }
    writer.flush_fragment().unwrap();
}

/// Begins a segment, of which `seconds` are on disk; it is never finished.
pub(crate) fn begin(store: &Store, start: WallTime, seconds: u64) -> Segment {
    let writer = write(store, start, seconds);
    store.sink.begin_segment(&Segment { size_bytes: 100, ..begun_as(writer.segment()) }).unwrap();
    writer.segment().clone()
}

/// As it was told when it was begun.
fn begun_as(segment: &Segment) -> Segment {
    Segment { duration: Duration::ZERO, ..segment.clone() }
}

/// Records a segment from beginning to end.
pub(crate) fn record(store: &Store, start: WallTime, seconds: u64) -> Segment {
    record_as(store, start, seconds, tracks())
}

pub(crate) fn record_as(store: &Store, start: WallTime, seconds: u64, tracks: Tracks) -> Segment {
    let writer = write_as(store, start, seconds, tracks);
    store.sink.begin_segment(&begun_as(writer.segment())).unwrap();
    let segment = writer.finish(Some(i64::try_from(seconds * SECOND_NS).unwrap())).unwrap();
    store.sink.end_segment(&segment).unwrap();
    segment
}

/// Every media file, relative to the recordings folder, in order.
pub(crate) fn files(store: &Store) -> Vec<String> {
    let root = folder(store);
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
