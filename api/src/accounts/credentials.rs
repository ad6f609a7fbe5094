//! Passwords and tokens that are made without a page: at the first start, for a demonstration, on the command line.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::roles::{AccountScope, Action};
use anjian_domain::WallTime;
use anjian_indexer::{HashedPassword, IndexError, NewToken};

use crate::accounts::passwords::hash;
use crate::accounts::token::{Token, new_id, one_time_password};

/// How long a one-time password counts.
pub(crate) const ONE_TIME: Duration = Duration::from_secs(3 * 24 * 3_600);

/// A random password.
pub struct NewPassword {
    /// For the person.
    pub text: String,
    /// For the index.
    pub kept: HashedPassword,
}

/// The token of a program.
pub struct ProgramToken {
    /// For the program.
    pub text: String,
    /// For the index.
    pub new: NewToken,
}

impl NewPassword {
    /// One that has to be changed at the first login, within three days. Computes for a moment.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn one_time(now: WallTime) -> Result<Self, IndexError> {
        let ends_at = Some(now.plus(ONE_TIME));
        Self::made(|hash| HashedPassword { hash, is_one_time: true, ends_at })
    }

    /// One that stays. Computes for a moment.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn lasting() -> Result<Self, IndexError> {
        Self::made(|hash| HashedPassword { hash, is_one_time: false, ends_at: None })
    }

    fn made(kept: impl FnOnce(String) -> HashedPassword) -> Result<Self, IndexError> {
        let text = one_time_password()?;
        let kept = kept(hash(&text)?);
        Ok(Self { text, kept })
    }
}

impl ProgramToken {
    /// One for these actions; without a scope it has its owner's.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(
        name: String,
        actions: BTreeSet<Action>,
        scope: Option<AccountScope>,
        ends_at: WallTime,
    ) -> Result<Self, IndexError> {
        let Token { text, digest } = Token::of_program()?;
        let id = new_id()?;
        Ok(Self { text, new: NewToken { id, digest, name, actions, scope, ends_at } })
    }
}
