//! Recordings for tests: written and put into the index as a recorder would.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anjian_domain::{
    CameraId, CameraMinute, CoverageSink, Place, RecordingChange, RecordingState, Segment, SegmentSink,
    TimeSource, VideoCodec, WallTime,
};
use anjian_footage::{AudioTrack, Sample, SegmentWriter, TrackKind, Tracks, VideoTrack};

use super::{CAMERAS, Seed};

/// What a camera sends, over and over: it begins with a keyframe.
#[derive(Clone)]
pub(crate) struct Film {
    tracks: Tracks,
    pictures: Vec<Picture>,
    frame: Duration,
    clock_offset_us: i64,
}

#[derive(Clone)]
struct Picture {
    data: Vec<u8>,
    is_sync: bool,
}

impl Film {
    /// Bytes that no decoder takes; for everything but playing. A keyframe each second, five pictures a second.
    pub(crate) fn made_up(codec: VideoCodec) -> Self {
        let picture = |number: u8| Picture { data: vec![number; 400], is_sync: number.is_multiple_of(5) };
        let video = VideoTrack {
            codec,
            width_px: 640,
            height_px: 360,
            pixel: (1, 1),
            configuration: vec![1, 2, 3, 4],
        };
        let frame = Duration::from_millis(200);
        Self {
            tracks: Tracks { video, audio: None },
            pictures: (0..50).map(picture).collect(),
            frame,
            clock_offset_us: 0,
        }
    }

    /// A clip in another size and speed, H.264, encoded by ffmpeg with a keyframe every two seconds.
    pub(crate) fn of_clip(clip: &Path, [width_px, height_px]: [u32; 2], fps: u32) -> Self {
        let filter = format!("fps={fps},scale={width_px}:{height_px}");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-i"]).arg(clip).args(["-an", "-vf", &filter, "-c:v", "libx264"]);
        command.args([
            "-preset",
            "veryfast",
            "-crf",
            "30",
            "-bf",
            "0",
            "-sc_threshold",
            "0",
            "-pix_fmt",
            "yuv420p",
        ]);
        command.args(["-g", &(2 * fps).to_string(), "-bsf:v", "h264_metadata=aud=insert", "-f", "h264", "-"]);
        let output = command.output().expect("ffmpeg is installed: scripts/setup --tests");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (pictures, configuration) = pictures(&output.stdout);
        let video = VideoTrack { codec: VideoCodec::H264, width_px, height_px, pixel: (1, 1), configuration };
        Self {
            tracks: Tracks { video, audio: None },
            pictures,
            frame: Duration::from_secs(1) / fps,
            clock_offset_us: 0,
        }
    }

    /// With a tone in G.711, which browsers do not play.
    pub(crate) fn with_g711(mut self) -> Self {
        let codec = anjian_domain::AudioCodec::ALaw;
        self.tracks.audio =
            Some(AudioTrack { codec, sample_rate_hz: 8000, channels: 1, configuration: Vec::new() });
        self
    }

    /// Recorded while the clock was so far from where the recording is placed.
    pub(crate) fn with_clock_offset(mut self, micros: i64) -> Self {
        self.clock_offset_us = micros;
        self
    }

    /// How long it is before it begins again.
    pub(crate) fn length(&self) -> Duration {
        self.frame * u32::try_from(self.pictures.len()).unwrap()
    }

    /// Writes `length` of it; `begun` is told when the file has a beginning.
    fn write(
        &self,
        root: &Path,
        camera: &CameraId,
        start: WallTime,
        length: Duration,
        begun: &dyn Fn(&Segment),
    ) -> Segment {
        let fragment = Duration::from_millis(500);
        let blank = Segment { clock_offset_us: self.clock_offset_us, ..blank(camera, start) };
        let mut writer = SegmentWriter::create(root, blank, self.tracks.clone(), fragment).unwrap();
        begun(writer.segment());
        let count = u32::try_from(length.as_nanos() / self.frame.as_nanos()).unwrap();
        for (number, picture) in (0..count).zip(self.pictures.iter().cycle()) {
            let at = i64::try_from((self.frame * number).as_nanos()).unwrap();
            let duration_ns = u64::try_from(self.frame.as_nanos()).unwrap();
            let Picture { data, is_sync } = picture;
            let sample = Sample { data, pts_ns: at, dts_ns: at, duration_ns, is_sync: *is_sync };
            writer.push(TrackKind::Video, &sample).unwrap();
            if self.tracks.audio.is_some() {
                let data = vec![0x55; usize::try_from(self.frame.as_millis()).unwrap() * 8];
                let sample = Sample { data: &data, is_sync: true, ..sample };
                writer.push(TrackKind::Audio, &sample).unwrap();
            }
        }
        writer.finish(None).unwrap()
    }
}

