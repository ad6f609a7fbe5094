//! Cameras on loopback, recorded.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{
    AudioCodec, CameraState, Frame, RecordingState, Segment, SystemClock, TimeSource, VideoCodec, WallTime,
};
use anjian_footage::{MediaSample, SegmentFile};
use anjian_ingest::{ClipServer, LiveCamera, StopSignal, Transport};

use crate::clips::{at_once, clip, ffmpeg};
use crate::ledger::{Ledger, Told};
use crate::once_server::OnceServer;
use crate::rtsp::camera;

/// Ends a recorder whose test failed.
struct StopAtEnd<'a>(&'a StopSignal);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Records until the ledger says what is waited for.
#[track_caller]
fn record_until(
    camera: &LiveCamera,
    root: &Path,
    segment_s: u64,
    what: &str,
    is_so: impl Fn(&Told) -> bool,
) -> Told {
    let ledger = Arc::new(Ledger::default());
    let (recording, stop) = (ledger.recording(root, segment_s), StopSignal::new());
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        let recorder = scope.spawn(|| camera.record(&recording, &SystemClock::shared(), &stop, &mut |_| ()));
        ledger.wait(what, is_so);
        stop.stop();
        recorder.join().unwrap();
    });
    ledger.told()
}

/// A file with all of a clip.
#[track_caller]
pub(crate) fn record_once(clip: &Path, codec: &str, sound: Option<&str>, root: &Path) -> PathBuf {
    let server = OnceServer::start(clip, codec, sound);
    let told = record_until(&camera(&server.url()), root, 60, "a file", |told| !told.ended.is_empty());
    root.join(&told.ended[0].path)
}

/// Times of showing, in order, ticks.
fn shown(file: &SegmentFile) -> Vec<i64> {
    let mut shown: Vec<i64> = file.video.iter().map(MediaSample::pts).collect();
    shown.sort_unstable();
    shown
}

/// How many pictures follow each keyframe, itself included; what ends before the next keyframe (a stop, a loss) is left
/// out.
fn groups(files: &[SegmentFile]) -> Vec<usize> {
    let mut groups: Vec<usize> = Vec::new();
    for sample in files.iter().flat_map(|file| &file.video) {
        match groups.last_mut() {
            Some(group) if !sample.is_sync => *group += 1,
            _ => groups.push(1),
        }
    }
    groups.pop();
    groups
}

/// Files that follow each other directly hold every picture of a clip whose keyframes come every `group` pictures.
#[track_caller]
fn check_nothing_missing(files: &[SegmentFile], group: usize) {
    let groups = groups(files);
    assert!(groups.iter().all(|pictures| *pictures == group), "{groups:?}");
    for (number, file) in files.iter().enumerate() {
        let shown = shown(file);
        assert_eq!((shown[0], file.video[0].is_sync), (0, true), "file {number}");
    }
}

#[track_caller]
fn check_continuous(segments: &[Segment]) {
    for pair in segments.windows(2) {
        let gap = pair[1].start.since(pair[0].end());
        assert!(gap < Duration::from_micros(20), "{gap:?} between {pair:#?}");
    }
}

