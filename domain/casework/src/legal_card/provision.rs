//! The name and number of a provision. The product quotes no text of laws.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest name of a law, in characters.
const MAX_LAW: usize = 100;
/// Longest number, in characters: an article with paragraph and item.
const MAX_NUMBER: usize = 40;

/// A provision by name and number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "ProvisionText")]
pub struct Provision {
    law: String,
    number: String,
}

/// Why a provision is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a provision has a name of 1 to {MAX_LAW} characters and a number of at most {MAX_NUMBER}, each on one line: \
     {law:?}, {number:?}"
)]
pub struct ProvisionError {
    law: String,
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionText {
    law: String,
    #[serde(default)]
    number: String,
}

impl Provision {
    /// `number` is empty where the name has it, as in `GB 30871-2022`.
    ///
    /// # Errors
    /// [`ProvisionError`] when a part is too long for a name and a number.
    pub fn new(law: &str, number: &str) -> Result<Self, ProvisionError> {
        let (law, number) = (law.trim().to_owned(), number.trim().to_owned());
        let is_long = law.chars().count() > MAX_LAW || number.chars().count() > MAX_NUMBER;
        let has_control = law.chars().chain(number.chars()).any(char::is_control);
        if law.is_empty() || is_long || has_control {
            Err(ProvisionError { law, number })
        } else {
            Ok(Self { law, number })
        }
    }

    /// The name of the law, rule or standard.
    #[must_use]
    pub fn law(&self) -> &str {
        &self.law
    }

    /// Article, paragraph and item; may be empty.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl TryFrom<ProvisionText> for Provision {
    type Error = ProvisionError;
    fn try_from(text: ProvisionText) -> Result<Self, ProvisionError> {
        Self::new(&text.law, &text.number)
    }
}

impl fmt::Display for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "《{}》{}", self.law, self.number)
    }
}
