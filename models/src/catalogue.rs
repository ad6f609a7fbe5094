//! The list of models: the built-in one with its weights inside the executable, or one from a file.
//!
//! A model gets from here to a [`Detector`] only with the digest that the catalogue gives.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::detector::{Detector, SessionSettings};
use crate::model::{Model, ModelEntry};
use crate::session::OnnxDetector;
use crate::{ModelError, Runtime};

const BUILT_IN: &str = include_str!("../catalogue.toml");
/// The weights inside the executable, by the name that the built-in catalogue gives them.
const WEIGHTS: &[(&str, &[u8])] =
    &[("weights/head_helmet_person_nano.onnx", include_bytes!("../weights/head_helmet_person_nano.onnx"))];

/// The models that can be loaded.
#[derive(Debug, Clone)]
pub struct Catalogue {
    origin: Origin,
    models: Vec<Model>,
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

    /// Every model, in the order of the catalogue.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// # Errors
    /// When there is none of that name.
    pub fn model(&self, name: &str) -> Result<&Model, ModelError> {
        self.models.iter().find(|model| model.name == name).ok_or_else(|| ModelError::UnknownModel {
            catalogue: self.origin.to_string(),
            name: name.to_owned(),
            known: self.models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", "),
        })
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
        let model = self.model(name)?;
        let weights = self.weights(model)?;
        Ok(Box::new(OnnxDetector::load(model.clone(), &weights, runtime, settings)?))
    }

    fn parse(origin: Origin, text: &str) -> Result<Self, ModelError> {
        let entries: Entries = toml::from_str(text).map_err(|error| ModelError::CatalogueSyntax {
            catalogue: origin.to_string(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        let mut models: Vec<Model> = Vec::new();
        for entry in entries.model {
            let name = entry.name.clone();
            let key = |key: String, problem: String| ModelError::CatalogueKey {
                catalogue: origin.to_string(),
                model: name.clone(),
                key,
                problem,
            };
            let model = entry.check().map_err(|refused| key(refused.key, refused.problem))?;
            if models.iter().any(|other| other.name == model.name) {
                return Err(key("name".to_owned(), "stands twice".to_owned()));
            }
            models.push(model);
        }
        Ok(Self { origin, models })
    }

    fn weights(&self, model: &Model) -> Result<Cow<'static, [u8]>, ModelError> {
        let weights = match &self.origin {
            Origin::BuiltIn => self.embedded(model)?,
            Origin::File(path) => {
                let file = path.parent().unwrap_or(Path::new("")).join(&model.file);
                let bytes = std::fs::read(&file).map_err(|source| self.missing(model, &file, &source))?;
                Cow::Owned(bytes)
            }
        };
        let found = hex(&Sha256::digest(&weights));
        if found == model.sha256 {
            return Ok(weights);
        }
        Err(self.refused(model, "sha256", format!("is {}, but {} has {found}", model.sha256, model.file)))
    }

    fn embedded(&self, model: &Model) -> Result<Cow<'static, [u8]>, ModelError> {
        let found = WEIGHTS.iter().find(|(file, _)| *file == model.file);
        let embedded = found.map(|(_, bytes)| Cow::Borrowed(*bytes));
        embedded
            .ok_or_else(|| self.refused(model, "file", format!("{} is not in this executable", model.file)))
    }

    fn missing(&self, model: &Model, file: &Path, source: &std::io::Error) -> ModelError {
        self.refused(model, "file", format!("cannot read {}: {source}", file.display()))
    }

    fn refused(&self, model: &Model, key: &str, problem: String) -> ModelError {
        let catalogue = self.origin.to_string();
        ModelError::CatalogueKey { catalogue, model: model.name.clone(), key: key.to_owned(), problem }
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

fn unreadable(path: &Path, source: std::io::Error) -> ModelError {
    ModelError::File { verb: "read", path: path.to_path_buf(), source }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: (&str, &str), said: &[&str]) {
        assert!(BUILT_IN.contains(change.0), "{} is not in the catalogue", change.0);
        let text = BUILT_IN.replacen(change.0, change.1, 1);
        let error = Catalogue::parse(Origin::File("my.toml".into()), &text).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("my.toml"), "{message}");
        assert!(said.iter().all(|part| message.contains(part)), "{message}");
        assert!(!error.is_transient());
    }

    #[test]
    fn impossible_entries_name_catalogue_model_and_key() {
        let nano = "head_helmet_person_nano";
        check((&format!("name = {nano:?}"), "name = \"a b\""), &["a b", "key name"]);
        check(("sha256 = \"14e", "sha256 = \"xyz"), &[nano, "key sha256", "64 hex"]);
        check(("width_px = 640", "width_px = 600"), &[nano, "key input.width_px", "multiple of 32"]);
        check(("height_px = 640", "height_px = 0"), &[nano, "key input.height_px"]);
        check(("name = \"head\"", "name = \"hat\""), &[nano, "key class.name", "hat", "other_headwear"]);
        check(("name = \"head\"", "name = \"helmet\""), &[nano, "helmet stands twice"]);
        check(("threshold = 0.61", "threshold = 61.0"), &[nano, "key class.threshold", "61"]);
        check(("threshold = 0.61", "threshold = 0.0"), &[nano, "key class.threshold", "head"]);
        check(("iou = 0.5", "iou = 0"), &[nano, "key suppress.iou"]);
        check(
            ("classes = [\"head\", \"helmet\"]", "classes = [\"head\"]"),
            &[nano, "helmet must stand in exactly one"],
        );
        check(("classes = [\"person\"]", "classes = [\"person\", \"smoke\"]"), &[nano, "smoke is no class"]);
        check(("licence = \"Apache-2.0\"", "licence = \" \""), &[nano, "key licence"]);
    }

    #[test]
    fn syntax_errors_name_line_and_key() {
        check(("head = \"yolox\"", "head = \"ssd\""), &["ssd", "line 8"]);
        check(("[model.input]", "weight = 3\n[model.input]"), &["weight"]);
        check(("padding = 114", "padding = 300"), &["padding"]);
        check(("file = ", "fil = "), &["fil"]);
    }

    #[test]
    fn a_name_stands_once() {
        let twice = format!("{BUILT_IN}\n{BUILT_IN}");
        let error = Catalogue::parse(Origin::BuiltIn, &twice).unwrap_err().to_string();
        assert!(error.contains("stands twice"), "{error}");
    }

    #[test]
    fn every_built_in_model_is_in_the_executable_with_its_digest_and_a_card() {
        let catalogue = Catalogue::built_in().unwrap();
        assert_eq!(catalogue.models().len(), WEIGHTS.len());
        for model in catalogue.models() {
            catalogue.weights(model).unwrap();
            let card = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cards/{}.md", model.name));
            let card = std::fs::read_to_string(&card).unwrap();
            assert!(card.contains(&model.sha256), "the card of {} is of other weights", model.name);
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = Catalogue::built_in().unwrap().model("huge").unwrap_err().to_string();
        assert!(error.contains("huge") && error.contains("head_helmet_person_nano"), "{error}");
    }
}
