//! Where the provider is, and as what this server asks there.

use std::fmt;

use url::Url;

/// A provider of OpenID Connect at which people sign in.
#[derive(Clone)]
pub struct SingleSignOn {
    /// As people call it; stands on the button.
    pub name: String,
    /// Its address, letter by letter as in its tokens: a slash at the end belongs to it.
    pub issuer: String,
    /// As what this server is known there.
    pub client_id: String,
    /// What proves that; `None` for public clients.
    pub client_secret: Option<String>,
    /// Where browsers reach this server: the provider sends them back to `api/v1/sign-on/return` below it.
    pub page: Url,
    /// What of the provider's answer is the name of the account.
    pub account_claim: AccountClaim,
}

/// A claim of the ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccountClaim {
    /// `preferred_username`.
    #[default]
    PreferredUsername,
    /// `email`, if the provider verified it.
    Email,
    /// `sub`.
    Subject,
}

impl fmt::Debug for SingleSignOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SingleSignOn");
        shown.field("issuer", &self.issuer).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
