//! Passwords: hashed with Argon2id, a few at once and off the async threads; what a new one must be.

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
/// In characters.
const MIN: usize = 10;
const MAX: usize = 200;
/// Passwords that are guessed first, lower case, one a line.
const COMMON: &str = include_str!("common_passwords.txt");

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

/// # Errors
/// What is wrong with a new password.
pub(crate) fn check(password: &str, account: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if !(MIN..=MAX).contains(&length) {
        return Err(Problem::Password(format!("a password has {MIN} to {MAX} characters")));
    }
    let lower = password.to_lowercase();
    let is_common = COMMON.lines().any(|common| common == lower);
    let letters: std::collections::BTreeSet<char> = lower.chars().collect();
    if is_common || letters.len() < 5 {
        return Err(Problem::Password("this password is guessed first: choose another".to_owned()));
    }
    if lower.contains(&account.to_lowercase()) {
        return Err(Problem::Password("a password must not hold the name of the account".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_common_or_the_name_is_refused() {
        for bad in ["short", "1234567890", "Password123", "aaaaaaaaaaaa", "my-wang-2026", &"长".repeat(201)]
        {
            assert!(check(bad, "wang").is_err(), "{bad}");
        }
        for good in ["correct horse battery", "安全生产检查二零二六年", "tK9#mmQ2!xx"] {
            assert!(check(good, "wang").is_ok(), "{good}");
        }
    }

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
