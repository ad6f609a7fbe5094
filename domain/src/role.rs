//! As what somebody asks. What a role may do is not decided here: `anjian-casework` holds that table.

use serde::{Deserialize, Serialize};

use crate::named::named;

/// As what somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Administers the installation for the regulator.
    Admin,
    /// Enforces the law: judges violations and carries cases.
    Inspector,
    /// Answers for an enterprise and its sites.
    Enterprise,
    /// Sets up cameras, zones, rules and permits.
    Operator,
    /// Analyses footage again and compares Runs.
    Analyst,
    /// Reads everything and changes nothing.
    Auditor,
    /// A program with a token.
    Service,
    /// Everybody who reaches this machine. Nobody signed in, so the account names no person.
    Local,
}

named!(
    Role,
    Admin = "admin",
    Inspector = "inspector",
    Enterprise = "enterprise",
    Operator = "operator",
    Analyst = "analyst",
    Auditor = "auditor",
    Service = "service",
    Local = "local",
);

impl Role {
    /// Every role, in the order in which lists show them.
    pub const ALL: [Self; 8] = [
        Self::Admin,
        Self::Inspector,
        Self::Enterprise,
        Self::Operator,
        Self::Analyst,
        Self::Auditor,
        Self::Service,
        Self::Local,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("Admin".parse::<Role>().is_err());
    }
}
