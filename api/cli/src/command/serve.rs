//! `anjian serve`: the live system.

use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use anjian_analysis::rules::Behaviours;
use anjian_api::{ApiError, LoginSettings, Ports, ThreadHealth, ThreadsHealth};
use anjian_domain::SegmentSink;
use anjian_indexer::{Index, IndexSink};
use anjian_ingest::{Ailing, Vitals};
use anjian_pipeline::{Eyes, LiveContext, LiveRuns, LiveSetup, SnapshotSource};
use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::accounts::{self, DemoKeys};
use crate::budget;
use crate::config::{CameraConfig, Config};
use crate::examples;
use crate::output::{Usage, print, tell};
use crate::ports::{Decoder, Galleries, MainStream};
use crate::renewal::{self, End};
use crate::run_id::RunOrigin;
use crate::upkeep::Upkeep;
use crate::wiring;

/// Upper bounds of the histograms at `/metrics`, seconds: from a quick detection to a frame that is far too late.
const BUCKETS_S: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

/// How often samples of histograms are put into their buckets.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// Resolves when the server is to end.
type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Watch the configured cameras and serve the page.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs until SIGINT or SIGTERM; SIGHUP begins anew with the configuration as it is then.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    let ready = |welcome: &Welcome| {
        tell(&format!("Anjian is watching {} cameras: {}", live_cameras(&config), welcome.address));
    };
    match serve(&config, Guests::Nobody, &ready, renewal::needed(&arguments.config))? {
        End::Stop => Ok(()),
        End::Renewal => Err(renewal::begin_anew()),
    }
}

fn live_cameras(config: &Config) -> usize {
    config.cameras.iter().filter(|camera| camera.main.is_some()).count()
}

/// Who may come in beside those who have an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guests {
    Nobody,
    /// Whoever reads the terminal or the login page of a demonstration.
    Demo,
}

/// What the person at the terminal is told once the page can be opened.
pub struct Welcome {
    /// The page.
    pub address: String,
    /// Of a demonstration.
    pub demo: Option<DemoKeys>,
}

/// Starts everything, calls `ready` once the page can be opened, and ends when the process is asked to, or with `renewal`.
pub fn serve(
    config: &Config,
    guests: Guests,
    ready: &dyn Fn(&Welcome),
    renewal: impl Future<Output = ()>,
) -> anyhow::Result<End> {
    let connections = budget::connections(live_cameras(config));
    let rules = Arc::new(wiring::case_rules(config)?);
    let tls = config.server.load_tls().map_err(|error| Usage(error.to_string()))?;
    let metrics = PrometheusBuilder::new().set_buckets(&BUCKETS_S)?;
    let metrics = metrics.install_recorder().context("metrics were installed twice")?;
    anjian_pipeline::metric::describe();
    anjian_ingest::init()?;
    let eyes = wiring::load_eyes(config, wiring::detection_threads(&config.model))?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(wiring::claim_index(config))?;
    let listener = runtime.block_on(bind(config))?;
    let decoder = Decoder::new(&config.data_dir, wiring::clock())
        .context("data_dir: the folder of the previews cannot be made")?;
    let vitals = Vitals::new(wiring::clock());
    let runs = start_runs(config, eyes, &index, runtime.handle(), &vitals)?;
    let upkeep = Upkeep::start(&index, runtime.handle(), wiring::clock(), &vitals, &rules)?;
    runtime.spawn(fold_histograms(metrics.clone()));
    let metrics = Arc::new(move || metrics.render());
    let (pictures, galleries) = (Arc::new(decoder), Arc::new(Galleries::new(config, wiring::clock())?));
    let behaviours = Behaviours::built_in().list();
    let (jobs, threads) = (upkeep.health(), threads_health(vitals));
    let ports = Ports { metrics, pictures, galleries, jobs, threads, behaviours };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}/", listener.local_addr()?);
    let (login, demo) = runtime.block_on(let_in(config, guests, &index))?;
    let welcome = Welcome { address, demo };
    let settings = config.server.settings(tls, connections, login, rules);
    let (served, end) = runtime.block_on(serve_until(
        renewal,
        || ready(&welcome),
        |end| anjian_api::serve_on(listener, settings, index, ports, end),
    ));
    tell("Stopping: closing cameras and keeping what was judged.");
    runs.stop();
    upkeep.stop();
    served?;
    Ok(end)
}

