//! Real streams for the tests: clips that ffmpeg encodes, taken apart into the samples that a recorder would
//! hand over; and ffmpeg's opinion of the files made of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anjian_domain::{AudioCodec, Place, Segment, TimeSource, VideoCodec, WallTime};
use anjian_footage::{AudioTrack, Sample, SegmentWriter, TrackKind, Tracks, VideoTrack};
use mp4_atom::{Atom, Codec, Encode, Moov, ReadFrom, Stbl, StszSamples, Trak};

/// A stream as it comes out of a camera.
pub(crate) struct Clip {
    pub(crate) tracks: Tracks,
    pub(crate) video: Vec<Unit>,
    pub(crate) audio: Vec<Unit>,
}

/// A sample that owns its bytes; times in nanoseconds from the first picture.
#[derive(Clone)]
pub(crate) struct Unit {
    pub(crate) data: Vec<u8>,
    pub(crate) pts_ns: i64,
    pub(crate) dts_ns: i64,
    pub(crate) duration_ns: u64,
    pub(crate) is_sync: bool,
}

/// What to encode.
#[derive(Clone, Copy)]
pub(crate) struct Recipe {
    pub(crate) codec: VideoCodec,
    pub(crate) size: &'static str,
    pub(crate) frames: u32,
    pub(crate) b_frames: u32,
    pub(crate) audio: Option<AudioCodec>,
}

pub(crate) const H264: Recipe =
    Recipe { codec: VideoCodec::H264, size: "160x120", frames: 50, b_frames: 0, audio: None };
pub(crate) const H265: Recipe = Recipe { codec: VideoCodec::H265, ..H264 };

/// Pictures a second and between keyframes of every clip.
pub(crate) const FPS: u32 = 25;
pub(crate) const GOP: u32 = 25;

impl Clip {
    pub(crate) fn encode(folder: &Path, recipe: Recipe) -> Self {
        let path = folder.join("source.mp4");
        let seconds = f64::from(recipe.frames) / f64::from(FPS);
        let pictures = format!("testsrc2=size={}:rate={FPS}:duration={seconds}", recipe.size);
        let tone = format!("sine=frequency=440:sample_rate=8000:duration={seconds}");
        let mut command = Command::new("ffmpeg");
        command.args([
            "-v", "error", "-y", "-f", "lavfi", "-i", &pictures, "-f", "lavfi", "-i", &tone, "-map", "0",
        ]);
        let (gop, b_frames) = (GOP.to_string(), recipe.b_frames.to_string());
        match recipe.codec {
            VideoCodec::H264 => {
                let x264 = [
                    "-c:v",
                    "libx264",
                    "-preset",
                    "ultrafast",
                    "-threads",
                    "1",
                    "-g",
                    &gop,
                    "-sc_threshold",
                    "0",
                ];
                command.args(x264).args(["-bf", &b_frames, "-b_strategy", "0"]);
            }
            VideoCodec::H265 => {
                let x265 = format!(
                    "log-level=error:pools=none:frame-threads=1:keyint={gop}:scenecut=0:bframes={b_frames}"
                );
                command.args([
                    "-c:v",
                    "libx265",
                    "-preset",
                    "ultrafast",
                    "-tag:v",
                    "hvc1",
                    "-x265-params",
                    &x265,
                ]);
            }
        }
        if recipe.audio == Some(AudioCodec::Aac) {
            command.args(["-map", "1", "-c:a", "aac"]);
        }
        run(command.args(["-pix_fmt", "yuv420p"]).arg(&path));
        let mut clip = Self::take_apart(&path);
        if let Some(codec @ (AudioCodec::ALaw | AudioCodec::MuLaw)) = recipe.audio {
            clip.add_g711(folder, codec, &tone);
        }
        clip
    }

