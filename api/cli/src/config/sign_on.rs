//! `[server.single_sign_on]`: a provider of OpenID Connect at which people sign in.

use anjian_api::{AccountClaim, SingleSignOn};
use serde::Deserialize;
use url::{Host, Url};

/// The environment variable of the secret: it stands in no file.
const SECRET: &str = "ANJIAN_SIGN_ON_SECRET";

/// The provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignOn {
    /// As people call it.
    name: String,
    /// Its address, as in its tokens.
    issuer: String,
    /// As what this server is known there.
    client_id: String,
    /// Where browsers reach this server.
    page: Url,
    /// What of its answer is the name of the account.
    #[serde(default)]
    account_claim: Claim,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Claim {
    #[default]
    PreferredUsername,
    Email,
    Sub,
}

impl SignOn {
    /// With the secret of the environment, if there is one.
    pub(super) fn settings(&self) -> SingleSignOn {
        SingleSignOn {
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: std::env::var(SECRET).ok().filter(|secret| !secret.is_empty()),
            page: self.page.clone(),
            account_claim: match self.account_claim {
                Claim::PreferredUsername => AccountClaim::PreferredUsername,
                Claim::Email => AccountClaim::Email,
                Claim::Sub => AccountClaim::Subject,
            },
        }
    }

    /// What is wrong with it, as `key: reason`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !cfg!(feature = "single-sign-on") {
            problems.push(
                "server.single_sign_on: this anjian was built without it: build with `--features single-sign-on`"
                    .to_owned(),
            );
        }
        for (key, text) in [("name", &self.name), ("client_id", &self.client_id)] {
            if text.trim().is_empty() {
                problems.push(format!("server.single_sign_on.{key}: is empty"));
            }
        }
        let issuer = Url::parse(&self.issuer);
        if issuer.is_err() {
            problems.push(format!("server.single_sign_on.issuer: {:?} is not an address", self.issuer));
        }
        for (key, address) in issuer.iter().map(|issuer| ("issuer", issuer)).chain([("page", &self.page)]) {
            if !is_protected(address) {
                problems.push(format!(
                    "server.single_sign_on.{key}: {address} can be read and changed on the way: use https:// (http:// on this \
                     machine only)"
                ));
            }
        }
        if !self.page.path().ends_with('/') {
            problems.push(format!("server.single_sign_on.page: {} must end with /", self.page));
        }
        problems
    }
}

fn is_protected(address: &Url) -> bool {
    let is_own = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_on(issuer: &str, page: &str) -> SignOn {
        let text =
            format!("name = \"统一认证\"\nissuer = \"{issuer}\"\nclient_id = \"anjian\"\npage = \"{page}\"");
        toml::from_str(&text).unwrap()
    }

    fn problems(issuer: &str, page: &str) -> Vec<String> {
        let mut problems = sign_on(issuer, page).problems();
        problems.retain(|problem| !problem.contains("built without"));
        problems
    }

    #[test]
    fn the_way_to_the_provider_is_protected() {
        assert!(problems("https://id.city.example/realms/plant", "https://anjian.city.example/").is_empty());
        let kept = sign_on("https://id.city.example/", "https://anjian.city.example/").settings().issuer;
        assert_eq!(kept, "https://id.city.example/", "as it was written");
        assert!(problems("http://127.0.0.1:9000", "http://localhost:8760/").is_empty());
        for (issuer, page, key) in [
            ("http://id.city.example", "https://anjian.city.example/", "issuer"),
            ("https://id.city.example", "http://anjian.city.example/", "page"),
            ("ftp://127.0.0.1", "https://anjian.city.example/", "issuer"),
            ("https://id.city.example", "https://anjian.city.example/x", "page"),
            ("id.city.example", "https://anjian.city.example/", "issuer"),
        ] {
            let found = problems(issuer, page);
            assert!(found.len() == 1 && found[0].contains(&format!("single_sign_on.{key}:")), "{found:?}");
        }
    }

    #[test]
    fn a_build_without_it_says_so() {
        let text =
            "name = \"x\"\nissuer = \"https://a.example\"\nclient_id = \"y\"\npage = \"https://b.example/\"";
        let sign_on: SignOn = toml::from_str(text).unwrap();
        assert_eq!(sign_on.problems().is_empty(), cfg!(feature = "single-sign-on"));
    }
}
