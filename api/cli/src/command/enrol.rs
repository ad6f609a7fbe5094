//! `anjian enrol`: adds garments to a gallery, from pictures or from a camera's recording.
//!
//! Stores what the model makes of a garment, never the picture. Rules see the new gallery when anjian starts again.

use std::path::PathBuf;
use std::sync::Arc;

use anjian_domain::{
    Answer, CameraId, Class, Detection, Embedding, Look, LookKind, NormBox, Picture, SystemClock, WallTime,
};
use anjian_indexer::{Index, RecordingSettings};
use anjian_models::{Detector, Runtime, SecondLook, SessionSettings, read_picture};
use anjian_pipeline::MainPictures;
use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::desk::MainStream;
use crate::gallery::{GalleryFile, Sample, hex};
use crate::output::{AlreadyTold, Usage, print, tell};
use crate::wiring;

/// So many approved garments let one strange picture do no harm.
const FEW: usize = 10;

/// Add pictures of garments to a gallery.
#[derive(clap::Args)]
pub struct Arguments {
    /// Pictures of people who wear the garment: JPEG, PNG or WebP; the largest person of each is taken
    #[arg(value_name = "IMAGE", required_unless_present = "camera")]
    images: Vec<PathBuf>,
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The gallery, as rules name it; made when it is not there
    #[arg(long, value_name = "NAME")]
    gallery: String,
    /// The garments are not approved, and must not be mistaken for those that are
    #[arg(long)]
    unapproved: bool,
    /// Each picture is the cut-out of one person: take it whole instead of searching for people
    #[arg(long)]
    cut_out: bool,
    /// Forget what the gallery holds
    #[arg(long)]
    replace: bool,
    /// Take the picture out of this camera's recording
    #[arg(long, value_name = "ID", requires = "at", conflicts_with = "images")]
    camera: Option<CameraId>,
    /// The moment in the recording, such as 2026-03-01T08:00:00+08:00
    #[arg(long, value_name = "RFC3339", requires = "camera")]
    at: Option<WallTime>,
    /// The person in it, 0..1 of the picture; by default the largest
    #[arg(long = "box", value_name = "LEFT,TOP,RIGHT,BOTTOM", requires = "camera", value_parser = parse_box)]
    bounds: Option<NormBox>,
}

fn parse_box(text: &str) -> Result<NormBox, String> {
    let edges: Result<Vec<f32>, _> = text.split(',').map(|edge| edge.trim().parse()).collect();
    let edges: [f32; 4] = edges
        .ok()
        .and_then(|edges| edges.try_into().ok())
        .ok_or("four numbers are needed: left,top,right,bottom")?;
    NormBox::try_from(edges).map_err(|error| error.to_string())
}

/// Goes through every picture; one that shows nobody is told and the others go on.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    check_name(&arguments.gallery)?;
    let config = Config::load_to_enrol(&arguments.config)?;
    let (mut tailor, mut gallery) = open(&config, arguments)?;
    let mut failed = 0;
    let mut added = vec![];
    for origin in origins(arguments) {
        match tailor.sample(&origin, &config).and_then(|sample| gallery.add(sample, arguments.unapproved)) {
            Ok(sample) => added.push(sample),
            Err(error) => {
                failed += 1;
                tell(&format!("error: {}: {error:#}", origin.label()));
            }
        }
    }
    if !added.is_empty() {
        let version = gallery.0.save(&config.galleries_folder())?;
        tell_strangers(&gallery.0, &added, arguments.unapproved);
        print(&summary(&gallery.0, &version, added.len()))?;
    }
    if failed == 0 { Ok(()) } else { Err(AlreadyTold.into()) }
}

/// The name becomes one of a file, so it keeps to the letters of ids.
fn check_name(name: &str) -> Result<(), Usage> {
    name.parse::<CameraId>().map(drop).map_err(|error| Usage(format!("--gallery: {error}")))
}

