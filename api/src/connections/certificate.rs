//! The server's certificate and key: two PEM files, read, checked against each other, and made ready for connections.
//!
//! Does not check names, dates and issuers of the certificate: clients do.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anjian_domain::ErrorKind;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Many times what a chain of certificates takes.
const FILE_BYTES: u64 = 1 << 20;
/// The one protocol that is spoken inside.
const PROTOCOL: &[u8] = b"http/1.1";
/// How the key of a PEM file begins that needs a password.
const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// Where certificate and key are: PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and after it those that lead to the authority that clients know.
    pub certificate: PathBuf,
    /// Its private key: PKCS#8, PKCS#1 or SEC 1, not encrypted.
    pub key: PathBuf,
}

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read.
    #[error("{key}: {file} cannot be read ({source}): name a PEM file that the account of anjian may read")]
    Read {
        /// The key of the configuration.
        key: &'static str,
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No certificate in the file.
    #[error(
        "server.tls_certificate: {file} holds no certificate: name a PEM file with -----BEGIN CERTIFICATE-----, the \
         server's own first"
    )]
    NoCertificate {
        /// Which file.
        file: PathBuf,
    },
    /// No key in the file.
    #[error("server.tls_key: {file} holds no private key: name a PEM file with -----BEGIN PRIVATE KEY-----")]
    NoKey {
        /// Which file.
        file: PathBuf,
    },
    /// The key needs a password.
    #[error(
        "server.tls_key: {file} is encrypted: write it without a password, readable for the account of anjian only \
         (openssl pkey -in {file} -out KEY.pem)"
    )]
    Encrypted {
        /// Which file.
        file: PathBuf,
    },
    /// A file is damaged, or of a kind that is not known.
    #[error("{key}: {file} cannot be used ({reason}): make it anew as PEM")]
    Unusable {
        /// The key of the configuration.
        key: &'static str,
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key belongs to another certificate.
    #[error(
        "server.tls_key: {key} is not the key of {certificate}: name the pair that was issued together, the server's own \
         certificate first in its file"
    )]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
}

impl TlsError {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { source, .. } => source.into(),
            _ => ErrorKind::Invalid,
        }
    }
}

/// The text of both files.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl TlsFiles {
    pub(crate) fn read(&self) -> Result<Pem, TlsError> {
        Ok(Pem {
            certificate: read("server.tls_certificate", &self.certificate)?,
            key: read("server.tls_key", &self.key)?,
        })
    }

    /// Accepts connections with what was read from these files.
    pub(crate) fn acceptor(&self, pem: &Pem) -> Result<TlsAcceptor, TlsError> {
        let (chain, key) = (self.chain(pem)?, self.private_key(pem)?);
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .expect("the provider has suites for both versions");
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.map_err(|error| self.refused(error))?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn chain(&self, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem.certificate).collect();
        let chain = chain.map_err(|error| self.bad_certificate(&error))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate { file: self.certificate.clone() });
        }
        Ok(chain)
    }

    fn private_key(&self, pem: &Pem) -> Result<PrivateKeyDer<'static>, TlsError> {
        let file = self.key.clone();
        PrivateKeyDer::from_pem_slice(&pem.key).map_err(|error| match error {
            pem::Error::NoItemsFound if holds(&pem.key, ENCRYPTED) => TlsError::Encrypted { file },
            pem::Error::NoItemsFound => TlsError::NoKey { file },
            error => self.bad_key(&error),
        })
    }

    fn refused(&self, error: rustls::Error) -> TlsError {
        match error {
            rustls::Error::InconsistentKeys(_) => {
                TlsError::Mismatch { certificate: self.certificate.clone(), key: self.key.clone() }
            }
            rustls::Error::InvalidCertificate(error) => self.bad_certificate(&error),
            error => self.bad_key(&error),
        }
    }

    fn bad_certificate(&self, error: &impl ToString) -> TlsError {
        let file = self.certificate.clone();
        TlsError::Unusable { key: "server.tls_certificate", file, reason: error.to_string() }
    }

    fn bad_key(&self, error: &impl ToString) -> TlsError {
        TlsError::Unusable { key: "server.tls_key", file: self.key.clone(), reason: error.to_string() }
    }
}

fn read(key: &'static str, file: &Path) -> Result<Vec<u8>, TlsError> {
    let mut text = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(FILE_BYTES).read_to_end(&mut text));
    read.map_err(|source| TlsError::Read { key, file: file.to_owned(), source })?;
    Ok(text)
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::certificates::{Issued, issue};

    #[track_caller]
    fn refusal(certificate: &str, key: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let files =
            TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
        let made = files.read().and_then(|pem| files.acceptor(&pem));
        made.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_pair_is_taken_and_its_chain_too() {
        let Issued { certificate, key } = issue("localhost");
        assert_eq!(refusal(&certificate, &key), "");
        let chain =
            format!("the server's own:\n{certificate}\nits authority's:\n{}", issue("ca").certificate);
        assert_eq!(refusal(&chain, &key), "");
    }

    #[test]
    fn a_bad_file_is_told_with_its_name_and_what_to_do() {
        let (own, other) = (issue("localhost"), issue("localhost"));
        let damaged = |text: &str| text.replacen("M", "*", 1);
        let cut = &own.certificate[..own.certificate.len() / 2];
        let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for (certificate, key, file, says) in [
            ("", own.key.as_str(), "cert.pem", "holds no certificate"),
            (&own.key, &own.key, "cert.pem", "holds no certificate"),
            (&damaged(&own.certificate), &own.key, "cert.pem", "cannot be used"),
            (cut, &own.key, "cert.pem", "cannot be used"),
            (nonsense, &own.key, "cert.pem", "cannot be used"),
            (&own.certificate, "", "key.pem", "holds no private key"),
            (&own.certificate, &own.certificate, "key.pem", "holds no private key"),
            (&own.certificate, no_key, "key.pem", "cannot be used"),
            (&own.certificate, locked, "key.pem", "openssl pkey -in"),
            (&own.certificate, &other.key, "key.pem", "is not the key of"),
        ] {
            let refusal = refusal(certificate, key);
            assert!(refusal.contains(file) && refusal.contains(says), "{file}, {says}: {refusal:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_missing() {
        let files = TlsFiles { certificate: "/nowhere/cert.pem".into(), key: "/nowhere/key.pem".into() };
        let error = files.read().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Missing);
        assert!(error.to_string().starts_with("server.tls_certificate: /nowhere/cert.pem cannot"), "{error}");
    }
}
