//! Where the index is kept, and where evidence moves.

use std::str::FromStr;
use std::time::Duration;

use anjian_indexer::{BucketAddress, BucketEndpoint, BucketPart, BucketSettings, BucketStyle, Database};
use serde::{Deserialize, Deserializer, de};

/// A large part of a clip passes through a slow line in this; longer, a request hangs.
const TIMEOUT_S: std::ops::RangeInclusive<u32> = 1..=600;

/// The database of the index, and the bucket.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// A file in the data folder, or a server.
    #[serde(deserialize_with = "database")]
    pub database: Database,
    /// Where evidence moves from the local disk; nowhere when left out.
    #[serde(deserialize_with = "bucket")]
    bucket: Option<BucketAddress>,
    /// The server of the bucket; Amazon's when left out.
    #[serde(deserialize_with = "endpoint")]
    bucket_endpoint: Option<BucketEndpoint>,
    /// The region of the bucket.
    bucket_region: Option<String>,
    /// Where the bucket's name stands; in the path when a server is given, otherwise before the host.
    bucket_style: Option<BucketStyle>,
    /// How long a request to the bucket may take.
    bucket_timeout_s: Option<u32>,
    /// Hours after which closed segments move into the bucket; when left out they stay on the local disk.
    bucket_recordings_after_h: Option<u32>,
}

impl StoreConfig {
    /// The bucket, when there is one.
    pub fn bucket(&self) -> Option<BucketSettings> {
        let usual = if self.bucket_endpoint.is_some() { BucketStyle::Path } else { BucketStyle::Host };
        let usual_timeout = BucketSettings::TIMEOUT;
        Some(BucketSettings {
            address: self.bucket.clone()?,
            endpoint: self.bucket_endpoint.clone(),
            region: self.bucket_region.clone(),
            style: self.bucket_style.unwrap_or(usual),
            timeout: self
                .bucket_timeout_s
                .map_or(usual_timeout, |seconds| Duration::from_secs(seconds.into())),
        })
    }

    /// How long after their end segments move into the bucket.
    pub fn recordings_after(&self) -> Option<Duration> {
        self.bucket_recordings_after_h.map(|hours| Duration::from_hours(hours.into()))
    }

    /// What is wrong with it, as `key: reason`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = vec![];
        let mut refuse = |key: &str, reason: String| problems.push(format!("store.{key}: {reason}"));
        let Some(settings) = self.bucket() else {
            for key in self.of_no_bucket() {
                refuse(key, "there is no bucket: set bucket = \"s3://name\", or take this out".to_owned());
            }
            return problems;
        };
        if let Some((part, reason)) = settings.problem() {
            let key = match part {
                BucketPart::Endpoint => "bucket_endpoint",
                BucketPart::Style => "bucket_style",
            };
            refuse(key, reason);
        }
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if let Some(region) =
            self.bucket_region.as_ref().filter(|text| text.is_empty() || !text.chars().all(is_name))
        {
            refuse("bucket_region", format!("{region:?} is not a region such as \"cn-north-1\""));
        }
        if let Some(seconds) = self.bucket_timeout_s.filter(|seconds| !TIMEOUT_S.contains(seconds)) {
            let (least, most) = (TIMEOUT_S.start(), TIMEOUT_S.end());
            refuse("bucket_timeout_s", format!("{seconds} s cannot be: give {least} to {most} s"));
        }
        problems
    }

    /// Keys that mean nothing without a bucket.
    fn of_no_bucket(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            ("bucket_endpoint", self.bucket_endpoint.is_some()),
            ("bucket_region", self.bucket_region.is_some()),
            ("bucket_style", self.bucket_style.is_some()),
            ("bucket_timeout_s", self.bucket_timeout_s.is_some()),
            ("bucket_recordings_after_h", self.bucket_recordings_after_h.is_some()),
        ];
        given.into_iter().filter_map(|(key, is_given)| is_given.then_some(key))
    }
}

fn database<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Database, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

fn bucket<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BucketAddress>, D::Error> {
    named("bucket", deserializer)
}

fn endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BucketEndpoint>, D::Error> {
    named("bucket_endpoint", deserializer)
}

/// A value whose refusal begins with its key.
fn named<'de, T: FromStr<Err = String>, D: Deserializer<'de>>(
    key: &str,
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let parsed = String::deserialize(deserializer)?.parse();
    parsed.map(Some).map_err(|reason| de::Error::custom(format!("{key} {reason}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(text: &str) -> StoreConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_bucket_is_asked_for_by_its_address() {
        assert_eq!(store("").bucket(), None);
        let amazon = store("bucket = \"s3://evidence\"").bucket().unwrap();
        assert_eq!(amazon, BucketSettings::of("s3://evidence".parse().unwrap()));
        let own = store(
            "bucket = \"s3://evidence/north\"\nbucket_endpoint = \"https://minio.example:9000\"\n\
             bucket_region = \"cn-north-1\"\nbucket_timeout_s = 5",
        );
        assert_eq!(own.problems(), [""; 0]);
        let own = own.bucket().unwrap();
        assert_eq!((own.style, own.timeout), (BucketStyle::Path, Duration::from_secs(5)));
        let cloud = "bucket = \"s3://evidence\"\nbucket_endpoint = \"https://oss-cn-hangzhou.aliyuncs.com\"\n\
                     bucket_style = \"host\"";
        assert_eq!(store(cloud).bucket().unwrap().style, BucketStyle::Host);
        assert!(store("bucket = \"file:///mnt/nas\"").problems().is_empty());
    }
}
