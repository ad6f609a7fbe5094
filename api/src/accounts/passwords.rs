//! Passwords: hashed with Argon2id, a few at once and off the async threads.

use std::sync::Arc;

use anjian_domain::WallTime;
use anjian_indexer::{HashedPassword, IndexError, random_bytes};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::http::problem::Problem;
use crate::ports::blocking::Places;

/// Hashes that are computed at once, 19 MiB each, and those that may wait. Known browsers have places of their own: a flood
/// of strangers does not hold them up.
const AT_ONCE: usize = 1;
const WAITING: usize = 32;

/// Computes hashes. Clones share the places.
#[derive(Clone)]
pub(crate) struct Passwords {
    strangers: Places,
    known: Places,
    /// What the password of an unknown account is compared with, so that it takes as long.
    dummy: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, IndexError> {
        let places = || Places::new(AT_ONCE, WAITING);
        Ok(Self { strangers: places(), known: places(), dummy: hash("nobody knows this one")?.into() })
    }

    /// Whether the password is the one of the hash; without a hash it is not, after the same time.
    pub(crate) async fn is_right(
        &self,
        password: String,
        stored: Option<String>,
        is_known: bool,
    ) -> Result<bool, Problem> {
        let dummy = Arc::clone(&self.dummy);
        let compare = move || match stored {
            Some(stored) => verify(&password, &stored),
            None => {
                verify(&password, &dummy);
                false
            }
        };
        let places = if is_known { &self.known } else { &self.strangers };
        places.finish(move |_| compare()).await.map_err(|_| Problem::Crowd)
    }

    /// Hashes a password for keeping.
    pub(crate) async fn hash(
        &self,
        password: String,
        is_one_time: bool,
        ends_at: Option<WallTime>,
    ) -> Result<HashedPassword, Problem> {
        let hashed = self.known.finish(move |_| hash(&password)).await.map_err(|_| Problem::Crowd)?;
        Ok(HashedPassword { hash: hashed?, is_one_time, ends_at })
    }
}

/// A PHC string.
///
/// # Errors
/// When the system gives no random numbers.
pub(crate) fn hash(password: &str) -> Result<String, IndexError> {
    let salt = random_bytes::<16>()?;
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hashed.expect("these parameters and this salt are always good").to_string())
}

fn verify(password: &str, stored: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_opens() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("correct horse".to_owned(), false, None).await.unwrap().hash;
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        let is_right = |password: &str, stored| passwords.is_right(password.to_owned(), stored, false);
        assert!(is_right("correct horse", Some(stored.clone())).await.unwrap());
        assert!(!is_right("correct horsf", Some(stored)).await.unwrap());
        assert!(!is_right("correct horse", Some("damaged".to_owned())).await.unwrap());
        assert!(!is_right("nobody knows this one", None).await.unwrap());
    }
}
