//! From a file to a [`Config`] that can be relied on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_domain::{Clock, Site};

use super::encoding::{self, NotUtf8};
use super::plain::plain;
use super::{Config, validate};
use crate::gallery::{self, GalleryLock, GalleryProblem, GarmentModel};

/// Somebody else who changes a gallery is done within milliseconds.
const COPY_PATIENCE: Duration = Duration::from_secs(30);

/// Why a configuration was refused. Never quotes the file's text, which may hold passwords.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("{path}: cannot read the configuration: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not UTF-8.
    #[error("{path}{problem}")]
    Encoding {
        /// Which file.
        path: PathBuf,
        /// What it is instead, and what to do.
        problem: NotUtf8,
    },
    /// Not TOML, an unknown key, or a value that cannot be.
    #[error("{path}:{line}: {message}")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where, counted from 1; 0 when it is not one place.
        line: usize,
        /// What.
        message: String,
    },
    /// Values that do not go together; one line each.
    #[error("{path}: {}", problems.join(&format!("\n{path}: ", path = path.display())))]
    Problems {
        /// Which file.
        path: PathBuf,
        /// Key and reason.
        problems: Vec<String>,
    },
}

impl Config {
    /// Reads, checks, and makes paths relative to the file absolute.
    ///
    /// # Errors
    /// When the file cannot be read or anything in it is wrong; all problems of one kind are told at once.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::read(path)?;
        config.check(path)?;
        Ok(config)
    }

    /// [`Config::load`] without rules and galleries: those that rules name may still have to be enrolled.
    ///
    /// # Errors
    /// As [`Config::load`], for the rest.
    pub fn load_to_enrol(path: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::read(path)?;
        config.cameras.iter_mut().for_each(|camera| camera.rules.clear());
        refuse(path, validate::problems(&config))?;
        Ok(config)
    }

    /// Goes on with copies of its galleries in `folder`, so that the originals stay as they are. Copies that are there
    /// are kept, unless they are of another model than the originals.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn copy_galleries(&mut self, folder: PathBuf, clock: &dyn Clock) -> Result<(), GalleryProblem> {
        for (original, _) in gallery::read_all(&self.galleries_folder()).galleries {
            let lock = GalleryLock::take(&folder, &original.name, COPY_PATIENCE, clock)?;
            let model = GarmentModel { id: original.model.clone(), calibration: original.calibration };
            if !matches!(lock.open(&model), Ok(copy) if !copy.approved.is_empty()) {
                lock.save(&original)?;
            }
        }
        self.galleries = gallery::load_all(&folder).0;
        self.galleries_dir = Some(folder);
        Ok(())
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let bytes =
            std::fs::read(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let text = encoding::decode(&bytes)
            .map_err(|problem| ConfigError::Encoding { path: path.to_owned(), problem })?;
        Self::parse(text, path, path.parent().unwrap_or(Path::new("")))
    }

    /// [`Config::load`] for a text that this program wrote itself; `name` stands for the file in errors.
    ///
    /// # Errors
    /// When anything in it is wrong.
    pub fn from_text(text: &str, name: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::parse(text, name, Path::new(""))?;
        config.check(name)?;
        Ok(config)
    }

    /// Galleries belong to what rules depend on.
    fn check(&mut self, path: &Path) -> Result<(), ConfigError> {
        let (galleries, mut problems) = gallery::load_all(&self.galleries_folder());
        self.galleries = galleries;
        problems.extend(validate::problems(self));
        refuse(path, problems)
    }

    fn parse(text: &str, path: &Path, folder: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text).map_err(|error| parse_error(text, path, &error))?;
        if config.sites.is_empty() {
            config.sites.push(unnamed_site());
        }
        refuse(path, validate::shell_paths(&config))?;
        config.data_dir = folder.join(&config.data_dir);
        config.galleries_dir = config.galleries_dir.map(|galleries| folder.join(galleries));
        config.place_recordings(folder);
        config.server.place(folder);
        config.casework.place(folder);
        config.model.catalogue = config.model.catalogue.map(|file| folder.join(file));
        config.model.onnxruntime = config.model.onnxruntime.map(|file| folder.join(file));
        Ok(config)
    }
}

fn refuse(path: &Path, problems: Vec<String>) -> Result<(), ConfigError> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(ConfigError::Problems { path: path.to_owned(), problems })
}

