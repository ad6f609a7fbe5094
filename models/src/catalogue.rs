//! The list of models: the built-in one with its weights inside the executable, or one from a file.
//!
//! A model gets from here to a [`Detector`] or a [`SecondLook`] only with the digest that the catalogue gives.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anjian_domain::LookKind;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::detector::{Detector, SessionSettings};
use crate::hex::hex;
use crate::model::{KeyProblem, Model, ModelEntry};
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
        Ok(Self { origin, models, second_looks })
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
        let found = hex(&Sha256::digest(&weights));
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
mod tests {
    use std::collections::BTreeSet;

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
        check(("head = \"yolox\"", "head = \"yolox\"\nbranches = 0"), &[nano, "key branches", "from 1 to"]);
        check(("name = \"head\"", "name = \"hat\""), &[nano, "key class.name", "hat", "other_headwear"]);
        check(("name = \"head\"", "name = \"helmet\""), &[nano, "helmet stands twice"]);
        check(("threshold = 0.61", "threshold = 61.0"), &[nano, "key class.threshold", "61"]);
        check(("threshold = 0.61", "threshold = 0.0"), &[nano, "key class.threshold", "head"]);
        check(
            ("threshold = 0.61", "threshold = 0.61\nvideo_threshold = 0.7"),
            &[nano, "key class.video_threshold", "at most 0.61"],
        );
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
    fn a_size_is_the_same_model_with_another_input() {
        let size = |text: &str| format!("[[model.size]]\nname = {text}\n\n# In the order of the channels");
        let text = BUILT_IN.replacen(
            "# In the order of the channels",
            &size("\"wide\"\nwidth_px = 1280\nheight_px = 736"),
            1,
        );
        let catalogue = Catalogue::parse(Origin::BuiltIn, &text).unwrap();
        let (nano, wide) =
            (catalogue.model("head_helmet_person_nano").unwrap(), catalogue.model("wide").unwrap());
        assert_eq!((wide.input.width_px, wide.input.height_px), (1280, 736));
        assert_eq!(*nano, Model { name: nano.name.clone(), input: nano.input, ..wide.clone() });
        for (written, said) in [
            ("\"w/ide\"\nwidth_px = 1280\nheight_px = 736", ["key size.name", "letters"]),
            ("\"wide\"\nwidth_px = 1280\nheight_px = 720", ["key size.height_px", "multiple of 32"]),
            ("\"site_nano\"\nwidth_px = 1280\nheight_px = 736", ["site_nano", "stands twice"]),
        ] {
            check(("# In the order of the channels", &size(written)), &said);
        }
    }

    #[test]
    fn a_variant_is_the_same_network_with_other_weights() {
        let catalogue = Catalogue::built_in().unwrap();
        for model in ["site_nano", "site_fire"].map(|name| catalogue.model(name).unwrap()) {
            let quantised = catalogue.model(&format!("{}_int8", model.name)).unwrap();
            let Model { name, file, sha256, .. } = quantised.clone();
            assert_ne!(model.sha256, sha256);
            assert_eq!(*quantised, Model { name, file, sha256, ..model.clone() });
        }
        let name = "name = \"site_nano_int8\"";
        check((name, "name = \"site_nano\""), &["site_nano", "stands twice"]);
        check((name, "name = \"int 8\""), &["site_nano", "key variant.name"]);
        let file = "file = \"weights/site_nano_int8.onnx\"";
        check((file, "file = \"\""), &["site_nano", "key variant.file", "empty"]);
        check(
            (&format!("{file}\nsha256 = \""), &format!("{file}\nsha256 = \"xyz")),
            &["key variant.sha256", "64 hex"],
        );
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
        let (models, looks) = (catalogue.models().iter(), catalogue.second_looks().iter());
        let files: Vec<File<'_>> = models.map(File::from).chain(looks.map(File::from)).collect();
        let distinct: BTreeSet<_> = files.iter().map(|file| file.file).collect();
        assert_eq!(distinct.len(), WEIGHTS.len());
        for file in files {
            catalogue.weights(&file).unwrap();
            let card = file.file.replace("weights/", "cards/").replace(".onnx", ".md");
            let card = Path::new(env!("CARGO_MANIFEST_DIR")).join(card);
            let card = std::fs::read_to_string(&card).unwrap();
            assert!(card.contains(file.sha256), "the card of {} is of other weights", file.model);
        }
    }

    const LOOK: &str = "[[second_look]]
name = \"coat\"
file = \"coat.onnx\"
sha256 = \"14e26419ed9e0ac94bd4e654a6ab1009ea5e05b9fb4d81648bb6e9ba4febb122\"
kind = \"garment\"
width_px = 96
height_px = 192
calibration = { scale = 12.0, offset = 0.6 }
licence = \"Apache-2.0\"
origin = \"a test\"
";

    #[test]
    fn impossible_second_looks_name_catalogue_model_and_key() {
        let parse = |text: &str| Catalogue::parse(Origin::File("my.toml".into()), text);
        let known = parse(&format!("{BUILT_IN}\n{LOOK}")).unwrap();
        let coat = known.second_look(LookKind::Garment, "coat").unwrap();
        assert_eq!((coat.id().as_str(), coat.width_px), ("coat@14e26419ed9e", 96));
        for (from, to, said) in [
            ("name = \"coat\"", "name = \"a coat\"", "key name"),
            ("name = \"coat\"", "name = \"head_helmet_person_nano\"", "stands twice"),
            ("\"14e", "\"4e", "key sha256: must be 64"),
            ("\"garment\"", "\"headwear\"", "key calibration: headwear gives"),
            ("\"garment\"", "\"light\"", "key kind: light is measured"),
            ("\"garment\"", "\"shoes\"", "shoes"),
            ("width_px = 96", "width_px = 0", "key width_px: 0"),
            ("height_px = 192", "height_px = 4000", "key height_px: 4000"),
            ("scale = 12.0", "scale = 0.0", "key calibration: scale 0"),
            ("offset = 0.6", "offset = 6.0", "offset 6"),
            ("calibration = { scale = 12.0, offset = 0.6 }\n", "", "key calibration: a garment needs"),
            ("licence = \"Apache-2.0\"", "licence = \"\"", "key licence"),
        ] {
            assert!(LOOK.contains(from), "{from} is not in the entry");
            let text = format!("{BUILT_IN}\n{}", LOOK.replacen(from, to, 1));
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains("my.toml") && error.contains(said), "{error} does not say {said}");
        }
        let unknown = known.second_look(LookKind::Garment, "hat").unwrap_err().to_string();
        assert!(unknown.contains("\"hat\": it has garment_lite, coat"), "{unknown}");
        let bare = Catalogue::parse(Origin::File("my.toml".into()), LOOK).unwrap();
        assert_eq!(bare.default_second_look(LookKind::Garment), Some(coat));
        assert!(bare.second_look(LookKind::Headwear, "coat").unwrap_err().to_string().contains("has none"));
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = Catalogue::built_in().unwrap().model("huge").unwrap_err().to_string();
        assert!(error.contains("huge") && error.contains("head_helmet_person_nano"), "{error}");
    }
}