    /// Reads a plain MP4, which is trusted, with the library.
    fn take_apart(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let mut rest = bytes.as_slice();
        let moov = loop {
            let header = mp4_atom::Header::read_from(&mut rest).unwrap();
            let size = header.size.unwrap();
            if header.kind == Moov::KIND {
                break Moov::decode_body(&mut &rest[..size]).unwrap();
            }
            rest = &rest[size..];
        };
        let (mut video, mut audio) = (None, None);
        for trak in &moov.trak {
            let (units, stbl) = (units(trak, &bytes), &trak.mdia.minf.stbl);
            match &stbl.stsd.codecs[0] {
                Codec::Mp4a(aac) => audio = Some((aac_track(aac), units)),
                codec => video = Some((video_track(codec), units)),
            }
        }
        let (video_track, mut video) = video.unwrap();
        let (audio_track, audio) = audio.map_or((None, Vec::new()), |(track, units)| (Some(track), units));
        // An encoder that reorders shows its first picture later than 0.
        let first = video[0].pts_ns;
        video.iter_mut().for_each(|unit| {
            unit.pts_ns -= first;
            unit.dts_ns -= first;
        });
        Self { tracks: Tracks { video: video_track, audio: audio_track }, video, audio }
    }

    fn add_g711(&mut self, folder: &Path, codec: AudioCodec, tone: &str) {
        const PACKET_BYTES: usize = 160;
        const PACKET_NS: i64 = 20_000_000;
        let path = folder.join("source.g711");
        let (encoder, format) =
            if codec == AudioCodec::ALaw { ("pcm_alaw", "alaw") } else { ("pcm_mulaw", "mulaw") };
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-f", "lavfi", "-i", tone, "-c:a", encoder, "-f", format]);
        run(command.arg(&path));
        let bytes = std::fs::read(&path).unwrap();
        let unit = |(index, data): (i64, &[u8])| Unit {
            data: data.to_vec(),
            pts_ns: index * PACKET_NS,
            dts_ns: index * PACKET_NS,
            duration_ns: PACKET_NS.unsigned_abs(),
            is_sync: true,
        };
        self.audio = (0..).zip(bytes.chunks(PACKET_BYTES)).map(unit).collect();
        self.tracks.audio =
            Some(AudioTrack { codec, sample_rate_hz: 8000, channels: 1, configuration: Vec::new() });
    }

    /// Records the clip as one segment, sound and pictures as they come.
    pub(crate) fn record(&self, root: &Path, start: &str) -> Segment {
        let mut writer = self.begin(root, start);
        self.push_all(&mut writer);
        writer.finish(Some(self.end_ns())).unwrap()
    }

    pub(crate) fn begin(&self, root: &Path, start: &str) -> SegmentWriter {
        let segment = segment_at(start);
        SegmentWriter::create(root, segment, self.tracks.clone(), Duration::from_millis(500)).unwrap()
    }

    pub(crate) fn push_all(&self, writer: &mut SegmentWriter) {
        let mut audio = self.audio.iter().peekable();
        for picture in &self.video {
            while let Some(sound) = audio.next_if(|sound| sound.pts_ns <= picture.dts_ns) {
                writer.push(TrackKind::Audio, &sound.sample()).unwrap();
            }
            writer.push(TrackKind::Video, &picture.sample()).unwrap();
        }
        let end = self.end_ns();
        audio.filter(|sound| sound.pts_ns < end).for_each(|sound| {
            writer.push(TrackKind::Audio, &sound.sample()).unwrap();
        });
    }

    pub(crate) fn end_ns(&self) -> i64 {
        let last = self.video.iter().max_by_key(|unit| unit.pts_ns).unwrap();
        last.pts_ns + i64::try_from(last.duration_ns).unwrap()
    }
}

impl Unit {
    pub(crate) fn sample(&self) -> Sample<'_> {
        let Self { pts_ns, dts_ns, duration_ns, is_sync, .. } = *self;
        Sample { data: &self.data, pts_ns, dts_ns, duration_ns, is_sync }
    }
}