/// The library's own display quotes the offending line, password and all; its message does not.
fn parse_error(text: &str, path: &Path, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    ConfigError::Parse { path: path.to_owned(), line, message: plain(error.message()) }
}

fn unnamed_site() -> Site {
    toml::from_str("id = \"site\"\nname = \"Site\"").expect("the text beside is a valid site")
}

#[cfg(test)]
mod tests {
    use anjian_domain::SystemClock;

    use super::*;

    fn refusal(text: &str) -> String {
        let path = Path::new("anjian.toml");
        Config::from_text(text, path).expect_err("a wrong configuration").to_string()
    }

    fn camera(more: &str) -> String {
        format!("[[camera]]\nid = \"dock\"\nmain = \"rtsp://10.0.0.5/live\"\n{more}")
    }

    #[test]
    fn an_empty_file_is_a_valid_beginning() {
        let config = Config::parse("", Path::new("anjian.toml"), Path::new("/etc/anjian")).unwrap();
        assert_eq!(config.data_dir, Path::new("/etc/anjian/anjian-data"));
        assert!(config.server.listen.ip().is_loopback());
    }

    #[test]
    fn the_commented_example_is_valid() {
        let text = include_str!("../../../../anjian.toml");
        let config = Config::from_text(text, Path::new("anjian.toml")).unwrap();
        assert!(!config.cameras.is_empty());
    }

    #[track_caller]
    fn check(text: &str, place: &str, reason: &str) {
        let refusal = refusal(text);
        assert!(refusal.starts_with(place), "{refusal:?} does not begin with {place:?}");
        assert!(refusal.contains(reason), "{refusal:?} does not say {reason:?}");
    }

    #[test]
    fn wrong_values_are_told_with_their_line() {
        check("data_dirr = \"x\"", "anjian.toml:1:", "data_dirr");
        check(&camera("fps = 3"), "anjian.toml:4:", "fps");
        check(&camera("analysis_fps = 0"), "anjian.toml:4:", "0");
        check(&camera("tiles = [[0.2, 0.2, 0.22, 0.6]]"), "anjian.toml:4:", "at least 0.05");
        check(&camera("tiles = [[0.2, 0.2, 1.2, 0.6]]"), "anjian.toml:4:", "outside 0..1");
        check(&camera("transport = \"carrier_pigeon\""), "anjian.toml:4:", "carrier_pigeon");
        check("\n[[camera]]\nid = \"a b\"", "anjian.toml:3:", "is not an id");
        check("[recording]\nfolders = \"x\"", "anjian.toml:2:", "folders");
        check("[recording]\nsegment_s = \"long\"", "anjian.toml:2:", "long");
        check(&camera("record = 1"), "anjian.toml:4:", "true or false");
        check("[store]\ndatabase = \"mysql://x\"", "anjian.toml:2:", "postgres://");
        check(
            "[store]\ndatabase = \"postgres://a:hunter2@b/c\"",
            "anjian.toml:2:",
            "ANJIAN_DATABASE_PASSWORD",
        );
        check("[store]\nbucket = \"evidence\"", "anjian.toml:2: bucket is neither", "s3://bucket");
        check(
            "[store]\nbucket = \"s3://b\"\nbucket_endpoint = \"http://10.0.0.7:9000\"",
            "anjian.toml:3: bucket_endpoint would",
            "https://",
        );
        check("[store]\nbucket_style = \"both\"", "anjian.toml:2:", "`path`");
        check("[server]\nlisten = 8760", "anjian.toml:2:", "127.0.0.1:8760");
        check("[server]\nlisten = \"127.0.0.1:87600\"", "anjian.toml:2:", "127.0.0.1:8760");
        check(
            "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"proxy\"]",
            "anjian.toml:2:",
            "neither an address",
        );
        check("[model]\nworkers = -1", "anjian.toml:2:", "-1 is out of range");
        let three = "[[camera.zone]]\nid = \"z\"\npoints = [[0.1, 0.1, 0.5], [0.2, 0.2], [0.3, 0.1]]";
        check(&camera(three), "anjian.toml:6:", "a point is [x, y], this one has 3 numbers");
        check(&camera("tiles = [[0.2, 0.2, 0.6, 0.6, 1]]"), "anjian.toml:4:", "this one has 5 numbers");
        let crowd = "[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_persons = -1";
        check(&camera(crowd), "anjian.toml:", "between 0 and");
        let two_points = "[[camera.zone]]\nid = \"z\"\npoints = [[0.1, 0.1], [0.2, 0.2]]";
        check(&camera(two_points), "anjian.toml:6:", "at least 3 points");
        let outside = "[[camera.zone]]\nid = \"z\"\npoints = [[0, 0], [640, 0], [640, 480]]";
        check(&camera(outside), "anjian.toml:6:", "outside 0..1");
        check(&camera("[[camera.rule]]\nbehaviour = \"dancing\""), "anjian.toml:", "dancing");
        check(
            &camera("[[camera.rule]]\nbehaviour = \"overcrowding\"\nmax_person = 3"),
            "anjian.toml:",
            "max_person",
        );
    }

