//! Where a bucket is and how it is spoken to.

use std::fmt::{Display, Formatter};
use std::path::{Component, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use object_store::path::Path as Key;
use serde::Deserialize;
use url::{Host, Url};

/// A bucket, as the configuration names it. Credentials are no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketSettings {
    /// Which bucket or folder.
    pub address: BucketAddress,
    /// The server; Amazon's when left out.
    pub endpoint: Option<BucketEndpoint>,
    /// Its region; `us-east-1` when left out, which stores without regions take.
    pub region: Option<String>,
    /// Where the name of the bucket stands in a request.
    pub style: BucketStyle,
    /// How long a request may take, with its retries.
    pub timeout: Duration,
}

impl BucketSettings {
    /// How long a request may take when nothing else is said: 8 MiB pass through 2 Mbit/s in it.
    pub const TIMEOUT: Duration = Duration::from_secs(60);

    /// A bucket with nothing but its address: on Amazon, or a folder.
    #[must_use]
    pub const fn of(address: BucketAddress) -> Self {
        Self { address, endpoint: None, region: None, style: BucketStyle::Host, timeout: Self::TIMEOUT }
    }

    /// What of it does not go together: the part, and why.
    #[must_use]
    pub fn problem(&self) -> Option<(BucketPart, String)> {
        let server = self.endpoint.as_ref().filter(|_| self.style == BucketStyle::Host);
        let is_bare = server.is_some_and(|server| !matches!(server.0.host(), Some(Host::Domain(_))));
        match &self.address {
            BucketAddress::Folder(_) if self.endpoint.is_some() => {
                Some((BucketPart::Endpoint, "a folder has no server: leave it out".to_owned()))
            }
            BucketAddress::S3 { .. } if is_bare => Some((
                BucketPart::Style,
                "a bucket cannot stand before an IP address: use \"path\", or a host name as the endpoint"
                    .to_owned(),
            )),
            _ => None,
        }
    }
}

/// A part of [`BucketSettings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketPart {
    /// The server.
    Endpoint,
    /// Where the name of the bucket stands.
    Style,
}

/// `s3://bucket/prefix` or `file:///folder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BucketAddress {
    /// A bucket of a store that speaks S3.
    S3 {
        /// Its name.
        bucket: String,
        /// Folders that every key begins with; the root for none.
        prefix: Key,
    },
    /// A folder, of a NAS for instance.
    Folder(PathBuf),
}

/// Never repeats what it refuses: that may hold a secret.
impl FromStr for BucketAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("file://") {
            return folder(path);
        }
        let rest = text
            .strip_prefix("s3://")
            .ok_or("is neither \"s3://bucket/prefix\" nor \"file:///folder\", the whole path of a folder")?;
        if rest.contains(['@', '?', '#']) {
            return Err(format!("holds credentials or options: take them out, and set {VARIABLES} instead"));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err("names no bucket: write \"s3://bucket\" or \"s3://bucket/prefix\"".to_owned());
        }
        if bucket.contains(':') {
            return Err(
                "names a server: write \"s3://bucket/prefix\", and the server as bucket_endpoint".to_owned()
            );
        }
        if !bucket.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._".contains(letter)) {
            return Err("is no name of a bucket: letters, digits, \"-\", \".\" and \"_\"".to_owned());
        }
        let prefix = Key::parse(prefix).map_err(|_| "has a prefix that no key can begin with".to_owned())?;
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
    }
}

fn folder(path: &str) -> Result<BucketAddress, String> {
    let path = PathBuf::from(path);
    let is_whole = path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
    if is_whole {
        return Ok(BucketAddress::Folder(path));
    }
    Err("is no folder of this machine: write \"file:///folder\", with the whole path and without \"..\""
        .to_owned())
}

impl Display for BucketAddress {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::S3 { bucket, prefix } if prefix.is_root() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Self::Folder(folder) => write!(f, "file://{}", folder.display()),
        }
    }
}

/// `https://host:port`; without TLS on this machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketEndpoint(Url);

impl BucketEndpoint {
    /// Whether it is spoken to without TLS.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The address under which that bucket is asked, as `style` has it. Without a slash at its end.
    pub(crate) fn with(&self, bucket: &str, style: BucketStyle) -> String {
        let authority = &self.0[url::Position::BeforeHost..url::Position::AfterPort];
        match style {
            // The client appends the bucket itself.
            BucketStyle::Path => format!("{}://{authority}", self.0.scheme()),
            BucketStyle::Host => format!("{}://{bucket}.{authority}", self.0.scheme()),
        }
    }
}

