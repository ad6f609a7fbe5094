//! Why a finding was not recorded.

use anjian_domain::CameraId;

use crate::IndexError;
use crate::attachments::row::AttachmentId;

/// Why a finding was not recorded. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindingError {
    /// There is no such site for this viewer.
    #[error("there is no such site")]
    NoSite,
    /// The site has no such camera.
    #[error("the site has no camera {0}")]
    NoCamera(CameraId),
    /// A finding stands on record under a name.
    #[error("a finding stands on record under a name: sign in first")]
    Nameless,
    /// The officer must not act on this site.
    #[error("you are recused from this site: another officer records what is found there")]
    Recused,
    /// Another account recorded a finding with this id.
    #[error("another account recorded a finding with this id: make a new one")]
    IdTaken,
    /// A text is missing or too long.
    #[error("{name}: give 1 to {most} characters")]
    Words {
        /// Which.
        name: &'static str,
        /// Most characters.
        most: usize,
    },
    /// Too few attachments, or too many.
    #[error("a finding has 1 to {0} attachments")]
    Attachments(usize),
    /// An attachment cannot belong to it.
    #[error(
        "attachment {0} cannot belong to this finding: you did not send it to this site, or it belongs to something already"
    )]
    NoAttachment(AttachmentId),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}
