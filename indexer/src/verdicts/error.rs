//! Why a verdict was not changed.

use anjian_casework::verdict::Refusal;

use crate::IndexError;

/// Why a verdict was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// There is no such violation for this viewer.
    #[error("there is no such violation")]
    Unknown,
    /// A verdict stands on record under a name.
    #[error("a verdict stands on record under a name: sign in first")]
    Nameless,
    /// The act is not possible now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}