/// Never repeats what it refuses: that may hold a secret.
impl FromStr for BucketEndpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url: Url = text.parse().map_err(|_| "is no address: write \"https://host:port\"".to_owned())?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(format!("holds credentials or options: take them out, and set {VARIABLES} instead"));
        }
        let is_loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => {
                return Err("would send evidence unencrypted: use \"https://\"; \"http://\" is for this machine only, \
                            for instance a TLS proxy on it"
                    .to_owned());
            }
            _ => return Err("is neither \"https://host:port\" nor \"http://\" on this machine".to_owned()),
        }
        if url.path() != "/" || url.fragment().is_some() {
            return Err("has a path: write \"https://host:port\" only, the bucket stands in [store] bucket"
                .to_owned());
        }
        Ok(Self(url))
    }
}

impl Display for BucketEndpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Where the name of the bucket stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketStyle {
    /// `https://host/bucket/key`: MinIO, Ceph, SeaweedFS.
    Path,
    /// `https://bucket.host/key`: Amazon, Alibaba Cloud OSS, Tencent COS.
    Host,
}

/// The variables of the environment that hold credentials.
pub(crate) const VARIABLES: &str = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused<T: FromStr<Err = String> + std::fmt::Debug>(text: &str, expected: &str) {
        let refusal = text.parse::<T>().unwrap_err();
        assert!(refusal.contains(expected) && !refusal.contains("hunter2"), "{text}: {refusal}");
    }

    #[test]
    fn addresses_are_read_and_shown() {
        for text in ["s3://evidence", "s3://evidence.north/plant/a", "file:///mnt/nas/anjian"] {
            assert_eq!(text.parse::<BucketAddress>().unwrap().to_string(), text);
        }
        assert_eq!("s3://b/a/".parse::<BucketAddress>().unwrap().to_string(), "s3://b/a");
        for (text, expected) in [
            ("", "neither"),
            ("gs://bucket", "neither"),
            ("/mnt/nas", "neither"),
            ("s3://", "no bucket"),
            ("s3:///prefix", "no bucket"),
            ("s3://key:hunter2@bucket/prefix", "credentials"),
            ("s3://bucket?secret=hunter2", "credentials"),
            ("s3://minio:9000/bucket", "bucket_endpoint"),
            ("s3://a bucket", "no name"),
            ("s3://bucket/a//b", "prefix"),
            ("s3://bucket/../b", "prefix"),
            ("file://nas/share", "no folder"),
            ("file:///mnt/../etc", "no folder"),
        ] {
            refused::<BucketAddress>(text, expected);
        }
    }

    #[test]
    fn endpoints_are_encrypted_unless_they_are_here() {
        for text in [
            "https://oss-cn-hangzhou.aliyuncs.com",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
            "http://localhost",
        ] {
            assert_eq!(text.parse::<BucketEndpoint>().unwrap().to_string(), text);
        }
        for (text, expected) in [
            ("minio.example", "no address"),
            ("http://minio.example:9000", "unencrypted"),
            ("http://10.0.0.7:9000", "unencrypted"),
            ("ftp://minio.example", "neither"),
            ("https://key:hunter2@minio.example", "credentials"),
            ("https://minio.example?key=hunter2", "credentials"),
            ("https://minio.example/bucket", "has a path"),
        ] {
            refused::<BucketEndpoint>(text, expected);
        }
    }

    #[test]
    fn the_bucket_stands_in_the_path_or_before_the_host() {
        let endpoint: BucketEndpoint = "https://minio.example:9000/".parse().unwrap();
        assert_eq!(endpoint.with("evidence", BucketStyle::Path), "https://minio.example:9000");
        assert_eq!(endpoint.with("evidence", BucketStyle::Host), "https://evidence.minio.example:9000");
    }

    #[test]
    fn parts_that_do_not_go_together_are_named() {
        let folder = BucketSettings::of("file:///mnt/nas".parse().unwrap());
        assert_eq!(folder.problem(), None);
        let endpoint: Option<BucketEndpoint> = Some("http://127.0.0.1:9000".parse().unwrap());
        let wrong = BucketSettings { endpoint: endpoint.clone(), ..folder };
        assert_eq!(wrong.problem().unwrap().0, BucketPart::Endpoint);
        let bare = BucketSettings { endpoint, ..BucketSettings::of("s3://evidence".parse().unwrap()) };
        assert_eq!(bare.problem().unwrap().0, BucketPart::Style);
        assert_eq!(BucketSettings { style: BucketStyle::Path, ..bare }.problem(), None);
    }
}
