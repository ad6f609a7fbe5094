//! `anjian.toml`: what a person may ask for. Unknown keys are refused, every field has a default or is required,
//! and whatever is wrong is told with its line or key before anything starts.

mod answer_timeout;
mod casework;
mod encoding;
mod evidence;
mod listen;
mod load;
mod machine;
mod permit;
mod plain;
mod recording;
mod retention;
mod secret;
mod server;
mod sign_on;
mod store;
mod validate;
mod warnings;

use std::path::PathBuf;
use std::time::Duration;

use anjian_analysis::{CameraPlan, Gallery, RuleSettings};
use anjian_domain::{CameraId, Class, LookKind, Permit, RunId, Site, SiteId, SourceUrl, Zone};
use anjian_ingest::{AnalysisRate, CertificateCheck, DecodeMode, Transport};
use anjian_models::Tiles;
use anjian_pipeline::{Aim, DetectorSeat, Mount};
use jiff::tz::TimeZone;
use serde::Deserialize;

use answer_timeout::AnswerTimeout;

pub use casework::CaseworkConfig;
pub use evidence::EvidenceConfig;
pub use load::ConfigError;
pub use permit::PermitConfig;
pub use recording::RecordingConfig;
pub use server::Server;
pub use store::StoreConfig;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of the index and the evidence; relative to the file.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// Where the index is kept.
    #[serde(default)]
    pub store: StoreConfig,
    /// The HTTP server.
    #[serde(default)]
    pub server: Server,
    /// The models.
    #[serde(default)]
    pub model: Model,
    /// Folder of the galleries of garments; relative to the file. `galleries` in the data folder when left out.
    galleries_dir: Option<PathBuf>,
    /// How recordings are written and kept.
    #[serde(default)]
    pub recording: RecordingConfig,
    /// How long evidence is kept.
    #[serde(default)]
    pub evidence: EvidenceConfig,
    /// What the installation decides about verdicts and cases.
    #[serde(default)]
    pub casework: CaseworkConfig,
    /// Sites; without any, one called `site` is there.
    #[serde(default, rename = "site")]
    pub sites: Vec<Site>,
    /// Cameras.
    #[serde(default, rename = "camera")]
    pub cameras: Vec<CameraConfig>,
    /// Hot-work tickets.
    #[serde(default, rename = "permit")]
    permits: Vec<PermitConfig>,
    /// The galleries that were there when the configuration was read.
    #[serde(skip)]
    pub galleries: Vec<Gallery>,
}

/// The models and how they run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Model {
    /// Its name in the catalogue.
    pub name: String,
    /// The detector of cameras with a rule that judges by fire; see [`Model::fire`].
    fire: Option<String>,
    /// The second look at heads, by its name in the catalogue; the first one there when left out, none when empty.
    headwear: Option<String>,
    /// The second look at garments, chosen alike.
    garment: Option<String>,
    /// A catalogue of one's own instead of the built-in one; relative to the file.
    pub catalogue: Option<PathBuf>,
    /// `libonnxruntime.so`, where it is not found by itself; relative to the file.
    pub onnxruntime: Option<PathBuf>,
    /// Detection threads, each with its own session; 0 means one for every two processor cores.
    pub workers: usize,
}

/// The model that serves when the configuration names none: small, for most cameras.
const DEFAULT_MODEL: &str = "site_nano";
/// The model of cameras with a rule that judges by fire, and of single pictures: as the other, and sees fire better, for more time.
pub const FIRE_MODEL: &str = "site_fire";

impl Default for Model {
    fn default() -> Self {
        Self {
            name: DEFAULT_MODEL.to_owned(),
            fire: None,
            headwear: None,
            garment: None,
            catalogue: None,
            onnxruntime: None,
            workers: 0,
        }
    }
}

impl Model {
    /// One model for everything.
    pub fn serve_all(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.fire = Some(name.to_owned());
    }

    /// The detector of cameras with a rule that judges by fire. Who chooses another `name` and says nothing about fire means that one.
    pub fn fire(&self) -> &str {
        let usual = if self.name == DEFAULT_MODEL { FIRE_MODEL } else { &self.name };
        self.fire.as_deref().unwrap_or(usual)
    }

    /// The second look of that kind that was asked for; empty when none shall be.
    pub fn second_look(&self, kind: LookKind) -> Option<&str> {
        match kind {
            LookKind::Headwear => self.headwear.as_deref(),
            LookKind::Garment => self.garment.as_deref(),
            LookKind::Light => None,
        }
    }
}

