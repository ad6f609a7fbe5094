//! `[server]`: where the page and the API are, how they are reached from other machines, and what that needs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anjian_api::{ApiSettings, LoginSettings, PlainHttp, Tls, TlsError, TlsFiles};
use anjian_indexer::CaseRules;
use ipnet::IpNet;
use serde::Deserialize;

use super::listen;
use super::sign_on::SignOn;

/// The HTTP server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port. Beyond loopback it needs TLS, trusted proxies, or plain HTTP allowed by name.
    #[serde(deserialize_with = "listen::address")]
    pub listen: SocketAddr,
    /// Further names under which browsers reach the server, for instance through a proxy.
    pub hosts: Vec<String>,
    /// The certificate, PEM, and those that lead to its authority; relative to the file. With `tls_key` only.
    pub(super) tls_certificate: Option<PathBuf>,
    /// Its private key, PEM; relative to the file.
    pub(super) tls_key: Option<PathBuf>,
    /// Reverse proxies that say who their clients are: addresses and networks.
    trusted_proxies: Vec<Proxy>,
    /// Whether other machines are answered without encryption.
    allow_plain_http_beyond_loopback: bool,
    /// Whether everybody on this machine may do everything without signing in: for development.
    allow_everybody_without_login: bool,
    /// A session that nobody uses for so long is over, minutes.
    session_idle_min: u32,
    /// A session is over after so long, used or not, minutes.
    session_longest_min: u32,
    /// A provider at which people may sign in instead.
    single_sign_on: Option<SignOn>,
}

/// Five minutes to thirty days.
const SESSION_MIN: RangeInclusive<u32> = 5..=43_200;

/// An address or a network of proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Proxy(IpNet);

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
        let network = address.or_else(|_| text.parse()).map_err(|_| {
            format!(
                "{text:?} is neither an address nor a network: write one such as \"192.168.1.7\" or \"10.0.0.0/8\""
            )
        })?;
        if network.prefix_len() == 0 {
            return Err(format!(
                "{text:?} is everybody, and everybody is no proxy: write the addresses of proxies"
            ));
        }
        Ok(Self(network))
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8760)),
            hosts: vec![],
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: vec![],
            allow_plain_http_beyond_loopback: false,
            allow_everybody_without_login: false,
            session_idle_min: 120,
            session_longest_min: 720,
            single_sign_on: None,
        }
    }
}

impl Server {
    /// Reads certificate and key, if there are any.
    ///
    /// # Errors
    /// When a file cannot be read or used.
    pub fn load_tls(&self) -> Result<Option<Tls>, TlsError> {
        let files = self.tls_certificate.clone().zip(self.tls_key.clone());
        files.map(|(certificate, key)| Tls::load(TlsFiles { certificate, key })).transpose()
    }

    /// How people sign in; `None`: everybody may do everything.
    pub fn login(&self) -> Option<LoginSettings> {
        let minutes = |count: u32| Duration::from_secs(u64::from(count) * 60);
        (!self.allow_everybody_without_login).then(|| LoginSettings {
            idle: minutes(self.session_idle_min),
            longest: minutes(self.session_longest_min),
            demo: vec![],
            sign_on: self.single_sign_on.as_ref().map(SignOn::settings),
        })
    }

    /// What the HTTP server is started with.
    pub fn settings(
        &self,
        tls: Option<Tls>,
        connections: u32,
        login: Option<LoginSettings>,
        rules: Arc<CaseRules>,
    ) -> ApiSettings {
        ApiSettings {
            listen: self.listen,
            hosts: self.hosts.clone(),
            connections,
            tls,
            trusted_proxies: self.trusted_proxies.iter().map(|Proxy(network)| *network).collect(),
            login,
            rules,
            plain_http: if self.allow_plain_http_beyond_loopback {
                PlainHttp::Everybody
            } else {
                PlainHttp::Proxies
            },
        }
    }

    /// Makes its paths relative to the configuration's folder.
    pub(super) fn place(&mut self, folder: &Path) {
        for file in [&mut self.tls_certificate, &mut self.tls_key].into_iter().flatten() {
            *file = folder.join(&*file);
        }
    }

