//! `anjian enrol`: adds garments to a gallery, from pictures or from a camera's recording.
//!
//! Stores what the model makes of a garment, never the picture. Rules see the new gallery when anjian starts again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anjian_api::GarmentSide;
use anjian_domain::{CameraId, NormBox, Picture, SystemClock, WallTime};
use anjian_indexer::{Index, IndexSink, RecordingSettings};
use anjian_models::read_picture;
use anjian_pipeline::MainPictures;
use anyhow::{Context, anyhow};

use crate::config::Config;
use crate::gallery::{FEW, GalleryFile, GalleryLock, GarmentModel, Sample};
use crate::output::{AlreadyTold, Usage, print, tell, with_causes};
use crate::ports::MainStream;
use crate::tailor::{Fitting, Tailor, recorded_origin};
use crate::wiring;

/// Somebody else who changes the gallery is done within milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let mut tailor = Tailor::load(&config.model)?;
    if !arguments.replace {
        // A gallery of another model is told before all the work.
        GalleryFile::open(&config.galleries_folder(), &arguments.gallery, tailor.model())?;
    }
    let mut failed = 0;
    let mut fail = |origin: &Origin, error: anyhow::Error| {
        failed += 1;
        tell(&format!("error: {}: {}", origin.label(), with_causes(&error)));
    };
    let mut fitted = vec![];
    for origin in origins(arguments) {
        match origin.fit(&mut tailor, &config) {
            Ok(fitting) => fitted.push((origin, fitting.sample)),
            Err(error) => fail(&origin, error),
        }
    }
    if !fitted.is_empty() {
        enrol(arguments, &config, tailor.model(), fitted, &mut fail)?;
    }
    if failed == 0 { Ok(()) } else { Err(AlreadyTold.into()) }
}

/// The name becomes one of a file, so it keeps to the letters of ids.
fn check_name(name: &str) -> Result<(), Usage> {
    name.parse::<CameraId>().map(drop).map_err(|error| Usage(format!("--gallery: {error}")))
}

/// Adds them to the gallery as it is by now: others may have added theirs in the meantime.
fn enrol(
    arguments: &Arguments,
    config: &Config,
    model: &GarmentModel,
    fitted: Vec<(Origin, Sample)>,
    fail: &mut dyn FnMut(&Origin, anyhow::Error),
) -> anyhow::Result<()> {
    let side = if arguments.unapproved { GarmentSide::Unapproved } else { GarmentSide::Approved };
    let lock = GalleryLock::take(&config.galleries_folder(), &arguments.gallery, PATIENCE, &SystemClock)?;
    let mut gallery =
        if arguments.replace { GalleryFile::empty(&arguments.gallery, model) } else { lock.open(model)? };
    let mut added = vec![];
    for (origin, sample) in fitted {
        match gallery.add(sample.clone(), side) {
            Ok(()) => added.push(sample),
            Err(problem) => fail(&origin, problem.into()),
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    let version = lock.save(&gallery)?;
    for sample in &added {
        if let Some(remark) = gallery.remark_on(sample) {
            tell(&format!("{}: {remark}", sample.origin));
        }
    }
    print(&summary(&gallery, &version, added.len()))
}

/// Where a picture comes from, and where in it the person is: by default the largest.
enum Origin {
    File { path: PathBuf, person: Option<NormBox> },
    Recording { camera: CameraId, at: WallTime, person: Option<NormBox> },
}

fn origins(arguments: &Arguments) -> Vec<Origin> {
    if let (Some(camera), Some(at)) = (arguments.camera.clone(), arguments.at) {
        return vec![Origin::Recording { camera, at, person: arguments.bounds }];
    }
    let whole = NormBox::new(0.0, 0.0, 1.0, 1.0).expect("the whole picture has an area");
    let person = arguments.cut_out.then_some(whole);
    arguments.images.iter().map(|path| Origin::File { path: path.clone(), person }).collect()
}

impl Origin {
    fn label(&self) -> String {
        match self {
            Self::File { path, .. } => path.display().to_string(),
            Self::Recording { camera, at, .. } => recorded_origin(camera, *at),
        }
    }

    /// What the gallery remembers: no folders, which say more about a machine than about a garment.
    fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Recording { .. } => self.label(),
        }
    }

    fn fit(&self, tailor: &mut Tailor, config: &Config) -> anyhow::Result<Fitting> {
        let (picture, person) = match self {
            Self::File { path, person } => (read_picture(path)?, *person),
            Self::Recording { camera, at, person } => (recorded(config, camera, *at)?, *person),
        };
        Ok(tailor.fit(&picture, person, self.name())?)
    }
}

fn recorded(config: &Config, camera: &CameraId, at: WallTime) -> anyhow::Result<Picture> {
    anjian_ingest::init()?;
    let runtime = wiring::async_runtime()?;
    let index = runtime.block_on(Index::open_existing(
        &config.data_dir,
        &config.store.database,
        Arc::new(SystemClock),
    ))?;
    index.set_recording(RecordingSettings { reserve_bytes: 0, ..config.recording_settings() })?;
    let found = MainStream::new(IndexSink::new(index, runtime.handle().clone()), wiring::clock())
        .picture(camera, at)
        .map_err(|reason| anyhow!(reason));
    found?.context("nothing was recorded at that moment")
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
    fn names_are_names_of_files() {
        for (name, is_good) in
            [("white_coverall-2", true), ("../white", false), ("white.json", false), ("", false)]
        {
            assert_eq!(check_name(name).is_ok(), is_good, "{name:?}");
        }
    }
}
