//! The list of models: the built-in one with its weights inside the executable, or one from a file.
//!
//! A model gets from here to a [`Detector`] or a [`SecondLook`] only with the digest that the catalogue gives.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anjian_domain::LookKind;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::detector::{Detector, SessionSettings};
use crate::model::Model;
use crate::model_entry::{KeyProblem, ModelEntry};
use crate::second_look::SecondLook;
use crate::second_look_model::{SecondLookEntry, SecondLookModel};
use crate::second_look_session::OnnxSecondLook;
use crate::session::OnnxDetector;
use crate::{ModelError, Runtime};

const BUILT_IN: &str = include_str!("../catalogue.toml");
/// The weights inside the executable, by the name that the built-in catalogue gives them.
const WEIGHTS: &[(&str, &[u8])] = &[
    ("weights/head_helmet_person_nano.onnx", include_bytes!("../weights/head_helmet_person_nano.onnx")),
    ("weights/site_nano.onnx", include_bytes!("../weights/site_nano.onnx")),
    ("weights/site_nano_int8.onnx", include_bytes!("../weights/site_nano_int8.onnx")),
    ("weights/site_fire.onnx", include_bytes!("../weights/site_fire.onnx")),
    ("weights/site_fire_int8.onnx", include_bytes!("../weights/site_fire_int8.onnx")),
    ("weights/headwear_lite.onnx", include_bytes!("../weights/headwear_lite.onnx")),
    ("weights/garment_lite.onnx", include_bytes!("../weights/garment_lite.onnx")),
];

/// The models that can be loaded.
#[derive(Debug, Clone)]
pub struct Catalogue {
    origin: Origin,
    /// Of its text.
    digest: String,
    models: Vec<Model>,
    second_looks: Vec<SecondLookModel>,
}

#[derive(Debug, Clone)]
enum Origin {
    BuiltIn,
    File(PathBuf),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(default)]
    model: Vec<ModelEntry>,
    #[serde(default)]
    second_look: Vec<SecondLookEntry>,
}

/// A file of weights, whatever it is for.
struct File<'a> {
    model: &'a str,
    file: &'a str,
    sha256: &'a str,
}

