//! Which addresses a webhook may reach. A person chooses the URL: without this, the server would ask inside its own network for them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

/// Networks that webhooks may reach although they are not public.
#[derive(Debug, Clone, Default)]
pub struct Networks {
    allowed: Vec<IpNet>,
}

/// Why a URL is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Not https, where http is not allowed.
    #[error("{0}: use https; http is for networks listed in notify.webhook.networks")]
    Scheme(String),
    /// No host.
    #[error("the URL names no host")]
    Host,
    /// A name and password in the URL.
    #[error("the URL holds a user or password")]
    User,
    /// Not public, and not listed.
    #[error("{0} is no public address: list its network in notify.webhook.networks")]
    Private(IpAddr),
    /// No address.
    #[error("{host}: {why}")]
    Unknown {
        /// The name.
        host: String,
        /// What the resolver said.
        why: String,
    },
}

impl Networks {
    /// These beside the public ones.
    #[must_use]
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Whether an address may be reached.
    ///
    /// # Errors
    /// [`Forbidden::Private`] when it is neither public nor listed.
    pub fn check(&self, address: IpAddr) -> Result<(), Forbidden> {
        let address = embedded(address);
        if is_public(address) || self.is_listed(address) { Ok(()) } else { Err(Forbidden::Private(address)) }
    }

    fn is_listed(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(&address))
    }

    /// The addresses of a URL's host, each of which may be reached. They are asked for once: a name that changes its answer between
    /// the check and the request is of no use.
    ///
    /// # Errors
    /// [`Forbidden`] when the URL or one of its addresses is not allowed.
    pub async fn resolve(&self, url: &url::Url) -> Result<Vec<SocketAddr>, Forbidden> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::User);
        }
        let host = url.host().ok_or(Forbidden::Host)?;
        let port = url.port_or_known_default().ok_or(Forbidden::Host)?;
        let found: Vec<SocketAddr> = match host {
            url::Host::Ipv4(address) => vec![(IpAddr::V4(address), port).into()],
            url::Host::Ipv6(address) => vec![(IpAddr::V6(address), port).into()],
            url::Host::Domain(name) => {
                let unknown = |why: String| Forbidden::Unknown { host: name.to_owned(), why };
                let found = tokio::net::lookup_host((name, port)).await;
                let found: Vec<_> = found.map_err(|error| unknown(error.to_string()))?.collect();
                if found.is_empty() {
                    return Err(unknown("has no address".to_owned()));
                }
                found
            }
        };
        // One address that is not allowed forbids the name: the next request might go there.
        found.iter().try_for_each(|address| self.check(address.ip()))?;
        let is_inside = found.iter().all(|address| self.is_listed(embedded(address.ip())));
        if url.scheme() == "https" || (url.scheme() == "http" && is_inside) {
            Ok(found)
        } else {
            Err(Forbidden::Scheme(url.scheme().to_owned()))
        }
    }
}

/// An IPv4 address that stands inside an IPv6 one: mapped, translated (64:ff9b::/96) or in a 6to4 tunnel.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address.to_canonical() else { return address.to_canonical() };
    let [first, second, third, fourth, .., seventh, eighth] = six.segments();
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second, third, fourth) {
        (0x64, 0xff9b, 0, 0) => four(seventh, eighth),
        (0x2002, ..) => four(second, third),
        // Compatible addresses (::a.b.c.d), which nobody should use any more.
        (0, 0, 0, 0) if six.segments()[4..6] == [0, 0] && seventh != 0 => four(seventh, eighth),
        _ => IpAddr::V6(six),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// As the IANA registry of special-purpose addresses has it.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

/// Global unicast, without documentation, benchmarks and tunnels.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global = first & 0xe000 == 0x2000;
    // 2001::/23 are protocols (Teredo, ORCHID, benchmarks).
    let is_special = (first == 0x2001 && (second < 0x200 || second == 0xdb8)) || (first == 0x3fff && second < 0x1000);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(listed: &[&str]) -> Networks {
        Networks::new(listed.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn only_public_and_listed_addresses_are_reached() {
        for (address, is_allowed) in [
            ("8.8.8.8", true),
            ("2400:3200::1", true),
            ("127.0.0.1", false),
            ("127.9.9.9", false),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.100.100.200", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("ff02::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::7f00:1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::808:808", true),
            ("2002:7f00:1::", false),
            ("2001::1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(networks(&[]).check(address.parse().unwrap()).is_ok(), is_allowed, "{address}");
        }
        let listed = networks(&["10.1.0.0/16", "127.0.0.1/32"]);
        for (address, is_allowed) in
            [("10.1.2.3", true), ("10.2.0.1", false), ("::ffff:10.1.2.3", true), ("127.0.0.2", false)]
        {
            assert_eq!(listed.check(address.parse().unwrap()).is_ok(), is_allowed, "{address}");
        }
    }

    #[tokio::test]
    async fn urls_that_lead_elsewhere_are_refused() {
        for (url, listed, expected) in [
            ("https://127.0.0.1/hook", &[][..], Err(Forbidden::Private("127.0.0.1".parse().unwrap()))),
            ("https://localhost/hook", &[], Err(Forbidden::Private("127.0.0.1".parse().unwrap()))),
            ("https://2130706433/", &[], Err(Forbidden::Private("127.0.0.1".parse().unwrap()))),
            ("https://0x7f.1/", &[], Err(Forbidden::Private("127.0.0.1".parse().unwrap()))),
            ("https://[::ffff:7f00:1]/", &[], Err(Forbidden::Private("127.0.0.1".parse().unwrap()))),
            ("https://[::1]/", &[], Err(Forbidden::Private("::1".parse().unwrap()))),
            ("http://8.8.8.8/", &[], Err(Forbidden::Scheme("http".to_owned()))),
            ("file:///etc/passwd", &[], Err(Forbidden::Host)),
            ("gopher://8.8.8.8/", &[], Err(Forbidden::Host)),
            ("gopher://8.8.8.8:70/", &[], Err(Forbidden::Scheme("gopher".to_owned()))),
            ("https://user:word@8.8.8.8/", &[], Err(Forbidden::User)),
            ("https://8.8.8.8/", &[], Ok(())),
            ("http://127.0.0.1:9/", &["127.0.0.0/8"], Ok(())),
        ] {
            let found = networks(listed).resolve(&url.parse().unwrap()).await.map(drop);
            // A machine may answer "localhost" with either.
            let found = match found {
                Err(Forbidden::Private(address)) if url.contains("localhost") && address.is_loopback() => expected.clone(),
                found => found,
            };
            assert_eq!(found, expected, "{url}");
        }
    }
}
