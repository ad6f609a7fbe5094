//! Basic and digest credentials, as a server checks them.

use glib::ChecksumType;

use super::request::Request;
use super::script::Access;

pub(super) const USER: &str = "admin";
pub(super) const PASSWORD: &str = "s3cret";
const REALM: &str = "odd";

/// The challenges of one connection.
#[derive(Debug, Default)]
pub(super) struct Gate {
    nonces: u32,
}

impl Gate {
    /// The WWW-Authenticate headers to answer with; `None` when the request may pass.
    pub(super) fn challenge(&mut self, access: Access, request: &Request) -> Option<Vec<String>> {
        let is_free = match access {
            Access::Open => true,
            Access::Md5AtSetup => matches!(request.method.as_str(), "OPTIONS" | "DESCRIBE"),
            _ => request.method == "OPTIONS",
        };
        if is_free || self.is_right(access, request) {
            return None;
        }
        self.nonces += 1;
        let nonce = self.nonce();
        let digest = |algorithm: &str, more: &str| {
            let algorithm =
                if algorithm.is_empty() { String::new() } else { format!(", algorithm={algorithm}") };
            format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\"{algorithm}{more}")
        };
        let qop = ", qop=\"auth\"";
        Some(match access {
            Access::Open => return None,
            Access::Basic => vec![format!("Basic realm=\"{REALM}\"")],
            Access::Md5 | Access::Md5AtSetup => vec![digest("", "")],
            Access::Md5Qop => vec![digest("MD5", qop)],
            Access::Sha256 => vec![digest("SHA-256", "")],
            Access::Sha256Qop => vec![digest("SHA-256", qop)],
            Access::Sha256AndMd5 => vec![digest("SHA-256", ""), digest("MD5", "")],
            Access::Sha512 => vec![digest("SHA-512-256", "")],
            Access::StaleNonce => vec![digest("MD5", if self.nonces > 1 { ", stale=true" } else { "" })],
        })
    }

    fn nonce(&self) -> String {
        format!("nonce{}", self.nonces)
    }

    fn is_right(&mut self, access: Access, request: &Request) -> bool {
        let Some(given) = request.header("Authorization") else { return false };
        if let Some(basic) = given.strip_prefix("Basic ") {
            let right = glib::base64_encode(format!("{USER}:{PASSWORD}").as_bytes());
            return access == Access::Basic && basic.trim() == right.as_str();
        }
        let field = |name: &str| field(given, name);
        let algorithm = field("algorithm").unwrap_or_default();
        let kind = match algorithm.to_ascii_uppercase().as_str() {
            "" | "MD5" => ChecksumType::Md5,
            "SHA-256" => ChecksumType::Sha256,
            _ => return false,
        };
        let may = match access {
            Access::Sha256 | Access::Sha256Qop => kind == ChecksumType::Sha256,
            Access::Sha256AndMd5 => true,
            Access::Open | Access::Basic | Access::Sha512 => false,
            _ => kind == ChecksumType::Md5,
        };
        let hash =
            |text: &str| glib::compute_checksum_for_string(kind, text).map(String::from).unwrap_or_default();
        let ha1 = hash(&format!("{USER}:{REALM}:{PASSWORD}"));
        let ha2 = hash(&format!("{}:{}", request.method, field("uri").unwrap_or_default()));
        let nonce = field("nonce").unwrap_or_default();
        let right = match field("qop") {
            Some(qop) => {
                let (count, own) = (field("nc").unwrap_or_default(), field("cnonce").unwrap_or_default());
                hash(&format!("{ha1}:{nonce}:{count}:{own}:{qop}:{ha2}"))
            }
            None => hash(&format!("{ha1}:{nonce}:{ha2}")),
        };
        let is_right = may && field("response").as_deref() == Some(&right) && nonce == self.nonce();
        if is_right && access == Access::StaleNonce {
            self.nonces += 1;
        }
        is_right
    }
}

fn field(header: &str, name: &str) -> Option<String> {
    let parts = header.trim_start_matches("Digest").split(',');
    let mut pairs = parts.filter_map(|part| part.trim().split_once('='));
    pairs
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches('"').to_owned())
}