/// The models, and the gallery as it is.
fn open(config: &Config, arguments: &Arguments) -> anyhow::Result<(Tailor, Growing)> {
    let catalogue = wiring::open_catalogue(config.model.catalogue.as_deref())?;
    let garment = wiring::second_look(&config.model, &catalogue, LookKind::Garment)?;
    let garment = garment.ok_or_else(|| {
        Usage("model.garment: no model looks at garments: name one that the catalogue has".to_owned())
    })?;
    catalogue.model(&config.model.name).map_err(|error| Usage(format!("model.name: {error}")))?;
    let calibration = garment.calibration.context("the catalogue gives no calibration for garments")?;
    let calibration = anjian_analysis::Calibration { scale: calibration.scale, offset: calibration.offset };
    let (name, folder) = (arguments.gallery.clone(), config.galleries_folder());
    let found = if arguments.replace { None } else { GalleryFile::load(&folder, &name)? };
    let model = garment.id();
    if let Some(other) = found.as_ref().map(|gallery| &gallery.model).filter(|other| **other != model) {
        return Err(Usage(format!(
            "--gallery: {name:?} was enrolled with {other}, and looks of {model} cannot be compared with it: enrol \
             its pictures anew with --replace"
        ))
        .into());
    }
    let empty = GalleryFile { name, model, calibration, approved: vec![], unapproved: vec![] };
    let gallery = GalleryFile { calibration, ..found.unwrap_or(empty) };
    let runtime = Runtime::find(config.model.onnxruntime.as_deref())?;
    let settings = SessionSettings::default();
    let detector = catalogue.load(&config.model.name, &runtime, settings)?;
    let look = catalogue.load_second_look(garment, &runtime, settings)?;
    Ok((Tailor { detector, look }, Growing(gallery)))
}

/// Where a picture comes from, and where in it the person is.
enum Origin {
    File { path: PathBuf, place: Place },
    Recording { camera: CameraId, at: WallTime, place: Place },
}

#[derive(Debug, Clone, Copy)]
enum Place {
    LargestPerson,
    Box(NormBox),
}

fn origins(arguments: &Arguments) -> Vec<Origin> {
    if let (Some(camera), Some(at)) = (arguments.camera.clone(), arguments.at) {
        let place = arguments.bounds.map_or(Place::LargestPerson, Place::Box);
        return vec![Origin::Recording { camera, at, place }];
    }
    let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).expect("the whole picture has an area");
    let place = if arguments.cut_out { Place::Box(whole) } else { Place::LargestPerson };
    arguments.images.iter().map(|path| Origin::File { path: path.clone(), place }).collect()
}

impl Origin {
    fn label(&self) -> String {
        match self {
            Self::File { path, .. } => path.display().to_string(),
            Self::Recording { camera, at, .. } => format!("{camera} at {at}"),
        }
    }

    /// What the gallery remembers: no folders, which say more about a machine than about a garment.
    fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Recording { .. } => self.label(),
        }
    }

    const fn place(&self) -> Place {
        match self {
            Self::File { place, .. } | Self::Recording { place, .. } => *place,
        }
    }

    fn picture(&self, config: &Config) -> anyhow::Result<Picture> {
        match self {
            Self::File { path, .. } => Ok(read_picture(path)?),
            Self::Recording { camera, at, .. } => recorded(config, camera, *at),
        }
    }
}

fn recorded(config: &Config, camera: &CameraId, at: WallTime) -> anyhow::Result<Picture> {
    anjian_ingest::init()?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(Index::open_existing(&config.data_dir, Arc::new(SystemClock)))?;
    index.set_recording(RecordingSettings { reserve_bytes: 0, ..config.recording_settings() })?;
    let found = MainStream::new(index, runtime.handle().clone())
        .picture(camera, at)
        .map_err(|reason| anyhow!(reason));
    found?.context("nothing was recorded at that moment")
}

/// Finds who wears a garment, and looks at it.
struct Tailor {
    detector: Box<dyn Detector>,
    look: Box<dyn SecondLook>,
}

impl Tailor {
    fn sample(&mut self, origin: &Origin, config: &Config) -> anyhow::Result<Sample> {
        let picture = origin.picture(config)?;
        let bounds = match origin.place() {
            Place::Box(bounds) => bounds,
            Place::LargestPerson => self.largest_person(&picture)?,
        };
        let look = self.embedding(&picture, bounds)?;
        let mut digest = Sha256::new_with_prefix(picture.bytes());
        <[f32; 4]>::from(bounds).iter().for_each(|edge| digest.update(edge.to_le_bytes()));
        Ok(Sample { origin: origin.name(), sha256: hex(&digest.finalize()), look })
    }

    fn largest_person(&mut self, picture: &Picture) -> anyhow::Result<NormBox> {
        let found: Vec<Detection> = self.detector.detect(&[picture])?.concat();
        let people = found.iter().filter(|seen| seen.class == Class::Person).map(|seen| seen.bounds);
        people.max_by(|a, b| a.area().total_cmp(&b.area())).context(
            "nobody was found; if it is the cut-out of one person, give --cut-out, and otherwise another picture",
        )
    }

