//! Who is at the other end: the peer of the connection or, behind reverse proxies that are trusted, the client that
//! they name.
//!
//! Only what a trusted proxy wrote counts. Proxies append, so `X-Forwarded-For` is read from the right, for as long as
//! the hop that wrote an entry is trusted: what stands further left may be made up by the client.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use crate::http::problem::Problem;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The other end of a connection. The accept loop puts it into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer {
    /// IPv4 even where it came as IPv6.
    pub(crate) address: IpAddr,
    /// Whether the connection is encrypted.
    pub(crate) is_tls: bool,
}

/// Who asks. An extension of each request, and an argument of routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// As the nearest hop that is no trusted proxy is called. IPv4 even where it came as IPv6.
    pub(crate) address: IpAddr,
    /// Whether it asks over HTTPS, here or at a trusted proxy.
    pub(crate) is_secure: bool,
}

/// Who may ask in plain HTTP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// This machine and the trusted proxies.
    #[default]
    Proxies,
    /// Everybody: whoever is on the way reads along.
    Everybody,
}

/// Which peers are believed, and which are answered in plain HTTP.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    proxies: Arc<[IpNet]>,
    plain_http: PlainHttp,
}

impl Peer {
    pub(crate) const fn new(address: IpAddr, is_tls: bool) -> Self {
        Self { address: address.to_canonical(), is_tls }
    }

    /// Of a request that came over no socket: this machine's.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let own = Self::new(IpAddr::V4(Ipv4Addr::LOCALHOST), false);
        extensions.get().copied().unwrap_or(own)
    }
}

impl Client {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let Peer { address, is_tls } = Peer::of(extensions);
        extensions.get().copied().unwrap_or(Self { address, is_secure: is_tls })
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

impl Trust {
    pub(crate) fn new(proxies: &[IpNet], plain_http: PlainHttp) -> Self {
        Self { proxies: proxies.into(), plain_http }
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    fn answers(&self, peer: Peer) -> bool {
        peer.is_tls
            || peer.address.is_loopback()
            || self.plain_http == PlainHttp::Everybody
            || self.is_proxy(peer.address)
    }

    fn client(&self, peer: Peer, headers: &HeaderMap) -> Client {
        if !self.is_proxy(peer.address) {
            return Client { address: peer.address, is_secure: peer.is_tls };
        }
        Client {
            address: self.first_untrusted(peer.address, headers),
            is_secure: is_https(headers).unwrap_or(peer.is_tls),
        }
    }

    /// Walks from the peer towards the client. Ends at the first hop that is no trusted proxy, and where no further hop
    /// can be read.
    fn first_untrusted(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut hop = peer;
        for entry in entries(headers, FORWARDED_FOR).rev() {
            match address(entry) {
                Some(address) if self.is_proxy(hop) => hop = address,
                _ => break,
            }
        }
        hop
    }
}

/// Whether every proxy says that it was asked over HTTPS; `None` when none says anything.
fn is_https(headers: &HeaderMap) -> Option<bool> {
    let mut said = entries(headers, FORWARDED_PROTO).peekable();
    said.peek()?;
    Some(said.all(|scheme| scheme.eq_ignore_ascii_case(b"https")))
}

/// The parts between commas, of all lines of a header in their order. What is not ASCII spoils its own part only.
fn entries(headers: &HeaderMap, name: HeaderName) -> impl DoubleEndedIterator<Item = &[u8]> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let bracketed = bare.map(|ip| ip.parse().map(IpAddr::V6).ok());
    let plain = || text.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()));
    bracketed.unwrap_or_else(plain).map(|address| address.to_canonical())
}