    /// What is wrong with it, as `key: reason`.
    pub(super) fn problems(&self) -> Vec<String> {
        let half = match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => {
                Some("server.tls_key: is needed beside server.tls_certificate: name the PEM file of its key")
            }
            (None, Some(_)) => {
                Some("server.tls_certificate: is needed beside server.tls_key: name its PEM file")
            }
            _ => None,
        };
        let half = half.map(str::to_owned);
        let sign_on = self.single_sign_on.iter().flat_map(SignOn::problems);
        let login = self.unguarded().into_iter().chain(self.sessions()).chain(sign_on);
        half.into_iter().chain(self.unprotected()).chain(login).collect()
    }

    fn unguarded(&self) -> Option<String> {
        let is_reached = self.is_beyond_loopback() || !self.trusted_proxies.is_empty();
        (self.allow_everybody_without_login && is_reached).then(|| {
            "server.allow_everybody_without_login: whoever reaches this machine could do everything, and other machines \
             reach it: remove the key, or listen on loopback without trusted_proxies"
                .to_owned()
        })
    }

    fn sessions(&self) -> Option<String> {
        let given =
            [("session_idle_min", self.session_idle_min), ("session_longest_min", self.session_longest_min)];
        let (least, most) = (SESSION_MIN.start(), SESSION_MIN.end());
        let outside = given.into_iter().find(|(_, minutes)| !SESSION_MIN.contains(minutes));
        if let Some((key, minutes)) = outside {
            return Some(format!("server.{key}: {minutes} is not within {least} and {most} minutes"));
        }
        (self.session_idle_min > self.session_longest_min).then(|| {
            "server.session_idle_min: is longer than server.session_longest_min: no session would last so long".to_owned()
        })
    }

    fn unprotected(&self) -> Option<String> {
        let has_way = self.tls_certificate.is_some()
            || !self.trusted_proxies.is_empty()
            || self.allow_plain_http_beyond_loopback;
        let listen = self.listen;
        (self.is_beyond_loopback() && !has_way).then(|| {
            format!(
                "server.listen: {listen} can be reached from other machines, and what they send and see could be read on \
                 the way: set server.tls_certificate and server.tls_key, or name the reverse proxy in front in \
                 server.trusted_proxies, or set server.allow_plain_http_beyond_loopback = true where nobody else is on \
                 the network; otherwise listen on loopback (127.0.0.1)"
            )
        })
    }

    fn is_beyond_loopback(&self) -> bool {
        !self.listen.ip().to_canonical().is_loopback()
    }

    /// What it may say and hardly means, as `key: reason and what to do`.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.listen.port() == 0 {
            doubts.push(
                "server.listen: port 0 is another free port at each start, which no browser and no proxy knows: give a \
                 port such as 8760"
                    .to_owned(),
            );
        }
        if self.listen.ip().is_unspecified() && self.hosts.is_empty() {
            doubts.push(format!(
                "server.hosts: {} is every address of this machine, and browsers may ask for none but localhost: list the \
                 names and addresses by which they do",
                self.listen.ip()
            ));
        }
        doubts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        toml::from_str(text).unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &[&str])]) {
        let found = server(text).problems();
        assert_eq!(found.len(), expected.len(), "{text}: {found:#?}");
        for (problem, (place, says)) in found.iter().zip(expected) {
            assert!(
                problem.starts_with(place) && says.iter().all(|part| problem.contains(part)),
                "{problem}"
            );
        }
    }

    #[test]
    fn beyond_loopback_there_are_three_ways() {
        let ways: &[&str] = &[
            "server.tls_certificate and server.tls_key",
            "server.trusted_proxies",
            "server.allow_plain_http_beyond_loopback = true",
            "127.0.0.1",
        ];
        for address in ["0.0.0.0:80", "[::]:80", "192.168.1.5:8760", "[2001:db8::5]:8760"] {
            let listen = format!("listen = \"{address}\"\n");
            check(&listen, &[("server.listen:", ways)]);
            for way in [
                "tls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"",
                "trusted_proxies = [\"192.168.1.7\"]",
                "allow_plain_http_beyond_loopback = true",
            ] {
                check(&(listen.clone() + way), &[]);
            }
        }
        for address in ["127.0.0.1:80", "127.8.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "localhost:80"] {
            check(&format!("listen = \"{address}\""), &[]);
        }
        check("", &[]);
    }

    #[test]
    fn certificate_and_key_come_together() {
        check("tls_certificate = \"cert.pem\"", &[("server.tls_key:", &["server.tls_certificate"])]);
        check("tls_key = \"key.pem\"", &[("server.tls_certificate:", &["server.tls_key"])]);
        assert!(server("").load_tls().unwrap().is_none());
        let mut server = server("tls_certificate = \"cert.pem\"\ntls_key = \"/run/key.pem\"");
        server.place(Path::new("/etc/anjian"));
        let refusal = server.load_tls().unwrap_err().to_string();
        assert!(
            refusal.starts_with("server.tls_certificate: /etc/anjian/cert.pem cannot be read"),
            "{refusal}"
        );
        assert_eq!(server.tls_key.as_deref(), Some(Path::new("/run/key.pem")));
    }

    #[test]
    fn everybody_without_login_only_on_this_machine() {
        let open = "allow_everybody_without_login = true\n";
        assert!(server(open).login().is_none() && server("").login().is_some());
        check(open, &[]);
        for reached in [
            "trusted_proxies = [\"127.0.0.1\"]",
            "listen = \"0.0.0.0:80\"\nallow_plain_http_beyond_loopback = true",
        ] {
            check(&(open.to_owned() + reached), &[("server.allow_everybody_without_login:", &["loopback"])]);
        }
    }

    #[test]
    fn sessions_end() {
        let login = server("session_idle_min = 5\nsession_longest_min = 60").login().unwrap();
        assert_eq!((login.idle, login.longest), (Duration::from_mins(5), Duration::from_mins(60)));
        check("session_idle_min = 4", &[("server.session_idle_min:", &["5", "43200"])]);
        check("session_longest_min = 43201", &[("server.session_longest_min:", &["43200"])]);
        check("session_longest_min = 60", &[("server.session_idle_min:", &["server.session_longest_min"])]);
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        for (text, expected) in [
            ("192.168.1.7", "192.168.1.7/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("fd00::/8", "fd00::/8"),
            ("2001:db8::7", "2001:db8::7/128"),
            ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ] {
            let settings =
                server(&format!("trusted_proxies = [\"{text}\"]")).settings(None, 1, None, Arc::default());
            assert_eq!(settings.trusted_proxies, [expected.parse().unwrap()], "{text}");
            assert_eq!(settings.plain_http, PlainHttp::Proxies);
        }
        for (text, says) in [
            ("10.0.0.0/33", "10.0.0.0/8"),
            ("10.0.0", "neither an address nor a network"),
            ("proxy.plant.example", "192.168.1.7"),
            ("0.0.0.0/0", "everybody"),
            ("::/0", "everybody"),
        ] {
            let refused = toml::from_str::<Server>(&format!("trusted_proxies = [\"{text}\"]")).unwrap_err();
            assert!(refused.message().contains(says), "{text}: {refused}");
        }
        let open = server("allow_plain_http_beyond_loopback = true").settings(None, 1, None, Arc::default());
        assert_eq!(open.plain_http, PlainHttp::Everybody);
    }
}
