//! The name of an account. Whether there is such an account is for the index to know.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest account name, in characters.
pub(crate) const MAX_ACCOUNT: usize = 200;

/// The name of an account, 1 to 200 printable characters. Two names are the same account only if they are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Account(String);

/// Why a text cannot name an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an account name has 1 to {MAX_ACCOUNT} printable characters")]
pub struct AccountNameError;

impl Account {
    /// The account of everybody while there are no accounts. It names no person.
    pub(crate) fn local() -> Self {
        Self("local".to_owned())
    }

    /// As it stands on record.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Account {
    type Err = AccountNameError;
    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let name = text.trim();
        let is_bad = name.is_empty() || name.chars().any(char::is_control);
        if is_bad || name.chars().count() > MAX_ACCOUNT {
            Err(AccountNameError)
        } else {
            Ok(Self(name.to_owned()))
        }
    }
}

impl TryFrom<String> for Account {
    type Error = AccountNameError;
    fn try_from(text: String) -> Result<Self, AccountNameError> {
        text.parse()
    }
}

impl From<Account> for String {
    fn from(account: Account) -> Self {
        account.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(" 王检查员 ".parse::<Account>().unwrap().as_str(), "王检查员");
        for bad in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert_eq!(bad.parse::<Account>(), Err(AccountNameError), "{bad:?}");
        }
        assert!(serde_json::from_str::<Account>("\"\"").is_err());
    }
}
