//! Sites, cameras and the state a camera is in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{CameraId, SiteId, WallTime, ZoneId};

/// One enterprise's premises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Names the site in URLs and files.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Unified social credit code (统一社会信用代码), 18 letters and digits; empty when unknown.
    #[serde(default)]
    pub credit_code: String,
    /// IANA time zone in which times are shown and schedules hold.
    #[serde(default = "default_time_zone")]
    pub time_zone: String,
    /// Risk level as the regulator classes it, in its own words; empty when unknown.
    #[serde(default)]
    pub risk_level: String,
}

fn default_time_zone() -> String {
    "Asia/Shanghai".to_owned()
}

/// A camera as the index and the pages know it: without its addresses and passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Camera {
    /// Names the camera in URLs and files.
    pub id: CameraId,
    /// The site it watches.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// What people call its zones; a zone without a name stands with its id.
    pub zone_names: BTreeMap<ZoneId, String>,
}

/// What a live camera is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// A connection is being made, for the first time or again.
    Connecting,
    /// Pictures arrive.
    Live,
    /// The connection stands but nothing arrives.
    Stalled,
    /// No connection, and the reason will not go away by itself soon.
    Failed,
    /// Watched no longer: the product was stopped, or the camera taken out of the configuration.
    Stopped,
}

impl CameraState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Connecting, Self::Live, Self::Stalled, Self::Failed, Self::Stopped];

    /// The name in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A camera's state, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraStatus {
    /// Whose.
    pub camera: CameraId,
    /// What it is doing.
    pub state: CameraState,
    /// Since when it has been doing that.
    pub since: WallTime,
    /// Why, for a person; never contains a password.
    pub reason: Option<String>,
    /// When the newest picture was captured.
    pub last_frame: Option<WallTime>,
}

/// The RTSP address a camera's pictures come from. Shows itself without its password, always.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl(Url);

/// Why a text is not the address of a source. Deliberately does not repeat the text: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceUrlError {
    /// Not a URL.
    #[error("not a URL ({0}): write rtsp://user:password@host:port/path, percent-encoding special letters")]
    Malformed(url::ParseError),
    /// A scheme that no source speaks.
    #[error("scheme {0:?} is not supported: use rtsp or rtsps (files are analysed with `anjian analyze`)")]
    Scheme(String),
    /// No host.
    #[error("the address names no host")]
    NoHost,
}

impl SourceUrl {
    /// The address with everything in it, for whoever connects. Never log it.
    #[must_use]
    pub const fn expose(&self) -> &Url {
        &self.0
    }

    /// The address for people: the user stays, the password becomes `***`, the query (where some cameras take
    /// the password) is cut.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut url = self.0.clone();
        if url.password().is_some() {
            // Fails only for URLs that cannot have a password, and this one has.
            let _ = url.set_password(Some("***"));
        }
        if url.query().is_some() {
            url.set_query(Some("***"));
        }
        url.to_string()
    }

    /// Takes this address, and its password wherever it stands, out of a text that somebody else wrote.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut clean = text.replace(self.0.as_str(), &self.masked());
        if let Some(password) = self.0.password().filter(|password| !password.is_empty()) {
            clean = clean.replace(password, "***");
        }
        if let Some(query) = self.0.query().filter(|query| !query.is_empty()) {
            clean = clean.replace(query, "***");
        }
        clean
    }
}

impl FromStr for SourceUrl {
    type Err = SourceUrlError;
    fn from_str(text: &str) -> Result<Self, SourceUrlError> {
        let url = Url::parse(text).map_err(SourceUrlError::Malformed)?;
        match url.scheme() {
            "rtsp" | "rtsps" if url.host_str().is_none_or(str::is_empty) => Err(SourceUrlError::NoHost),
            "rtsp" | "rtsps" => Ok(Self(url)),
            other => Err(SourceUrlError::Scheme(other.to_owned())),
        }
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceUrl({})", self.masked())
    }
}

impl<'de> Deserialize<'de> for SourceUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_show() {
        let url: SourceUrl = "rtsp://admin:p%40ss@10.0.0.5:554/live?pwd=p%40ss&ch=1".parse().unwrap();
        let shown = format!("{url} {url:?}");
        assert!(!shown.contains("p%40ss"), "{shown}");
        assert!(shown.contains("admin:***@10.0.0.5:554/live"), "{shown}");
        let message = "cannot open rtsp://admin:p%40ss@10.0.0.5:554/live?pwd=p%40ss&ch=1: p%40ss refused";
        assert!(!url.redact(message).contains("p%40ss"));
    }

    #[test]
    fn bad_addresses_are_refused_without_repeating_them() {
        for bad in ["", "10.0.0.5/live", "http://u:secret@h/x", "rtsp:///x", "file:///clip.mp4"] {
            let error = bad.parse::<SourceUrl>().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{bad}: {error}");
        }
    }
}
