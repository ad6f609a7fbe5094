//! The live part: cameras over RTSP, the index, the HTTP server, and a listener on the event stream.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_api::{ApiError, ApiSettings, Ports};
use anjian_domain::{
    CameraId, Clock, Detection, EvidenceSink, Flaw, Moment, OpeningEvidence, Picture, Run, RunId, RunOutcome,
    SinkError, SystemClock, TrackPoint, Violation, ViolationId, WallTime,
};
use anjian_indexer::{Index, IndexSink};
use anjian_ingest::{ClipServer, Vitals};
use anjian_models::{Detector, ModelError, Tiles};
use anjian_pipeline::{Eyes, LiveContext, LiveRuns};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::events::{self, Heard};
use super::usage::{Stopwatch, resident_bytes};
use crate::command::ModelArguments;
use crate::command::serve::live_setups;
use crate::config::Config;
use crate::output::print;
use crate::wiring;

/// Connections and sessions settle for so long before anything is measured.
const WARM_UP: Duration = Duration::from_secs(4);

/// What the live part measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LiveFigures {
    pub cameras: u16,
    /// Processor cores in use, 1.0 being one core.
    pub cpu_cores: f64,
    pub resident_bytes: u64,
    /// Frames judged a second, all cameras together.
    pub judged_fps: f64,
    /// Milliseconds from the capture of the frame that opened a violation to its event, sorted.
    pub event_ms: Vec<f64>,
}

/// Serves a clip until standard input closes; prints its address first.
pub fn serve_camera(clip: &Path) -> anyhow::Result<()> {
    let server = ClipServer::builder().clip("/bench", clip).start()?;
    print(&server.url("/bench"))?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    drop(server);
    Ok(())
}

/// Which camera of the live part, counted from 0.
pub fn camera_id(index: usize) -> CameraId {
    format!("bench-{index}").parse().expect("letters, a hyphen and digits are an id")
}

const STRIPS: u8 = 3;

/// What the cameras of the benchmark are watched for.
#[derive(Debug, Clone, Copy)]
pub enum Rules {
    /// As on a site: hard hats, and a limit of persons.
    Ordinary,
    /// Anybody at all in any of three strips, at once, so that walking people open violations all the time.
    Restless,
}

impl Rules {
    fn text(self) -> String {
        let rule = |more: &str| format!("[[camera.rule]]\nbehaviour = {more}\n");
        match self {
            Self::Ordinary => rule("\"no_hard_hat\"") + &rule("\"overcrowding\"\nmax_persons = 3"),
            Self::Restless => {
                (0..STRIPS).map(|strip| strip_zone(strip) + &rule(&strip_rule(strip))).collect()
            }
        }
    }
}

fn strip_rule(strip: u8) -> String {
    format!("\"overcrowding\"\nzone = \"strip-{strip}\"\nmax_persons = 0\nhold_s = 0\nrelease_s = 0")
}

fn strip_zone(strip: u8) -> String {
    let (left, right) = (f64::from(strip) / f64::from(STRIPS), f64::from(strip + 1) / f64::from(STRIPS));
    let points = format!("[[{left}, 0], [{right}, 0], [{right}, 1], [{left}, 1]]");
    format!("[[camera.zone]]\nid = \"strip-{strip}\"\npoints = {points}\n")
}

/// One camera for each address, all with the same rules.
pub fn config(urls: &[String], data: &Path, rules: Rules) -> anyhow::Result<Config> {
    let mut text = format!("data_dir = {data:?}\n[server]\nlisten = \"127.0.0.1:0\"\n");
    for (index, url) in urls.iter().enumerate() {
        text += &format!("[[camera]]\nid = \"{}\"\nmain = \"{url}\"\n{}", camera_id(index), rules.text());
    }
    Ok(Config::from_text(&text, Path::new("bench"))?)
}

/// Watches one address as so many cameras and prints [`LiveFigures`] as JSON.
pub fn watch(url: &str, cameras: u16, time: Duration, model: &ModelArguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let urls = vec![url.to_owned(); usize::from(cameras)];
    let mut config = config(&urls, folder.path(), Rules::Restless)?;
    model.apply_to(&mut config.model);
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(wiring::open_index(&config))?;
    let sink = Arc::new(IndexSink::new(index.clone(), runtime.handle().clone()));
    let noted = Arc::new(NotingSink { inner: sink.clone(), captured: Mutex::default() });
    let context = LiveContext {
        evidence: noted.clone(),
        cameras: sink.clone(),
        coverage: sink,
        main_pictures: None,
        clock: Arc::new(SystemClock),
        vitals: Vitals::default(),
    };
    let server = Served::start(&runtime, &config, index)?;
    let heard = events::listen(server.address)?;
    let judged = Arc::new(AtomicU64::new(0));
    let runs = start_runs(&config, context, &judged)?;
    let mut figures = measure(cameras, time, &judged)?;
    runs.stop();
    server.end(&runtime)?;
    figures.event_ms = noted.delays_ms(&heard.finish());
    print(&serde_json::to_string(&figures)?)
}

