//! A scripted camera, clock, disk and index: what is recorded where, and what is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use anjian_domain::{
    AudioCodec, CameraId, Clock, ErrorKind, ManualClock, MediaTime, RecordedSpan, RecordingChange,
    SegmentSink, Shortage, SinkError, VideoCodec,
};
use anjian_footage::{Sample, VideoTrack};
use gstreamer as gst;

use super::super::files::{Files, OpenFile};
use super::super::status;
use super::*;
use crate::stream_clock::Lead;
use crate::stream_time::StreamTime;

mod faults;
mod timeline;

const EPOCH_US: i64 = 1_700_000_000_000_000;

fn wall(ms: i64) -> WallTime {
    WallTime::from_micros(EPOCH_US + ms * 1000).unwrap()
}

/// Seconds since the script began, to the millisecond.
fn seconds(wall: WallTime) -> f64 {
    ((wall.as_micros() - EPOCH_US) as f64 / 1000.0).round() / 1000.0
}

/// Disk, index and clock; remembers what happened.
struct World {
    clock: Arc<ManualClock>,
    told: Mutex<Vec<String>>,
    recorded: Mutex<Vec<RecordedSpan>>,
    /// What the disk answers.
    disk: Mutex<Option<std::io::ErrorKind>>,
    /// What the index answers.
    refusal: Mutex<Option<(&'static str, ErrorKind)>>,
    pictures: AtomicI64,
}

impl World {
    fn new() -> Arc<Self> {
        let (told, recorded, disk, refusal, pictures) = Default::default();
        Arc::new(Self { clock: Arc::new(ManualClock::new(wall(0))), told, recorded, disk, refusal, pictures })
    }

    fn tell(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }

    fn refuse(&self) -> Result<(), SinkError> {
        match *self.refusal.lock().unwrap() {
            Some((message, kind)) => Err(SinkError { message: message.to_owned(), kind, source: None }),
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

/// The index.
struct Sink(Arc<World>);

impl SegmentSink for Sink {
    fn recorded_spans(&self, _: &CameraId, _: Duration) -> Result<Vec<RecordedSpan>, SinkError> {
        self.0.refuse()?;
        Ok(self.0.recorded.lock().unwrap().clone())
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
        self.0.refuse()?;
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
    media_ms: u64,
    sent: i64,
}

fn track(width_px: u32) -> VideoTrack {
    VideoTrack { codec: VideoCodec::H264, width_px, height_px: 480, pixel: (1, 1), configuration: vec![1] }
}

/// Plays a script, and says what was told.
fn told(script: impl FnOnce(&mut Script<'_>)) -> (Vec<String>, Arc<World>) {
    crate::init().unwrap();
    let world = World::new();
    let files = FakeFolder(Arc::clone(&world));
    let place = Workplace {
        camera: "gate".parse().unwrap(),
        root: "/recordings".into(),
        segment: Duration::from_secs(2),
        files: &files,
        sink: Arc::new(Sink(Arc::clone(&world))),
        clock: world.clock.clone(),
        time: Arc::default(),
    };
    let recorder = RecorderThread::new(place, false);
    let mut played = Script { world: Arc::clone(&world), recorder, media_ms: 0, sent: 0 };
    script(&mut played);
    played.recorder.end_stretch();
    played.recorder.tell(RecordingState::Stopped, None);
    let told = std::mem::take(&mut *world.told.lock().unwrap());
    (told, world)
}

impl Script<'_> {
    fn connect(&mut self, has_sound: bool) {
        let (camera, clock) = (Arc::clone(&self.recorder.place.time), self.world.clock.clone());
        let time = Arc::new(StreamTime::new(camera, Lead::Sets, clock));
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
        let arrived = self.world.clock.monotonic();
        let data = gst::Buffer::from_slice([0_u8; 8]);
        self.recorder.take(Item::Packet(Packet { kind, data, media, is_sync, arrived }));
    }

    fn pass(&mut self, ms: u64) {
        self.media_ms += ms;
        self.world.clock.advance(Duration::from_millis(ms));
    }

    fn set_clock(&self, by_ms: i64) {
        let now = self.world.clock.now().as_micros() + by_ms * 1000;
        self.world.clock.set(WallTime::from_micros(now).unwrap());
    }
}

#[track_caller]
fn check(script: impl FnOnce(&mut Script<'_>), expected: &[&str]) -> Arc<World> {
    let (told, world) = told(script);
    assert_eq!(told, expected, "{told:#?}");
    world
}
