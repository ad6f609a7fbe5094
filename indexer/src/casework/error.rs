//! Why a case was not changed.

use anjian_casework::case::{Member, Refusal, Unproven};
use anjian_casework::legal_card::CardRef;
use anjian_casework::verdict;

use crate::IndexError;
use crate::attachments::row::AttachmentId;

/// Why a case was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// There is no such case for this viewer.
    #[error("there is no such case")]
    Unknown,
    /// A step stands on record under a name.
    #[error("a step stands on record under a name: sign in first")]
    Nameless,
    /// The step is not possible now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The verdict of a violation whose plea is upheld cannot be changed now.
    #[error("the verdict of a violation cannot be changed: {0}")]
    Verdict(#[source] verdict::Refusal),
    /// Something cannot be a member: there is nothing such for this viewer, or it is of another site.
    #[error("{0} cannot be in this case: it is of another site, or there is no such thing")]
    NoMember(Member),
    /// A member is in another case that is not over.
    #[error("{0} is in another case already")]
    Bound(Member),
    /// There is no such legal-basis card.
    #[error("there is no legal-basis card {} version {}", .0.behaviour, .0.version)]
    NoCard(CardRef),
    /// A camera does not prove that the rectification holds.
    #[error("{0}; re-check on site instead, or wait")]
    Unproven(Unproven),
    /// The words of the step are missing or too long.
    #[error("this step has 1 to {0} characters of words")]
    Words(usize),
    /// An attachment cannot go with the step.
    #[error(
        "attachment {0} cannot go with this step: you did not send it to this case, another step took it, or this step takes none"
    )]
    NoAttachment(AttachmentId),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl CaseError {
    /// For changes that the program makes by itself, which only the index can refuse.
    pub(crate) fn into_index(self) -> IndexError {
        match self {
            Self::Index(error) => error,
            other => IndexError::Query(other.to_string()),
        }
    }
}
