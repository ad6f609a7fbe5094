//! The cookies: the session's, one that remembers a browser in which an account has signed in, and one for the way to a provider
//! and back.
//!
//! Over HTTPS their names begin with `__Host-`: no other host and no plain connection can set them. On loopback without
//! TLS browsers do not agree on such names, so there they have plain ones.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::http::client::Client;

const SESSION: [&str; 2] = ["anjian-session", "__Host-anjian-session"];
const DEVICE: [&str; 2] = ["anjian-device", "__Host-anjian-device"];
const SIGN_ON: [&str; 2] = ["anjian-sign-on", "__Host-anjian-sign-on"];

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    Session,
    Device,
    SignOn,
}

impl Cookie {
    fn name(self, client: Client) -> &'static str {
        let names = match self {
            Self::Session => SESSION,
            Self::Device => DEVICE,
            Self::SignOn => SIGN_ON,
        };
        names[usize::from(client.is_secure)]
    }

    /// The value that the browser sent. Two of one name are as none: somebody else set one of them.
    pub(crate) fn read(self, headers: &HeaderMap, client: Client) -> Option<&str> {
        let name = self.name(client);
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    }

    /// Sets it, for at most this long.
    pub(crate) fn set(self, value: &str, max_age_s: u64, client: Client) -> Option<HeaderValue> {
        let (name, secure) = (self.name(client), if client.is_secure { "; Secure" } else { "" });
        let same_site = match self {
            Self::Session | Self::Device => "Strict",
            // The provider, another site, sends the browser back.
            Self::SignOn => "Lax",
        };
        let line =
            format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={max_age_s}{secure}");
        HeaderValue::from_str(&line).ok()
    }

    /// Makes the browser forget it.
    pub(crate) fn remove(self, client: Client) -> Option<HeaderValue> {
        self.set("", 0, client)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn client(is_secure: bool) -> Client {
        Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), is_secure }
    }

    #[test]
    fn names_say_over_what_they_were_set() {
        let plain = Cookie::Session.set("x", 60, client(false)).unwrap();
        assert_eq!(plain, "anjian-session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
        let secure = Cookie::Session.set("x", 60, client(true)).unwrap();
        assert_eq!(secure, "__Host-anjian-session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure");
    }

    #[test]
    fn one_of_the_right_name_is_read() {
        for (lines, is_secure, expected) in [
            (vec!["a=1; anjian-session=x"], false, Some("x")),
            (vec!["a=1", "anjian-session=x"], false, Some("x")),
            (vec!["anjian-session=x"], true, None),
            (vec!["__Host-anjian-session=x; anjian-session=y"], true, Some("x")),
            (vec!["anjian-session=x; anjian-session=y"], false, None),
            (vec!["anjian-session"], false, None),
            (vec![], false, None),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            assert_eq!(Cookie::Session.read(&headers, client(is_secure)), expected, "{lines:?}");
        }
    }
}