/// Puts the [`Client`] into each request.
pub(crate) async fn identify(State(trust): State<Trust>, mut request: Request, next: Next) -> Response {
    let client = trust.client(Peer::of(request.extensions()), request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Refuses plain HTTP on ways that others can read along.
pub(crate) async fn refuse_plain(State(trust): State<Trust>, request: Request, next: Next) -> Response {
    let peer = Peer::of(request.extensions());
    if trust.answers(peer) {
        next.run(request).await
    } else {
        Problem::ProxyOnly(peer.address).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Trusts 10.0.0.0/8, 192.168.1.7 and fd00::/8.
    fn trust(plain_http: PlainHttp) -> Trust {
        let networks = ["10.0.0.0/8", "192.168.1.7/32", "fd00::/8"].map(|text| text.parse().unwrap());
        Trust::new(&networks, plain_http)
    }

    fn lines(name: &HeaderName, lines: &[&[u8]]) -> HeaderMap {
        let value = |line: &&[u8]| (name.clone(), HeaderValue::from_bytes(line).unwrap());
        lines.iter().map(value).fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        })
    }

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let bytes: Vec<_> = forwarded.iter().map(|line| line.as_bytes()).collect();
        let headers = lines(&FORWARDED_FOR, &bytes);
        let found = trust(PlainHttp::Proxies).client(Peer::new(ip(peer), false), &headers);
        assert_eq!(found.address, ip(expected), "{peer} {forwarded:?}");
    }

    #[test]
    fn clients_are_told_by_their_trusted_proxies_only() {
        // No proxy: whatever is said.
        check("203.0.113.9", &[], "203.0.113.9");
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("127.0.0.1", &["198.51.100.1"], "127.0.0.1");
        // One.
        check("10.1.2.3", &[], "10.1.2.3");
        check("10.1.2.3", &["203.0.113.9"], "203.0.113.9");
        check("192.168.1.7", &["203.0.113.9"], "203.0.113.9");
        check("192.168.1.8", &["203.0.113.9"], "192.168.1.8");
        check("::ffff:10.1.2.3", &["::ffff:203.0.113.9"], "203.0.113.9");
        // Two, the inner one in front, in one line or in two.
        check("10.1.2.3", &["203.0.113.9, 192.168.1.7"], "203.0.113.9");
        check("10.1.2.3", &["203.0.113.9", "192.168.1.7"], "203.0.113.9");
        check("10.1.2.3", &["10.0.0.1, 10.0.0.2"], "10.0.0.1");
        // Made up by the client, and appended to by the proxy.
        check("10.1.2.3", &["127.0.0.1, 203.0.113.9"], "203.0.113.9");
        check("10.1.2.3", &["127.0.0.1", "203.0.113.9"], "203.0.113.9");
        check("10.1.2.3", &["127.0.0.1, 10.0.0.9, 203.0.113.9, 192.168.1.7"], "203.0.113.9");
        // Nonsense ends the walk at the last hop that is known.
        check("10.1.2.3", &[""], "10.1.2.3");
        check("10.1.2.3", &["203.0.113.9, unknown"], "10.1.2.3");
        check("10.1.2.3", &["203.0.113.9,"], "10.1.2.3");
        check("10.1.2.3", &["203.0.113.9, _hidden, 192.168.1.7"], "192.168.1.7");
        check("10.1.2.3", &["203.0.113.9 192.168.1.7"], "10.1.2.3");
    }

    #[test]
    fn addresses_come_with_ports_and_brackets() {
        for (entry, expected) in [
            ("203.0.113.9", Some("203.0.113.9")),
            ("203.0.113.9:51234", Some("203.0.113.9")),
            ("2001:db8::9", Some("2001:db8::9")),
            ("[2001:db8::9]", Some("2001:db8::9")),
            ("[2001:db8::9]:443", Some("2001:db8::9")),
            ("::ffff:203.0.113.9", Some("203.0.113.9")),
            ("[::ffff:203.0.113.9]:443", Some("203.0.113.9")),
            ("[203.0.113.9]", None),
            ("203.0.113.9:", None),
            ("203.0.113.9:port", None),
            ("203.0.113.9:99999", None),
            ("[2001:db8::9", None),
            ("2001:db8::9]", None),
            ("203.0.113", None),
            ("0xcb.0.113.9", None),
            ("plant.example", None),
            ("\"203.0.113.9\"", None),
        ] {
            assert_eq!(address(entry.as_bytes()), expected.map(ip), "{entry}");
        }
        let torn = lines(&FORWARDED_FOR, &[b"198.51.100.1, \xff\xfe, 203.0.113.9"]);
        let found = trust(PlainHttp::Proxies).client(Peer::new(ip("10.0.0.1"), false), &torn);
        assert_eq!(found.address, ip("203.0.113.9"), "what is not ASCII stands behind the client");
    }

    #[test]
    fn https_is_what_every_proxy_says_or_what_the_connection_is() {
        for (peer, is_tls, said, is_secure) in [
            ("203.0.113.9", false, &[][..], false),
            ("203.0.113.9", true, &[], true),
            ("203.0.113.9", false, &["https"], false),
            ("203.0.113.9", true, &["http"], true),
            ("10.0.0.1", false, &[], false),
            ("10.0.0.1", true, &[], true),
            ("10.0.0.1", false, &["https"], true),
            ("10.0.0.1", false, &["HTTPS"], true),
            ("10.0.0.1", true, &["http"], false),
            ("10.0.0.1", false, &["https, http"], false),
            ("10.0.0.1", false, &["http", "https"], false),
            ("10.0.0.1", false, &["https", "https"], true),
            ("10.0.0.1", false, &[""], false),
        ] {
            let bytes: Vec<_> = said.iter().map(|line| line.as_bytes()).collect();
            let headers = lines(&FORWARDED_PROTO, &bytes);
            let found = trust(PlainHttp::Proxies).client(Peer::new(ip(peer), is_tls), &headers);
            assert_eq!(found.is_secure, is_secure, "{peer} {is_tls} {said:?}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_and_proxies_unless_it_is_for_everybody() {
        for (peer, is_tls, for_proxies) in [
            ("127.0.0.1", false, true),
            ("127.8.0.1", false, true),
            ("::1", false, true),
            ("::ffff:127.0.0.1", false, true),
            ("10.0.0.1", false, true),
            ("fd00::1", false, true),
            ("203.0.113.9", false, false),
            ("2001:db8::9", false, false),
            ("203.0.113.9", true, true),
        ] {
            let peer = Peer::new(ip(peer), is_tls);
            assert_eq!(trust(PlainHttp::Proxies).answers(peer), for_proxies, "{peer:?}");
            assert!(trust(PlainHttp::Everybody).answers(peer), "{peer:?}");
        }
    }

    fn anything() -> impl Strategy<Value = String> {
        let address = any::<IpAddr>().prop_map(|address| address.to_string());
        let socket = any::<(IpAddr, u16)>().prop_map(|pair| SocketAddr::from(pair).to_string());
        let near = any::<u8>().prop_map(|last| format!("10.0.0.{last}"));
        prop_oneof![address, socket, near, "[ -~]{0,20}"]
    }

    proptest! {
        #[test]
        fn what_stands_left_of_the_client_changes_nothing(
            made_up in prop::collection::vec(anything(), 0..6),
            client in any::<IpAddr>(),
            proxies in prop::collection::vec(0_u8..255, 0..4),
        ) {
            let trust = trust(PlainHttp::Proxies);
            prop_assume!(!trust.is_proxy(client.to_canonical()));
            let proxies = proxies.iter().map(|last| format!("10.0.0.{last}"));
            let honest: Vec<_> = std::iter::once(client.to_string()).chain(proxies).collect();
            let headers = |entries: &[String]| lines(&FORWARDED_FOR, &[entries.join(", ").as_bytes()]);
            let peer = Peer::new(ip("192.168.1.7"), false);
            let alone = trust.client(peer, &headers(&honest));
            prop_assert_eq!(alone.address, client.to_canonical());
            prop_assert_eq!(trust.client(peer, &headers(&[made_up.clone(), honest].concat())), alone);
            // Nobody but a proxy is asked for anybody.
            let direct = trust.client(Peer::new(client, false), &headers(&made_up));
            prop_assert_eq!(direct.address, client.to_canonical());
        }

        #[test]
        fn any_bytes_give_the_peer_or_an_address_that_stands_there(
            line in prop::collection::vec(any::<u8>(), 0..80),
            rest in prop::collection::vec(anything(), 0..5),
        ) {
            let rest = rest.join(",").into_bytes();
            let given: Vec<_> = [&line[..], &rest].into_iter().filter(|line| HeaderValue::from_bytes(line).is_ok()).collect();
            let headers = lines(&FORWARDED_FOR, &given);
            let peer = Peer::new(ip("10.0.0.1"), false);
            let found = trust(PlainHttp::Proxies).client(peer, &headers).address;
            let said: Vec<_> = entries(&headers, FORWARDED_FOR).filter_map(address).collect();
            prop_assert!(found == peer.address || said.contains(&found), "{found}");
        }
    }
}
