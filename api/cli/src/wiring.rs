//! From the configuration to running parts. Nothing here decides anything; it only connects.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anjian_analysis::CameraAnalysis;
use anjian_domain::{Camera, Clock, LookKind, RuleDefinition, Run, RunId, SegmentSink, SystemClock};
use anjian_indexer::{Bucket, CaseRules, Index, IndexError, Recovery};
use anjian_ingest::{FrameSettings, LiveCamera, RecordSettings, Recording, Sound, Vitals};
use anjian_models::{Catalogue, Reported, Runtime, SecondLookModel, SessionSettings};
use anjian_pipeline::{Eyes, Judge, JudgeSetup, RecordedCamera};
use anyhow::Context;
use jiff::tz::TimeZone;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use crate::clock_watch;
use crate::config::{CameraConfig, Config, Model};
use crate::output::Usage;
use crate::run_id::{RunOrigin, run_id, settings};

/// The runtime of everything that waits: database and HTTP. The pipeline has its own threads.
pub fn async_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("async")
        .enable_all()
        .build()
        .context("the system refused the threads of the HTTP server")
}

/// What the installation decides about cases. The configuration was checked; its files may have changed since.
pub fn case_rules(config: &Config) -> anyhow::Result<CaseRules> {
    config.casework.rules().map_err(|problems| Usage(problems.join("\n")).into())
}

/// Opens the index and tells it which sites and cameras are configured, and where recordings lie.
pub async fn open_index(config: &Config) -> anyhow::Result<Index> {
    let index = Index::open_on(&config.data_dir, &config.store.database, clock()).await?;
    index.set_recording(config.recording_settings())?;
    set_bucket(config, &index)?;
    for site in &config.sites {
        index.put_site(site).await?;
    }
    put_cameras(config, &index).await?;
    Ok(index)
}

async fn put_cameras(config: &Config, index: &Index) -> Result<(), IndexError> {
    for camera in &config.cameras {
        index.put_camera(&as_camera(config, camera)).await?;
    }
    Ok(())
}

/// Tells the index of the bucket, if the configuration names one.
pub fn set_bucket(config: &Config, index: &Index) -> anyhow::Result<()> {
    if let Some(settings) = config.store.bucket() {
        index.set_bucket(Bucket::open(&settings)?)?;
    }
    Ok(())
}

/// Opens the index for a process that watches or records: what an earlier one left half done is mended.
pub async fn claim_index(config: &Config) -> anyhow::Result<Index> {
    let index = open_index(config).await?;
    let closed = index.close_interrupted().await?;
    if closed > 0 {
        tracing::warn!(violations = closed, "closed violations that an earlier, interrupted run left open");
    }
    let cameras: Vec<_> = config.cameras.iter().map(|camera| camera.id.clone()).collect();
    index.take_cameras(&cameras).await?;
    // A camera that was taken from another node has its name and zones from here now.
    put_cameras(config, &index).await?;
    index.remove_left_evidence().await?;
    index.remove_left_segments().await?;
    index.drop_fetched().await?;
    let recovery = index.recover_recordings().await?;
    if recovery.repaired + recovery.dropped + recovery.failed > 0 {
        let Recovery { repaired, dropped, failed, .. } = recovery;
        tracing::warn!(
            repaired,
            dropped,
            failed,
            "mended recordings that an earlier, interrupted run left open"
        );
    }
    clock_watch::note_missed_step(&index).await?;
    let sites: Vec<_> = config.sites.iter().map(|site| site.id.clone()).collect();
    index.retain_configured(&sites, &cameras).await?;
    Ok(index)
}

/// The machine's clock.
pub fn clock() -> Arc<dyn Clock> {
    SystemClock::shared()
}

/// `None` for a camera without a stream: its footage is only analysed from files.
pub fn live_camera(camera: &CameraConfig) -> Option<LiveCamera> {
    Some(LiveCamera {
        main: camera.main.clone()?,
        sub: camera.sub.clone(),
        transport: camera.transport,
        certificate: camera.certificate,
        sound: if camera.audio { Sound::Record } else { Sound::LeaveOut },
        answer_max: camera.answer_timeout_s.into(),
        frames: FrameSettings { camera: camera.id.clone(), rate: camera.analysis_fps, decode: camera.decode },
    })
}

