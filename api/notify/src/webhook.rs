//! Webhooks after the Standard Webhooks specification: an id, a timestamp and a signature that the receiver can check.

use std::time::Duration;

use anjian_domain::WallTime;
use anjian_indexer::{Attempt, WebhookSecrets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response, StatusCode};
use sha2::Sha256;
use url::Url;

use crate::message::Message;
use crate::networks::Networks;
use crate::words::failure;

/// From the first byte of the connection to the last of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What of an answer is kept as the receipt.
const MAX_RECEIPT: usize = 300;

/// How webhooks are asked.
#[derive(Debug, Clone, Default)]
pub struct WebhookSettings {
    /// Private networks that may be reached.
    pub networks: Networks,
    /// Authorities that are trusted beside those of the system.
    pub authorities: Vec<Certificate>,
}

/// Sends a message to a URL.
pub(crate) async fn send(
    settings: &WebhookSettings,
    url: &str,
    secrets: &WebhookSecrets,
    message: &Message,
    now: WallTime,
) -> Attempt {
    let Ok(url) = url.parse::<Url>() else {
        return Attempt::Refused { why: format!("{url}: this is no URL") };
    };
    let addresses = match settings.networks.resolve(&url).await {
        Ok(addresses) => addresses,
        Err(forbidden) => return Attempt::Away { why: forbidden.to_string(), after: None },
    };
    let host = url.host_str().unwrap_or_default();
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0)
        .resolve_to_addrs(host, &addresses)
        .tls_certs_merge(settings.authorities.clone())
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return Attempt::Away { why: failure(&error), after: None },
    };
    let body = message.json.to_string();
    let request = client.post(url).headers(headers(message, secrets, now, &body)).body(body);
    match request.send().await {
        Ok(response) => judge(response).await,
        Err(error) => Attempt::Away { why: failure(&error), after: None },
    }
}

fn headers(message: &Message, secrets: &WebhookSecrets, now: WallTime, body: &str) -> HeaderMap {
    let id = message.id.to_string();
    let timestamp = now.timestamp().as_second().to_string();
    let signed = [Some(&secrets.current), secrets.old.as_ref()];
    let signatures: Vec<_> =
        signed.into_iter().flatten().map(|secret| signature(secret, &id, &timestamp, body)).collect();
    let mut headers = HeaderMap::new();
    let texts = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signatures.join(" "))];
    for (name, text) in texts {
        if let Ok(value) = text.parse() {
            headers.insert(name, value);
        }
    }
    headers.insert(CONTENT_TYPE, reqwest::header::HeaderValue::from_static("application/json"));
    headers
}

/// `v1,` and the HMAC-SHA-256 over id, timestamp and body.
fn signature(secret: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn judge(response: Response) -> Attempt {
    let status = response.status();
    let after = retry_after(response.headers());
    let said = excerpt(response).await;
    let words = if said.is_empty() { status.to_string() } else { format!("{status}: {said}") };
    match status {
        _ if status.is_success() => Attempt::Delivered { receipt: words },
        StatusCode::GONE => Attempt::Gone { why: words },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Attempt::Away { why: words, after },
        _ if status.is_server_error() => Attempt::Away { why: words, after },
        _ if status.is_redirection() => Attempt::Away { why: format!("{status}: redirects are not followed"), after },
        // What is wrong with the URL or the secret is wrong for every message.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Attempt::Away { why: words, after },
        _ => Attempt::Refused { why: words },
    }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    text.parse().ok().map(Duration::from_secs)
}

/// The beginning of an answer, read no further than needed.
async fn excerpt(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_RECEIPT {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&bytes);
    text.chars().filter(|letter| !letter.is_control()).take(MAX_RECEIPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the specification's own examples.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let found = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
        assert_eq!(found, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
