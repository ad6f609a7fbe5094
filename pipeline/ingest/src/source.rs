//! The one way to get frames, whether they come from a camera or from a file.

use std::time::Duration;

use anjian_domain::{Flaw, Frame};

use crate::IngestError;

/// What a source has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// A frame, later than the one before.
    Frame(Frame),
    /// Nothing yet; ask again.
    Waiting,
    /// Nothing any more.
    Ended,
}

/// Gives the frames that [`crate::FrameSettings`] ask for, in order of their [`anjian_domain::MediaTime`].
pub trait FrameSource: Send {
    /// Waits at most `patience` for the next frame.
    ///
    /// # Errors
    /// When the source gives no more frames for a reason; all good frames were delivered before. Asked again
    /// afterwards, it has ended.
    fn next_frame(&mut self, patience: Duration) -> Result<Next, IngestError>;

    /// Stretches that were damaged or missing, once the source has ended. A camera has none: what it does not send is a
    /// gap of its recording.
    fn flaws(&self) -> Vec<Flaw> {
        Vec::new()
    }
}