/// `None` for a camera without a stream, and for one that is not to be recorded.
pub fn recorded_camera(
    config: &Config,
    camera: &CameraConfig,
    sink: Arc<dyn SegmentSink>,
    vitals: &Vitals,
) -> Option<RecordedCamera> {
    let source = live_camera(camera).filter(|_| camera.record)?;
    let settings = RecordSettings {
        segment: config.recording.segment(),
        ..RecordSettings::new(config.recordings_folder())
    };
    let recording = Recording { settings, sink, vitals: vitals.clone() };
    Some(RecordedCamera { camera: source, recording })
}

/// Resolves when the process is asked to end.
pub async fn shutdown() {
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

/// Loads the models that the configured rules need, once for each thread that will use them.
pub fn load_eyes(config: &Config, count: usize) -> anyhow::Result<Vec<Eyes>> {
    let model = &config.model;
    let catalogue = open_catalogue(model.catalogue.as_deref())?;
    let detectors = detectors(config, &catalogue)?;
    let looks = second_looks(config, &catalogue)?;
    let garment = looks.iter().find(|look| look.kind == LookKind::Garment);
    check_garment_rules(config, garment.map(|look| look.id()).as_deref())?;
    let runtime = Runtime::find(model.onnxruntime.as_deref())?;
    let settings = SessionSettings { reported: Reported::Video, ..SessionSettings::default() };
    let load = |_| {
        let detectors = detectors.iter().map(|name| catalogue.load(name, &runtime, settings));
        let looks = looks.iter().map(|look| catalogue.load_second_look(look, &runtime, settings));
        Ok(Eyes { detectors: detectors.collect::<Result<_, _>>()?, looks: looks.collect::<Result<_, _>>()? })
    };
    (0..count).map(load).collect()
}

/// The detectors that cameras need, as [`Config::detectors`] has them. A name that the catalogue does not have is refused,
/// needed or not.
fn detectors<'a>(config: &'a Config, catalogue: &Catalogue) -> Result<Vec<&'a str>, Usage> {
    let model =
        |key: &str, name: &str| catalogue.model(name).map_err(|error| Usage(format!("{key}: {error}")));
    model("model.name", &config.model.name)?;
    model("model.fire", config.model.fire())?;
    for (at, camera) in config.cameras.iter().enumerate() {
        if let Some(name) = &camera.model {
            model(&format!("camera[{at}].model"), name)?;
        }
    }
    let names = config.detectors();
    for camera in &config.cameras {
        let name = names[config.detector_of(camera).0];
        tell_blind_rules(camera, model("model", name)?);
    }
    Ok(names)
}

/// A rule that waits for what the detector never finds would stay silent for ever.
fn tell_blind_rules(camera: &CameraConfig, detector: &anjian_models::Model) {
    for rule in &camera.rules {
        let needed = rule.spec().classes;
        if needed.iter().all(|class| detector.threshold(*class).is_none()) {
            let needed: Vec<_> = needed.iter().map(|class| class.as_str()).collect();
            tracing::warn!(
                camera.id = %camera.id, behaviour = %rule.behaviour, model = detector.name,
                "a rule can find nothing: the model does not see {}; choose another with model.name",
                needed.join(" or ")
            );
        }
    }
}

/// The second looks that some rule asks for. A name that the catalogue does not have is refused, asked for or not.
fn second_looks<'a>(config: &Config, catalogue: &'a Catalogue) -> anyhow::Result<Vec<&'a SecondLookModel>> {
    let mut looks = vec![];
    for kind in [LookKind::Headwear, LookKind::Garment] {
        let look = second_look(&config.model, catalogue, kind)?;
        let mut rules = config.cameras.iter().flat_map(|camera| &camera.rules);
        if rules.any(|rule| rule.spec().looks.contains(&kind)) {
            looks.extend(look);
        }
    }
    Ok(looks)
}

