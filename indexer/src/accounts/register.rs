//! Accounts: listed, found, and checked before they are kept.

use anjian_casework::roles::{AccountScope, Action, Reach, Rights};
use anjian_domain::{Account, Role, Scope, SiteId, Viewer};

use crate::accounts::account_row::{self, AccountRow, AccountSettings};
use crate::accounts::error::AccountError;
use crate::engine::connection::{Connection, On};
use crate::engine::sql;
use crate::viewer::reach;
use crate::{Index, IndexError};

/// Longest shown name and certificate number, in characters.
const MAX_WORDS: usize = 200;

impl Index {
    /// The accounts that the viewer sees, by name: all, or those that are for sites of the viewer only.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn accounts(&self, viewer: &Viewer) -> Result<Vec<AccountRow>, IndexError> {
        let reach = reach::of(viewer, Action::SeeAccounts);
        let rows = sql::query("SELECT * FROM account ORDER BY name").fetch_all(&self.inner.reader).await;
        let mut accounts: Vec<_> =
            rows.map_err(not_read)?.iter().map(account_row::decode).collect::<Result<_, _>>()?;
        accounts.retain(|account| match reach {
            Some(Reach::Installation) => true,
            Some(_) => is_of_sites(account, viewer),
            None => false,
        });
        Ok(accounts)
    }

    /// Whether anybody could sign in.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn has_accounts(&self) -> Result<bool, IndexError> {
        let found = sql::query("SELECT EXISTS (SELECT 1 FROM account)").scalar(&self.inner.reader).await;
        found.map_err(not_read)
    }

    /// One account, whoever asks.
    ///
    /// # Errors
    /// When the row could not be read.
    pub async fn account(&self, name: &str) -> Result<Option<AccountRow>, IndexError> {
        find(&self.inner.reader, name).await
    }

    /// The sites of an account's scope, as they are now.
    ///
    /// # Errors
    /// When the rows could not be read, or the region holds more sites than a scope may list.
    pub async fn scope_of(&self, scope: &AccountScope) -> Result<Scope, IndexError> {
        let sites = match scope {
            AccountScope::Region(_) => self.sites(&Viewer::local()).await?,
            AccountScope::Everything | AccountScope::Sites(_) => vec![],
        };
        let places: Vec<(&SiteId, _)> =
            sites.iter().map(|row| (&row.site.id, row.site.region.parse().ok())).collect();
        let resolved = scope.resolve(places.iter().map(|(site, region)| (*site, region.as_ref())));
        resolved.map_err(|error| IndexError::Query(format!("the scope of the account: {error}")))
    }
}

fn is_of_sites(account: &AccountRow, viewer: &Viewer) -> bool {
    match &account.settings.scope {
        AccountScope::Sites(sites) => {
            account.settings.role == viewer.role() && sites.iter().all(|site| viewer.scope().includes(site))
        }
        AccountScope::Everything | AccountScope::Region(_) => false,
    }
}

pub(crate) async fn find(on: impl Into<On<'_>>, name: &str) -> Result<Option<AccountRow>, IndexError> {
    let found = sql::query("SELECT * FROM account WHERE name = $1").bind(name).fetch_optional(on).await;
    found.map_err(not_read)?.as_ref().map(account_row::decode).transpose()
}

/// # Errors
/// When the role cannot have this scope or these grants, a text is too long, or a site is not there.
pub(crate) async fn check(
    connection: &mut Connection<'_>,
    settings: &AccountSettings,
) -> Result<(), AccountError> {
    if matches!(settings.role, Role::Service | Role::Local) {
        return Err(AccountError::NoPerson(settings.role));
    }
    settings.scope.suits(settings.role)?;
    Rights::with(settings.role, settings.grants.iter().copied())?;
    for (name, words) in [("shown_name", &settings.shown_name), ("certificate", &settings.certificate)] {
        if words.chars().count() > MAX_WORDS {
            return Err(AccountError::Words { name, most: MAX_WORDS });
        }
    }
    check_sites(connection, &settings.scope).await
}

pub(crate) async fn check_sites(
    connection: &mut Connection<'_>,
    scope: &AccountScope,
) -> Result<(), AccountError> {
    let AccountScope::Sites(sites) = scope else { return Ok(()) };
    for site in sites.iter() {
        let query = sql::query("SELECT EXISTS (SELECT 1 FROM site WHERE id = $1)").bind(site.as_str());
        let is_there: bool = query.scalar(&mut *connection).await.map_err(not_read)?;
        if !is_there {
            return Err(AccountError::Site(site.to_string()));
        }
    }
    Ok(())
}

/// # Errors
/// When no active administrator is left.
pub(crate) async fn check_admins(
    connection: &mut Connection<'_>,
    changed: &Account,
) -> Result<(), AccountError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE role = 'admin' AND is_active = 1)";
    let is_left: bool = sql::query(sql).scalar(connection).await.map_err(not_read)?;
    if is_left { Ok(()) } else { Err(AccountError::LastAdmin(changed.clone())) }
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read accounts", table: "account", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep an account", table: "account", source }
}
