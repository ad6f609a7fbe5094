//! What the rest of Anjian sees of a model that looks again at a part of a picture.

use anjian_domain::{Answer, Look, LookKind, Picture};

use crate::ModelError;

/// Answers questions about single persons, from the picture they were found in. One belongs to one thread.
pub trait SecondLook: Send {
    /// Which questions.
    fn kind(&self) -> LookKind;

    /// One answer a look, in the order given. `None` for looks of another kind, and where the picture shows too
    /// little: nobody guesses.
    ///
    /// # Errors
    /// When memory runs out; the model itself was tried when it was loaded.
    fn look(&mut self, picture: &Picture, looks: &[Look]) -> Result<Vec<Option<Answer>>, ModelError>;

    /// Name and digest, as [`crate::Detector::model`] gives them.
    fn model(&self) -> &str;
}
