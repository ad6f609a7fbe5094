//! The rights of one account or token: the table, and what was granted to it.

use std::collections::BTreeSet;

use anjian_domain::Role;

use super::action::Action;
use super::permission::{Permission, Reach};
use super::table::{may, role_words};

/// The rights of one account or token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    role: Role,
    granted: BTreeSet<Action>,
}

/// An action that was asked for and is not allowed. The text names no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("role {role} must not {action}")]
pub struct Forbidden {
    /// Who asked.
    pub role: Role,
    /// For what.
    pub action: Action,
}

/// An action that cannot be granted to a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{action} cannot be granted to role {role}: {} may hold only what docs/roles.md marks as grantable", role_words(*role).en)]
pub struct NotGrantable {
    /// To whom.
    pub role: Role,
    /// What.
    pub action: Action,
}

impl Rights {
    /// The rights of a role to which nothing was granted.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        Self { role, granted: BTreeSet::new() }
    }

    /// The rights of a role to which something was granted: a token, or an operator who may see evidence.
    ///
    /// # Errors
    /// [`NotGrantable`] when the table does not ask for a grant there.
    pub fn with(role: Role, granted: impl IntoIterator<Item = Action>) -> Result<Self, NotGrantable> {
        let granted: BTreeSet<_> = granted.into_iter().collect();
        let is_grantable = |action: &Action| matches!(may(role, *action), Permission::IfGranted(_));
        match granted.iter().copied().find(|action| !is_grantable(action)) {
            Some(action) => Err(NotGrantable { role, action }),
            None => Ok(Self { role, granted }),
        }
    }

    /// As what the account asks.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What was granted beyond the role.
    pub fn granted(&self) -> impl Iterator<Item = Action> {
        self.granted.iter().copied()
    }

    /// How far the right to an action reaches.
    ///
    /// # Errors
    /// [`Forbidden`] when there is no such right.
    pub fn may(&self, action: Action) -> Result<Reach, Forbidden> {
        match may(self.role, action) {
            Permission::Allowed(reach) => Ok(reach),
            Permission::IfGranted(reach) if self.granted.contains(&action) => Ok(reach),
            Permission::IfGranted(_) | Permission::Refused => Err(Forbidden { role: self.role, action }),
        }
    }

    /// What can be granted to a role, for pages that offer it.
    pub fn grantable(role: Role) -> impl Iterator<Item = Action> {
        let is_grantable = move |action: &Action| matches!(may(role, *action), Permission::IfGranted(_));
        Action::ALL.iter().copied().filter(is_grantable)
    }

    /// Every action that is allowed, for pages that show only these.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(|action| self.may(*action).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_opens_what_the_table_leaves_to_grants_and_nothing_else() {
        let token = Rights::with(Role::Service, [Action::SeeViolations]).unwrap();
        assert_eq!(token.may(Action::SeeViolations), Ok(Reach::Scope));
        assert_eq!(
            token.may(Action::SeeEvidence),
            Err(Forbidden { role: Role::Service, action: Action::SeeEvidence })
        );
        assert_eq!(token.actions().collect::<Vec<_>>(), [Action::SeeViolations]);
        assert!(Rights::of(Role::Operator).may(Action::SeeEvidence).is_err());
        assert!(
            Rights::with(Role::Operator, [Action::SeeEvidence]).unwrap().may(Action::SeeEvidence).is_ok()
        );
        for (role, action) in [
            (Role::Service, Action::GiveVerdict),
            (Role::Inspector, Action::SeeViolations),
            (Role::Enterprise, Action::PlayRecordings),
        ] {
            let refused = Rights::with(role, [action]);
            assert_eq!(refused, Err(NotGrantable { role, action }));
        }
    }
}
