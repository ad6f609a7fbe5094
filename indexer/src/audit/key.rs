//! The installation's signing keys. The secret half is a file of the data folder that only its owner reads; the public half stays
//! in the database for ever, so that what an old key signed can be verified.

use std::path::PathBuf;

use anjian_domain::WallTime;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::engine::blocking::blocking;
use crate::engine::columns::Columns;
use crate::engine::row::Row;
use crate::engine::sql;
use crate::secrets::key_file;
use crate::{Index, IndexError};

/// The only algorithm so far. Its name stands beside every key and signature, so that others can follow.
pub(crate) const ALGORITHM: &str = "ed25519";

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The first 16 hexadecimal digits of its SHA-256.
    pub id: String,
    /// `ed25519`.
    pub algorithm: String,
    /// Lower-case hexadecimal.
    pub public: String,
    /// When it was made.
    pub made_at: WallTime,
    /// When another took its place; `None`: it signs.
    pub retired_at: Option<WallTime>,
}

/// A key that signs.
pub(crate) struct InstallationKey {
    pub(crate) id: String,
    secret: SigningKey,
}

impl InstallationKey {
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl PublicKey {
    /// Whether the key made this signature.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let key = hex::decode(&self.public).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let key = key.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        key.is_some_and(|key| key.verify_strict(message, &signature.into()).is_ok())
    }
}

impl Index {
    /// Every key of this installation, the newest first.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn signing_keys(&self) -> Result<Vec<PublicKey>, IndexError> {
        let sql = "SELECT * FROM signing_key ORDER BY made_us DESC, id";
        let rows = sql::query(sql).fetch_all(&self.inner.reader).await;
        rows.map_err(not_read)?.iter().map(decode).collect()
    }

    /// Makes a new key, which signs from now on. The old ones still verify.
    ///
    /// # Errors
    /// When the file or the row could not be written.
    pub async fn rotate_key(&self) -> Result<String, IndexError> {
        Ok(self.make_key().await?.id)
    }

    /// The key of this data folder that signs; made when there is none.
    pub(crate) async fn installation_key(&self) -> Result<InstallationKey, IndexError> {
        let signing = self.signing_keys().await?.into_iter().filter(|key| key.retired_at.is_none());
        for key in signing {
            let path = self.key_file(&key.id);
            // Without a file it lies in another data folder.
            if let Some(seed) = blocking(move || key_file::read(&path)).await? {
                return Ok(InstallationKey { id: key.id, secret: SigningKey::from_bytes(&seed) });
            }
        }
        self.make_key().await
    }

    /// The file first: a row without its secret would sign nothing.
    async fn make_key(&self) -> Result<InstallationKey, IndexError> {
        let seed = key_file::random()?;
        let secret = SigningKey::from_bytes(&seed);
        let public = secret.verifying_key().to_bytes();
        let id = hex::encode(&Sha256::digest(public)[..8]);
        let path = self.key_file(&id);
        blocking(move || key_file::write(&path, &seed)).await?;
        let now = self.inner.clock.now().as_micros();
        let mine = self.keys_here().await?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("signing_key").await?;
        for old in mine {
            let sql = "UPDATE signing_key SET retired_us = $2 WHERE id = $1 AND retired_us IS NULL";
            sql::query(sql).bind(old).bind(now).execute(&mut transaction).await.map_err(not_written)?;
        }
        let sql = "INSERT INTO signing_key (id, algorithm, public, made_us) VALUES ($1, $2, $3, $4)";
        let query = sql::query(sql).bind(id.as_str()).bind(ALGORITHM).bind(public.to_vec()).bind(now);
        query.execute(&mut transaction).await.map_err(not_written)?;
        transaction.commit().await.map_err(not_written)?;
        Ok(InstallationKey { id, secret })
    }

    /// Keys whose secret half lies here; other nodes have their own.
    async fn keys_here(&self) -> Result<Vec<String>, IndexError> {
        let keys: Vec<_> = self.signing_keys().await?.into_iter().map(|key| key.id).collect();
        let files: Vec<_> = keys.iter().map(|id| self.key_file(id)).collect();
        let here = blocking(move || Ok(files.iter().map(|path| path.exists()).collect::<Vec<_>>())).await?;
        Ok(keys.into_iter().zip(here).filter_map(|(id, is_here)| is_here.then_some(id)).collect())
    }

    fn key_file(&self, id: &str) -> PathBuf {
        self.inner.data_dir.join("keys").join(format!("{id}.key"))
    }
}

fn decode(row: &Row) -> Result<PublicKey, IndexError> {
    let columns = Columns { table: "signing_key", row };
    Ok(PublicKey {
        id: columns.get("id")?,
        algorithm: columns.get("algorithm")?,
        public: hex::encode(columns.get::<Vec<u8>>("public")?),
        made_at: columns.wall("made_us")?,
        retired_at: columns.wall_or_null("retired_us")?,
    })
}

fn not_read(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "read keys", table: "signing_key", source }
}

fn not_written(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a key", table: "signing_key", source }
}
