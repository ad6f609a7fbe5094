//! What the rest of Anjian sees of a model.

use anjian_domain::{Detection, Picture, Score};

use crate::{ModelError, Tiles};

/// Finds things in pictures. One belongs to one thread; several threads open one each.
pub trait Detector: Send {
    /// The strongest first. What a tile shows whole is judged by what the tile shows. Pictures may differ in size and
    /// format from one to the next. One at a time: on one thread a batch is no faster, and needs several times the
    /// memory.
    ///
    /// # Errors
    /// When memory runs out; the model itself was tried when it was loaded.
    fn detect(&mut self, picture: &Picture, tiles: &Tiles) -> Result<Vec<Detection>, ModelError>;

    /// Name and digest, such as `head_helmet_person_nano@14e26419ed9e`: what a Run records.
    fn model(&self) -> &str;
}

/// How a model is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionSettings {
    /// Threads for one picture. Several detectors with one thread each carry more than one with several.
    pub threads: usize,
    /// What is reported.
    pub reported: Reported,
}

/// From which score on a detection is reported.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Reported {
    /// From the catalogue's thresholds on: every picture stands for itself.
    #[default]
    Pictures,
    /// From the catalogue's `video_threshold`s on: rules ask for more than one picture.
    Video,
    /// From this score on, whatever the class. For evaluations.
    From(Score),
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { threads: 1, reported: Reported::default() }
    }
}