fn blank(camera: &CameraId, start: WallTime) -> Segment {
    Segment {
        path: Segment::path_of(camera, start),
        camera: camera.clone(),
        start,
        duration: Duration::ZERO,
        size_bytes: 0,
        sha256: None,
        video: VideoCodec::H264,
        width_px: 0,
        height_px: 0,
        audio: None,
        time_source: TimeSource::SenderReport,
        clock_offset_us: 0,
        clock_error_us: None,
        place: Place::Here,
    }
}

pub(crate) fn camera_id(camera: usize) -> CameraId {
    CAMERAS[camera].0.parse().unwrap()
}

impl Seed {
    /// Records one segment.
    pub(crate) async fn film(
        &self,
        camera: usize,
        start: WallTime,
        length: Duration,
        film: &Film,
    ) -> Segment {
        let (root, film) = (self.index.recordings_folder().to_owned(), film.clone());
        let sink = self.sink.clone();
        let write = move || {
            let begun = |segment: &Segment| sink.begin_segment(segment).unwrap();
            let segment = film.write(&root, &camera_id(camera), start, length, &begun);
            sink.end_segment(&segment).unwrap();
            segment
        };
        tokio::task::spawn_blocking(write).await.unwrap()
    }

    /// Records segments of a minute, one after the other.
    pub(crate) async fn film_minutes(&self, camera: usize, from: WallTime, minutes: u32, film: &Film) {
        for minute in 0..minutes {
            self.film(camera, from.plus(Duration::from_mins(minute.into())), Duration::from_mins(1), film)
                .await;
        }
    }

    /// Begins a segment that is not ended: a whole fragment or more, and a torn tail.
    pub(crate) async fn film_open(
        &self,
        camera: usize,
        start: WallTime,
        length: Duration,
        film: &Film,
    ) -> Segment {
        let (root, film) = (self.index.recordings_folder().to_owned(), film.clone());
        let sink = self.sink.clone();
        let write = move || {
            let begun = |segment: &Segment| sink.begin_segment(segment).unwrap();
            let segment = film.write(&root, &camera_id(camera), start, length, &begun);
            let mut file = std::fs::OpenOptions::new().append(true).open(root.join(&segment.path)).unwrap();
            std::io::Write::write_all(&mut file, b"\0\0\x10\0moof").unwrap();
            segment
        };
        tokio::task::spawn_blocking(write).await.unwrap()
    }

    pub(crate) async fn recorder_state(
        &self,
        camera: usize,
        state: RecordingState,
        since: WallTime,
        reason: Option<&str>,
    ) {
        let change =
            RecordingChange { camera: camera_id(camera), state, since, reason: reason.map(str::to_owned) };
        self.record(move |sink| sink.recording_changed(&change).unwrap()).await;
    }

    pub(crate) async fn minute(&self, minute: CameraMinute) {
        self.record(move |sink| sink.add_minute(&minute).unwrap()).await;
    }
}

/// Pictures of an H.264 byte stream with delimiters between them, and the configuration that decodes them.
fn pictures(stream: &[u8]) -> (Vec<Picture>, Vec<u8>) {
    const SLICE_OF_KEYFRAME: u8 = 5;
    const SPS: u8 = 7;
    const PPS: u8 = 8;
    const DELIMITER: u8 = 9;
    let (mut list, mut sps, mut pps): (Vec<Picture>, Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new(), Vec::new());
    for unit in units(stream) {
        match unit[0] & 0x1f {
            DELIMITER => list.push(Picture { data: Vec::new(), is_sync: false }),
            SPS => sps = unit.to_vec(),
            PPS => pps = unit.to_vec(),
            kind => {
                let picture = list.last_mut().expect("a delimiter stands first");
                picture.is_sync |= kind == SLICE_OF_KEYFRAME;
                picture.data.extend(u32::try_from(unit.len()).unwrap().to_be_bytes());
                picture.data.extend(unit);
            }
        }
    }
    let length = |set: &[u8]| u16::try_from(set.len()).unwrap().to_be_bytes();
    let head = [1, sps[1], sps[2], sps[3], 0xff, 0xe1];
    let configuration = [&head[..], &length(&sps), &sps, &[1], &length(&pps), &pps].concat();
    (list, configuration)
}

/// What stands between start codes.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let codes: Vec<usize> =
        stream.windows(3).enumerate().filter(|(_, bytes)| bytes == b"\0\0\x01").map(|(at, _)| at).collect();
    let ends: Vec<usize> = codes.iter().skip(1).copied().chain([stream.len()]).collect();
    codes.into_iter().zip(ends).map(|(at, end)| {
        let unit = &stream[at + 3..end];
        // The zero before a start code of four bytes.
        let zeros = unit.iter().rev().take_while(|byte| **byte == 0).count();
        &unit[..unit.len() - zeros]
    })
}
