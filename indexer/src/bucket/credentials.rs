//! The key of a bucket. It comes from the environment only: configurations are copied, mailed and shown.

use std::fmt::{Debug, Formatter};

use super::settings::VARIABLES;

/// A key of a bucket. Never shown.
#[derive(Clone)]
pub struct BucketCredentials {
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl BucketCredentials {
    /// A key and its secret.
    #[must_use]
    pub fn new(key_id: &str, secret: &str) -> Self {
        Self { key_id: key_id.to_owned(), secret: secret.to_owned(), token: None }
    }

    /// Those of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for those that are lent for a time, `AWS_SESSION_TOKEN`.
    ///
    /// # Errors
    /// Names the variables when one is missing.
    pub fn from_environment() -> Result<Self, String> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(value_of: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value_of = |name| value_of(name).filter(|value| !value.trim().is_empty());
        let (key_id, secret) = (value_of("AWS_ACCESS_KEY_ID"), value_of("AWS_SECRET_ACCESS_KEY"));
        match (key_id, secret) {
            (Some(key_id), Some(secret)) => Ok(Self { key_id, secret, token: value_of("AWS_SESSION_TOKEN") }),
            _ => Err(format!("there are no credentials: set {VARIABLES} before starting anjian")),
        }
    }
}

impl Debug for BucketCredentials {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("BucketCredentials(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_whole_or_the_variables_are_named() {
        let set = |names: &'static [&'static str]| {
            move |name: &str| names.contains(&name).then(|| format!("hunter2 of {name}"))
        };
        let lent = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
        let whole = BucketCredentials::from_variables(|name| {
            set(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])(name)
        });
        assert!(whole.unwrap().token.is_none());
        let read =
            BucketCredentials::from_variables(|name| lent.contains(&name).then(|| "hunter2".to_owned()))
                .unwrap();
        assert!(read.token.is_some() && !format!("{read:?}").contains("hunter2"));
        for names in [&[][..], &["AWS_ACCESS_KEY_ID"], &["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]] {
            let refusal = BucketCredentials::from_variables(set(names)).unwrap_err();
            assert!(refusal.contains("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{refusal}");
        }
    }
}
