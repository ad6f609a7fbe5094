//! Why an attachment was not taken in.

use anjian_casework::attachment::{AttachmentKind, MAX_PIXELS, MOST_UNTAKEN};

use crate::IndexError;

/// Why an attachment was not taken in. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachmentError {
    /// There is nothing for this viewer to which it could be sent.
    #[error("there is no such case")]
    NoCase,
    /// There is no such site for this viewer.
    #[error("there is no such site")]
    NoSite,
    /// An attachment stands on record under a name.
    #[error("an attachment stands on record under a name: sign in first")]
    Nameless,
    /// The case is over.
    #[error("the case is over: nothing can be sent to it")]
    Over,
    /// As many wait for a step as may.
    #[error("{MOST_UNTAKEN} attachments wait for a step already: use those first")]
    TooMany,
    /// It is longer than may be.
    #[error("a {} has at most {} bytes", .0.words().en, .0.most_bytes())]
    TooLarge(AttachmentKind),
    /// It is called what it is not.
    #[error("this is no {}: its content does not match its type", .0.words().en)]
    WrongType(AttachmentKind),
    /// Its beginning cannot be read.
    #[error("this {} is damaged: its header cannot be read", .0.words().en)]
    Damaged(AttachmentKind),
    /// The picture is larger than a viewer could decode.
    #[error(
        "the picture has {width} x {height} pixels, at most {MAX_PIXELS} in all are taken: send a smaller one"
    )]
    TooManyPixels {
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
    },
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}
