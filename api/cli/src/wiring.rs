//! From the configuration to running parts. Nothing here decides anything; it only connects.

use std::path::Path;
use std::sync::Arc;

use anjian_analysis::CameraAnalysis;
use anjian_domain::{Camera, RuleDefinition, Run, RunId, RunKind, SystemClock, WallTime};
use anjian_indexer::Index;
use anjian_models::{Catalogue, Detector, Runtime, SessionSettings};
use anjian_pipeline::{Watch, WatchSetup};
use anyhow::Context;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::config::{CameraConfig, Config, Model};
use crate::output::Usage;

/// The runtime of everything that waits: database and HTTP. The pipeline has its own threads.
pub fn async_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("async")
        .enable_all()
        .build()
        .context("the system refused the threads of the HTTP server")
}

/// Opens the index and tells it which sites and cameras are configured.
pub async fn open_index(config: &Config) -> anyhow::Result<Index> {
    let index = Index::open(&config.data_dir, Arc::new(SystemClock)).await?;
    for site in &config.sites {
        index.put_site(site).await?;
    }
    for camera in &config.cameras {
        index.put_camera(&as_camera(config, camera)).await?;
    }
    Ok(index)
}

fn as_camera(config: &Config, camera: &CameraConfig) -> Camera {
    let site = config.site_of(camera).id.clone();
    let zone_names = camera.zones.iter().map(|zone| (zone.id.clone(), zone.label().to_owned())).collect();
    Camera { id: camera.id.clone(), site, name: camera.label().to_owned(), zone_names }
}

/// One session for every two cores: decoding needs the rest.
pub fn detection_threads(model: &Model) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if model.workers == 0 { (cores / 2).max(1) } else { model.workers }
}

/// Loads the model, once for each thread that will use it.
pub fn load_detectors(model: &Model, count: usize) -> anyhow::Result<Vec<Box<dyn Detector>>> {
    let catalogue = open_catalogue(model.catalogue.as_deref())?;
    catalogue.model(&model.name).map_err(|error| Usage(format!("model: {error}")))?;
    let runtime = Runtime::find(model.onnxruntime.as_deref())?;
    let load = |_| Ok(catalogue.load(&model.name, &runtime, SessionSettings::default())?);
    (0..count).map(load).collect()
}

/// The built-in catalogue, or one from a file.
pub fn open_catalogue(file: Option<&Path>) -> anyhow::Result<Catalogue> {
    Ok(match file {
        Some(path) => Catalogue::from_file(path).map_err(|error| Usage(error.to_string()))?,
        None => Catalogue::built_in()?,
    })
}

/// Where a Run's pictures come from.
pub struct RunOrigin {
    /// Live or archive.
    pub kind: RunKind,
    /// Masked address or path.
    pub source: String,
    /// When the first frame was taken or is expected.
    pub started_at: WallTime,
}

/// Tracker and rules of one camera under a new Run. `model` is what the detector calls itself.
pub fn watch(
    config: &Config,
    camera: &CameraConfig,
    origin: RunOrigin,
    model: &str,
) -> anyhow::Result<Watch> {
    let site = config.site_of(camera);
    let time_zone = TimeZone::get(&site.time_zone)?;
    let plan = |run| camera.plan(run, site, time_zone.clone(), model.to_owned());
    let rules = CameraAnalysis::new(plan(RunId(Uuid::nil())))?.rule_definitions();
    let id = run_id(camera, &origin, model, &rules);
    let RunOrigin { kind, source, started_at } = origin;
    let run = Run {
        id,
        kind,
        site: site.id.clone(),
        camera: camera.id.clone(),
        source,
        model: model.to_owned(),
        rules,
        started_at,
    };
    let analysis = CameraAnalysis::new(plan(id))?;
    let (camera_view, zones) = (as_camera(config, camera), camera.zones.clone());
    Ok(Watch::new(WatchSetup { run, camera: camera_view, site: site.clone(), time_zone, zones, analysis }))
}

/// A live Run happens once. An archive Run that is made again over the same footage with the same model and rules is
/// the same Run, so that its violations are not kept twice.
fn run_id(camera: &CameraConfig, origin: &RunOrigin, model: &str, rules: &[RuleDefinition]) -> RunId {
    if origin.kind == RunKind::Live {
        return RunId(Uuid::now_v7());
    }
    let versions: Vec<_> = rules.iter().map(|rule| rule.version.as_str()).collect();
    let RunOrigin { source, started_at, .. } = origin;
    let rate = camera.analysis_fps;
    let name = format!("{}|{source}|{started_at}|{model}|{rate}|{}", camera.id, versions.join("|"));
    RunId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
}
