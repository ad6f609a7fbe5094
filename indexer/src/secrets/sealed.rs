//! Small secrets in the database, sealed (XChaCha20-Poly1305) with a key file beside the data: who copies the database alone
//! reads none of them. The name of a secret is sealed with it, so that it cannot stand in another's place.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::engine::blocking::blocking;
use crate::secrets::key_file;
use crate::{Index, IndexError};

const NONCE_BYTES: usize = 24;

impl Index {
    /// Seals a secret under a name.
    pub(crate) async fn seal(&self, name: &str, secret: &[u8]) -> Result<Vec<u8>, IndexError> {
        let nonce = key_file::random::<NONCE_BYTES>()?;
        let payload = Payload { msg: secret, aad: name.as_bytes() };
        let sealed = self.cipher().await?.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| IndexError::Query(format!("{name}: too long to be sealed")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed under a name.
    pub(crate) async fn unseal(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, IndexError> {
        let refused = || IndexError::Sealed { what: name.to_owned(), path: self.secrets_key() };
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(refused)?;
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        self.cipher().await?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| refused())
    }

    /// A key that belongs to this installation and to one purpose.
    ///
    /// # Errors
    /// When the key file can be neither read nor made.
    pub async fn derived_key(&self, purpose: &str) -> Result<[u8; 32], IndexError> {
        use sha2::{Digest, Sha256};
        let key = self.secrets_file_key().await?;
        Ok(Sha256::new().chain_update(key).chain_update(purpose).finalize().into())
    }

    async fn cipher(&self) -> Result<XChaCha20Poly1305, IndexError> {
        Ok(XChaCha20Poly1305::new(&self.secrets_file_key().await?.into()))
    }

    async fn secrets_file_key(&self) -> Result<key_file::Key, IndexError> {
        let path = self.secrets_key();
        blocking(move || key_file::read_or_make(&path)).await
    }

    fn secrets_key(&self) -> std::path::PathBuf {
        self.inner.data_dir.join("keys").join("secrets.key")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anjian_domain::SystemClock;

    use super::*;

    #[tokio::test]
    async fn what_is_sealed_opens_under_its_name_and_with_its_key_only() {
        let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let index = Index::open(here.path(), Arc::new(SystemClock)).await.unwrap();
        let other = Index::open(elsewhere.path(), Arc::new(SystemClock)).await.unwrap();
        let sealed = index.seal("totp:wang", b"secret").await.unwrap();
        assert_ne!(sealed, index.seal("totp:wang", b"secret").await.unwrap(), "each time with its own nonce");
        assert_eq!(index.unseal("totp:wang", &sealed).await.unwrap(), b"secret");
        let told = index.unseal("totp:li", &sealed).await.unwrap_err().to_string();
        assert!(told.contains("totp:li"), "{told}");
        assert!(other.unseal("totp:wang", &sealed).await.is_err());
        assert!(index.unseal("totp:wang", &sealed[..9]).await.is_err());
        let mut changed = sealed;
        *changed.last_mut().unwrap() ^= 1;
        assert!(index.unseal("totp:wang", &changed).await.is_err());
    }
}