    #[test]
    fn values_that_do_not_go_together_are_told_with_their_key() {
        let twice = format!("{}\n{}", camera(""), camera(""));
        check(&twice, "anjian.toml: camera[1].id:", "\"dock\"");
        check(&camera("site = \"north\""), "anjian.toml: camera[0].site:", "\"north\"");
        let rule = "[[camera.rule]]\nbehaviour = \"no_hard_hat\"\nzone = \"floor\"";
        check(&camera(rule), "anjian.toml: camera[0]:", "`floor`");
        check("[server]\nlisten = \"0.0.0.0:80\"", "anjian.toml: server.listen:", "loopback");
        check("[server]\ntls_key = \"key.pem\"", "anjian.toml: server.tls_certificate:", "server.tls_key");
        check("[server]\ntls_key = \"~/key.pem\"", "anjian.toml: server.tls_key:", "only a shell replaces");
        let store = |more: &str| format!("[store]\nbucket = \"s3://b\"\n{more}");
        check("[store]\nbucket_region = \"cn\"", "anjian.toml: store.bucket_region:", "there is no bucket");
        check(&store("bucket_timeout_s = 0"), "anjian.toml: store.bucket_timeout_s:", "1 to 600 s");
        check(&store("bucket_region = \"c n\""), "anjian.toml: store.bucket_region:", "not a region");
        let bare = "bucket_endpoint = \"https://10.0.0.7\"\nbucket_style = \"host\"";
        check(&store(bare), "anjian.toml: store.bucket_style:", "IP address");
        let folder = "[store]\nbucket = \"file:///mnt/nas\"\nbucket_endpoint = \"https://minio.example\"";
        check(folder, "anjian.toml: store.bucket_endpoint:", "no server");
        check("[recording]\nsegment_s = 1", "anjian.toml: recording.segment_s:", "5 to 600 s");
        check("[recording]\nmax_age_days = -1", "anjian.toml: recording.max_age_days:", "no limit");
        check("[recording]\nclip_max_s = 10", "anjian.toml: recording.clip_max_s:", "clip_before_s");
        check("data_dir = \"~/anjian\"", "anjian.toml: data_dir:", "only a shell replaces");
        check("galleries_dir = \"~anna/g\"", "anjian.toml: galleries_dir:", "~anna/g");
        check("[recording]\nfolder = \"~\"", "anjian.toml: recording.folder:", "whole path");
        check("[model]\ncatalogue = \"~/c.toml\"", "anjian.toml: model.catalogue:", "~/c.toml");
        check("[model]\nonnxruntime = \"~/o.so\"", "anjian.toml: model.onnxruntime:", "~/o.so");
        check(&camera("max_gb = -0.5"), "anjian.toml: camera[0].max_gb:", "-0.5");
        check(
            "[[site]]\nid=\"a\"\nname=\"A\"\ntime_zone=\"Mars/Base\"",
            "anjian.toml: site[0].time_zone:",
            "Mars/Base",
        );
    }

    #[test]
    fn the_classes_that_rules_judge_by_choose_the_detector() {
        let camera = |id: &str, behaviour: &str| {
            format!("[[camera]]\nid = \"{id}\"\n[[camera.rule]]\nbehaviour = \"{behaviour}\"\n")
        };
        let text =
            camera("gate", "no_hard_hat") + &camera("tank", "hot_work") + "[[camera]]\nid = \"yard\"\n";
        let config = Config::from_text(&text, Path::new("anjian.toml")).unwrap();
        assert_eq!(config.detectors(), ["site_nano", "site_fire"]);
        let seats: Vec<_> = config.cameras.iter().map(|camera| config.detector_of(camera).0).collect();
        assert_eq!(seats, [0, 1, 0]);
    }

