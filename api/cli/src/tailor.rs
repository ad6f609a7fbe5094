//! Finds who wears a garment in a picture, and looks at it: what `anjian enrol` and the API share.
//!
//! Keeps no picture and writes nothing; galleries are `gallery`'s.

use anjian_analysis::Calibration;
use anjian_domain::{Answer, CameraId, Class, Embedding, Look, LookKind, NormBox, Picture, WallTime};
use anjian_models::{Detector, ModelError, Runtime, SecondLook, SessionSettings, Tiles};
use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::config::Model;
use crate::gallery::{GarmentModel, Sample};
use crate::output::Usage;
use crate::wiring;

/// The models that enrolling needs.
pub struct Tailor {
    detector: Box<dyn Detector>,
    look: Box<dyn SecondLook>,
    model: GarmentModel,
}

/// A garment that was looked at.
pub struct Fitting {
    /// What the gallery keeps.
    pub sample: Sample,
    /// Who wears it.
    pub person: NormBox,
}

/// Why a garment could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Looks at garments are switched off, or the catalogue has none.
    #[error("model.garment: no model looks at garments: name one that the catalogue has")]
    NoModel,
    /// The detector finds no person.
    #[error(
        "nobody was found; if it is the cut-out of one person, give --cut-out, and otherwise another picture"
    )]
    Nobody,
    /// The person is too small or cut off.
    #[error(
        "too little of the person can be seen: 64 pixels of height are needed, and more than the shoulders"
    )]
    TooLittle,
    /// A model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Tailor {
    /// Loads the models that the configuration names.
    ///
    /// # Errors
    /// [`Unfit::NoModel`], or whatever is wrong with the catalogue, a model or ONNX Runtime.
    pub fn load(model: &Model) -> anyhow::Result<Self> {
        let catalogue = wiring::open_catalogue(model.catalogue.as_deref())?;
        let garment = wiring::second_look(model, &catalogue, LookKind::Garment)?.ok_or(Unfit::NoModel)?;
        catalogue.model(&model.name).map_err(|error| Usage(format!("model.name: {error}")))?;
        let calibration = garment.calibration.context("the catalogue gives no calibration for garments")?;
        let calibration = Calibration { scale: calibration.scale, offset: calibration.offset };
        let runtime = Runtime::find(model.onnxruntime.as_deref())?;
        let settings = SessionSettings::default();
        let detector = catalogue.load(&model.name, &runtime, settings)?;
        let look = catalogue.load_second_look(garment, &runtime, settings)?;
        Ok(Self { detector, look, model: GarmentModel { id: garment.id(), calibration } })
    }

    /// The model that looks at garments.
    pub const fn model(&self) -> &GarmentModel {
        &self.model
    }

    /// Looks at the garment of `person`, by default of the largest. `origin` is what the gallery remembers.
    ///
    /// # Errors
    /// When nobody is there, too little can be seen, or memory runs out.
    pub fn fit(
        &mut self,
        picture: &Picture,
        person: Option<NormBox>,
        origin: String,
    ) -> Result<Fitting, Unfit> {
        let person = match person {
            Some(person) => person,
            None => self.largest_person(picture)?,
        };
        let look = self.embedding(picture, person)?;
        let mut digest = Sha256::new_with_prefix(picture.bytes());
        <[f32; 4]>::from(person).iter().for_each(|edge| digest.update(edge.to_le_bytes()));
        Ok(Fitting { sample: Sample { origin, sha256: hex::encode(digest.finalize()), look }, person })
    }

    fn largest_person(&mut self, picture: &Picture) -> Result<NormBox, Unfit> {
        let found = self.detector.detect(picture, &Tiles::default())?;
        let people = found.iter().filter(|seen| seen.class == Class::Person).map(|seen| seen.bounds);
        people.max_by(|a, b| a.area().total_cmp(&b.area())).ok_or(Unfit::Nobody)
    }

    fn embedding(&mut self, picture: &Picture, person: NormBox) -> Result<Embedding, Unfit> {
        let look =
            Look { kind: LookKind::Garment, track: None, person: Some(person), head: None, bounds: person };
        match self.look.look(picture, &[look])?.pop().flatten() {
            Some(Answer::Garment(embedding)) => Ok(embedding),
            _ => Err(Unfit::TooLittle),
        }
    }
}

/// What a gallery remembers of a garment out of a recording.
pub fn recorded_origin(camera: &CameraId, at: WallTime) -> String {
    format!("{camera} at {at}")
}