    fn embedding(&mut self, picture: &Picture, bounds: NormBox) -> anyhow::Result<Embedding> {
        let look = Look { kind: LookKind::Garment, track: None, person: Some(bounds), head: None, bounds };
        match self.look.look(picture, &[look])?.pop().flatten() {
            Some(Answer::Garment(embedding)) => Ok(embedding),
            _ => Err(anyhow!(
                "too little of the person can be seen: 64 pixels of height are needed, and more than the shoulders"
            )),
        }
    }
}

/// A gallery while it grows.
struct Growing(GalleryFile);

impl Growing {
    fn add(&mut self, sample: Sample, is_unapproved: bool) -> anyhow::Result<Sample> {
        let (own, other) = (&self.0.approved, &self.0.unapproved);
        let (own, other) = if is_unapproved { (other, own) } else { (own, other) };
        if own.iter().any(|known| known.sha256 == sample.sha256) {
            return Err(anyhow!("it is in the gallery already"));
        }
        if other.iter().any(|known| known.sha256 == sample.sha256) {
            let side = if is_unapproved { "approved" } else { "unapproved" };
            return Err(anyhow!("it is in the gallery already, as {side}"));
        }
        let list = if is_unapproved { &mut self.0.unapproved } else { &mut self.0.approved };
        list.push(sample.clone());
        Ok(sample)
    }
}

/// An approved garment that the others do not vouch for may be the wrong person's.
fn tell_strangers(gallery: &GalleryFile, added: &[Sample], is_unapproved: bool) {
    for sample in added.iter().filter(|_| !is_unapproved && gallery.approved.len() > 1) {
        let mut others = gallery.clone();
        others.approved.retain(|other| other.sha256 != sample.sha256);
        let probability = others.into_gallery(String::new()).match_probability(&sample.look);
        if let Some(probability) = probability.filter(|probability| *probability < 0.5) {
            tell(&format!(
                "{}: unlike the other approved garments ({:.0} % a match): was the right person taken?",
                sample.origin,
                probability * 100.0
            ));
        }
    }
}

fn summary(gallery: &GalleryFile, version: &str, added: usize) -> String {
    let (approved, unapproved) = (gallery.approved.len(), gallery.unapproved.len());
    let more = if approved < FEW { format!("; {FEW} to 30 approved ones serve best") } else { String::new() };
    format!(
        "{}: version {version}, added: {added}, approved: {approved}, unapproved: {unapproved}{more}",
        gallery.name
    )
}

#[cfg(test)]
mod tests {
    use anjian_analysis::Calibration;

    use super::*;

    #[test]
    fn boxes_are_four_numbers_of_the_picture() {
        assert_eq!(parse_box("0.1, 0.2,0.5,0.9"), Ok(NormBox::new(0.1, 0.2, 0.5, 0.9).unwrap()));
        for (text, said) in [
            ("0.1,0.2,0.5", "four numbers"),
            ("left,0,1,1", "four numbers"),
            ("10,20,30,40", "outside 0..1"),
            ("0.5,0.2,0.1,0.9", "no area"),
        ] {
            assert!(parse_box(text).unwrap_err().contains(said), "{text}: {:?}", parse_box(text));
        }
    }

    #[test]
    fn a_picture_stands_once_on_one_side() {
        let sample = |sha256: &str| Sample {
            origin: "a.jpg".to_owned(),
            sha256: sha256.to_owned(),
            look: Embedding::new(&[1.0, 0.0]).unwrap(),
        };
        let mut gallery = Growing(GalleryFile {
            name: "white".to_owned(),
            model: "coat@0".to_owned(),
            calibration: Calibration { scale: 10.0, offset: 0.5 },
            approved: vec![],
            unapproved: vec![],
        });
        gallery.add(sample("1"), false).unwrap();
        gallery.add(sample("2"), true).unwrap();
        assert!(gallery.add(sample("1"), false).unwrap_err().to_string().ends_with("already"));
        assert!(gallery.add(sample("1"), true).unwrap_err().to_string().contains("as approved"));
        assert!(gallery.add(sample("2"), false).unwrap_err().to_string().contains("as unapproved"));
        assert_eq!((gallery.0.approved.len(), gallery.0.unapproved.len()), (1, 1));
        assert!(check_name("white_coverall-2").is_ok() && check_name("../white").is_err());
    }
}