/// Looks at garments can be compared only with looks of the same model.
fn check_garment_rules(config: &Config, model: Option<&str>) -> anyhow::Result<()> {
    for camera in &config.cameras {
        for rule in garment_rules(config, camera)? {
            let gallery = of_gallery(&rule, "model");
            let (camera, id) = (&camera.id, &rule.rule);
            let problem = match model {
                None => {
                    "no model looks at garments: set model.garment to one that the catalogue has".to_owned()
                }
                Some(model) if gallery != Some(model) => format!(
                    "its gallery was enrolled with {}, which {model} cannot compare with: enrol its pictures anew \
                     with anjian enrol --replace",
                    gallery.unwrap_or("another model")
                ),
                Some(_) => continue,
            };
            return Err(Usage(format!("camera {camera}, rule {id}: {problem}")).into());
        }
    }
    Ok(())
}

/// Name and version of each gallery by which rules of watched cameras judge.
pub fn galleries_in_use(config: &Config) -> anyhow::Result<BTreeMap<String, String>> {
    let mut in_use = BTreeMap::new();
    for camera in config.cameras.iter().filter(|camera| camera.main.is_some()) {
        for rule in garment_rules(config, camera)? {
            if let (Some(name), Some(version)) = (of_gallery(&rule, "name"), of_gallery(&rule, "version")) {
                in_use.insert(name.to_owned(), version.to_owned());
            }
        }
    }
    Ok(in_use)
}

/// The rules of a camera that judge by a gallery.
fn garment_rules(config: &Config, camera: &CameraConfig) -> anyhow::Result<Vec<RuleDefinition>> {
    let time_zone = TimeZone::get(&config.site_of(camera).time_zone)?;
    let plan = config.plan(camera, RunId(Uuid::nil()), time_zone, String::new());
    let rules = CameraAnalysis::new(plan)?.rule_definitions();
    Ok(rules.into_iter().filter(|rule| rule.definition.get("gallery").is_some()).collect())
}

/// What a garment rule's definition says of its gallery.
fn of_gallery<'a>(rule: &'a RuleDefinition, key: &str) -> Option<&'a str> {
    rule.definition.get("gallery")?.get(key)?.as_str()
}

/// The second look of that kind, as configured; `None` when there is none or it is switched off.
pub fn second_look<'a>(
    model: &Model,
    catalogue: &'a Catalogue,
    kind: LookKind,
) -> Result<Option<&'a SecondLookModel>, Usage> {
    match model.second_look(kind) {
        None => Ok(catalogue.default_second_look(kind)),
        Some("") => Ok(None),
        Some(name) => catalogue
            .second_look(kind, name)
            .map(Some)
            .map_err(|error| Usage(format!("model.{}: {error}", kind.as_str()))),
    }
}

/// The built-in catalogue, or one from a file.
pub fn open_catalogue(file: Option<&Path>) -> anyhow::Result<Catalogue> {
    Ok(match file {
        Some(path) => Catalogue::from_file(path).map_err(|error| Usage(error.to_string()))?,
        None => Catalogue::built_in()?,
    })
}

/// Tracker and rules of one camera under a new Run, which records the models of its eyes.
pub fn judge(
    config: &Config,
    camera: &CameraConfig,
    origin: RunOrigin,
    eyes: &Eyes,
) -> anyhow::Result<Judge> {
    let aim = config.aim_of(camera);
    let model = eyes.model(&aim);
    let site = config.site_of(camera);
    let time_zone = TimeZone::get(&site.time_zone)?;
    let plan = |run| config.plan(camera, run, time_zone.clone(), model.clone());
    let rules = CameraAnalysis::new(plan(RunId(Uuid::nil())))?.rule_definitions();
    let catalogue = open_catalogue(config.model.catalogue.as_deref())?;
    let RunOrigin { kind, source, started_at, footage } = origin;
    let mut run = Run {
        id: RunId(Uuid::nil()),
        kind,
        site: site.id.clone(),
        camera: camera.id.clone(),
        source,
        model: model.clone(),
        rules,
        settings: settings(camera, &aim, &catalogue),
        started_at,
        footage,
    };
    run.id = run_id(&run);
    let analysis = CameraAnalysis::new(plan(run.id))?;
    let (camera_view, zones) = (as_camera(config, camera), camera.zones.clone());
    Ok(Judge::new(JudgeSetup {
        run,
        camera: camera_view,
        site: site.clone(),
        time_zone,
        zones,
        analysis,
        is_gated: camera.motion_gate,
        aim,
    }))
}
