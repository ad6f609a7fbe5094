//! Galleries behind the API: the same models and the same files as `anjian enrol` uses.
//!
//! The models are loaded when the first garment comes, and kept. Rules keep the galleries with which they began.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anjian_api::{
    Enrolled, GalleryError, GalleryList, GalleryPort, Garment, GarmentPicture, PictureError, StoredGallery,
};
use anjian_domain::{Clock, Picture};
use anjian_models::{ModelError, decode_picture};

use super::refusal;
use crate::config::{Config, Model};
use crate::gallery::{self, GalleryFile, GalleryFiles, GalleryLock, GalleryProblem, Sample};
use crate::tailor::{Fitting, Tailor, Unfit, recorded_origin};
use crate::wiring;

/// As many as the largest cameras have; 75 MB decoded.
const MOST_PIXELS: usize = 25_000_000;
/// Somebody else who changes a gallery is done within milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The galleries of the configuration.
pub struct Galleries {
    folder: PathBuf,
    model: Model,
    in_use: BTreeMap<String, String>,
    tailor: Mutex<Option<Tailor>>,
    clock: Arc<dyn Clock>,
}

impl Galleries {
    /// Loads no model yet.
    ///
    /// # Errors
    /// When the rules of the configuration cannot be read, which loading it has made sure of.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        Ok(Self {
            folder: config.galleries_folder(),
            model: config.model.clone(),
            in_use: wiring::galleries_in_use(config)?,
            tailor: Mutex::default(),
            clock,
        })
    }

    fn fit(
        &self,
        garment: &Garment,
        wanted: &AtomicBool,
    ) -> Result<(Fitting, GalleryLock, GalleryFile), GalleryError> {
        // A thread that died here left models that can be used, or none.
        let mut kept = self.tailor.lock().unwrap_or_else(PoisonError::into_inner);
        let tailor = match &mut *kept {
            Some(tailor) => tailor,
            none => none.insert(Tailor::load(&self.model).map_err(|error| unloadable(&error))?),
        };
        let (picture, origin) = picture(&garment.seen, &*self.clock, wanted)?;
        let fitting = tailor.fit(&picture, garment.person, origin).map_err(unfit)?;
        let lock = GalleryLock::take(&self.folder, &garment.gallery, PATIENCE, &*self.clock);
        let lock = lock.map_err(refused)?;
        let gallery = lock.open(tailor.model()).map_err(refused)?;
        Ok((fitting, lock, gallery))
    }
}

impl GalleryPort for Galleries {
    fn galleries(&self) -> Result<GalleryList, GalleryError> {
        let GalleryFiles { galleries, problems } = gallery::read_all(&self.folder);
        let origins = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.origin).collect();
        let stored = |(file, version): (GalleryFile, String)| StoredGallery {
            version_in_use: self.in_use.get(&file.name).cloned(),
            name: file.name,
            model: file.model,
            version,
            approved: origins(file.approved),
            unapproved: origins(file.unapproved),
        };
        let problems = problems.into_iter().map(|(file, problem)| format!("{file}: {problem}"));
        Ok(GalleryList {
            galleries: galleries.into_iter().map(stored).collect(),
            problems: problems.collect(),
        })
    }

    fn enrol(&self, garment: Garment, wanted: &AtomicBool) -> Result<Enrolled, GalleryError> {
        let (Fitting { sample, person }, lock, mut gallery) = self.fit(&garment, wanted)?;
        gallery.add(sample.clone(), garment.side).map_err(refused)?;
        if !wanted.load(Ordering::Relaxed) {
            return Err(GalleryError::Busy("nobody waits for it".to_owned()));
        }
        let version = lock.save(&gallery).map_err(refused)?;
        tracing::info!(
            gallery = gallery.name,
            version,
            origin = sample.origin,
            side = garment.side.as_str(),
            who = garment.who,
            "a garment was enrolled"
        );
        Ok(Enrolled {
            version,
            version_in_use: self.in_use.get(&gallery.name).cloned(),
            remark: gallery.remark_on(&sample),
            approved: gallery.approved.len(),
            unapproved: gallery.unapproved.len(),
            model: gallery.model,
            origin: sample.origin,
            person,
        })
    }
}

/// The pixels, and what the gallery remembers of where they come from.
fn picture(
    seen: &GarmentPicture,
    clock: &dyn Clock,
    wanted: &AtomicBool,
) -> Result<(Picture, String), GalleryError> {
    match seen {
        GarmentPicture::Sent { bytes, name } => {
            let picture = decode_picture(bytes, Path::new(name), MOST_PIXELS).map_err(unreadable)?;
            Ok((picture, name.clone()))
        }
        GarmentPicture::Recorded { camera, at, file, offset } => {
            let found = anjian_ingest::still(file, *offset, clock, wanted);
            let picture = found.map_err(|error| match refusal(&error) {
                PictureError::Nothing(why) => GalleryError::Nothing(why),
                PictureError::Busy(why) => GalleryError::Busy(why),
                other => GalleryError::Failed(other.to_string()),
            })?;
            Ok((picture, recorded_origin(camera, *at)))
        }
    }
}

fn unreadable(error: ModelError) -> GalleryError {
    match error {
        ModelError::NotAPicture { problem, .. } => GalleryError::NotAPicture(problem),
        ModelError::Picture { source, .. } => GalleryError::NotAPicture(source.to_string()),
        other => failed("a picture could not be decoded", &other),
    }
}

fn unloadable(error: &anyhow::Error) -> GalleryError {
    match error.downcast_ref::<Unfit>() {
        Some(Unfit::NoModel) => GalleryError::NoModel,
        _ => failed("the models that enrol garments could not be loaded", error),
    }
}

fn unfit(unfit: Unfit) -> GalleryError {
    match unfit {
        Unfit::NoModel => GalleryError::NoModel,
        Unfit::Nobody => GalleryError::Nobody,
        Unfit::TooLittle => GalleryError::TooLittle,
        Unfit::Model(error) => failed("a garment could not be looked at", &error),
    }
}

/// In words that name no path: they reach clients. The log has the whole.
fn refused(problem: GalleryProblem) -> GalleryError {
    match problem {
        GalleryProblem::Known(side) => GalleryError::Known(side),
        GalleryProblem::Full { most, .. } => GalleryError::Full(most),
        GalleryProblem::OtherModel { enrolled_with, model, .. } => {
            GalleryError::OtherModel { enrolled_with, model }
        }
        GalleryProblem::Damaged { .. } => {
            tracing::warn!(error = %problem, "a gallery cannot be read");
            GalleryError::Damaged
        }
        GalleryProblem::Read { .. } => failed("a gallery cannot be read", &problem),
        GalleryProblem::Write { ref source, .. } => {
            tracing::warn!(error = %problem, "a gallery cannot be written");
            GalleryError::Unwritable(source.kind().to_string())
        }
        GalleryProblem::Taken(_) => GalleryError::Busy("another anjian is changing the gallery".to_owned()),
    }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> GalleryError {
    tracing::error!(error = format!("{error:#}"), "{what}");
    GalleryError::Failed(format!("{what}: the server's log says why"))
}
