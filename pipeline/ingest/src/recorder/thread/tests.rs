//! A scripted camera, clock, disk and index: what is recorded where, and what is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use anjian_domain::{AudioCodec, MediaTime, RecordingChange, SinkError, VideoCodec};
use anjian_footage::Sample;
use gstreamer as gst;

use super::super::files::OpenFile;
use super::super::status;
use super::*;
use crate::stream_clock::Lead;

const EPOCH_US: i64 = 1_700_000_000_000_000;

fn wall(ms: i64) -> WallTime {
    WallTime::from_micros(EPOCH_US + ms * 1000).unwrap()
}

/// Seconds since the script began, to the millisecond.
fn seconds(wall: WallTime) -> f64 {
    ((wall.as_micros() - EPOCH_US) as f64 / 1000.0).round() / 1000.0
}

/// Disk, index and clock; remembers what happened.
#[derive(Default)]
struct World {
    now_ms: AtomicI64,
    told: Mutex<Vec<String>>,
    until: Mutex<Option<WallTime>>,
    /// What the disk answers.
    disk: Mutex<Option<std::io::ErrorKind>>,
    /// What the index answers.
    refusal: Mutex<Option<(&'static str, bool)>>,
    pictures: AtomicI64,
}

impl World {
    fn tell(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }

    fn refuse(&self) -> Result<(), SinkError> {
        match *self.refusal.lock().unwrap() {
            Some((message, is_transient)) => {
                Err(SinkError { message: message.to_owned(), is_transient, source: None })
            }
            None => Ok(()),
        }
    }

    fn write(&self) -> Result<(), FootageError> {
        match *self.disk.lock().unwrap() {
            Some(kind) => Err(FootageError::Io { doing: "write", path: "x.mp4".into(), source: kind.into() }),
            None => Ok(()),
        }
    }
}

impl Clock for World {
    fn now(&self) -> WallTime {
        wall(self.now_ms.load(Ordering::Relaxed))
    }
}

/// The index.
struct Sink(Arc<World>);

impl SegmentSink for Sink {
    fn recorded_until(&self, _: &CameraId) -> Result<Option<WallTime>, SinkError> {
        self.0.refuse()?;
        Ok(*self.0.until.lock().unwrap())
    }

    fn begin_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.0.refuse()?;
        let offset = match segment.clock_offset_us / 1000 {
            0 => String::new(),
            offset_ms => format!(" clock {offset_ms} ms"),
        };
        let sound = segment.audio.map(|audio| format!(" {audio}")).unwrap_or_default();
        let width = if segment.width_px == 640 { String::new() } else { format!(" {} px", segment.width_px) };
        self.0.tell(format!("begin {:.3}{width}{sound}{offset}", seconds(segment.start)));
        Ok(())
    }

    fn end_segment(&self, segment: &Segment) -> Result<(), SinkError> {
        self.0.refuse()?;
        self.0.tell(format!("end {:.3}", seconds(segment.end())));
        Ok(())
    }

    fn recording_changed(&self, change: &RecordingChange) -> Result<(), SinkError> {
        let reason = change.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        self.0.tell(format!("{} {:.3}{reason}", change.state, seconds(change.since)));
        Ok(())
    }
}

/// A file of the scripted disk.
struct FakeFile {
    world: Arc<World>,
    segment: Segment,
    last_ns: i64,
}

struct FakeFolder(Arc<World>);

impl Files for FakeFolder {
    fn create(&self, segment: Segment, _: Tracks) -> Result<Box<dyn OpenFile>, FootageError> {
        self.0.write()?;
        Ok(Box::new(FakeFile { world: Arc::clone(&self.0), segment, last_ns: -1 }))
    }

    fn remove(&self, _: &str) {
        self.0.tell("remove".to_owned());
    }
}

