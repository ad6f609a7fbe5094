//! Subscriptions and deliveries as answers show them.

use std::collections::BTreeSet;

use anjian_casework::notification::{Channel, Pace, QuietHours, Topic, Wants};
use anjian_domain::{Behaviour, SiteId};
use anjian_indexer::{DeliveryRow, Language, SubscriptionRow, SubscriptionSettings};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// What an account wants to hear of, and by which way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubscriptionView {
    /// Whose; one's own when left out. Administrators may name others.
    #[serde(default)]
    pub(crate) account: Option<String>,
    #[serde(flatten)]
    pub(crate) settings: SubscriptionSettingsView,
}

/// What is set of a subscription.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SubscriptionSettingsView {
    /// `email`, `webhook` or `mqtt`.
    #[schema(value_type = String)]
    channel: Channel,
    /// A mail address, a URL, a topic.
    #[schema(max_length = 500)]
    address: String,
    /// `zh-CN` or `en`.
    #[schema(value_type = String)]
    language: Language,
    /// Of what.
    #[schema(value_type = Vec<String>)]
    topics: BTreeSet<Topic>,
    /// At which sites; empty: at all that the account sees.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    sites: BTreeSet<SiteId>,
    /// Of which behaviours; empty: of all.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    behaviours: BTreeSet<Behaviour>,
    /// `at_once`, or a report `hourly`, `daily`, `weekly`.
    #[schema(value_type = String)]
    pace: Pace,
    /// Messages wait until these hours are over.
    #[serde(default)]
    quiet: Option<QuietView>,
    /// Behaviours that do not wait.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    urgent: BTreeSet<Behaviour>,
    /// Whether anything is sent.
    active: bool,
}

/// Hours of the day, by the site's clock; they may go past midnight.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietView {
    /// `22:00`
    #[schema(value_type = String)]
    from: Time,
    /// `06:00`
    #[schema(value_type = String)]
    to: Time,
}

impl SubscriptionSettingsView {
    /// # Errors
    /// When the quiet hours are no time.
    pub(crate) fn read(self) -> Result<SubscriptionSettings, Problem> {
        let quiet = self.quiet.map(|quiet| QuietHours::new(quiet.from, quiet.to)).transpose();
        let quiet = quiet.map_err(|error| Problem::Body(format!("quiet: {error}")))?;
        let Self { channel, address, language, topics, sites, behaviours, pace, urgent, active, .. } = self;
        let wants = Wants { topics, sites, behaviours, pace, quiet, urgent };
        Ok(SubscriptionSettings { channel, address, language, wants, is_active: active })
    }
}

impl From<&SubscriptionSettings> for SubscriptionSettingsView {
    fn from(settings: &SubscriptionSettings) -> Self {
        let Wants { topics, sites, behaviours, pace, quiet, urgent } = settings.wants.clone();
        Self {
            channel: settings.channel,
            address: settings.address.clone(),
            language: settings.language,
            topics,
            sites,
            behaviours,
            pace,
            quiet: quiet.map(|quiet| QuietView { from: quiet.bounds().0, to: quiet.bounds().1 }),
            urgent,
            active: settings.is_active,
        }
    }
}

/// A subscription, and whether its messages arrive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionView {
    #[schema(format = "uuid")]
    id: String,
    account: String,
    #[serde(flatten)]
    settings: SubscriptionSettingsView,
    /// Two secrets sign, because one is being changed.
    has_old_secret: bool,
    version: u32,
    #[schema(format = "date-time")]
    made_at: String,
    /// Since when nothing arrives; null when the last attempt did.
    #[schema(format = "date-time", required)]
    failing_since: Option<String>,
    /// Why.
    trouble: String,
    /// When it was given up; null while it is tried.
    #[schema(format = "date-time", required)]
    parked_at: Option<String>,
    /// Deliveries that wait.
    waiting: u32,
}

/// Subscriptions, by account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionsView {
    pub(crate) items: Vec<SubscriptionView>,
}

/// A subscription that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeSubscriptionView {
    pub(crate) item: SubscriptionView,
    /// Signs a webhook's messages; shown once.
    pub(crate) secret: String,
}

/// A new secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretView {
    pub(crate) secret: String,
}

/// One message to one receiver.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    #[schema(format = "uuid")]
    id: String,
    account: String,
    channel: &'static str,
    /// Of what: a topic, `report`, `test`.
    topic: String,
    /// `waiting`, `delivered`, `dropped`.
    state: String,
    attempts: u32,
    #[schema(format = "date-time")]
    made_at: String,
    /// When it is tried next; null unless it waits.
    #[schema(format = "date-time", required)]
    due_at: Option<String>,
    /// When it arrived or was dropped.
    #[schema(format = "date-time", required)]
    ended_at: Option<String>,
    /// The receipt, or why it did not arrive.
    said: String,
}

/// The newest deliveries first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveriesView {
    pub(crate) items: Vec<DeliveryView>,
}

impl From<&SubscriptionRow> for SubscriptionView {
    fn from(row: &SubscriptionRow) -> Self {
        Self {
            id: row.id.to_string(),
            account: row.account.clone(),
            settings: (&row.settings).into(),
            has_old_secret: row.has_old_secret,
            version: row.version.0,
            made_at: row.made_at.to_string(),
            failing_since: row.failing_since.map(|at| at.to_string()),
            trouble: row.trouble.clone(),
            parked_at: row.parked_at.map(|at| at.to_string()),
            waiting: row.waiting,
        }
    }
}

impl From<&DeliveryRow> for DeliveryView {
    fn from(row: &DeliveryRow) -> Self {
        Self {
            id: row.id.to_string(),
            account: row.account.clone(),
            channel: row.channel.as_str(),
            topic: row.topic.clone(),
            state: row.state.clone(),
            attempts: row.attempts,
            made_at: row.made_at.to_string(),
            due_at: (row.state == "waiting").then(|| row.due_at.to_string()),
            ended_at: row.ended_at.map(|at| at.to_string()),
            said: row.said.clone(),
        }
    }
}