fn start_runs(config: &Config, context: LiveContext, judged: &Arc<AtomicU64>) -> anyhow::Result<LiveRuns> {
    let eyes = wiring::load_eyes(config, wiring::detection_threads(&config.model))?;
    let counting =
        |inner| Box::new(Counting { inner, judged: Arc::clone(judged) }) as Box<dyn anjian_models::Detector>;
    let count =
        |Eyes { detectors, looks }| Eyes { detectors: detectors.into_iter().map(counting).collect(), looks };
    let eyes: Vec<_> = eyes.into_iter().map(count).collect();
    Ok(LiveRuns::start(live_setups(config, &eyes, None, &Vitals::default())?, eyes, context)?)
}

/// Everything but the delays, which are known only at the end.
fn measure(cameras: u16, time: Duration, judged: &AtomicU64) -> anyhow::Result<LiveFigures> {
    SystemClock.sleep(WARM_UP);
    let stopwatch = Stopwatch::start()?;
    let judged_before = judged.load(Ordering::Relaxed);
    SystemClock.sleep(time);
    let seconds = stopwatch.wall().as_secs_f64();
    Ok(LiveFigures {
        cameras,
        cpu_cores: stopwatch.cpu()?.as_secs_f64() / seconds,
        resident_bytes: resident_bytes()?,
        judged_fps: (judged.load(Ordering::Relaxed) - judged_before) as f64 / seconds,
        event_ms: vec![],
    })
}

/// The HTTP server of the live part.
struct Served {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ApiError>>,
}

impl Served {
    fn start(runtime: &Runtime, config: &Config, index: Index) -> anyhow::Result<Self> {
        let listener = runtime.block_on(TcpListener::bind(config.server.listen))?;
        let address = listener.local_addr()?;
        let settings = ApiSettings { connections: 64, ..ApiSettings::new(address) };
        let (end, ended) = oneshot::channel::<()>();
        let shutdown = async move {
            // The end is near, whether it is told or its sender is gone.
            let _ = ended.await;
        };
        let ports = Ports::new(Arc::new(String::new));
        let task = runtime.spawn(anjian_api::serve_on(listener, settings, index, ports, shutdown));
        Ok(Self { address, end, task })
    }

    fn end(self, runtime: &Runtime) -> anyhow::Result<()> {
        drop(self.end);
        Ok(runtime.block_on(self.task)??)
    }
}

/// Counts the frames that are judged.
struct Counting {
    inner: Box<dyn Detector>,
    judged: Arc<AtomicU64>,
}

impl Detector for Counting {
    fn detect(&mut self, picture: &Picture, tiles: &Tiles) -> Result<Vec<Detection>, ModelError> {
        self.judged.fetch_add(1, Ordering::Relaxed);
        self.inner.detect(picture, tiles)
    }

    fn model(&self) -> &str {
        self.inner.model()
    }
}

/// Passes everything on and notes when the frame of each opening was captured.
struct NotingSink {
    inner: Arc<IndexSink>,
    captured: Mutex<Vec<(ViolationId, WallTime)>>,
}

impl NotingSink {
    fn delays_ms(&self, heard: &[Heard]) -> Vec<f64> {
        let captured = self.captured.lock().unwrap_or_else(PoisonError::into_inner);
        let delay = |(id, at): &(ViolationId, WallTime)| {
            let event = heard.iter().find(|event| event.violation == *id)?;
            Some(event.at.since(*at).as_secs_f64() * 1e3)
        };
        let mut delays: Vec<_> = captured.iter().filter_map(delay).collect();
        delays.sort_by(f64::total_cmp);
        delays
    }
}

impl EvidenceSink for NotingSink {
    fn begin_run(&self, run: &Run) -> Result<(), SinkError> {
        self.inner.begin_run(run)
    }

    fn open_violation(&self, violation: &Violation, evidence: &OpeningEvidence) -> Result<(), SinkError> {
        let note = (violation.id, evidence.snapshot_at.wall);
        self.captured.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        self.inner.open_violation(violation, evidence)
    }

    fn close_violation(&self, violation: &Violation, path: &[TrackPoint]) -> Result<(), SinkError> {
        self.inner.close_violation(violation, path)
    }

    fn note_flaws(&self, _: RunId, _: &[Flaw]) -> Result<(), SinkError> {
        Ok(())
    }

    fn end_run(&self, run: RunId, last: Option<Moment>, outcome: RunOutcome) -> Result<(), SinkError> {
        self.inner.end_run(run, last, outcome)
    }
}
