//! The channels of an installation, and which of them a delivery takes.

use std::time::Duration;

use anjian_casework::notification::Channel;
use anjian_domain::{BehaviourList, WallTime};
use anjian_indexer::{Attempt, Contents, Index, IndexError, Parcel};
use url::Url;

use crate::email::{MailSettings, Mailer};
use crate::message::{Composer, Message};
use crate::webhook::{self, WebhookSettings};
use crate::words::failure;
use crate::{picture, report};

/// Of one attempt, its composition included. Shorter than a claim.
const PATIENCE: Duration = Duration::from_secs(45);

/// What an installation sends by.
#[derive(Clone)]
pub struct NotifySettings {
    /// Where browsers reach the page; links of messages lead there.
    pub page: Url,
    /// The mail server; `None`: there is none.
    pub mail: Option<MailSettings>,
    /// How webhooks are asked.
    pub webhook: WebhookSettings,
    /// What behaviours are called.
    pub behaviours: BehaviourList,
}

/// The channels, ready.
pub struct Channels {
    page: Url,
    behaviours: BehaviourList,
    mailer: Option<Mailer>,
    webhook: WebhookSettings,
}

/// The mail server cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("notify.email: {0}")]
pub struct MailError(String);

impl Channels {
    /// # Errors
    /// [`MailError`] when the mail server's name or a certificate cannot be used.
    pub fn new(settings: NotifySettings) -> Result<Self, MailError> {
        let mailer = settings.mail.as_ref().map(Mailer::new).transpose();
        let mailer = mailer.map_err(|error| MailError(failure(&error)))?;
        let NotifySettings { page, webhook, behaviours, .. } = settings;
        Ok(Self { page, behaviours, mailer, webhook })
    }

    /// Sends a delivery by its channel.
    pub(crate) async fn send(&self, index: &Index, parcel: &Parcel, now: WallTime) -> Attempt {
        let sent = tokio::time::timeout(PATIENCE, self.compose_and_send(index, parcel, now)).await;
        let failed = |why: String| Attempt::Away { why, after: None };
        match sent {
            Ok(Ok(attempt)) => attempt,
            Ok(Err(error)) => failed(error.to_string()),
            Err(_) => failed(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    async fn compose_and_send(
        &self,
        index: &Index,
        parcel: &Parcel,
        now: WallTime,
    ) -> Result<Attempt, IndexError> {
        let message = self.compose(index, parcel).await?;
        let address = &parcel.subscription.settings.address;
        Ok(match (parcel.subscription.settings.channel, &self.mailer) {
            (Channel::Email, Some(mailer)) => mailer.send(address, &message, now).await,
            (Channel::Email, None) => {
                Attempt::Away { why: "this installation has no mail server: notify.email".to_owned(), after: None }
            }
            (Channel::Webhook, _) => {
                let secrets = index.webhook_secrets(parcel.subscription.id).await?;
                webhook::send(&self.webhook, address, &secrets, &message, now).await
            }
        })
    }

    async fn compose(&self, index: &Index, parcel: &Parcel) -> Result<Message, IndexError> {
        let composer = Composer { behaviours: &self.behaviours, page: &self.page };
        Ok(match &parcel.contents {
            Contents::Test => composer.test(parcel),
            Contents::News { news, more } => {
                let picture = picture::of(index, &parcel.viewer, &news[0]).await;
                composer.news(parcel, news, *more, picture)
            }
            Contents::Report { from, to } => {
                let figures = report::figures(index, &parcel.viewer, *from, *to).await?;
                composer.report(parcel, &figures)
            }
        })
    }
}