/// Decodes a file with a player that is not ours, and counts its pictures.
#[track_caller]
pub(crate) fn pictures_in(path: &Path) -> usize {
    let played = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-select_streams", "v:0"])
        .args(["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success() && said.is_empty(), "{}: {said}", path.display());
    String::from_utf8_lossy(&played.stdout).trim().trim_end_matches(',').parse().unwrap()
}

#[test]
fn files_follow_each_other_without_a_gap_and_play() {
    let cases = [("h264", Transport::Tcp, VideoCodec::H264), ("h265", Transport::Udp, VideoCodec::H265)];
    at_once(&cases, |&(codec, transport, expected)| {
        let server = ClipServer::builder().clip("/gate", &clip(codec, "mp4", 1)).start().unwrap();
        let root = tempfile::tempdir().unwrap();
        let camera = LiveCamera { transport, ..camera(&server.url("/gate")) };
        let told = record_until(&camera, root.path(), 2, "three files", |told| told.ended.len() >= 3);
        let files = told.files(root.path());
        check_continuous(&told.ended);
        check_nothing_missing(&files, 25);
        assert_eq!(files[1].video.len(), 50, "{codec}: two seconds, cut at a keyframe");
        let segment = &told.ended[1];
        assert_eq!((segment.video, segment.width_px, segment.height_px), (expected, 322, 242));
        assert_eq!(pictures_in(&root.path().join(&segment.path)), 50, "{codec}");
        let states = [RecordingState::Waiting, RecordingState::Recording, RecordingState::Stopped];
        assert_eq!(told.states(), states);
    });
}

#[test]
fn every_picture_that_is_sent_is_recorded_and_the_end_is_told() {
    let root = tempfile::tempdir().unwrap();
    let clip = clip("h264", "mkv", 3);
    let server = OnceServer::start(&clip, "h264", None);
    let told = record_until(&camera(&server.url()), root.path(), 1, "an end", |told| {
        told.changes.iter().any(|change| change.state == RecordingState::Waiting && change.reason.is_some())
    });
    let end = told.changes.iter().find(|change| change.reason.is_some()).unwrap();
    // rtspsrc does not always hear the server's good-bye.
    let reason = end.reason.as_deref().unwrap_or_default();
    assert!(["the camera ended the stream", "nothing arrived for 5s"].contains(&reason), "{reason}");
    // Connected again, it plays again.
    let once = told.ended.iter().take_while(|segment| segment.start < end.since).count();
    assert_eq!(end.since, told.ended[once - 1].end(), "told from the end of what is recorded");
    let pictures: Vec<usize> =
        told.files(root.path()).iter().take(once).map(|file| file.video.len()).collect();
    assert_eq!(pictures, [50, 25]);
}

#[test]
fn sound_is_kept() {
    let cases = [
        ("aac", &["-c:a", "aac", "-ar", "16000", "-ac", "1"][..], "aacparse ! rtpmp4gpay", AudioCodec::Aac),
        ("alaw", &["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"], "rtppcmapay", AudioCodec::ALaw),
        ("mulaw", &["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"], "rtppcmupay", AudioCodec::MuLaw),
    ];
    at_once(&cases, |&(name, encoder, pack, codec)| {
        let root = tempfile::tempdir().unwrap();
        let sounding = root.path().join(format!("{name}.mkv"));
        let silent = clip("h264", "mkv", 4);
        let input = ["-i", silent.to_str().unwrap(), "-f", "lavfi", "-i", "sine=frequency=440:duration=4"];
        ffmpeg(&[&input[..], &["-map", "0:v", "-map", "1:a", "-c:v", "copy"], encoder].concat(), &sounding);
        let server = OnceServer::start(&sounding, "h264", Some(pack));
        let told =
            record_until(&camera(&server.url()), root.path(), 2, "two files", |told| told.ended.len() >= 2);
        let files = told.files(root.path());
        check_nothing_missing(&files[..1], 50);
        check_continuous(&told.ended[..2]);
        let heard_ms = |file: &SegmentFile| {
            let rate = u64::from(file.tracks.audio.as_ref().unwrap().sample_rate_hz);
            file.audio.iter().map(|sample| u64::from(sample.duration)).sum::<u64>() * 1000 / rate
        };
        for (segment, file) in told.ended.iter().zip(&files).take(2) {
            assert_eq!(segment.audio, Some(codec), "{segment:?}");
            let (heard_ms, shown_ms) = (heard_ms(file), file.duration().as_millis() as u64);
            assert!(heard_ms.abs_diff(shown_ms) < 400, "{name}: {heard_ms} ms of sound in {shown_ms} ms");
        }
        // None is lost where one file ends and the next begins.
        let heard_ms = heard_ms(&files[0]) + heard_ms(&files[1]);
        assert!((3_800..=4_100).contains(&heard_ms), "{name}: {heard_ms} ms of sound");
        pictures_in(&root.path().join(&told.ended[0].path));
    });
}

#[test]
fn analysed_and_recorded_over_one_connection_frames_lie_in_the_recording() {
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).start().unwrap();
    let root = tempfile::tempdir().unwrap();
    let ledger = Arc::new(Ledger::default());
    let (recording, stop) = (ledger.recording(root.path(), 2), StopSignal::new());
    let mut frames: Vec<Frame> = Vec::new();
    let mut on_frame = |frame: Frame| {
        frames.push(frame);
        if ledger.told().ended.len() >= 2 {
            stop.stop();
        }
    };
    camera(&server.url("/gate")).run_and_record(
        &recording,
        &SystemClock::shared(),
        &stop,
        &mut on_frame,
        &mut |_| (),
    );
    let told = ledger.told();
    check_nothing_missing(&told.files(root.path()), 25);
    check_continuous(&told.ended);
    let (first, last) = (told.ended.first().unwrap().start, told.ended.last().unwrap().end());
    let is_inside = |wall: WallTime| wall.plus(Duration::from_millis(20)) >= first && wall <= last;
    assert!(frames.iter().all(|frame| is_inside(frame.at.wall)), "{first} {last} {frames:?}");
    // Each is a picture of the recording, to within what the clock was corrected by in between.
    let apart = |wall: WallTime| {
        let pictures = told.ended.iter().zip(told.files(root.path())).flat_map(|(segment, file)| {
            shown(&file).into_iter().map(move |ticks| {
                segment.start.plus(Duration::from_nanos(ticks as u64 * 1_000_000_000 / 90_000))
            })
        });
        pictures.map(|picture| picture.since(wall).max(wall.since(picture))).min().unwrap()
    };
    let furthest = frames.iter().map(|frame| apart(frame.at.wall)).max().unwrap();
    assert!(furthest < Duration::from_millis(15), "{furthest:?}");
}

#[test]
fn with_a_sub_stream_the_main_stream_is_recorded_over_its_own_connection() {
    let small = tempfile::tempdir().unwrap();
    let sub = small.path().join("sub.mp4");
    let picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10", "-t", "1", "-c:v", "libx264"];
    ffmpeg(&[&picture[..], &["-pix_fmt", "yuv420p"]].concat(), &sub);
    let server =
        ClipServer::builder().clip("/main", &clip("h265", "mp4", 1)).clip("/sub", &sub).start().unwrap();
    let root = tempfile::tempdir().unwrap();
    let ledger = Arc::new(Ledger::default());
    let (recording, stop) = (ledger.recording(root.path(), 1), StopSignal::new());
    let mut camera = camera(&server.url("/main"));
    camera.sub = Some(server.url("/sub").parse().unwrap());
    let (mut widths, mut states) = (Vec::new(), Vec::new());
    let mut on_frame = |frame: Frame| {
        widths.push(frame.picture.width_px());
        if ledger.told().ended.len() >= 2 {
            stop.stop();
        }
    };
    camera.run_and_record(&recording, &SystemClock::shared(), &stop, &mut on_frame, &mut |status| {
        states.push(status.state);
    });
    let told = ledger.told();
    check_nothing_missing(&told.files(root.path()), 25);
    assert!(told.ended.iter().all(|segment| segment.width_px == 322 && segment.video == VideoCodec::H265));
    assert!(widths.iter().all(|width| *width == 160));
    assert_eq!(states, [CameraState::Connecting, CameraState::Live, CameraState::Stopped]);
    assert_eq!(told.states().last(), Some(&RecordingState::Stopped));
}

#[test]
fn a_camera_that_comes_back_begins_a_new_file_and_the_gap_is_told() {
    let clip = clip("h264", "mp4", 1);
    let server = ClipServer::builder().clip("/gate", &clip).start().unwrap();
    let (root, ledger) = (tempfile::tempdir().unwrap(), Arc::new(Ledger::default()));
    let (recording, stop) = (ledger.recording(root.path(), 60), StopSignal::new());
    let (camera, port) = (camera(&server.url("/gate")), server.port());
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        let recorder = scope.spawn(|| camera.record(&recording, &SystemClock::shared(), &stop, &mut |_| ()));
        ledger.wait("first file", |told| told.begun.len() == 1);
        drop(server);
        ledger.wait("end of it", |told| told.ended.len() == 1);
        let _again = ClipServer::builder().port(port).clip("/gate", &clip).start().unwrap();
        ledger.wait("second file", |told| told.begun.len() == 2);
        stop.stop();
        recorder.join().unwrap();
    });
    let told = ledger.told();
    for file in told.files(root.path()) {
        check_nothing_missing(&[file], 25);
    }
    let gap = told.ended[1].start.since(told.ended[0].end());
    assert!(gap > Duration::from_millis(50), "{gap:?}");
    let lost = &told.changes[2];
    assert_eq!((lost.state, lost.since), (RecordingState::Waiting, told.ended[0].end()));
    assert!(lost.reason.is_some(), "{lost:?}");
    assert_eq!((told.changes.len() > 3, told.changes.last().unwrap().state), (true, RecordingState::Stopped));
}

