//! Accounts, scopes, sessions and tokens as the API shows them.

use std::collections::BTreeSet;

use anjian_casework::roles::{AccountScope, Action};
use anjian_domain::{SiteId, Sites};
use anjian_indexer::{AccountRow, SessionRow, TokenRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::asker::Asker;
use crate::http::problem::Problem;

/// For which sites.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ScopeView {
    /// Every site, those to come included.
    Everything,
    /// The sites in an administrative division (GB/T 2260: 2, 4 or 6 digits).
    Region { region: String },
    /// These sites.
    Sites {
        #[schema(value_type = Vec<String>)]
        sites: Vec<String>,
    },
}

impl ScopeView {
    /// # Errors
    /// When it is no scope.
    pub(crate) fn read(self) -> Result<AccountScope, Problem> {
        match self {
            Self::Everything => Ok(AccountScope::Everything),
            Self::Region { region } => {
                let region = region.parse().map_err(|error| Problem::body_key("scope", &error))?;
                Ok(AccountScope::Region(region))
            }
            Self::Sites { sites } => {
                let sites = sites.iter().map(|site| site.parse::<SiteId>());
                let sites: Vec<_> =
                    sites.collect::<Result<_, _>>().map_err(|error| Problem::body_key("scope", &error))?;
                let sites = Sites::new(sites).map_err(|error| Problem::body_key("scope", &error))?;
                Ok(AccountScope::Sites(sites))
            }
        }
    }
}

impl From<&AccountScope> for ScopeView {
    fn from(scope: &AccountScope) -> Self {
        match scope {
            AccountScope::Everything => Self::Everything,
            AccountScope::Region(region) => Self::Region { region: region.to_string() },
            AccountScope::Sites(sites) => {
                Self::Sites { sites: sites.iter().map(SiteId::to_string).collect() }
            }
        }
    }
}

/// The account that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnAccountView {
    name: String,
    shown_name: String,
    role: &'static str,
    scope: ScopeView,
    /// What it may do: pages show that and nothing else.
    actions: Vec<&'static str>,
    must_change_password: bool,
    has_totp: bool,
    certificate: String,
    /// Null where nobody signs in, and for tokens.
    #[schema(required, format = "date-time")]
    session_ends_at: Option<String>,
}

impl From<&Asker> for OwnAccountView {
    fn from(asker: &Asker) -> Self {
        let account = asker.session.as_ref().map(|session| &session.account);
        let settings = account.map(|account| &account.settings);
        Self {
            name: asker.viewer.account().to_owned(),
            shown_name: settings.map(|settings| settings.shown_name.clone()).unwrap_or_default(),
            role: asker.viewer.role().as_str(),
            scope: settings.map_or(ScopeView::Everything, |settings| (&settings.scope).into()),
            actions: asker.rights.actions().map(Action::as_str).collect(),
            must_change_password: account.is_some_and(|account| account.is_one_time),
            has_totp: account.is_some_and(|account| account.has_totp),
            certificate: settings.map(|settings| settings.certificate.clone()).unwrap_or_default(),
            session_ends_at: asker.session.as_ref().map(|session| session.session.ends_at.to_string()),
        }
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    name: String,
    shown_name: String,
    role: &'static str,
    scope: ScopeView,
    grants: Vec<&'static str>,
    certificate: String,
    is_active: bool,
    has_totp: bool,
    must_change_password: bool,
    #[schema(format = "date-time")]
    made_at: String,
    #[schema(required, format = "date-time")]
    last_login_at: Option<String>,
}

impl From<&AccountRow> for AccountView {
    fn from(row: &AccountRow) -> Self {
        let settings = &row.settings;
        Self {
            name: row.name.to_string(),
            shown_name: settings.shown_name.clone(),
            role: settings.role.as_str(),
            scope: (&settings.scope).into(),
            grants: names(&settings.grants),
            certificate: settings.certificate.clone(),
            is_active: settings.is_active,
            has_totp: row.has_totp,
            must_change_password: row.is_one_time,
            made_at: row.made_at.to_string(),
            last_login_at: row.last_login_at.map(|at| at.to_string()),
        }
    }
}

/// One signed-in browser.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionRowView {
    id: String,
    /// Address of the network, at the login.
    address: String,
    /// As the browser called itself.
    agent: String,
    #[schema(format = "date-time")]
    made_at: String,
    #[schema(format = "date-time")]
    seen_at: String,
    #[schema(format = "date-time")]
    ends_at: String,
    /// Whether this request came with it.
    is_this: bool,
}

/// Signed-in browsers, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionsView {
    items: Vec<SessionRowView>,
}

impl SessionsView {
    pub(crate) fn new(rows: Vec<SessionRow>, this: Option<&str>) -> Self {
        let view = |row: SessionRow| SessionRowView {
            is_this: Some(row.id.as_str()) == this,
            id: row.id,
            address: row.address,
            agent: row.agent,
            made_at: row.made_at.to_string(),
            seen_at: row.seen_at.to_string(),
            ends_at: row.ends_at.to_string(),
        };
        Self { items: rows.into_iter().map(view).collect() }
    }
}

/// A token of a program.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenView {
    id: String,
    name: String,
    /// Null: of the installation.
    #[schema(required)]
    owner: Option<String>,
    actions: Vec<&'static str>,
    scope: ScopeView,
    made_by: String,
    #[schema(format = "date-time")]
    made_at: String,
    #[schema(format = "date-time")]
    ends_at: String,
    #[schema(required, format = "date-time")]
    used_at: Option<String>,
}

impl From<TokenRow> for TokenView {
    fn from(row: TokenRow) -> Self {
        Self {
            scope: (&row.scope).into(),
            actions: names(&row.actions),
            id: row.id,
            name: row.name,
            owner: row.owner,
            made_by: row.made_by,
            made_at: row.made_at.to_string(),
            ends_at: row.ends_at.to_string(),
            used_at: row.used_at.map(|at| at.to_string()),
        }
    }
}

fn names(actions: &BTreeSet<Action>) -> Vec<&'static str> {
    actions.iter().map(|action| action.as_str()).collect()
}
