//! Subscriptions as rows.

use anjian_casework::Version;
use anjian_casework::notification::{Channel, Wants};
use anjian_domain::WallTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::IndexError;
use crate::engine::columns::Columns;
use crate::engine::row::Row;

/// Names a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(pub Uuid);

impl std::fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// In which language a receiver reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// As in `lang` attributes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// What is set of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubscriptionSettings {
    /// By which way.
    pub channel: Channel,
    /// Where to: a mail address, a URL, a topic.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// Of what.
    pub wants: Wants,
    /// Whether anything is sent.
    pub is_active: bool,
}

/// A subscription, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Names it.
    pub id: SubscriptionId,
    /// Whose it is.
    pub account: String,
    /// What is set.
    pub settings: SubscriptionSettings,
    /// Whether two secrets sign, because one is being changed.
    pub has_old_secret: bool,
    /// Counts the changes.
    pub version: Version,
    /// When it was made.
    pub made_at: WallTime,
    /// Since when nothing arrives; `None`: the last attempt did, or there was none.
    pub failing_since: Option<WallTime>,
    /// Why nothing arrives; empty when it does.
    pub trouble: String,
    /// When it was given up; `None`: it is tried.
    pub parked_at: Option<WallTime>,
    /// Deliveries that wait.
    pub waiting: u32,
}

/// What [`decode`] needs, from `subscription AS s`.
pub(crate) const COLUMNS: &str = "s.seq, s.id, s.account, s.channel, s.address, s.language, s.wants, s.old_secret IS NOT NULL AS has_old_secret, \
     s.is_active, s.version, s.made_us, s.failing_us, s.trouble, s.parked_us, \
     (SELECT count(*) FROM delivery AS d WHERE d.subscription = s.seq AND d.state = 'waiting') AS waiting";

/// The subscription, and its place.
pub(crate) fn decode(row: &Row) -> Result<(i64, SubscriptionRow), IndexError> {
    let columns = Columns { table: "subscription", row };
    let settings = SubscriptionSettings {
        channel: columns.word("channel")?,
        address: columns.get("address")?,
        language: columns.word("language")?,
        wants: columns.json("wants")?,
        is_active: columns.flag("is_active")?,
    };
    let row = SubscriptionRow {
        id: SubscriptionId(columns.uuid("id")?),
        account: columns.get("account")?,
        settings,
        has_old_secret: columns.get("has_old_secret")?,
        version: Version(columns.count("version")?),
        made_at: columns.wall("made_us")?,
        failing_since: columns.wall_or_null("failing_us")?,
        trouble: columns.get("trouble")?,
        parked_at: columns.wall_or_null("parked_us")?,
        waiting: columns.count("waiting")?,
    };
    Ok((columns.get("seq")?, row))
}

/// As the audit shows it: a URL may hold a key in its query, so only what stands before it.
pub(crate) fn audited(account: &str, settings: &SubscriptionSettings) -> Value {
    let address = settings.address.split(['?', '#']).next().unwrap_or_default();
    json!({
        "account": account, "channel": settings.channel, "address": address, "language": settings.language,
        "wants": settings.wants, "is_active": settings.is_active,
    })
}

pub(crate) fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read subscriptions", table: "subscription", source }
}

pub(crate) fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a subscription", table: "subscription", source }
}