impl OpenFile for FakeFile {
    fn push(&mut self, kind: TrackKind, sample: &Sample<'_>) -> Result<(), FootageError> {
        self.world.write()?;
        if kind == TrackKind::Video {
            assert!(sample.is_sync || self.last_ns >= 0, "a file begins with a keyframe");
            assert!(sample.dts_ns > self.last_ns, "{} after {}", sample.dts_ns, self.last_ns);
            self.last_ns = sample.dts_ns;
            self.world.pictures.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn segment(&self) -> &Segment {
        &self.segment
    }

    fn flush(&mut self) -> Result<(), FootageError> {
        self.world.write()
    }

    fn finish(self: Box<Self>, end_ns: Option<i64>) -> Result<Segment, FootageError> {
        let end_ns = end_ns.unwrap_or(self.last_ns + 40_000_000).max(0);
        Ok(Segment {
            duration: Duration::from_nanos(end_ns as u64),
            sha256: Some(String::new()),
            ..self.segment
        })
    }
}

/// A camera that sends 25 pictures a second and a keyframe every second, into a recorder of files of two seconds.
struct Script<'a> {
    world: Arc<World>,
    recorder: RecorderThread<'a>,
    base: Instant,
    media_ms: u64,
    sent: i64,
}

fn track(width_px: u32) -> VideoTrack {
    VideoTrack { codec: VideoCodec::H264, width_px, height_px: 480, configuration: vec![1] }
}

/// Plays a script, and says what was told.
fn told(script: impl FnOnce(&mut Script<'_>)) -> (Vec<String>, Arc<World>) {
    crate::init().unwrap();
    let world = Arc::new(World::default());
    let files = FakeFolder(Arc::clone(&world));
    let place = Workplace {
        camera: "gate".parse().unwrap(),
        root: "/recordings".into(),
        segment: Duration::from_secs(2),
        files: &files,
        sink: Arc::new(Sink(Arc::clone(&world))),
        present: &*Arc::clone(&world),
        time: Arc::default(),
    };
    // In the future, so that what arrived was there just now.
    let base = Instant::now() + Duration::from_secs(86_400);
    let recorder = RecorderThread::new(place, false);
    let mut played = Script { world: Arc::clone(&world), recorder, base, media_ms: 0, sent: 0 };
    script(&mut played);
    played.recorder.end_stretch();
    played.recorder.tell(RecordingState::Stopped, None);
    let told = std::mem::take(&mut *world.told.lock().unwrap());
    (told, world)
}

impl Script<'_> {
    fn connect(&mut self, has_sound: bool) {
        let time = Arc::new(StreamTime::new(Arc::clone(&self.recorder.place.time), Lead::Sets));
        self.recorder.take(Item::Connected { time, has_sound });
        self.recorder.take(Item::Video(track(640)));
        self.media_ms = 0;
    }

    /// Sends pictures for so long; the clock goes along.
    fn send(&mut self, for_ms: u64) {
        for _ in 0..for_ms / 40 {
            self.packet(TrackKind::Video, self.media_ms.is_multiple_of(1000));
            self.sent += 1;
            self.pass(40);
        }
    }

    fn packet(&mut self, kind: TrackKind, is_sync: bool) {
        let media = MediaTime::from_millis(self.media_ms);
        let arrived = self.base + Duration::from_millis(self.media_ms);
        let data = gst::Buffer::from_slice([0_u8; 8]);
        self.recorder.take(Item::Packet(Packet { kind, data, media, is_sync, arrived }));
    }

    fn pass(&mut self, ms: u64) {
        self.media_ms += ms;
        self.world.now_ms.fetch_add(ms as i64, Ordering::Relaxed);
    }

    fn set_clock(&self, by_ms: i64) {
        self.world.now_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

#[track_caller]
fn check(script: impl FnOnce(&mut Script<'_>), expected: &[&str]) -> Arc<World> {
    let (told, world) = told(script);
    assert_eq!(told, expected, "{told:#?}");
    world
}

#[test]
fn files_of_two_seconds_end_where_the_next_begins() {
    let world = check(
        |script| {
            script.connect(false);
            script.send(5_000);
            assert_eq!(script.sent, 125);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 2.000",
            "begin 2.000",
            "end 4.000",
            "begin 4.000",
            "end 5.000",
            "stopped 5.000",
        ],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 125);
}

#[test]
fn a_clock_that_is_set_back_moves_no_file() {
    let world = check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.set_clock(-90_000);
            script.send(3_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            // What the told time is ahead wears off, half a percent.
            "end 1.995",
            "begin 1.995 clock -89995 ms",
            "end 3.985",
            "stopped 3.985",
        ],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 100);
}

#[test]
fn a_clock_that_is_set_forward_leaves_a_gap_and_loses_no_picture() {
    let (told, world) = told(|script| {
        script.connect(false);
        script.send(1_000);
        script.set_clock(90_000);
        script.send(19_000);
    });
    let ends: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("end ")).collect();
    let begins: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("begin ")).collect();
    // Believed once nothing arrived by the old clock for five seconds, twice; then at the next keyframe.
    let gap = ends.iter().zip(begins.iter().skip(1)).filter(|(end, begin)| end != begin).collect::<Vec<_>>();
    assert_eq!(gap.len(), 1, "{told:#?}");
    assert_eq!((gap[0].0.len(), gap[0].1.len()), (6, 7), "{gap:?}");
    assert_eq!(told.last().unwrap(), "stopped 110.000");
    assert_eq!(world.pictures.load(Ordering::Relaxed), 500);
}

#[test]
fn drift_opens_no_gap() {
    let (told, world) = told(|script| {
        script.connect(false);
        for _ in 0..600 {
            script.send(1_000);
            script.set_clock(1);
        }
    });
    let ends: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("end ")).collect();
    let begins: Vec<&str> = told.iter().filter_map(|told| told.strip_prefix("begin ")).collect();
    assert_eq!(ends[..ends.len() - 1], begins[1..]);
    assert!(ends.len() >= 299 && ends.last().unwrap().starts_with("600.5"), "{:?}", ends.last());
    assert_eq!(world.pictures.load(Ordering::Relaxed), 15_000);
}

