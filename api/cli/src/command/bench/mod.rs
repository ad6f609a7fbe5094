//! `anjian bench`: what this machine does with this product.
//!
//! One workload for everybody: a sample clip, re-encoded as 1080p25 H.264 of 4 Mbit/s. Each part runs alone; the live
//! part in processes of its own, beside a camera in another, so that their CPU time and memory are not mixed.

mod events;
mod recording;
mod report;
mod stages;
mod usage;
mod whole;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anjian_ingest::{Workload, reencode};
use anyhow::{Context, bail};
use clap::Subcommand;

use super::{ModelArguments, demo};
use crate::output::{print, progress};
use report::{Report, Stages};
use stages::StageFigures;

/// Measure this machine: decode, inference, whole pipeline, cameras carried.
#[derive(clap::Args)]
pub struct Arguments {
    /// Seconds that each part is measured for
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Cameras of the live part and of the recording; by default as many as keep this machine busy to two thirds, and
    /// eight that are recorded
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=64))]
    cameras: Option<u16>,
    /// The clip that the workload is made of; by default a sample video
    #[arg(long, value_name = "FILE")]
    clip: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArguments,
    #[command(subcommand)]
    part: Option<Part>,
}

/// Parts that the benchmark runs in processes of their own.
#[derive(Subcommand)]
enum Part {
    /// Serve a clip over RTSP until standard input closes
    #[command(hide = true)]
    Camera { clip: PathBuf },
    /// Watch an RTSP address as so many cameras
    #[command(hide = true)]
    Live { url: String, cameras: u16, seconds: u64 },
    /// Record an RTSP address as so many cameras
    #[command(hide = true)]
    Record { url: String, cameras: u16, seconds: u64 },
}

/// Runs every part and prints what was measured.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    anjian_ingest::init()?;
    match &arguments.part {
        Some(Part::Camera { clip }) => whole::serve_camera(clip),
        Some(Part::Live { url, cameras, seconds }) => {
            whole::watch(url, *cameras, Duration::from_secs(*seconds), &arguments.model)
        }
        Some(Part::Record { url, cameras, seconds }) => {
            recording::record(url, *cameras, Duration::from_secs(*seconds))
        }
        None => measure(arguments),
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("the benchmark needs a folder for temporary files")?;
    let bar = progress(8, "making the workload");
    let step = |what: &str| {
        bar.inc(1);
        bar.set_message(what.to_owned());
    };
    let clip = folder.path().join("workload.mp4");
    reencode(&source_clip(arguments)?, &clip, Workload::default())?;
    step("decoding");
    let seconds = Duration::from_secs(arguments.seconds);
    let decode = stages::decode(&clip, seconds)?;
    step("detecting");
    let mut detector = arguments.model.load()?;
    let inference = stages::inference(&clip, detector.as_mut(), seconds)?;
    step("whole pipeline");
    drop(detector);
    let (whole, models) = stages::whole(&clip, &arguments.model, seconds)?;
    let camera = CameraProcess::start(&clip)?;
    step("one live camera");
    let one = live_part(&camera, 1, arguments)?;
    let cameras = arguments.cameras.unwrap_or_else(|| comfortable_cameras(&whole));
    step(&format!("{cameras} live cameras"));
    let many = live_part(&camera, cameras, arguments)?;
    let recorded = arguments.cameras.unwrap_or(recording::CAMERAS);
    step(&format!("recording {recorded} cameras"));
    let ours = record_part(&camera, recorded, arguments)?;
    step(&format!("recording {recorded} cameras with ffmpeg"));
    let ffmpeg = recording::ffmpeg(&camera.url, recorded, seconds)?;
    bar.finish_and_clear();
    let stages = Stages { decode, inference, pipeline: whole };
    let report = Report::new(&models, stages, (&one, &many), (ours, ffmpeg));
    let text = if arguments.json { serde_json::to_string(&report)? } else { report.table() };
    print(&text)
}

/// A machine that is too busy drops frames, which would make cameras look cheap and events late.
fn comfortable_cameras(whole: &StageFigures) -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores_a_camera = whole.cpu_ms_per_frame * 5.0 / 1e3;
    (cores as f64 * 0.67 / cores_a_camera).clamp(2.0, 64.0) as u16
}

fn source_clip(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    match &arguments.clip {
        Some(clip) => Ok(clip.clone()),
        None => demo::first_clip(),
    }
}

/// This executable, to run a part in a process of its own.
fn this_executable() -> anyhow::Result<Command> {
    Ok(Command::new(std::env::current_exe().context("this executable cannot be found")?))
}

fn live_part(
    camera: &CameraProcess,
    cameras: u16,
    arguments: &Arguments,
) -> anyhow::Result<whole::LiveFigures> {
    let mut command = this_executable()?;
    command.arg("bench").args(arguments.model.as_arguments()).arg("live").arg(&camera.url);
    command.args([cameras.to_string(), arguments.seconds.to_string()]);
    let output = command.env("ANJIAN_LOG", "error").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the live part with {cameras} cameras failed: {}", output.status);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn record_part(
    camera: &CameraProcess,
    cameras: u16,
    arguments: &Arguments,
) -> anyhow::Result<recording::RecordingFigures> {
    let mut command = this_executable()?;
    command
        .args(["bench", "record"])
        .arg(&camera.url)
        .args([cameras.to_string(), arguments.seconds.to_string()]);
    let output = command.env("ANJIAN_LOG", "error").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("recording {cameras} cameras failed: {}", output.status);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The camera of the live part; ends with this value.
struct CameraProcess {
    child: Child,
    url: String,
}

impl CameraProcess {
    fn start(clip: &Path) -> anyhow::Result<Self> {
        let mut command = this_executable()?;
        command.args(["bench", "camera"]).arg(clip).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().context("the camera process has no output")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for CameraProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends by itself when its input closes; there is nothing to do about one that does not.
        let _ = self.child.wait();
    }
}
