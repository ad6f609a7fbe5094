//! What holds for every request: the name it asks for, whose page it comes from, the time it may take, the headers of its
//! answer, its trace.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anjian_domain::Clock;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::client::Peer;
use crate::http::problem::Problem;

/// The longest that an answer may take to begin; streams begin at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest that a file may take to arrive: 50 MB over a slow line.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(10);

/// How browsers tell whose page sends a request; only over HTTPS, and to loopback.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Nothing from elsewhere, nowhere inside another page, no address told to others.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            // Recordings are played from what the player puts together: a blob.
            "default-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// A browser that came over TLS comes over TLS for a year. Other names of the domain may have no certificate.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The names by which this server may be asked. A page of another name that was made to resolve to this machine
/// (DNS rebinding) says its own name in Host, and gets nothing.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    own: Arc<[String]>,
    configured: Arc<[String]>,
}

impl Hosts {
    /// This machine's own names, the address listened on, and `others` as the configuration gives them.
    pub(crate) fn new(listen: SocketAddr, others: &[String]) -> Self {
        let own = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let listen = (!listen.ip().is_unspecified()).then(|| match listen.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        });
        let others = others.iter().map(|host| without_port(host).to_ascii_lowercase());
        Self { own: own.into_iter().chain(listen).collect(), configured: others.collect() }
    }

    fn allows(&self, host: &str) -> bool {
        self.own.iter().any(|known| known.eq_ignore_ascii_case(without_port(host)))
            || self.is_configured(host)
    }

    fn is_configured(&self, host: &str) -> bool {
        self.configured.iter().any(|known| known.eq_ignore_ascii_case(without_port(host)))
    }

    /// Whether a request was sent by a page of another site, as browsers tell it; what is no browser tells nothing. A
    /// proxy may ask by another name than the page's: that name must be configured.
    fn is_foreign(&self, headers: &HeaderMap, host: &str) -> bool {
        if let Some(site) = headers.get(FETCH_SITE) {
            return !matches!(site.as_bytes(), b"same-origin" | b"none");
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return false };
        let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        !page.is_some_and(|(_, page)| page.eq_ignore_ascii_case(host) || self.is_configured(page))
    }
}

/// `[::1]:8080` and `localhost:8080` without their ports.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.ends_with(':') => {
            if name.starts_with('[') == name.ends_with(']') {
                name
            } else {
                host
            }
        }
        _ => host,
    }
}

/// Refuses a request for another server.
pub(crate) async fn check_host(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    match host(&request) {
        Some(host) if hosts.allows(host) => next.run(request).await,
        other => Problem::Host(other.unwrap_or_default().to_owned()).into_response(),
    }
}

/// Refuses what another site's page would have changed here with its visitor's rights.
pub(crate) async fn check_origin(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let host = host(&request).unwrap_or_default();
    if request.method().is_safe() || !hosts.is_foreign(request.headers(), host) {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
    Problem::Foreign(origin.unwrap_or("a page of another site").to_owned()).into_response()
}

/// The name by which the server is asked.
fn host(request: &Request) -> Option<&str> {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    host.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str))
}

/// Gives up on an answer that does not begin.
pub(crate) async fn limit_time(request: Request, next: Next) -> Response {
    let is_upload = request.method() == Method::POST && request.uri().path().ends_with("/attachments");
    let patience = if is_upload { UPLOAD_PATIENCE } else { PATIENCE };
    let answer = tokio::time::timeout(patience, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::Late(patience.as_secs()).into_response())
}

/// Adds the headers that keep a browser safe. Behind a proxy, how clients come is for the proxy to say. What says nothing of caching is not kept.
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let is_tls = Peer::of(request.extensions()).is_tls;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if is_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Traces each request. Never its query: one day it may hold a secret.
pub(crate) async fn trace(State(clock): State<Arc<dyn Clock>>, request: Request, next: Next) -> Response {
    let (method, path, begun) =
        (request.method().clone(), request.uri().path().to_owned(), clock.monotonic());
    let response = next.run(request).await;
    let took = clock.monotonic().saturating_sub(begun);
    let (status, took_ms) = (response.status().as_u16(), took.as_secs_f64() * 1e3);
    if response.status().is_server_error() {
        tracing::warn!(%method, path, status, took_ms, "request failed");
    } else {
        tracing::debug!(%method, path, status, took_ms, "request");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_by_name() {
        let hosts = Hosts::new("192.168.1.5:8080".parse().unwrap(), &["Anjian.plant.example:8443".into()]);
        for good in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8080",
            "192.168.1.5:80",
            "anjian.plant.example",
        ] {
            assert!(hosts.allows(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8080",
            "::1",
            "127.0.0.2",
            "localhost:8080:evil",
            "localhost:evil",
            "[::1]evil",
            "0.0.0.0",
        ] {
            assert!(!hosts.allows(bad), "{bad}");
        }
        assert!(!Hosts::new("0.0.0.0:8080".parse().unwrap(), &[]).allows("0.0.0.0"));
    }

    #[test]
    fn pages_of_other_sites_are_told_by_what_browsers_say() {
        let hosts = Hosts::new("127.0.0.1:8080".parse().unwrap(), &["anjian.plant.example".into()]);
        for (site, origin, is_foreign) in [
            (None, None, false),
            (Some("same-origin"), Some("http://localhost:5173"), false),
            (Some("none"), None, false),
            (Some("cross-site"), None, true),
            (Some("same-site"), Some("http://localhost:3000"), true),
            (Some("cross-site"), Some("http://localhost:8080"), true),
            (None, Some("http://localhost:8080"), false),
            (None, Some("https://anjian.plant.example:8443"), false),
            (None, Some("http://localhost:3000"), true),
            (None, Some("http://localhost:8080.evil.example"), true),
            (None, Some("https://evil.example"), true),
            (None, Some("null"), true),
            (None, Some(""), true),
        ] {
            let given = [(FETCH_SITE, site), (header::ORIGIN, origin)];
            let given = given.into_iter().filter_map(|(name, value)| Some((name, value?.parse().unwrap())));
            let found = hosts.is_foreign(&given.collect(), "localhost:8080");
            assert_eq!(found, is_foreign, "{site:?} {origin:?}");
        }
    }
}