#[test]
fn a_lost_connection_is_a_gap_with_its_reason_from_the_end_of_the_file() {
    check(
        |script| {
            script.connect(false);
            script.send(1_200);
            script.pass(5_000);
            script.recorder.take(Item::Lost(Some("nothing arrived for 5s".to_owned())));
            script.pass(1_000);
            script.connect(false);
            script.send(1_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.200",
            "waiting 1.200: nothing arrived for 5s",
            "begin 7.200",
            "recording 7.200",
            "end 8.200",
            "stopped 8.200",
        ],
    );
}

#[test]
fn after_a_restart_a_clock_that_was_set_back_overlaps_nothing() {
    check(
        |script| {
            *script.world.until.lock().unwrap() = Some(wall(90_000));
            script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
            script.connect(false);
            script.send(1_000);
        },
        &["begin 90.000 clock -90000 ms", "recording 90.000", "end 90.995", "stopped 90.995"],
    );
}

#[test]
fn pictures_that_stay_away_are_a_gap() {
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.pass(4_000);
            script.send(1_000);
        },
        &["begin 0.000", "recording 0.000", "end 1.000", "begin 5.000", "end 6.000", "stopped 6.000"],
    );
}

#[test]
fn what_the_queue_lost_is_told() {
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.pass(1_000);
            script.recorder.take(Item::Missed(25));
            script.send(1_000);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            "overloaded 1.000: the disk is too slow: 25 packets were lost",
            "begin 2.000",
            "recording 2.000",
            "end 3.000",
            "stopped 3.000",
        ],
    );
}

#[test]
fn another_picture_size_and_sound_that_comes_late_begin_another_file() {
    let sound =
        AudioTrack { codec: AudioCodec::ALaw, sample_rate_hz: 8000, channels: 1, configuration: vec![] };
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            script.recorder.take(Item::Video(track(1280)));
            script.send(1_000);
            script.recorder.take(Item::Audio(sound));
            script.packet(TrackKind::Audio, true);
            script.send(1_040);
            script.packet(TrackKind::Audio, true);
            script.send(960);
        },
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            "begin 1.000 1280 px",
            "end 2.000",
            "begin 2.000 1280 px a_law",
            "end 4.000",
            "stopped 4.000",
        ],
    );
}

#[test]
fn a_full_disk_stops_the_recording_and_room_lets_it_go_on() {
    let full = "disk_full 1.000: no room in /recordings: free some; recording goes on by itself";
    check(
        |script| {
            script.connect(false);
            script.send(1_000);
            *script.world.disk.lock().unwrap() = Some(std::io::ErrorKind::StorageFull);
            script.send(2_000);
            *script.world.disk.lock().unwrap() = None;
            script.send(3_000);
        },
        // Tried again three seconds later, at the next keyframe.
        &[
            "begin 0.000",
            "recording 0.000",
            "end 1.000",
            full,
            "begin 4.000",
            "recording 4.000",
            "end 6.000",
            "stopped 6.000",
        ],
    );
}

#[test]
fn a_disk_that_refuses_is_named_and_tried_again() {
    let (told, _) = told(|script| {
        *script.world.disk.lock().unwrap() = Some(std::io::ErrorKind::ReadOnlyFilesystem);
        script.connect(false);
        script.send(4_000);
        *script.world.disk.lock().unwrap() = None;
        script.send(4_000);
    });
    assert_eq!(
        told[0],
        "failed 0.000: cannot record into /recordings: write x.mp4: read-only filesystem or storage medium"
    );
    assert_eq!(told[1..4], ["begin 6.000", "recording 6.000", "end 8.000"]);
}

#[test]
fn an_index_on_its_reserve_stops_the_recording() {
    check(
        |script| {
            script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
            *script.world.refusal.lock().unwrap() = Some(("the disk is full", true));
            script.connect(false);
            script.send(1_000);
            *script.world.refusal.lock().unwrap() = None;
            script.send(3_000);
        },
        &[
            "remove",
            "disk_full 0.000: the disk is full",
            "begin 3.000",
            "recording 3.000",
            "end 4.000",
            "stopped 4.000",
        ],
    );
}

#[test]
fn an_index_that_is_busy_is_told_later_and_nothing_is_lost() {
    let world = check(
        |script| {
            script.recorder.learn_floor().map_err(|refusal| refusal.reason).unwrap();
            *script.world.refusal.lock().unwrap() = Some(("busy", true));
            script.connect(false);
            script.send(3_000);
            *script.world.refusal.lock().unwrap() = None;
            script.recorder.rows.tell_waiting();
        },
        &["recording 0.000", "begin 0.000", "end 2.000", "begin 2.000", "end 3.000", "stopped 3.000"],
    );
    assert_eq!(world.pictures.load(Ordering::Relaxed), 75);
}

#[test]
fn a_state_is_told_once() {
    let world = Arc::new(World::default());
    let mut status = status::Status::new("gate".parse().unwrap(), Arc::new(Sink(Arc::clone(&world))));
    for (state, since_ms) in
        [(RecordingState::Waiting, 5), (RecordingState::Waiting, 6), (RecordingState::Recording, 1)]
    {
        status.tell(state, None, wall(since_ms));
    }
    assert_eq!(*world.told.lock().unwrap(), ["waiting 0.005", "recording 0.005"]);
}
