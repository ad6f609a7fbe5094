//! The scope of an account: everything, a region, or sites. Becomes the `Scope` of a Viewer at each request.
//!
//! A region is resolved to the sites that lie in it when the Viewer is made, so that queries know sites only. A site
//! needs one word for that: the code of its administrative division. The unified social credit code does not serve:
//! its digits name where the enterprise registered, not where the site lies.

use std::fmt;
use std::str::FromStr;

use anjian_domain::{Role, Scope, SiteId, Sites, ViewerError};
use serde::{Deserialize, Serialize};

/// An administrative division of GB/T 2260: a province (`33`), a city (`3301`) or a county (`330106`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// Why a text is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no administrative division: write 2, 4 or 6 digits, such as 33, 3301 or 330106")]
pub struct RegionError(String);

/// Which sites an account is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum AccountScope {
    /// Every site, those to come included.
    Everything,
    /// The sites in a region, those to come included.
    Region(Region),
    /// These sites.
    Sites(Sites),
}

/// The kinds of scope that a role may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// Every site.
    Everything,
    /// The sites in a region.
    Region,
    /// Listed sites.
    Sites,
}

/// Why an account cannot have a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// The role is for other kinds of scope.
    #[error("role {role} cannot have the scope {kind}: use {}", allowed(*role))]
    Kind {
        /// The role.
        role: Role,
        /// The kind that was given.
        kind: ScopeKind,
    },
}

/// The kinds of scope that accounts of a role may have.
#[must_use]
pub const fn scope_kinds(role: Role) -> &'static [ScopeKind] {
    match role {
        Role::Admin | Role::Auditor | Role::Local => &[ScopeKind::Everything],
        Role::Enterprise => &[ScopeKind::Sites],
        Role::Inspector | Role::Operator | Role::Analyst | Role::Service => {
            &[ScopeKind::Everything, ScopeKind::Region, ScopeKind::Sites]
        }
    }
}

impl ScopeKind {
    /// The name in answers and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Region => "region",
            Self::Sites => "sites",
        }
    }
}

impl fmt::Display for ScopeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn allowed(role: Role) -> String {
    let names: Vec<_> = scope_kinds(role).iter().map(|kind| kind.as_str()).collect();
    names.join(" or ")
}

impl AccountScope {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::Everything => ScopeKind::Everything,
            Self::Region(_) => ScopeKind::Region,
            Self::Sites(_) => ScopeKind::Sites,
        }
    }

    /// Checks it when an account is made or changed.
    ///
    /// # Errors
    /// [`ScopeError`] when accounts of this role have other scopes.
    pub fn suits(&self, role: Role) -> Result<(), ScopeError> {
        let kind = self.kind();
        if scope_kinds(role).contains(&kind) { Ok(()) } else { Err(ScopeError::Kind { role, kind }) }
    }

    /// The scope of a Viewer. `sites` are all sites with their regions; a site without one lies in no region.
    ///
    /// # Errors
    /// [`ViewerError::Sites`] when the region holds more sites than a scope may list.
    pub fn resolve<'s>(
        &self,
        sites: impl IntoIterator<Item = (&'s SiteId, Option<&'s Region>)>,
    ) -> Result<Scope, ViewerError> {
        match self {
            Self::Everything => Ok(Scope::Everything),
            Self::Sites(sites) => Ok(Scope::Sites(sites.clone())),
            Self::Region(region) => {
                let lies_in = |place: Option<&Region>| place.is_some_and(|place| region.includes(place));
                let inside = sites.into_iter().filter(|(_, place)| lies_in(*place));
                Sites::new(inside.map(|(site, _)| site.clone())).map(Scope::Sites)
            }
        }
    }
}

impl Region {
    /// Whether another lies in this one. Each lies in itself.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The digits that count: 2, 4 or 6.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = RegionError;

    /// Cuts the zeros that fill a code up to six digits: `330100` is the city `3301`.
    fn from_str(text: &str) -> Result<Self, RegionError> {
        let is_digits = text.bytes().all(|letter| letter.is_ascii_digit());
        let mut code = text;
        while let Some(shorter) = code.strip_suffix("00").filter(|_| is_digits) {
            code = shorter;
        }
        let is_region = is_digits && matches!(text.len(), 2 | 4 | 6) && !code.is_empty();
        if is_region { Ok(Self(code.to_owned())) } else { Err(RegionError(text.to_owned())) }
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;
    fn try_from(text: String) -> Result<Self, RegionError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> Region {
        code.parse().unwrap()
    }

    #[test]
    fn a_region_includes_what_lies_in_it() {
        for (outer, inner, expected) in [
            ("33", "330106", true),
            ("330100", "330106", true),
            ("3301", "3301", true),
            ("330106", "3301", false),
            ("3302", "330106", false),
            ("330000", "3302", true),
        ] {
            assert_eq!(region(outer).includes(&region(inner)), expected, "{outer} {inner}");
        }
        for bad in ["", "3", "331", "00", "000000", "33a1", "3301061", "浙江"] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_region_becomes_the_sites_in_it() {
        let (a, b, c): (SiteId, SiteId, SiteId) =
            ("a".parse().unwrap(), "b".parse().unwrap(), "c".parse().unwrap());
        let (hangzhou, ningbo) = (region("330106"), region("330203"));
        let sites = [(&a, Some(&hangzhou)), (&b, Some(&ningbo)), (&c, None)];
        let scope = |scope: AccountScope| scope.resolve(sites).unwrap();
        assert_eq!(scope(AccountScope::Everything), Scope::Everything);
        let city = scope(AccountScope::Region(region("3301")));
        assert_eq!(city, Scope::Sites(Sites::new([a.clone()]).unwrap()));
        assert!(!scope(AccountScope::Region(region("33"))).includes(&c), "a site without a region");
    }

    #[test]
    fn roles_have_the_scopes_that_they_are_for() {
        let sites = AccountScope::Sites(Sites::new([]).unwrap());
        for (role, scope, expected) in [
            (Role::Enterprise, &sites, true),
            (Role::Enterprise, &AccountScope::Everything, false),
            (Role::Auditor, &AccountScope::Everything, true),
            (Role::Auditor, &sites, false),
            (Role::Inspector, &AccountScope::Region(region("33")), true),
        ] {
            assert_eq!(scope.suits(role).is_ok(), expected, "{role} {scope:?}");
        }
    }
}
