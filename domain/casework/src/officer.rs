//! Officers, their certificate numbers, and who must not act.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use anjian_domain::Account;
use serde::{Deserialize, Serialize};

/// Longest certificate number, in characters.
const MAX_CERTIFICATE: usize = 40;

/// The number of an officer's enforcement certificate (执法证号).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(String);

/// Why a text is no certificate number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a certificate number has 1 to {MAX_CERTIFICATE} printable characters without blanks")]
pub struct CertificateError;

/// A person of the regulator who acts on record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Officer {
    /// The account.
    pub account: Account,
    /// The certificate number; `None` for an account without one, which cannot sign orders.
    pub certificate: Option<Certificate>,
}

/// The accounts that must not act on a site (行政处罚法 43).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recusals(BTreeSet<Account>);

impl Recusals {
    /// Whether an account must not act.
    #[must_use]
    pub fn include(&self, account: &Account) -> bool {
        self.0.contains(account)
    }
}

impl FromIterator<Account> for Recusals {
    fn from_iter<I: IntoIterator<Item = Account>>(accounts: I) -> Self {
        Self(accounts.into_iter().collect())
    }
}

impl Officer {
    /// Whether two officers are one person: by account, or by certificate number.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        let has_same_certificate = self.certificate.is_some() && self.certificate == other.certificate;
        self.account == other.account || has_same_certificate
    }
}

impl FromStr for Certificate {
    type Err = CertificateError;
    fn from_str(text: &str) -> Result<Self, CertificateError> {
        let number = text.trim();
        let is_bad =
            number.is_empty() || number.chars().any(|letter| letter.is_control() || letter.is_whitespace());
        if is_bad || number.chars().count() > MAX_CERTIFICATE {
            return Err(CertificateError);
        }
        Ok(Self(number.to_owned()))
    }
}

impl TryFrom<String> for Certificate {
    type Error = CertificateError;
    fn try_from(text: String) -> Result<Self, CertificateError> {
        text.parse()
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.0
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officer(account: &str, certificate: Option<&str>) -> Officer {
        Officer {
            account: account.parse().unwrap(),
            certificate: certificate.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn one_person_with_two_accounts_is_one_person() {
        for (first, second, expected) in [
            (officer("wang", Some("A1")), officer("wang", Some("A2")), true),
            (officer("wang", Some("A1")), officer("li", Some("A1")), true),
            (officer("wang", None), officer("li", None), false),
            (officer("wang", Some("A1")), officer("li", Some("A2")), false),
        ] {
            assert_eq!(first.is_same_person(&second), expected, "{first:?} {second:?}");
        }
        for bad in ["", " ", "A 1", "A\n1", &"9".repeat(41)] {
            assert_eq!(bad.parse::<Certificate>(), Err(CertificateError), "{bad:?}");
        }
    }
}