impl Catalogue {
    /// The models inside the executable.
    ///
    /// # Errors
    /// Never in a build that passed its tests.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::parse(Origin::BuiltIn, BUILT_IN)
    }

    /// A catalogue of your own; its files are relative to its folder.
    ///
    /// # Errors
    /// When the file cannot be read, or a key is missing, unknown or impossible.
    pub fn from_file(path: &Path) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path).map_err(|source| unreadable(path, source))?;
        Self::parse(Origin::File(path.to_path_buf()), &text)
    }

    /// The first twelve hexadecimal digits of its SHA-256: what it says of its models decides what they report.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Every model, in the order of the catalogue.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// # Errors
    /// When there is none of that name.
    pub fn model(&self, name: &str) -> Result<&Model, ModelError> {
        let found = self.models.iter().find(|model| model.name == name);
        found.ok_or_else(|| self.unknown(name, &names_of(self.models.iter().map(|model| &model.name))))
    }

    /// Every second look, in the order of the catalogue.
    #[must_use]
    pub fn second_looks(&self) -> &[SecondLookModel] {
        &self.second_looks
    }

    /// The second look of that kind that serves when nobody chooses: the first of the catalogue.
    #[must_use]
    pub fn default_second_look(&self, kind: LookKind) -> Option<&SecondLookModel> {
        self.second_looks.iter().find(|look| look.kind == kind)
    }

    /// # Errors
    /// When there is none of that kind and name.
    pub fn second_look(&self, kind: LookKind, name: &str) -> Result<&SecondLookModel, ModelError> {
        let mut of_kind = self.second_looks.iter().filter(|look| look.kind == kind);
        let found = of_kind.clone().find(|look| look.name == name);
        found.ok_or_else(|| self.unknown(name, &names_of(of_kind.by_ref().map(|look| &look.name))))
    }

    /// Loads a model and tries it on a blank picture.
    ///
    /// # Errors
    /// When the name is unknown, the file missing or another one than described, or what it takes or gives is not
    /// what the catalogue says.
    pub fn load(
        &self,
        name: &str,
        runtime: &Runtime,
        settings: SessionSettings,
    ) -> Result<Box<dyn Detector>, ModelError> {
        Ok(Box::new(self.load_ranking(name, runtime, settings)?))
    }

    /// As [`Catalogue::load`]; an evaluation asks more of it.
    pub(crate) fn load_ranking(
        &self,
        name: &str,
        runtime: &Runtime,
        settings: SessionSettings,
    ) -> Result<OnnxDetector, ModelError> {
        let model = self.model(name)?;
        let weights = self.weights(&model.into())?;
        OnnxDetector::load(model.clone(), &weights, runtime, settings)
    }

    /// Loads a second look and tries it on a plain picture.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn load_second_look(
        &self,
        look: &SecondLookModel,
        runtime: &Runtime,
        settings: SessionSettings,
    ) -> Result<Box<dyn SecondLook>, ModelError> {
        let weights = self.weights(&look.into())?;
        Ok(Box::new(OnnxSecondLook::load(look.clone(), &weights, runtime, settings)?))
    }

    fn parse(origin: Origin, text: &str) -> Result<Self, ModelError> {
        let entries: Entries = toml::from_str(text).map_err(|error| ModelError::CatalogueSyntax {
            catalogue: origin.to_string(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        let mut names: Vec<String> = Vec::new();
        let mut checked = |name: String, refused: Option<KeyProblem>| {
            let twice = names.contains(&name).then(|| ("name".to_owned(), "stands twice".to_owned()));
            names.push(name.clone());
            let wrong = refused.map(|refused| (refused.key, refused.problem)).or(twice);
            wrong.map_or(Ok(()), |(key, problem)| {
                Err(ModelError::CatalogueKey { catalogue: origin.to_string(), model: name, key, problem })
            })
        };
        let (mut models, mut second_looks) = (Vec::new(), Vec::new());
        for entry in entries.model {
            let name = entry.name.clone();
            match entry.check() {
                Ok(sizes) => {
                    sizes.iter().try_for_each(|model| checked(model.name.clone(), None))?;
                    models.extend(sizes);
                }
                Err(refused) => checked(name, Some(refused))?,
            }
        }
        for entry in entries.second_look {
            let name = entry.name.clone();
            let refused = entry.check().map(|look| second_looks.push(look)).err();
            checked(name, refused)?;
        }
        let digest = hex::encode(&Sha256::digest(text.as_bytes())[..6]);
        Ok(Self { origin, digest, models, second_looks })
    }

    fn weights(&self, of: &File<'_>) -> Result<Cow<'static, [u8]>, ModelError> {
        let weights = match &self.origin {
            Origin::BuiltIn => self.embedded(of)?,
            Origin::File(path) => {
                let file = path.parent().unwrap_or(Path::new("")).join(of.file);
                let bytes = std::fs::read(&file).map_err(|source| self.missing(of, &file, &source))?;
                Cow::Owned(bytes)
            }
        };
        let found = hex::encode(Sha256::digest(&weights));
        if found == of.sha256 {
            return Ok(weights);
        }
        Err(self.refused(of, "sha256", format!("is {}, but {} has {found}", of.sha256, of.file)))
    }

    fn embedded(&self, of: &File<'_>) -> Result<Cow<'static, [u8]>, ModelError> {
        let found = WEIGHTS.iter().find(|(file, _)| *file == of.file);
        let embedded = found.map(|(_, bytes)| Cow::Borrowed(*bytes));
        embedded.ok_or_else(|| self.refused(of, "file", format!("{} is not in this executable", of.file)))
    }

    fn missing(&self, of: &File<'_>, file: &Path, source: &std::io::Error) -> ModelError {
        self.refused(of, "file", format!("cannot read {}: {source}", file.display()))
    }

    fn refused(&self, of: &File<'_>, key: &str, problem: String) -> ModelError {
        let catalogue = self.origin.to_string();
        ModelError::CatalogueKey { catalogue, model: of.model.to_owned(), key: key.to_owned(), problem }
    }

    fn unknown(&self, name: &str, known: &[&str]) -> ModelError {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        ModelError::UnknownModel { catalogue: self.origin.to_string(), name: name.to_owned(), known }
    }
}

impl<'a> From<&'a Model> for File<'a> {
    fn from(model: &'a Model) -> Self {
        Self { model: &model.name, file: &model.file, sha256: &model.sha256 }
    }
}

impl<'a> From<&'a SecondLookModel> for File<'a> {
    fn from(look: &'a SecondLookModel) -> Self {
        Self { model: &look.name, file: &look.file, sha256: &look.sha256 }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("(built in)"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

fn names_of<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    names.map(String::as_str).collect()
}

fn unreadable(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::File { verb: "read", path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests;