/// How people sign in, and what guests are given. Where nobody could sign in, makes an administrator and tells the password.
async fn let_in(
    config: &Config,
    guests: Guests,
    index: &Index,
) -> anyhow::Result<(Option<LoginSettings>, Option<DemoKeys>)> {
    let Some(login) = config.server.login() else {
        tracing::warn!("server.allow_everybody_without_login: everybody on this machine may do everything");
        return Ok((None, None));
    };
    if guests == Guests::Demo {
        let sites: Vec<_> = config.sites.iter().map(|site| site.id.clone()).collect();
        let keys = accounts::demonstrate(index, &sites).await?;
        examples::review_cameras(index, &config.cameras, wiring::clock().now()).await?;
        return Ok((Some(LoginSettings { demo: keys.accounts.clone(), ..login }), Some(keys)));
    }
    if let Some((name, password)) = accounts::first_administrator(index).await? {
        tell("Nobody has an account yet, so that nobody could sign in. Made an administrator:");
        print(&format!("account {name}, one-time password {password}"))?;
        tell(
            "It counts for three days; the first login asks for another. `anjian account reset` makes a new one.",
        );
    }
    Ok((Some(login), None))
}

/// Serves until the process is asked to end or to begin anew; answers which. Calls `ready` once it listens for both:
/// a signal that comes earlier kills the process.
async fn serve_until<S: Future<Output = Result<(), ApiError>>>(
    renewal: impl Future<Output = ()>,
    ready: impl FnOnce(),
    serve: impl FnOnce(Stopped) -> S,
) -> (Result<(), ApiError>, End) {
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped: Stopped = Box::pin(async {
        // Given, or dropped: both mean the end.
        let _ = stopped.await;
    });
    let mut serving = pin!(serve(stopped));
    let announce = async {
        // The other branches begin to listen meanwhile.
        tokio::task::yield_now().await;
        ready();
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        served = &mut serving => return (served, End::Stop),
        () = wiring::shutdown() => End::Stop,
        () = renewal => End::Renewal,
        () = announce => End::Stop,
    };
    drop(stop);
    (serving.await, end)
}

/// Samples of histograms wait in memory until they are put into their buckets. Without this, they would wait until
/// `/metrics` is asked for, which may be never.
async fn fold_histograms(metrics: PrometheusHandle) {
    let mut pause = tokio::time::interval(FOLD_EVERY);
    loop {
        pause.tick().await;
        metrics.run_upkeep();
    }
}

fn threads_health(vitals: Vitals) -> ThreadsHealth {
    let worded = |Ailing { thread, died_at, cause, deaths, is_restarted }| ThreadHealth {
        thread,
        died_at,
        cause,
        deaths,
        is_restarted,
    };
    Arc::new(move || vitals.ailing().into_iter().map(worded).collect())
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let listen = config.server.listen;
    let bound = TcpListener::bind(listen).await;
    bound.with_context(|| format!("server.listen: cannot listen on {listen}: is another anjian running?"))
}

fn start_runs(
    config: &Config,
    eyes: Vec<Eyes>,
    index: &Index,
    runtime: &Handle,
    vitals: &Vitals,
) -> anyhow::Result<LiveRuns> {
    let sink = Arc::new(IndexSink::new(index.clone(), runtime.clone()));
    let segments: Arc<dyn SegmentSink> = sink.clone();
    let setups = live_setups(config, &eyes, Some(&segments), vitals)?;
    let context = LiveContext {
        evidence: sink.clone(),
        cameras: sink.clone(),
        main_pictures: Some(Arc::new(MainStream::new(IndexSink::clone(&sink), wiring::clock()))),
        coverage: sink,
        clock: wiring::clock(),
        vitals: vitals.clone(),
    };
    Ok(LiveRuns::start(setups, eyes, context)?)
}

/// Every camera with a stream, watched by any of these eyes; without `segments` nothing is recorded.
pub fn live_setups(
    config: &Config,
    eyes: &[Eyes],
    segments: Option<&Arc<dyn SegmentSink>>,
    vitals: &Vitals,
) -> anyhow::Result<Vec<LiveSetup>> {
    let eyes = eyes.first().context("no model was loaded")?;
    let setup = |camera| live_setup(config, camera, eyes, segments, vitals);
    config.cameras.iter().filter_map(setup).collect()
}

/// `None` for a camera without a stream: its footage is only analysed from files.
fn live_setup(
    config: &Config,
    camera: &CameraConfig,
    eyes: &Eyes,
    segments: Option<&Arc<dyn SegmentSink>>,
    vitals: &Vitals,
) -> Option<anyhow::Result<LiveSetup>> {
    let live = wiring::live_camera(camera)?;
    let source = live.analysed().masked();
    let recorded =
        segments.and_then(|segments| wiring::recorded_camera(config, camera, Arc::clone(segments), vitals));
    let is_small = live.sub.is_some() && recorded.is_some();
    let snapshots = if is_small { SnapshotSource::MainStream } else { SnapshotSource::JudgedFrame };
    let origin = RunOrigin::live(source, wiring::clock().now());
    Some(wiring::judge(config, camera, origin, eyes).map(|judge| LiveSetup {
        source: match recorded {
            Some(recorded) => Box::new(recorded),
            None => Box::new(live),
        },
        judge,
        mount: camera.mount(),
        longest_step: camera.longest_step(),
        snapshots,
    }))
}
