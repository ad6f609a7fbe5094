//! Why a signature under a disposal was not taken.

use anjian_casework::disposal::DisposalRefusal;

use crate::IndexError;

/// Why a signature under a disposal was not taken. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DisposalError {
    /// There is no such case for this viewer.
    #[error("there is no such case")]
    Unknown,
    /// A signature stands on record under a name.
    #[error("a signature stands on record under a name: sign in first")]
    Nameless,
    /// It is not possible now.
    #[error(transparent)]
    Refused(#[from] DisposalRefusal),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}