#[test]
fn sender_reports_tell_the_time() {
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).start().unwrap();
    let root = tempfile::tempdir().unwrap();
    let told =
        record_until(&camera(&server.url("/gate")), root.path(), 2, "a file by the camera's clock", |told| {
            told.ended.last().is_some_and(|segment| segment.time_source == TimeSource::SenderReport)
        });
    check_continuous(&told.ended);
    assert_eq!(told.ended[0].time_source, TimeSource::Arrival, "the first report comes some seconds later");
    let offset_us = told.ended.last().unwrap().clock_offset_us;
    assert!((-500_000..=0).contains(&offset_us), "{offset_us}");
}

#[test]
fn after_a_restart_nothing_overlaps_even_if_the_clock_was_set_back() {
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).start().unwrap();
    let (root, ledger) = (tempfile::tempdir().unwrap(), Arc::new(Ledger::default()));
    let future = anjian_domain::Clock::now(&SystemClock).plus(Duration::from_secs(90));
    ledger.set_until(future);
    let (recording, stop) = (ledger.recording(root.path(), 60), StopSignal::new());
    let mut frames = Vec::new();
    let mut on_frame = |frame: Frame| {
        // Where the recording holds it.
        frames.push(frame.clock.place_of(frame.at.wall));
        if !ledger.told().begun.is_empty() {
            stop.stop();
        }
    };
    camera(&server.url("/gate")).run_and_record(
        &recording,
        &SystemClock::shared(),
        &stop,
        &mut on_frame,
        &mut |_| (),
    );
    let segment = &ledger.told().ended[0];
    assert_eq!(segment.start, future);
    let offset_s = segment.clock_offset_us / 1_000_000;
    assert!((-90..=-80).contains(&offset_s), "{offset_s}");
    assert!(frames.iter().all(|wall| wall.plus(Duration::from_millis(50)) >= future), "{frames:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_tried_again() {
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("recordings");
    std::fs::write(&root, "in the way").unwrap();
    let ledger = Arc::new(Ledger::default());
    let (recording, stop) = (ledger.recording(&root, 60), StopSignal::new());
    let camera = camera(&server.url("/gate"));
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        let recorder = scope.spawn(|| camera.record(&recording, &SystemClock::shared(), &stop, &mut |_| ()));
        let failed = |told: &Told| told.states().last() == Some(&RecordingState::Failed);
        let told = ledger.wait("failure", failed);
        let reason = told.changes.last().unwrap().reason.clone().unwrap();
        assert!(reason.contains(root.to_str().unwrap()), "{reason}");
        std::fs::remove_file(&root).unwrap();
        ledger.wait("file", |told| told.begun.len() == 1);
        stop.stop();
        recorder.join().unwrap();
    });
    let told = ledger.told();
    check_nothing_missing(&told.files(&root), 25);
    use RecordingState::{Failed, Recording, Stopped, Waiting};
    assert_eq!(told.states(), [Waiting, Failed, Recording, Stopped]);
}

