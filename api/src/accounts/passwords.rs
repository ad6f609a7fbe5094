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
const MIN: usize = 12;
const MAX: usize = 200;
/// A shorter name stands in passwords by chance.
const MIN_NAME: usize = 4;
/// Passwords that are guessed first, lower case, one a line; without the digits and signs around them.
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

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weakness {
    #[error("a password has at least {MIN} characters")]
    Short,
    #[error("a password has at most {MAX} characters")]
    Long,
    #[error("this password is guessed first: choose another")]
    Common,
    #[error("a password must not hold the name of the account")]
    Name,
    #[error("the new password is the old one: choose another")]
    Same,
}

impl Weakness {
    /// For programs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Common => "common",
            Self::Name => "name",
            Self::Same => "same",
        }
    }
}

/// # Errors
/// What is wrong with a new password.
pub(crate) fn check(password: &str, account: &str) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < MIN {
        return Err(Weakness::Short);
    }
    if length > MAX {
        return Err(Weakness::Long);
    }
    let lower = password.to_lowercase();
    // `Password-2026!` is `password` to whoever guesses.
    let stem = lower.trim_matches(|letter: char| !letter.is_alphabetic());
    let is_common = stem.is_empty() || COMMON.lines().any(|common| common == lower || common == stem);
    let letters: std::collections::BTreeSet<char> = lower.chars().collect();
    if is_common || letters.len() < 5 {
        return Err(Weakness::Common);
    }
    if account.chars().count() >= MIN_NAME && lower.contains(&account.to_lowercase()) {
        return Err(Weakness::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_common_or_the_name_is_refused() {
        for (bad, weakness) in [
            ("elevenchars", Weakness::Short),
            ("Password1234", Weakness::Common),
            ("Password-2026!", Weakness::Common),
            ("aaaaaaaaaaaa", Weakness::Common),
            ("147258369012", Weakness::Common),
            ("1qaz2wsx3edc", Weakness::Common),
            ("my-wang-2026", Weakness::Name),
            (&"长".repeat(201), Weakness::Long),
        ] {
            assert_eq!(check(bad, "wang"), Err(weakness), "{bad}");
        }
        for good in ["correct horse battery", "安全生产月检查二零二六年", "tK9#mmQ2!xx4"] {
            assert!(check(good, "wang").is_ok(), "{good}");
        }
        assert!(check("six little ducks", "li").is_ok());
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
