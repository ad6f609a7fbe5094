//! The address of a camera's stream, which must never show its password.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use url::Url;

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

    /// The address for people: the user stays, the password becomes `***`. Some cameras take the password in the query,
    /// which is cut, or in the path (`/user=admin&password=…`), of which every value but a channel is cut.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut url = self.0.clone();
        if let Some(path) = mask_path(url.path()) {
            url.set_path(&path);
        }
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
        for secret in values_of_path(self.0.path()).filter(|(key, value)| !is_harmless(key, value)) {
            clean = clean.replace(secret.1, "***");
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

/// The values of `key=value` pairs in a path, as some cameras write them: `/user=admin&password=secret&channel=1`.
fn values_of_path(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.split(['/', '&', ';']).filter_map(|part| part.split_once('='))
}

/// A number of a channel or a stream tells nothing; every other value may be a secret.
fn is_harmless(key: &str, value: &str) -> bool {
    const KEYS: [&str; 6] = ["channel", "ch", "stream", "subtype", "profile", "track"];
    value.is_empty() || (KEYS.contains(&key.to_ascii_lowercase().as_str()) && value.len() <= 3)
}

/// The path without its secrets; `None` when it has none.
fn mask_path(path: &str) -> Option<String> {
    let secrets: Vec<_> = values_of_path(path).filter(|(key, value)| !is_harmless(key, value)).collect();
    let mask = |path: String, (key, value): &(&str, &str)| {
        path.replace(&format!("{key}={value}"), &format!("{key}=***"))
    };
    (!secrets.is_empty()).then(|| secrets.iter().fold(path.to_owned(), mask))
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
    fn passwords_in_paths_never_show() {
        let url: SourceUrl =
            "rtsp://10.0.0.5/user=admin&password=s3cret&channel=1&stream=0.sdp?real".parse().unwrap();
        assert_eq!(url.masked(), "rtsp://10.0.0.5/user=***&password=***&channel=1&stream=***?***");
        assert!(!url.redact("DESCRIBE of /user=admin&password=s3cret failed: s3cret").contains("s3cret"));
        let plain: SourceUrl = "rtsp://10.0.0.5/cam/realmonitor/channel=12".parse().unwrap();
        assert_eq!(plain.masked(), "rtsp://10.0.0.5/cam/realmonitor/channel=12");
    }

    #[test]
    fn bad_addresses_are_refused_without_repeating_them() {
        for bad in ["", "10.0.0.5/live", "http://u:secret@h/x", "rtsp:///x", "file:///clip.mp4"] {
            let error = bad.parse::<SourceUrl>().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{bad}: {error}");
        }
    }
}