/// A small file system; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None`, with what mount said, where this process may not mount.
    fn mount(at: &Path, size: &str) -> Result<Self, String> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", size, "tmpfs"]).arg(at).output();
        let mounted = mounted.map_err(|error| error.to_string())?;
        if mounted.status.success() {
            Ok(Self(at.to_owned()))
        } else {
            Err(String::from_utf8_lossy(&mounted.stderr).into_owned())
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_is_full_for_real_stops_the_recording_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(folder.path(), "size=256k") {
        Ok(disk) => disk,
        Err(reason) => return eprintln!("not tried, mount says: {reason}"),
    };
    let server = ClipServer::builder().clip("/gate", &clip("h264", "mp4", 1)).start().unwrap();
    let ledger = Arc::new(Ledger::default());
    let (recording, stop) = (ledger.recording(&disk.0, 2), StopSignal::new());
    let camera = camera(&server.url("/gate"));
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&stop);
        let recorder = scope.spawn(|| camera.record(&recording, &SystemClock::shared(), &stop, &mut |_| ()));
        let told = ledger.wait("full disk", |told| told.states().last() == Some(&RecordingState::DiskFull));
        let reason = told.changes.last().unwrap().reason.clone().unwrap();
        assert!(reason.contains(disk.0.to_str().unwrap()), "{reason}");
        for segment in &told.ended[..2] {
            std::fs::remove_file(disk.0.join(&segment.path)).unwrap();
        }
        let begun = told.begun.len();
        ledger.wait("further file", |told| told.begun.len() > begun && told.ended.len() > begun);
        stop.stop();
        recorder.join().unwrap();
    });
    let told = ledger.told();
    for segment in &told.ended[2..] {
        let path = disk.0.join(&segment.path);
        assert_eq!(Some(anjian_footage::digest(&path).unwrap().sha256), segment.sha256);
        assert_eq!(anjian_footage::scan(&path).unwrap().torn_at, None, "{segment:?}");
    }
    check_nothing_missing(&[anjian_footage::scan(&disk.0.join(&told.ended[2].path)).unwrap()], 25);
}
