//! The client of a store that speaks S3, with its limits.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::answers::Answers;
use super::cause::Cause;
use super::credentials::BucketCredentials;
use super::settings::{BucketEndpoint, BucketSettings, BucketStyle};

/// Longer takes only a machine that is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// Bridges a dropped connection or a short refusal; who calls knows how long to go on.
const RETRIES: usize = 2;
/// What a store without regions takes.
const REGION: &str = "us-east-1";

pub(super) fn open(
    bucket: &str,
    settings: &BucketSettings,
    credentials: &BucketCredentials,
) -> Result<AmazonS3, Cause> {
    let timeout = settings.timeout;
    let is_plain = settings.endpoint.as_ref().is_some_and(BucketEndpoint::is_plain);
    let client = ClientOptions::new()
        .with_timeout(timeout)
        .with_connect_timeout(CONNECT.min(timeout))
        .with_allow_http(is_plain)
        // Without TLS none are needed, and a machine without any is no obstacle.
        .with_no_system_certificates(is_plain);
    let backoff = BackoffConfig { max_backoff: Duration::from_secs(1), ..BackoffConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(settings.region.as_deref().unwrap_or(REGION))
        .with_access_key_id(&credentials.key_id)
        .with_secret_access_key(&credentials.secret)
        .with_virtual_hosted_style_request(settings.style == BucketStyle::Host)
        // The server compares it with what arrived, and keeps it beside the object.
        .with_checksum_algorithm(Checksum::SHA256)
        // One at a time is what every store understands.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: timeout })
        .with_client_options(client)
        .with_http_connector(Answers);
    if let Some(token) = &credentials.token {
        builder = builder.with_token(token);
    }
    if let Some(endpoint) = &settings.endpoint {
        builder = builder.with_endpoint(endpoint.with(bucket, settings.style));
    }
    builder.build().map_err(|error| unusable(&error.into()))
}

/// A client fails to be made when there is nothing to check certificates with.
fn unusable(cause: &Cause) -> Cause {
    let advice = "install the package ca-certificates, or name a file of certificates in SSL_CERT_FILE";
    Cause::Invalid(format!("{cause}; {advice}"))
}
