//! `anjian serve`: the live system.

use std::path::PathBuf;
use std::sync::Arc;

use anjian_api::{ApiSettings, Ports};
use anjian_domain::{Clock, RunKind, SystemClock};
use anjian_indexer::{Index, Recorder};
use anjian_ingest::{FrameSettings, LiveCamera};
use anjian_models::Detector;
use anjian_pipeline::{LiveContext, LiveRuns, LiveSetup};
use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{CameraConfig, Config};
use crate::output::tell;
use crate::wiring::{self, RunOrigin};

/// Upper bounds of the histograms at `/metrics`, seconds: from a quick detection to a frame that is far too late.
const BUCKETS_S: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

/// Watch the configured cameras and serve the page.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs until SIGINT or SIGTERM.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    let ready =
        |address: &str| tell(&format!("Anjian is watching {} cameras: {address}", live_cameras(&config)));
    serve(&config, &ready)
}

fn live_cameras(config: &Config) -> usize {
    config.cameras.iter().filter(|camera| camera.main.is_some()).count()
}

/// Starts everything, calls `ready` with the page's address, and ends when the process is asked to.
pub fn serve(config: &Config, ready: &dyn Fn(&str)) -> anyhow::Result<()> {
    let metrics = PrometheusBuilder::new().set_buckets(&BUCKETS_S)?;
    let metrics = metrics.install_recorder().context("metrics were installed twice")?;
    anjian_pipeline::metric::describe();
    anjian_ingest::init()?;
    let detectors = wiring::load_detectors(&config.model, wiring::detection_threads(&config.model))?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(claim_index(config))?;
    let listener = runtime.block_on(bind(config))?;
    let runs = start_runs(config, detectors, &index, runtime.handle())?;
    ready(&format!("http://{}/", listener.local_addr()?));
    let settings = ApiSettings { listen: config.server.listen, hosts: config.server.hosts.clone() };
    let ports = Ports::new(Arc::new(move || metrics.render()));
    let served = runtime.block_on(anjian_api::serve_on(listener, settings, index, ports, shutdown()));
    tell("Stopping: closing cameras and keeping what was judged.");
    runs.stop();
    Ok(served?)
}

async fn claim_index(config: &Config) -> anyhow::Result<Index> {
    let index = wiring::open_index(config).await?;
    let closed = index.close_interrupted().await?;
    if closed > 0 {
        tracing::warn!(violations = closed, "closed violations that an earlier, interrupted run left open");
    }
    let sites: Vec<_> = config.sites.iter().map(|site| site.id.clone()).collect();
    let cameras: Vec<_> = config.cameras.iter().map(|camera| camera.id.clone()).collect();
    index.retain_configured(&sites, &cameras).await?;
    Ok(index)
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let listen = config.server.listen;
    let bound = TcpListener::bind(listen).await;
    bound.with_context(|| format!("server.listen: cannot listen on {listen}: is another anjian running?"))
}

fn start_runs(
    config: &Config,
    detectors: Vec<Box<dyn Detector>>,
    index: &Index,
    runtime: &Handle,
) -> anyhow::Result<LiveRuns> {
    let model = detectors.first().map_or_else(String::new, |detector| detector.model().to_owned());
    let recorder = Arc::new(Recorder::new(index.clone(), runtime.clone()));
    let context = LiveContext { evidence: recorder.clone(), cameras: recorder, clock: Arc::new(SystemClock) };
    Ok(LiveRuns::start(live_setups(config, &model)?, detectors, context)?)
}

/// Every camera with a stream. `model` is what the detector calls itself.
pub fn live_setups(config: &Config, model: &str) -> anyhow::Result<Vec<LiveSetup>> {
    config.cameras.iter().filter_map(|camera| live_setup(config, camera, model)).collect()
}

/// `None` for a camera without a stream: its footage is only analysed from files.
fn live_setup(config: &Config, camera: &CameraConfig, model: &str) -> Option<anyhow::Result<LiveSetup>> {
    let main = camera.main.clone()?;
    let source = LiveCamera {
        main,
        sub: camera.sub.clone(),
        transport: camera.transport,
        certificate: camera.certificate,
        frames: FrameSettings { camera: camera.id.clone(), rate: camera.analysis_fps, decode: camera.decode },
    };
    let watched = source.sub.as_ref().unwrap_or(&source.main).masked();
    let origin = RunOrigin { kind: RunKind::Live, source: watched, started_at: SystemClock.now() };
    Some(
        wiring::watch(config, camera, origin, model)
            .map(|watch| LiveSetup { source: Box::new(source), watch }),
    )
}

/// Resolves when the process is asked to end.
async fn shutdown() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await.map_or((), |()| ()),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
