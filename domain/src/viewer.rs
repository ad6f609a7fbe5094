//! Who asks, as what, and which sites they see.
//!
//! A plain value. It is made where a request comes in, and every query that serves a person takes it. What a role may
//! do is not decided here.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::account::MAX_ACCOUNT;
use crate::{Account, Role, SiteId};

/// The account, role and scope behind one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    account: Account,
    role: Role,
    scope: Scope,
    address: Option<IpAddr>,
}

/// Which sites a viewer sees. What lies outside does not exist for the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every site, those to come included.
    Everything,
    /// These sites.
    Sites(Sites),
}

/// A list of sites, each once, at most [`Sites::MAX`]. An empty list shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<SiteId>", into = "BTreeSet<SiteId>")]
pub struct Sites(BTreeSet<SiteId>);

/// Why there is no such viewer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewerError {
    /// The account name says nothing, or too much.
    #[error("an account name has 1 to {MAX_ACCOUNT} printable characters")]
    Account,
    /// More sites than a search walks at once.
    #[error("{0} sites: a scope lists at most {max}", max = Sites::MAX)]
    Sites(usize),
}

impl Viewer {
    /// # Errors
    /// [`ViewerError::Account`] when `account` is blank, too long or holds control characters.
    pub fn new(account: &str, role: Role, scope: Scope) -> Result<Self, ViewerError> {
        let account: Account = account.parse().map_err(|_| ViewerError::Account)?;
        Ok(Self { account, role, scope, address: None })
    }

    /// The viewer while there are no accounts: everybody who reaches this machine, with all rights.
    #[must_use]
    pub fn local() -> Self {
        Self { account: Account::local(), role: Role::Local, scope: Scope::Everything, address: None }
    }

    /// The same viewer, asking from an address of the network.
    #[must_use]
    pub fn at(self, address: IpAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    /// From where they ask, if over the network.
    #[must_use]
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The name of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.account.as_str()
    }

    /// The account, if it names a person or a token. `None` for the local viewer.
    #[must_use]
    pub const fn named_account(&self) -> Option<&Account> {
        match self.role {
            Role::Local => None,
            _ => Some(&self.account),
        }
    }

    /// As what they ask.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Which sites they see.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The name on record for a change that this viewer makes. A signed-in viewer signs with the account, whatever
    /// name was given. The local account names no person, so there the given name counts.
    #[must_use]
    pub fn signs_as<'n>(&'n self, given: &'n str) -> &'n str {
        self.named_account().map_or(given, Account::as_str)
    }
}

impl Scope {
    /// The one rule: whether something that belongs to `site` exists for the viewer.
    #[must_use]
    pub fn includes(&self, site: &SiteId) -> bool {
        match self {
            Self::Everything => true,
            Self::Sites(sites) => sites.0.contains(site),
        }
    }
}

impl Sites {
    /// Most sites of a list: a search walks one piece of an index for each site and behaviour.
    pub const MAX: usize = 1_024;

    /// # Errors
    /// [`ViewerError::Sites`] when there are more than [`Sites::MAX`].
    pub fn new(sites: impl IntoIterator<Item = SiteId>) -> Result<Self, ViewerError> {
        let sites: BTreeSet<SiteId> = sites.into_iter().collect();
        if sites.len() > Self::MAX { Err(ViewerError::Sites(sites.len())) } else { Ok(Self(sites)) }
    }

    /// Each, by id.
    pub fn iter(&self) -> impl Iterator<Item = &SiteId> {
        self.0.iter()
    }
}

impl TryFrom<BTreeSet<SiteId>> for Sites {
    type Error = ViewerError;
    fn try_from(sites: BTreeSet<SiteId>) -> Result<Self, ViewerError> {
        Self::new(sites)
    }
}

impl From<Sites> for BTreeSet<SiteId> {
    fn from(sites: Sites) -> Self {
        sites.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(number: usize) -> SiteId {
        format!("site-{number}").parse().unwrap()
    }

    #[test]
    fn a_scope_includes_its_sites_and_no_others() {
        let some = Scope::Sites(Sites::new([site(1), site(2), site(1)]).unwrap());
        let none = Scope::Sites(Sites::new([]).unwrap());
        for (scope, number, expected) in [
            (&Scope::Everything, 7, true),
            (&some, 1, true),
            (&some, 2, true),
            (&some, 3, false),
            (&some, 11, false),
            (&none, 1, false),
        ] {
            assert_eq!(scope.includes(&site(number)), expected, "{scope:?} {number}");
        }
    }

    #[test]
    fn lists_and_names_are_bounded() {
        assert_eq!(Sites::new((0..Sites::MAX).map(site)).unwrap().iter().count(), Sites::MAX);
        assert_eq!(Sites::new((0..=Sites::MAX).map(site)), Err(ViewerError::Sites(Sites::MAX + 1)));
        let named = |account: &str| Viewer::new(account, Role::Inspector, Scope::Everything);
        assert_eq!(named(" 王检查员 ").unwrap().account(), "王检查员");
        for bad in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert_eq!(named(bad), Err(ViewerError::Account), "{bad:?}");
        }
    }

    #[test]
    fn a_name_that_is_given_counts_only_without_an_account() {
        let inspector = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
        assert_eq!(inspector.signs_as("somebody else"), "wang");
        assert_eq!(Viewer::local().signs_as("王检查员"), "王检查员");
    }
}
