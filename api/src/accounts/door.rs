//! How the server lets people in.

use std::sync::Arc;
use std::time::Duration;

use anjian_domain::{Role, Viewer};
use anjian_indexer::{Index, IndexError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::attempts::Attempts;
use crate::accounts::device::Devices;
use crate::accounts::passwords::Passwords;
use crate::accounts::sign_on::provider::Provider;
use crate::accounts::sign_on::settings::SingleSignOn;
use crate::http::problem::Problem;

/// Everybody signs in.
#[derive(Debug, Clone)]
pub struct LoginSettings {
    /// A session that nobody uses for so long is over.
    pub idle: Duration,
    /// A session is over after this time, used or not.
    pub longest: Duration,
    /// Accounts that the login page offers, with their passwords: for demonstrations.
    pub demo: Vec<DemoAccount>,
    /// A provider at which people may sign in instead.
    pub sign_on: Option<SingleSignOn>,
}

/// An account that the login page offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoAccount {
    /// Its name.
    pub name: String,
    /// Its role.
    #[schema(value_type = String)]
    pub role: Role,
    /// Its password, for everybody to read.
    pub password: String,
}

impl Default for LoginSettings {
    fn default() -> Self {
        let hours = |count: u64| Duration::from_secs(count * 3_600);
        Self { idle: hours(2), longest: hours(12), demo: Vec::new(), sign_on: None }
    }
}

/// How the server lets people in. Clones share everything.
#[derive(Clone)]
pub(crate) enum Door {
    /// Nobody signs in: everybody asks as this viewer.
    Open(Viewer),
    /// Everybody signs in.
    Login(Arc<Login>),
}

/// What signing in takes.
pub(crate) struct Login {
    pub(crate) settings: LoginSettings,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
    pub(crate) devices: Devices,
    pub(crate) provider: Option<Provider>,
}

impl Login {
    /// # Errors
    /// When the key of the installation can be neither read nor made.
    pub(crate) async fn new(settings: LoginSettings, index: &Index) -> Result<Self, IndexError> {
        let devices = Devices::new(index.derived_key("known browsers").await?);
        let (passwords, attempts) = (Passwords::new()?, Attempts::default());
        let provider = settings.sign_on.as_ref().and_then(Provider::new);
        Ok(Self { settings, passwords, attempts, devices, provider })
    }

    /// What the button of the provider is called.
    pub(crate) fn sign_on_name(&self) -> Option<String> {
        let sign_on = self.settings.sign_on.as_ref().filter(|_| self.provider.is_some());
        sign_on.map(|sign_on| sign_on.name.clone())
    }
}

impl Door {
    /// # Errors
    /// [`Problem::NoLogin`] when nobody signs in here.
    pub(crate) fn login(&self) -> Result<&Login, Problem> {
        match self {
            Self::Open(_) => Err(Problem::NoLogin),
            Self::Login(login) => Ok(login),
        }
    }
}
