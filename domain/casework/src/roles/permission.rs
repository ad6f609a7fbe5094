//! How far a right reaches: the one rule of what exists for whom. SQL must select the same; tests compare.

use anjian_domain::{Account, SiteId, Viewer};

/// The cell of a role and an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Always, as far as this reaches.
    Allowed(Reach),
    /// Only if this account or token was granted the action; then as far as this reaches.
    IfGranted(Reach),
    /// Never.
    Refused,
}

/// How far a right reaches. What lies outside does not exist for the viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// What belongs to no site: accounts, cards, the calendar, the audit.
    Installation,
    /// What belongs to a site in the viewer's scope.
    Scope,
    /// As `Scope`, and only what was confirmed beyond undo.
    Confirmed,
    /// As `Scope`, and only what a notice has told.
    Noticed,
    /// What belongs to the viewer's own account.
    Own,
}

/// How far something has come on its way to the enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Maturity {
    /// Not confirmed, or confirmed so lately that it can be undone, or without the second signature that was asked.
    Lead,
    /// Confirmed beyond undo. See `verdict::VerdictState::effective`.
    Confirmed,
    /// Part of a case whose notice left, whatever became of it since.
    Noticed,
}

/// What a viewer asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The site that it belongs to.
    pub site: Option<&'a SiteId>,
    /// The account that it belongs to.
    pub owner: Option<&'a Account>,
    /// How far it has come.
    pub maturity: Maturity,
}

impl<'a> Subject<'a> {
    /// Something of a site that is shown or not whatever its verdict is: a camera, a rule, a permit.
    #[must_use]
    pub const fn of_site(site: &'a SiteId) -> Self {
        Self { site: Some(site), owner: None, maturity: Maturity::Lead }
    }
}

impl Reach {
    /// The one rule: whether `subject` exists for `viewer`.
    #[must_use]
    pub fn includes(self, viewer: &Viewer, subject: &Subject<'_>) -> bool {
        let in_scope = subject.site.is_some_and(|site| viewer.scope().includes(site));
        match self {
            Self::Installation => true,
            Self::Scope => in_scope,
            Self::Confirmed => in_scope && subject.maturity >= Maturity::Confirmed,
            Self::Noticed => in_scope && subject.maturity >= Maturity::Noticed,
            Self::Own => subject.owner.is_some() && subject.owner == viewer.named_account(),
        }
    }
}

#[cfg(test)]
mod tests {
    use anjian_domain::{Role, Scope, Sites};

    use super::*;

    #[test]
    fn what_lies_outside_does_not_exist() {
        let (own, other): (SiteId, SiteId) = ("plant".parse().unwrap(), "mill".parse().unwrap());
        let scope = Scope::Sites(Sites::new([own.clone()]).unwrap());
        let viewer = Viewer::new("li", Role::Enterprise, scope).unwrap();
        let (li, wu): (Account, Account) = ("li".parse().unwrap(), "wu".parse().unwrap());
        let at = |site, maturity| Subject { site: Some(site), owner: None, maturity };
        let of = |owner| Subject { site: None, owner: Some(owner), maturity: Maturity::Lead };
        for (reach, subject, expected) in [
            (Reach::Scope, at(&own, Maturity::Lead), true),
            (Reach::Scope, at(&other, Maturity::Noticed), false),
            (Reach::Scope, of(&li), false),
            (Reach::Confirmed, at(&own, Maturity::Lead), false),
            (Reach::Confirmed, at(&own, Maturity::Confirmed), true),
            (Reach::Confirmed, at(&other, Maturity::Confirmed), false),
            (Reach::Noticed, at(&own, Maturity::Confirmed), false),
            (Reach::Noticed, at(&own, Maturity::Noticed), true),
            (Reach::Noticed, at(&other, Maturity::Noticed), false),
            (Reach::Own, of(&li), true),
            (Reach::Own, of(&wu), false),
            (Reach::Own, at(&own, Maturity::Noticed), false),
            (Reach::Installation, of(&wu), true),
        ] {
            assert_eq!(reach.includes(&viewer, &subject), expected, "{reach:?} {subject:?}");
        }
        assert!(!Reach::Own.includes(&Viewer::local(), &of(&li)), "the local account owns nothing");
    }
}