    #[test]
    fn copies_of_galleries_are_used_and_originals_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (originals, copies) = (folder.path().join("shipped"), folder.path().join("data/galleries"));
        let calibration = anjian_analysis::Calibration { scale: 10.0, offset: 0.5 };
        let gallery = |model: &str, garments: usize| {
            let look = anjian_domain::Embedding::new(&[1.0, 0.0]).unwrap();
            let sample = |number: usize| gallery::Sample {
                origin: "a.jpg".to_owned(),
                sha256: number.to_string(),
                look: look.clone(),
            };
            let empty =
                gallery::GalleryFile::empty("white", &GarmentModel { id: model.to_owned(), calibration });
            gallery::GalleryFile { approved: (0..garments).map(sample).collect(), ..empty }
        };
        let save = |to: &Path, gallery: &gallery::GalleryFile| {
            GalleryLock::take(to, "white", Duration::ZERO, &SystemClock).unwrap().save(gallery).unwrap()
        };
        let shipped = save(&originals, &gallery("coat@0", 1));
        let mut config = Config::from_text("", Path::new("anjian.toml")).unwrap();
        let mut version = || {
            config.galleries_dir = Some(originals.clone());
            config.copy_galleries(copies.clone(), &SystemClock).unwrap();
            assert_eq!(config.galleries_folder(), copies);
            config.galleries[0].version.clone()
        };
        assert_eq!(version(), shipped);
        let grown = save(&copies, &gallery("coat@0", 2));
        assert_eq!(version(), grown, "what was enrolled since stays");
        let of_another_model = save(&originals, &gallery("coat@1", 1));
        assert_eq!(version(), of_another_model, "looks of another model are of no use");
    }

    #[test]
    fn permits_are_told_with_their_field() {
        let zone = "[[camera.zone]]\nid = \"bund\"\npoints = [[0, 0], [1, 0], [1, 1]]";
        let permit = "[[permit]]\nid = \"DH-7\"\ncamera = \"dock\"\nzone = \"bund\"\nclass = \"1\"\n\
            from = \"2026-03-02T08:00:00+08:00\"\nto = \"2026-03-02T16:00:00+08:00\"\nfire_watcher = true\n";
        let text = |permit: &str| camera(&format!("{zone}\n{permit}"));
        let config = Config::from_text(&text(permit), Path::new("anjian.toml")).unwrap();
        let permits = config.permits_of(&config.cameras[0]);
        assert!(permits[0].fire_watcher && permits[0].covers("2026-03-02T01:00:00Z".parse().unwrap()));

        for (from, to, place, reason) in [
            ("\"dock\"", "\"docks\"", "anjian.toml: permit[0].camera:", "no [[camera]]"),
            ("\"bund\"", "\"bond\"", "anjian.toml: permit[0].zone:", "has no zone \"bond\""),
            ("T16", "T06", "anjian.toml: permit[0].to:", "not later"),
            ("DH-7", "", "anjian.toml: permit[0].id:", "empty"),
            ("class = \"1\"", "class = \"3\"", "anjian.toml:11:", "`special`"),
            ("+08:00\"\nto", "\"\nto", "anjian.toml:12:", ""),
            ("fire_watcher", "fire_watch", "anjian.toml:14:", "fire_watch"),
        ] {
            assert!(permit.contains(from), "{from} is not in the permit");
            check(&text(&permit.replacen(from, to, 1)), place, reason);
        }
    }

    #[test]
    fn passwords_stay_out_of_every_message() {
        for text in [
            "[[camera]]\nid = \"dock\"\nmain = \"http://admin:hunter2@10.0.0.5/\"",
            "[[camera]]\nid = \"dock\"\nmain = \"rtsp://admin:hunter2@10.0.0.5:port/\"",
            "[[camera]]\nid = \"dock\"\nmain = \"rtsp://admin:hunter2@10.0.0.5/\" x",
            "[store]\n\ndatabase = \"postgres://anjian:hunter2@10.0.0.5/anjian\"",
            "[store]\n\nbucket = \"s3://key:hunter2@evidence/north\"",
            "[store]\n\nbucket_endpoint = \"https://key:hunter2@minio.example\"",
            "[[camera]]\nid = \"dock\"\nmain = \"rtsp://admin:hunter2@${NO_SUCH_VARIABLE}/\"",
        ] {
            let refusal = refusal(text);
            assert!(!refusal.contains("hunter2"), "{refusal}");
            assert!(refusal.starts_with("anjian.toml:3:"), "{refusal}");
        }
    }
}
