//! The recorder beside `ffmpeg -c copy`, over the same streams in the same run: what keeping a camera's stream costs.
//!
//! Ours is a process of its own that does what `anjian record` does; ffmpeg is one process a camera, which is how people
//! use it. Memory is the proportional set size, so that libraries which several processes share count once.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{Clock, SystemClock};
use anjian_indexer::IndexSink;
use anjian_ingest::Vitals;
use anjian_pipeline::{LiveSource, RecordRuns, RecordedOnly};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::usage::{cpu_time_of, proportional_bytes};
use super::whole::{self, Rules};
use crate::output::print;
use crate::upkeep::Upkeep;
use crate::wiring;

/// Cameras that are recorded when nobody says how many.
pub const CAMERAS: u16 = 8;
/// Connections settle for so long before anything is measured.
const WARM_UP: Duration = Duration::from_secs(4);

/// What keeping so many streams took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RecordingFigures {
    pub cameras: u16,
    /// Processor cores in use, 1.0 being one core.
    pub cpu_cores: f64,
    /// Proportional set size of all processes, bytes.
    pub memory_bytes: u64,
    /// Bytes of media that were written, warm-up included.
    pub written_bytes: u64,
}

/// Records one address as so many cameras and prints [`RecordingFigures`] as JSON.
pub fn record(url: &str, cameras: u16, time: Duration) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let urls = vec![url.to_owned(); usize::from(cameras)];
    let config = whole::config(&urls, folder.path(), Rules::Ordinary)?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(wiring::claim_index(&config))?;
    let sink = Arc::new(IndexSink::new(index.clone(), runtime.handle().clone()));
    let sources = config.cameras.iter();
    let vitals = Vitals::default();
    let sources =
        sources.filter_map(|camera| wiring::recorded_camera(&config, camera, sink.clone(), &vitals));
    let sources = sources.map(|camera| Box::new(RecordedOnly(camera)) as Box<dyn LiveSource>).collect();
    let rules = Arc::new(wiring::case_rules(&config)?);
    let upkeep = Upkeep::start(&index, runtime.handle(), wiring::clock(), &vitals, &rules)?;
    let runs = RecordRuns::start(sources, sink, &wiring::clock(), &vitals)?;
    let mut figures = measure(&[std::process::id()], cameras, time)?;
    runs.stop();
    upkeep.stop();
    figures.written_bytes = written(&config.recordings_folder())?;
    print(&serde_json::to_string(&figures)?)
}

/// The same with ffmpeg; `None` where it is not installed.
pub fn ffmpeg(url: &str, cameras: u16, time: Duration) -> anyhow::Result<Option<RecordingFigures>> {
    let folder = tempfile::tempdir()?;
    let mut recorders = Ffmpegs(vec![]);
    for camera in 0..cameras {
        match start_ffmpeg(url, folder.path(), camera) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            started => recorders.0.push(started.context("ffmpeg cannot be started")?),
        }
    }
    let processes: Vec<_> = recorders.0.iter().map(Child::id).collect();
    let mut figures = measure(&processes, cameras, time)?;
    recorders.check()?;
    figures.written_bytes = written(folder.path())?;
    Ok(Some(figures))
}

/// As robust against a kill as our own files: fragmented, a minute each.
fn start_ffmpeg(url: &str, folder: &Path, camera: u16) -> std::io::Result<Child> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-rtsp_transport", "tcp", "-i", url, "-c", "copy"]);
    command.args(["-f", "segment", "-segment_time", "60", "-segment_format", "mp4"]);
    command.args(["-segment_format_options", "movflags=+frag_keyframe+empty_moov+default_base_moof"]);
    command.arg(folder.join(format!("{camera}-%04d.mp4")));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Ended when dropped.
struct Ffmpegs(Vec<Child>);

impl Ffmpegs {
    /// One that gave up early would make the others look cheap.
    fn check(&mut self) -> anyhow::Result<()> {
        for child in &mut self.0 {
            if let Some(status) = child.try_wait()? {
                bail!("ffmpeg gave up on its camera: {status}");
            }
        }
        Ok(())
    }
}

impl Drop for Ffmpegs {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Both fail when it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Everything but what was written, which is known only at the end.
fn measure(processes: &[u32], cameras: u16, time: Duration) -> anyhow::Result<RecordingFigures> {
    SystemClock.sleep(WARM_UP);
    let (begun, before) = (SystemClock.monotonic(), cpu_time(processes)?);
    SystemClock.sleep(time);
    let cpu = cpu_time(processes)?.saturating_sub(before);
    let memory = processes.iter().map(|process| proportional_bytes(*process));
    Ok(RecordingFigures {
        cameras,
        cpu_cores: cpu.as_secs_f64() / (SystemClock.monotonic() - begun).as_secs_f64(),
        memory_bytes: memory.sum::<anyhow::Result<u64>>()?,
        written_bytes: 0,
    })
}

fn cpu_time(processes: &[u32]) -> anyhow::Result<Duration> {
    processes.iter().map(|process| cpu_time_of(*process)).sum()
}

/// Bytes of all files in a folder and below. Nothing written is a failure: there is nothing to compare.
fn written(folder: &Path) -> anyhow::Result<u64> {
    let (mut bytes, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += metadata.len();
            }
        }
    }
    if bytes == 0 { bail!("nothing was recorded") } else { Ok(bytes) }
}
