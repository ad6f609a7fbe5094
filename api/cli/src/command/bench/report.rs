//! The figures as a person and as a program reads them.

use serde::Serialize;

use super::recording::RecordingFigures;
use super::stages::StageFigures;
use super::whole::LiveFigures;

/// Everything that `anjian bench --json` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was measured on.
    workload: &'static str,
    model: String,
    /// Processor cores of this machine.
    cores: usize,
    decode: StageFigures,
    inference: StageFigures,
    pipeline: StageFigures,
    /// CPU of the whole pipeline over the sum of decode and inference; 1.0 means that the rest costs nothing.
    pipeline_over_parts: f64,
    /// Cameras of the live part.
    live_cameras: u16,
    /// Frames judged a second and camera; 5 unless the machine was too busy.
    judged_fps_per_camera: f64,
    /// Processor cores that one camera takes.
    cpu_cores_per_camera: f64,
    /// Cameras that this machine carries: its cores over what one takes.
    cameras_carried: u64,
    /// What one more camera adds to resident memory, bytes.
    resident_bytes_per_camera: i64,
    /// Resident memory with one camera, model and everything, bytes.
    resident_bytes_one_camera: u64,
    /// Violations that the delays below stand for.
    events: usize,
    /// From the capture of the frame that opened a violation to its event on the stream, milliseconds.
    capture_to_event_p50_ms: Option<f64>,
    capture_to_event_p99_ms: Option<f64>,
    /// Recording without analysis.
    recording: Recording,
    /// The same streams kept by ffmpeg, one process a camera; null where it is not installed.
    recording_ffmpeg: Option<Recording>,
}

/// What keeping a camera's stream takes.
#[derive(Debug, Serialize)]
struct Recording {
    cameras: u16,
    cpu_cores_per_camera: f64,
    /// Proportional set size of all processes over the cameras.
    memory_bytes_per_camera: u64,
    memory_bytes: u64,
    written_bytes: u64,
}

impl From<RecordingFigures> for Recording {
    fn from(figures: RecordingFigures) -> Self {
        let RecordingFigures { cameras, cpu_cores, memory_bytes, written_bytes } = figures;
        let count = cameras.max(1);
        Self {
            cameras,
            cpu_cores_per_camera: cpu_cores / f64::from(count),
            memory_bytes_per_camera: memory_bytes / u64::from(count),
            memory_bytes,
            written_bytes,
        }
    }
}

impl Recording {
    fn line(&self, name: &str) -> String {
        let mebibytes = self.memory_bytes_per_camera as f64 / f64::from(1 << 20);
        let Self { cameras, cpu_cores_per_camera: cores, .. } = self;
        format!("  {name:<22} {cores:>7.4} cores and {mebibytes:.1} MiB a camera, measured with {cameras}")
    }
}

/// The stages, each alone.
pub struct Stages {
    pub decode: StageFigures,
    pub inference: StageFigures,
    pub pipeline: StageFigures,
}

const WORKLOAD: &str = "1920x1080, 25 fps, H.264, 4 Mbit/s; 5 frames a second analysed";

impl Report {
    pub fn new(
        model: &str,
        Stages { decode, inference, pipeline }: Stages,
        (one, many): (&LiveFigures, &LiveFigures),
        (recording, ffmpeg): (RecordingFigures, Option<RecordingFigures>),
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let cpu_cores_per_camera = many.cpu_cores / f64::from(many.cameras);
        let added = i64::try_from(many.resident_bytes).unwrap_or(i64::MAX)
            - i64::try_from(one.resident_bytes).unwrap_or(i64::MAX);
        Self {
            workload: WORKLOAD,
            model: model.to_owned(),
            cores,
            pipeline_over_parts: pipeline.cpu_ms_per_frame
                / (decode.cpu_ms_per_frame + inference.cpu_ms_per_frame),
            decode,
            inference,
            pipeline,
            live_cameras: many.cameras,
            judged_fps_per_camera: many.judged_fps / f64::from(many.cameras),
            cpu_cores_per_camera,
            cameras_carried: (cores as f64 / cpu_cores_per_camera) as u64,
            resident_bytes_per_camera: added / i64::from(many.cameras - one.cameras).max(1),
            resident_bytes_one_camera: one.resident_bytes,
            events: many.event_ms.len(),
            capture_to_event_p50_ms: quantile(&many.event_ms, 0.50),
            capture_to_event_p99_ms: quantile(&many.event_ms, 0.99),
            recording: recording.into(),
            recording_ffmpeg: ffmpeg.map(Recording::from),
        }
    }

    /// For people.
    pub fn table(&self) -> String {
        let stage = |name: &str, figures: &StageFigures| {
            let StageFigures { cpu_ms_per_frame, times_real_time, .. } = figures;
            format!(
                "  {name:<22} {cpu_ms_per_frame:>7.1} ms CPU a frame   {times_real_time:>6.1} times real time"
            )
        };
        let milliseconds =
            |value: Option<f64>| value.map_or("none seen".to_owned(), |ms| format!("{ms:.0} ms"));
        let mebibytes = |bytes: f64| bytes / f64::from(1 << 20);
        [
            format!("{} · {} · {} cores", self.workload, self.model, self.cores),
            stage("decode", &self.decode),
            stage("inference", &self.inference),
            stage("whole pipeline", &self.pipeline),
            format!("  whole / parts          {:>7.2}", self.pipeline_over_parts),
            format!(
                "  CPU a camera           {:>7.3} cores, measured with {} at {:.1} frames a second",
                self.cpu_cores_per_camera, self.live_cameras, self.judged_fps_per_camera
            ),
            format!("  cameras carried        {:>7}", self.cameras_carried),
            format!("  memory a camera        {:>7.1} MiB", mebibytes(self.resident_bytes_per_camera as f64)),
            format!("  memory with one camera {:>7.1} MiB", mebibytes(self.resident_bytes_one_camera as f64)),
            format!(
                "  capture to event       p50 {}, p99 {} over {} violations",
                milliseconds(self.capture_to_event_p50_ms),
                milliseconds(self.capture_to_event_p99_ms),
                self.events
            ),
            self.recording.line("recording"),
            self.recording_ffmpeg.as_ref().map_or_else(
                || "  ffmpeg -c copy         not measured: ffmpeg is not installed".to_owned(),
                |recording| recording.line("ffmpeg -c copy"),
            ),
        ]
        .join("\n")
    }
}

/// The value below which so many lie; `None` without values.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}
