//! What a new password must be.

/// In characters.
const MIN: usize = 12;
const MAX: usize = 200;
/// A shorter name stands in passwords by chance.
const MIN_NAME: usize = 4;
/// Passwords that are guessed first, lower case, one a line; without the digits and signs around them.
const COMMON: &str = include_str!("common_passwords.txt");

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
}
