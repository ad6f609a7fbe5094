//! Basic and digest credentials (RFC 7616: MD5 and SHA-256). Pure.

use anjian_domain::SourceUrl;
use glib::ChecksumType;

use crate::percent::decoded;

/// What a server wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scheme {
    Basic,
    Digest {
        kind: ChecksumType,
        algorithm: Option<String>,
        nonce: String,
        opaque: Option<String>,
        is_counted: bool,
    },
}

/// A challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: String,
    scheme: Scheme,
}

/// What the WWW-Authenticate headers of an answer come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Answerable(Challenge),
    /// Only digests that are not known here; their names.
    Unknown(String),
    Nothing,
}

/// The best of what is offered: SHA-256, MD5, Basic.
pub(super) fn choose<'a>(headers: impl Iterator<Item = &'a str>) -> Asked {
    let (mut best, mut unknown) = (None::<(u8, Challenge)>, Vec::new());
    for header in headers {
        match read(header) {
            Ok(challenge) => {
                let rank = challenge.rank();
                if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                    best = Some((rank, challenge));
                }
            }
            Err(name) => unknown.push(name),
        }
    }
    match best {
        Some((_, challenge)) => Asked::Answerable(challenge),
        None if unknown.is_empty() => Asked::Nothing,
        None => Asked::Unknown(unknown.join(", ")),
    }
}

fn read(header: &str) -> Result<Challenge, String> {
    let (scheme, rest) = header.trim().split_once(char::is_whitespace).unwrap_or((header, ""));
    let fields = fields(rest);
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    let realm = field("realm").unwrap_or_default();
    if scheme.eq_ignore_ascii_case("Basic") {
        return Ok(Challenge { realm, scheme: Scheme::Basic });
    }
    if !scheme.eq_ignore_ascii_case("Digest") {
        return Err(scheme.to_owned());
    }
    let algorithm = field("algorithm");
    let kind = match algorithm.as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
        "MD5" => ChecksumType::Md5,
        "SHA-256" => ChecksumType::Sha256,
        other => return Err(other.to_owned()),
    };
    let is_counted = field("qop").is_some_and(|qop| qop.split(',').any(|one| one.trim() == "auth"));
    let (nonce, opaque) = (field("nonce").unwrap_or_default(), field("opaque"));
    Ok(Challenge { realm, scheme: Scheme::Digest { kind, algorithm, nonce, opaque, is_counted } })
}

/// `name=value` or `name="value"`, separated by commas.
fn fields(text: &str) -> Vec<(String, String)> {
    let (mut fields, mut rest) = (Vec::new(), text);
    while let Some((name, behind)) = rest.split_once('=') {
        let (value, after) = match behind.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        fields.push((name.trim_matches([' ', ',', '\t']).to_owned(), value.trim().to_owned()));
        rest = after;
    }
    fields
}

impl Challenge {
    const fn rank(&self) -> u8 {
        match self.scheme {
            Scheme::Basic => 0,
            Scheme::Digest { kind: ChecksumType::Sha256, .. } => 2,
            Scheme::Digest { .. } => 1,
        }
    }

    /// The value of an Authorization header; `count` numbers the answers to this challenge from 1.
    pub(super) fn answer(&self, url: &SourceUrl, method: &str, uri: &str, count: u32) -> String {
        let user = decoded(url.expose().username());
        let password = decoded(url.expose().password().unwrap_or_default());
        match &self.scheme {
            Scheme::Basic => {
                format!("Basic {}", glib::base64_encode(format!("{user}:{password}").as_bytes()))
            }
            Scheme::Digest { kind, algorithm, nonce, opaque, is_counted } => {
                let hash = |text: &str| {
                    glib::compute_checksum_for_string(*kind, text).map(String::from).unwrap_or_default()
                };
                let realm = &self.realm;
                let (ha1, ha2) =
                    (hash(&format!("{user}:{realm}:{password}")), hash(&format!("{method}:{uri}")));
                let (nc, cnonce) = (format!("{count:08x}"), hash(&format!("{nonce}{count}")));
                let response = match is_counted {
                    true => hash(&format!("{ha1}:{nonce}:{nc}:{}:auth:{ha2}", &cnonce[..16])),
                    false => hash(&format!("{ha1}:{nonce}:{ha2}")),
                };
                let mut text = format!(
                    "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
                     response=\"{response}\""
                );
                if let Some(algorithm) = algorithm {
                    text.push_str(&format!(", algorithm={algorithm}"));
                }
                if let Some(opaque) = opaque {
                    text.push_str(&format!(", opaque=\"{opaque}\""));
                }
                if *is_counted {
                    text.push_str(&format!(", qop=auth, nc={nc}, cnonce=\"{}\"", &cnonce[..16]));
                }
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(header: &str) -> String {
        let url: SourceUrl = "rtsp://Mufasa:CircleOfLife@camera/dir/index.html".parse().unwrap();
        let Asked::Answerable(challenge) = choose([header].into_iter()) else { panic!("{header}") };
        challenge.answer(&url, "GET", "/dir/index.html", 1)
    }

    #[test]
    fn digests_are_those_of_the_standard() {
        // RFC 2069's example, with its erratum.
        let header = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5c\"";
        let digest = answered(header);
        assert!(digest.contains("response=\"1949323746fe6a43ef61f9606e7febea\""), "{digest}");
        assert!(digest.contains("opaque=\"5c\"") && !digest.contains("qop"), "{digest}");
        let digest = answered("Digest realm=\"r, s\",nonce=\"n\",algorithm=SHA-256,qop=\"auth-int, auth\"");
        assert!(digest.contains("algorithm=SHA-256") && digest.contains("qop=auth, nc=00000001"), "{digest}");
        assert!(digest.contains("realm=\"r, s\""), "{digest}");
        assert_eq!(answered("basic realm=x"), "Basic TXVmYXNhOkNpcmNsZU9mTGlmZQ==");
    }

    #[test]
    fn the_strongest_known_is_chosen_and_unknown_ones_are_named() {
        let headers = ["Digest nonce=\"a\"", "Digest nonce=\"b\", algorithm=SHA-256", "Basic realm=\"c\""];
        let Asked::Answerable(challenge) = choose(headers.into_iter()) else { panic!("none") };
        assert_eq!(challenge.rank(), 2);
        let unknown = choose(["Digest nonce=\"a\", algorithm=SHA-512-256"].into_iter());
        assert_eq!(unknown, Asked::Unknown("SHA-512-256".to_owned()));
        assert_eq!(choose(std::iter::empty()), Asked::Nothing);
    }
}
