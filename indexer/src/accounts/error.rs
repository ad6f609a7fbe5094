//! Why an account was not made or changed.

use anjian_casework::roles::{NotGrantable, ScopeError};
use anjian_domain::Account;

use crate::IndexError;

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// There is one of this name.
    #[error("there is an account {0} already: choose another name")]
    Known(Account),
    /// There is none of this name.
    #[error("there is no account {0}")]
    Unknown(String),
    /// Nobody would be left to let others in.
    #[error("{0} is the last active administrator: make another one first")]
    LastAdmin(Account),
    /// The role is for other scopes.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The role cannot hold it.
    #[error(transparent)]
    Grant(#[from] NotGrantable),
    /// The scope names a site that is not there.
    #[error("there is no site {0:?}: choose one of the list")]
    Site(String),
    /// A text is too long.
    #[error("{name}: at most {most} characters")]
    Words {
        /// Of what.
        name: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// Accounts of this role do not sign in.
    #[error("role {0} is for programs and machines: people have another one")]
    NoPerson(anjian_domain::Role),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}
