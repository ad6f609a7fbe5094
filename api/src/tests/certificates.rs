//! Certificates of a moment, for tests.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

use crate::connections::certificate::TlsFiles;

/// A certificate that is its own authority, and its key. PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// A new one at each call.
pub(crate) fn issue(name: &str) -> Issued {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
    Issued { certificate: certificate.pem(), key: key.serialize_pem() }
}

impl Issued {
    /// A client that trusts this certificate and no other.
    pub(crate) fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_protocol_versions(versions).unwrap();
        Arc::new(builder.with_root_certificates(roots).with_no_client_auth()).into()
    }
}

/// A folder with a pair.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(issued: &Issued) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.put(issued);
        folder
    }

    pub(crate) fn files(&self) -> TlsFiles {
        TlsFiles { certificate: self.0.path().join("cert.pem"), key: self.0.path().join("key.pem") }
    }

    pub(crate) fn put(&self, issued: &Issued) {
        std::fs::write(self.files().certificate, &issued.certificate).unwrap();
        std::fs::write(self.files().key, &issued.key).unwrap();
    }
}
