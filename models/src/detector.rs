//! What the rest of Anjian sees of a model.

use anjian_domain::{Detection, Picture, Score};

use crate::ModelError;

/// Finds things in pictures. One belongs to one thread; several threads open one each.
pub trait Detector: Send {
    /// One list a picture, in the order given; within a list the strongest first. Pictures may differ in size and
    /// format. They are taken by turns: on one thread a batch is no faster, and needs several times the memory.
    ///
    /// # Errors
    /// When memory runs out; the model itself was tried when it was loaded.
    fn detect(&mut self, pictures: &[&Picture]) -> Result<Vec<Vec<Detection>>, ModelError>;

    /// Name and digest, such as `head_helmet_person_nano@14e26419ed9e`: what a Run records.
    fn model(&self) -> &str;
}

/// How a model is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionSettings {
    /// Threads for one picture. Several detectors with one thread each carry more than one with several.
    pub threads: usize,
    /// Report everything from this score on, in place of the thresholds of the catalogue. For evaluations.
    pub score_floor: Option<Score>,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { threads: 1, score_floor: None }
    }
}