/// A camera.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraConfig {
    /// Names the camera in URLs and files; unique.
    pub id: CameraId,
    /// The site it watches; may be left out when there is one site.
    pub site: Option<SiteId>,
    /// What people call it; the id when empty.
    #[serde(default)]
    name: String,
    /// The main stream. Left out for a camera whose footage is only analysed from files.
    #[serde(default, deserialize_with = "secret::source_url")]
    pub main: Option<SourceUrl>,
    /// A smaller stream of the same picture: when given, detection runs on it.
    #[serde(default, deserialize_with = "secret::source_url")]
    pub sub: Option<SourceUrl>,
    /// How RTP travels.
    #[serde(default)]
    pub transport: Transport,
    /// Whether an `rtsps` camera has to prove who it is.
    #[serde(default)]
    pub certificate: CertificateCheck,
    /// How long each answer of the camera may take.
    #[serde(default)]
    pub answer_timeout_s: AnswerTimeout,
    /// Whether its sound is recorded.
    #[serde(default = "yes")]
    pub audio: bool,
    /// Frames judged a second.
    #[serde(default)]
    pub analysis_fps: AnalysisRate,
    /// The detector that serves it, by its name in the catalogue, instead of the site's: a larger input for a far zone.
    pub model: Option<String>,
    /// Places far away, left, top, right, bottom, 0..1: the detector sees each a second time, enlarged.
    #[serde(default)]
    tiles: Tiles,
    /// Which frames are decoded.
    #[serde(default)]
    pub decode: DecodeMode,
    /// Whether frames are left unjudged in which nothing has moved since an empty one.
    #[serde(default = "yes")]
    pub motion_gate: bool,
    /// Whether the main stream is recorded.
    #[serde(default = "yes")]
    pub record: bool,
    /// Days that its recording is kept, instead of `recording.max_age_days`.
    pub max_age_days: Option<f64>,
    /// Gigabytes that its recordings may take, instead of `recording.max_gb_per_camera`.
    pub max_gb: Option<f64>,
    /// Whether it always shows the same scene, so that showing another one is a fault.
    #[serde(default = "yes")]
    fixed: bool,
    /// Zones.
    #[serde(default, rename = "zone")]
    pub zones: Vec<Zone>,
    /// Rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSettings>,
}

impl CameraConfig {
    /// What people call it.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { self.id.as_str() } else { &self.name }
    }

    /// Whether it stays where it was set up.
    pub const fn mount(&self) -> Mount {
        if self.fixed { Mount::Fixed } else { Mount::Turning }
    }

    /// A judged frame stands for no longer than this: some intervals, or the pace of keyframes.
    pub fn longest_step(&self) -> Duration {
        let least = match self.decode {
            DecodeMode::All => Duration::from_secs(1),
            DecodeMode::Keyframes => Duration::from_secs(10),
        };
        least.max(self.analysis_fps.interval() * 2)
    }
}

const fn yes() -> bool {
    true
}

fn default_data_dir() -> PathBuf {
    PathBuf::from("anjian-data")
}

impl Config {
    /// Names of the detectors that cameras need, each once; without cameras `model.name`.
    pub fn detectors(&self) -> Vec<&str> {
        let mut names = vec![];
        for name in self.cameras.iter().map(|camera| self.detector_name(camera)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() { vec![&self.model.name] } else { names }
    }

    /// The place of the camera's detector among [`Config::detectors`].
    pub fn detector_of(&self, camera: &CameraConfig) -> DetectorSeat {
        let name = self.detector_name(camera);
        DetectorSeat(self.detectors().iter().position(|known| *known == name).unwrap_or_default())
    }

    fn detector_name<'a>(&'a self, camera: &'a CameraConfig) -> &'a str {
        let mut classes = camera.rules.iter().flat_map(|rule| rule.spec().classes);
        let watches_fire = classes.any(|class| Class::is_fire(*class));
        let of_site = if watches_fire { self.model.fire() } else { &self.model.name };
        camera.model.as_deref().unwrap_or(of_site)
    }

    /// How the camera's pictures are looked at.
    pub fn aim_of(&self, camera: &CameraConfig) -> Aim {
        Aim { detector: self.detector_of(camera), tiles: camera.tiles.clone() }
    }

    /// The camera's site. Loading has made sure that there is one.
    pub fn site_of(&self, camera: &CameraConfig) -> &Site {
        let named = camera.site.as_ref().and_then(|id| self.sites.iter().find(|site| site.id == *id));
        named.unwrap_or(&self.sites[0])
    }

    /// Where the galleries of garments lie.
    pub fn galleries_folder(&self) -> PathBuf {
        self.galleries_dir.clone().unwrap_or_else(|| self.data_dir.join("galleries"))
    }

    /// The permits of a camera.
    fn permits_of(&self, camera: &CameraConfig) -> Vec<Permit> {
        let of_camera = self.permits.iter().filter(|permit| permit.camera == camera.id);
        of_camera.map(PermitConfig::permit).collect()
    }

    /// What analysis needs to know of a camera.
    pub fn plan(&self, camera: &CameraConfig, run: RunId, time_zone: TimeZone, model: String) -> CameraPlan {
        CameraPlan {
            run,
            site: self.site_of(camera).id.clone(),
            camera: camera.id.clone(),
            model,
            time_zone,
            zones: camera.zones.clone(),
            rules: camera.rules.clone(),
            permits: self.permits_of(camera),
            galleries: self.galleries.clone(),
        }
    }
}