pub(crate) fn segment_at(start: &str) -> Segment {
    let camera = "gate".parse().unwrap();
    let start: WallTime = start.parse().unwrap();
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

fn video_track(codec: &Codec) -> VideoTrack {
    let visual = codec.visual().unwrap();
    let (width_px, height_px) = (visual.width.into(), visual.height.into());
    let mut configuration = Vec::new();
    let codec = match codec {
        Codec::Avc1(avc1) => {
            avc1.avcc.encode(&mut configuration).unwrap();
            VideoCodec::H264
        }
        Codec::Hvc1(hvc1) => {
            hvc1.hvcc.encode(&mut configuration).unwrap();
            VideoCodec::H265
        }
        other => panic!("{other:?}"),
    };
    configuration.drain(..8);
    VideoTrack { codec, width_px, height_px, pixel: (1, 1), configuration }
}

fn aac_track(aac: &mp4_atom::Mp4a) -> AudioTrack {
    AudioTrack {
        codec: AudioCodec::Aac,
        sample_rate_hz: aac.audio.sample_rate.integer().into(),
        channels: aac.audio.channel_count,
        configuration: aac.esds.es_desc.dec_config.dec_specific.clone().unwrap().raw,
    }
}

fn units(trak: &Trak, file: &[u8]) -> Vec<Unit> {
    let stbl = &trak.mdia.minf.stbl;
    let scale = i64::from(trak.mdia.mdhd.timescale);
    let nanos = |ticks: i64| ticks * 1_000_000_000 / scale;
    let mut durations =
        stbl.stts.entries.iter().flat_map(|e| (0..e.sample_count).map(|_| i64::from(e.sample_delta)));
    let offsets: Vec<i64> = stbl
        .ctts
        .iter()
        .flat_map(|ctts| &ctts.entries)
        .flat_map(|e| (0..e.sample_count).map(|_| e.sample_offset))
        .collect();
    let mut dts = 0;
    places(stbl)
        .into_iter()
        .enumerate()
        .map(|(index, (at, size))| {
            let duration = durations.next().unwrap();
            let unit = Unit {
                data: file[at..at + size].to_vec(),
                pts_ns: nanos(dts + offsets.get(index).copied().unwrap_or(0)),
                dts_ns: nanos(dts),
                duration_ns: nanos(duration).unsigned_abs(),
                is_sync: stbl
                    .stss
                    .as_ref()
                    .is_none_or(|stss| stss.entries.contains(&(u32::try_from(index).unwrap() + 1))),
            };
            dts += duration;
            unit
        })
        .collect()
}

/// Where each sample is, and its size.
fn places(stbl: &Stbl) -> Vec<(usize, usize)> {
    let chunks = &stbl.stco.as_ref().unwrap().entries;
    let StszSamples::Different { sizes } = &stbl.stsz.samples else { panic!("sizes differ") };
    let mut sizes = sizes.iter().map(|size| usize::try_from(*size).unwrap());
    let mut places = Vec::new();
    for (number, at) in (1..).zip(chunks) {
        let run = stbl.stsc.entries.iter().rfind(|run| run.first_chunk <= number).unwrap();
        let mut at = usize::try_from(*at).unwrap();
        for size in sizes.by_ref().take(run.samples_per_chunk.try_into().unwrap()) {
            places.push((at, size));
            at += size;
        }
    }
    places
}

/// Decodes everything; any complaint of the decoder is a failure.
#[track_caller]
pub(crate) fn decodes(path: &Path) {
    let mut command = Command::new("ffmpeg");
    run(command.args(["-v", "error", "-xerror", "-i"]).arg(path).args(["-f", "null", "-"]));
}

/// Pictures that ffprobe shows, edits applied.
#[track_caller]
pub(crate) fn shown_frames(path: &Path) -> usize {
    let mut command = Command::new("ffprobe");
    command.args([
        "-v",
        "error",
        "-select_streams",
        "v",
        "-count_frames",
        "-show_entries",
        "stream=nb_read_frames",
    ]);
    run(command.args(["-of", "csv=p=0"]).arg(path)).trim().trim_end_matches(',').parse().unwrap()
}

/// Seconds that ffprobe says the file plays.
#[track_caller]
pub(crate) fn played_s(path: &Path) -> f64 {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]);
    run(command.arg(path)).trim().parse().unwrap()
}

/// Runs a tool and answers its output; failing or complaining is a failure.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; install ffmpeg"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{command:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// A folder for a test and what it records.
pub(crate) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("recordings");
    (folder, root)
}
