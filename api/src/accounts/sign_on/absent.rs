//! A build without single sign-on: there is no provider.

use crate::accounts::sign_on::departure::Departure;
use crate::accounts::sign_on::settings::SingleSignOn;

pub(crate) enum Provider {}

impl Provider {
    pub(crate) fn new(_: &SingleSignOn) -> Option<Self> {
        tracing::error!("this build has no single sign-on: build it with --features single-sign-on");
        None
    }

    #[expect(clippy::unused_async, reason = "as the one that asks over the network")]
    pub(crate) async fn depart(&self) -> Result<Departure, String> {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "as the one that asks over the network")]
    pub(crate) async fn identify(&self, _: String, _: String, _: String) -> Result<String, String> {
        match *self {}
    }
}
