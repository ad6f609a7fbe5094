//! Accounts as values.

use std::collections::BTreeSet;

use anjian_casework::roles::{AccountScope, Action, Rights};
use anjian_domain::{Account, Role, WallTime};
use serde_json::{Value, json};

use crate::IndexError;
use crate::engine::columns::Columns;
use crate::engine::row::Row;

/// What is set of an account when it is made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSettings {
    /// What people call the person; empty when only the name is known.
    pub shown_name: String,
    /// As what they ask.
    pub role: Role,
    /// For which sites.
    pub scope: AccountScope,
    /// Actions beyond the role.
    pub grants: BTreeSet<Action>,
    /// Number of an officer's certificate (执法证号); empty when there is none.
    pub certificate: String,
    /// Whether they may sign in.
    pub is_active: bool,
}

/// An account, without what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// By which it signs in.
    pub name: Account,
    /// What is set.
    pub settings: AccountSettings,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether the password has to be changed first.
    pub is_one_time: bool,
    /// Whether signing in takes a code as well.
    pub has_totp: bool,
    /// Counts changes of rights and password.
    pub rights_version: i64,
    /// When it was made.
    pub made_at: WallTime,
    /// When it signed in last.
    pub last_login_at: Option<WallTime>,
}

impl AccountRow {
    /// What the account may do.
    ///
    /// # Errors
    /// When the row grants what the role cannot hold, as after a change of the table of roles.
    pub fn rights(&self) -> Result<Rights, IndexError> {
        let rights = Rights::with(self.settings.role, self.settings.grants.iter().copied());
        rights.map_err(|refused| IndexError::Row {
            table: "account",
            reason: format!("{}: {refused}", self.name),
        })
    }
}

/// As the audit shows it.
pub(crate) fn state(settings: &AccountSettings) -> Value {
    let AccountSettings { shown_name, role, scope, grants, certificate, is_active } = settings;
    json!({
        "shown_name": shown_name, "role": role, "scope": scope, "grants": grants, "certificate": certificate,
        "is_active": is_active,
    })
}

/// Of a row that has the columns of `account`.
pub(crate) fn decode(row: &Row) -> Result<AccountRow, IndexError> {
    let columns = Columns { table: "account", row };
    let settings = AccountSettings {
        shown_name: columns.get("shown_name")?,
        role: columns.word("role")?,
        scope: columns.json("scope")?,
        grants: columns.json("grants")?,
        certificate: columns.get("certificate")?,
        is_active: columns.flag("is_active")?,
    };
    Ok(AccountRow {
        name: columns.word("name")?,
        settings,
        has_password: columns.get::<Option<&str>>("password")?.is_some(),
        is_one_time: columns.flag("is_one_time")?,
        has_totp: columns.flag("is_totp_active")?,
        rights_version: columns.get("rights_version")?,
        made_at: columns.wall("made_us")?,
        last_login_at: columns.wall_or_null("last_login_us")?,
    })
}
