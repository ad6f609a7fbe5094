//! What can go wrong between a file of weights and a Detection. Every message names the file or key, and what to do.

use std::path::PathBuf;

use anjian_domain::{ErrorKind, PictureError, Shortage};

/// Why a model could not be loaded or used, or a picture not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No `libonnxruntime.so` anywhere.
    #[error("ONNX Runtime was not found. Run scripts/setup, or set ORT_DYLIB_PATH. Looked at: {looked}",
        looked = looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    RuntimeMissing {
        /// Every place that was tried, in order.
        looked: Vec<PathBuf>,
    },
    /// The library is there but is not one that works.
    #[error("{path} is not a usable ONNX Runtime ({reason}): run scripts/setup to fetch the right one", path = .path.display())]
    RuntimeUnusable {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// A process loads ONNX Runtime once, and this one has it from elsewhere.
    #[error("ONNX Runtime is already loaded from {loaded}, it cannot be loaded again from {asked}",
        loaded = .loaded.display(), asked = .asked.display())]
    RuntimeLoaded {
        /// In use.
        loaded: PathBuf,
        /// Asked for now.
        asked: PathBuf,
    },
    /// A file could not be read or written.
    #[error("cannot {verb} {path}: {source}", path = .path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The catalogue is not the TOML it should be.
    #[error("model catalogue {catalogue}: {reason}")]
    CatalogueSyntax {
        /// File, or `built in`.
        catalogue: String,
        /// Line, column, key and what is wrong.
        reason: String,
    },
    /// A key of the catalogue says something impossible.
    #[error("model catalogue {catalogue}, model {model:?}, key {key}: {problem}")]
    CatalogueKey {
        /// File, or `built in`.
        catalogue: String,
        /// Which model.
        model: String,
        /// Which key.
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A name that the catalogue does not have.
    #[error("model catalogue {catalogue} has no model {name:?}: it has {known}")]
    UnknownModel {
        /// File, or `built in`.
        catalogue: String,
        /// Asked for.
        name: String,
        /// What it has.
        known: String,
    },
    /// ONNX Runtime refuses the file.
    #[error("model file {file} is not an ONNX model that this ONNX Runtime can load: {source}")]
    Unloadable {
        /// The weights.
        file: String,
        /// The cause.
        source: ort::Error,
    },
    /// The graph does not take or give what the catalogue says.
    #[error(
        "model file {file}: expected {expected}, found {found}: correct the catalogue or choose another file"
    )]
    Shape {
        /// The weights.
        file: String,
        /// By the catalogue.
        expected: String,
        /// In the file.
        found: String,
    },
    /// The model failed on a picture although it worked on a blank one at load.
    #[error("model {model} failed on a picture: {source}")]
    Inference {
        /// Name and digest.
        model: String,
        /// The cause; memory, in practice.
        source: ort::Error,
    },
    /// OpenCV failed on pixels.
    #[error("cannot {step} a picture of {width_px}x{height_px}: {source}")]
    Pixels {
        /// What was being done.
        step: &'static str,
        /// Width of the picture.
        width_px: u32,
        /// Height of the picture.
        height_px: u32,
        /// The cause.
        source: opencv::Error,
    },
    /// A file that is not a whole, reasonable JPEG, PNG or WebP picture.
    #[error("{path} is not a picture that can be used: {problem}", path = .path.display())]
    NotAPicture {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Decoded pixels that make no [`anjian_domain::Picture`].
    #[error("{path}: {source}", path = .path.display())]
    Picture {
        /// Which file.
        path: PathBuf,
        /// The cause.
        source: PictureError,
    },
    /// A line of a label file.
    #[error("label file {path}, line {line}: {problem}; a line is `class centre_x centre_y width height`, 0..1", path = .path.display())]
    Label {
        /// Which file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// What an evaluation was asked for cannot be done.
    #[error("evaluation: {0}")]
    Evaluation(String),
}

impl ModelError {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::File { source, .. } => source.into(),
            // The model worked on a blank picture when it was loaded.
            Self::Inference { .. } => ErrorKind::Unavailable(Shortage::Memory),
            Self::RuntimeMissing { .. } | Self::UnknownModel { .. } => ErrorKind::Missing,
            Self::RuntimeUnusable { .. } | Self::Unloadable { .. } | Self::Picture { .. } => {
                ErrorKind::Corrupt
            }
            Self::RuntimeLoaded { .. } => ErrorKind::Refused,
            Self::CatalogueSyntax { .. }
            | Self::CatalogueKey { .. }
            | Self::NotAPicture { .. }
            | Self::Shape { .. }
            | Self::Pixels { .. }
            | Self::Label { .. }
            | Self::Evaluation(_) => ErrorKind::Invalid,
        }
    }
}
