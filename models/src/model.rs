//! A model as its catalogue describes it: what a file of weights takes and gives.
//!
//! Entries become models in `model_entry`; running one is [`crate::Detector`]'s part.

use anjian_domain::{Class, Score};
use serde::Deserialize;

/// An ONNX model, as its catalogue describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Letters, digits, `_` and `-`; unique in the catalogue.
    pub name: String,
    /// The weights, relative to the catalogue.
    pub file: String,
    /// SHA-256 of the weights, 64 hexadecimal digits.
    pub sha256: String,
    /// How its output is read.
    pub head: Head,
    /// How many sets of boxes it gives for the same anchors, one after the other: 2 when some classes have a branch of
    /// their own.
    pub branches: usize,
    /// What pictures it takes.
    pub input: Input,
    /// Its class channels, in the order in which the graph gives them.
    pub classes: Vec<ClassChannel>,
    /// Classes whose overlapping boxes compete; every class is in exactly one group.
    pub suppress: Vec<SuppressGroup>,
    /// SPDX expression.
    pub licence: String,
    /// Who made it, from what.
    pub origin: String,
}

/// How an output is read. A new head is a file beside `yolox.rs` and a line here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// `(1, branches * anchors, 5 + classes)`, strides 8, 16 and 32, boxes not yet decoded, scores 0..1.
    Yolox,
}

/// What pictures a model takes: `(1, 3, height, width)`, f32, 0..255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Largest width, a multiple of 32.
    pub width_px: u32,
    /// Largest height, a multiple of 32.
    pub height_px: u32,
    /// Whether the input shrinks to the picture's shape.
    #[serde(default)]
    pub fit: InputFit,
    /// Whether the mirror image is looked at too, and both opinions are averaged: surer boxes for twice the time.
    #[serde(default)]
    pub mirrored: bool,
    /// Order of the three colours.
    #[serde(default)]
    pub channels: Channels,
    /// Grey of the rows and columns that the picture does not fill, 0..255; they are at the right and bottom.
    #[serde(default = "default_padding")]
    pub padding: u8,
}

const fn default_padding() -> u8 {
    114
}

/// Whether the input shrinks to the picture's shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputFit {
    /// Each side is as long as the scaled picture needs, rounded up to 32: 16:9 in 640x640 becomes 640x384, and
    /// 40 % of the work is saved. Needs a graph with free height and width.
    #[default]
    Picture,
    /// Always width times height, the rest is padding.
    Fixed,
}

/// Order of the three colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Blue, green, red.
    #[default]
    Bgr,
    /// Red, green, blue.
    Rgb,
}

/// One class of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassChannel {
    /// What it finds.
    pub class: Class,
    /// Detections below this are not reported.
    pub threshold: Score,
    /// Nor below this in video, where a rule judges over time and one frame decides nothing; at most `threshold`, and the
    /// same when left out.
    pub video_threshold: Score,
}

/// Classes whose overlapping boxes compete.
#[derive(Debug, Clone, PartialEq)]
pub struct SuppressGroup {
    /// The competitors.
    pub classes: Vec<Class>,
    /// Of two boxes that overlap more than this (intersection over union, above 0, at most 1) only the stronger stays.
    pub iou: f32,
}

impl Model {
    /// The name with the first twelve digits of the digest: what a Run and a violation record.
    #[must_use]
    pub fn id(&self) -> String {
        model_id(&self.name, &self.sha256)
    }

    /// The shipped threshold of a class; `None` when the model does not give the class.
    #[must_use]
    pub fn threshold(&self, class: Class) -> Option<Score> {
        self.classes.iter().find(|channel| channel.class == class).map(|channel| channel.threshold)
    }
}

/// Name and the first twelve digits of the digest.
pub(crate) fn model_id(name: &str, sha256: &str) -> String {
    format!("{name}@{}", sha256.get(..12).unwrap_or(sha256))
}
