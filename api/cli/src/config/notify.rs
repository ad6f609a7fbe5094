//! `[notify]`: by which ways messages leave, and where their links lead.

use std::path::PathBuf;

use anjian_domain::BehaviourList;
use anjian_notify::{MailSettings, MailTls, Networks, NotifySettings, WebhookSettings};
use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

/// The environment variable of the mail server's password: it stands in no file.
const MAIL_PASSWORD: &str = "ANJIAN_MAIL_PASSWORD";

/// The table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    /// Where browsers reach this server.
    page: Url,
    /// Authorities that are trusted beside those of the system, PEM.
    authorities: Option<PathBuf>,
    email: Option<Mail>,
    #[serde(default)]
    webhook: Webhook,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    server: String,
    port: Option<u16>,
    #[serde(default)]
    tls: TlsKind,
    /// `Anjian <anjian@city.example>`
    from: String,
    user: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TlsKind {
    #[default]
    StartTls,
    Implicit,
    None,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    /// Private networks that webhooks may reach.
    #[serde(default)]
    networks: Vec<IpNet>,
}
