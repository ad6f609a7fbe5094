//! Where the server listens, as people write it.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Deserializer, de};

/// Reads an address and a port; `localhost` is the loopback address.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = toml::Value::deserialize(deserializer)?;
    let written = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
    read(&written).ok_or_else(|| {
        de::Error::custom(format!(
            "{written:?} is no address with a port: write one such as \"127.0.0.1:8760\""
        ))
    })
}

fn read(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    let local = text.rsplit_once(':').filter(|(host, _)| host.eq_ignore_ascii_case("localhost"));
    match local {
        Some((_, port)) => port.parse().ok().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_the_loopback_address() {
        for text in ["localhost:8760", "LocalHost:8760", "127.0.0.1:8760"] {
            assert_eq!(read(text), Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8760))), "{text}");
        }
        assert!(read("[::1]:8760").is_some_and(|address| address.ip().is_loopback()));
        for text in ["", "localhost", "8760", ":8760", "localhost:87600", "127.0.0.1", "plant.example:80"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
