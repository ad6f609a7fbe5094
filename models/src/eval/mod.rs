//! Scores a model of the catalogue on pictures with YOLO labels: what `anjian eval` prints.
//!
//! Average precision is the area under the precision-recall curve over all points (VOC 2010 and later; COCO's
//! 101-point mean lies within about half a point of it), at one overlap. Precision, recall and F1 are at the
//! thresholds that the model ships with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anjian_domain::Class;
use serde::Serialize;

use crate::{Catalogue, ModelError, Runtime};

/// What to score on.
#[derive(Debug, Clone, PartialEq)]
pub struct EvalSettings {
    /// Folder of JPEG, PNG and WebP pictures.
    pub images: PathBuf,
    /// Folder of label files, `<stem of the picture>.txt`; a picture without one shows nothing.
    pub labels: PathBuf,
    /// What the numbers in the label files mean; see [`parse_names`]. Other numbers are left out and counted.
    pub names: Vec<(u32, Class)>,
    /// A box counts as found when it overlaps the label at least this much, above 0, at most 1.
    pub iou: f32,
    /// Threads for one picture.
    pub threads: usize,
}

/// How well a model did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Pictures scored.
    pub images: usize,
    /// Of those, without a label file.
    pub images_without_labels: usize,
    /// Labels whose number has no name.
    pub boxes_left_out: usize,
    /// Overlap from which a box counts as found.
    pub iou: f32,
    /// Name and digest.
    pub model: String,
    /// By name of the class.
    pub classes: BTreeMap<Class, ClassEvaluation>,
}

/// How well a model did on one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassEvaluation {
    /// Average precision, 0..1; `None` without labels.
    pub ap: Option<f64>,
    /// Share of the detections that are right, 0..1, at the shipped threshold; `None` without detections.
    pub precision: Option<f64>,
    /// Share of the labels that were found, 0..1, at the shipped threshold; `None` without labels.
    pub recall: Option<f64>,
    /// Harmonic mean of both; `None` when both are 0 or missing.
    pub f1: Option<f64>,
    /// The shipped threshold.
    pub threshold: f32,
    /// Labels.
    pub boxes: usize,
    /// Detections at the shipped threshold.
    pub detections: usize,
}

/// Scores `model` of `catalogue`; calls `progress` with pictures done and pictures in all.
///
/// # Errors
/// When a name is not given by the model, there are no pictures, or a picture or label file is damaged.
pub fn evaluate(
    catalogue: &Catalogue,
    model: &str,
    runtime: &Runtime,
    settings: &EvalSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Evaluation, ModelError> {
    let _ = (catalogue, model, runtime, settings, progress);
    Err(ModelError::Evaluation(String::new()))
}

/// Reads `0=head,1=helmet`.
///
/// # Errors
/// When a part is not a number and a class, or a number stands twice.
pub fn parse_names(text: &str) -> Result<Vec<(u32, Class)>, ModelError> {
    Err(ModelError::Evaluation(text.to_owned()))
}

impl Evaluation {
    /// A table for a terminal.
    #[must_use]
    pub fn table(&self) -> String {
        self.model.clone()
    }
}
