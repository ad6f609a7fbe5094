//! Signed statements of the audit's newest link, in a DSSE envelope. They are worth something once they have left the machine.

use std::str::FromStr;
use std::time::Duration;

use anjian_domain::WallTime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::audit::append::newest;
use crate::audit::key::{ALGORITHM, InstallationKey};
use crate::engine::columns::Columns;
use crate::engine::sql;
use crate::{Index, IndexError};

const PAYLOAD_TYPE: &str = "application/vnd.anjian.audit-checkpoint+json";
/// One a day.
const PAUSE: Duration = Duration::from_hours(24);

/// What was signed: which entry was the newest, and its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Number of the entry.
    pub seq: i64,
    /// Its link, lower-case hexadecimal.
    pub link: String,
    /// When it was signed.
    pub at: WallTime,
}

/// A checkpoint with its signature, as it leaves the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    payload_type: String,
    /// Base64 of the checkpoint's JSON.
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    keyid: String,
    algorithm: String,
    /// Base64.
    sig: String,
}

/// Why a file is no checkpoint of this installation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// It cannot be read.
    #[error("it is no checkpoint of an audit: {0}")]
    Unreadable(String),
    /// No signature in it is of a known key.
    #[error("it was signed with the key {0}, which this installation never had")]
    UnknownKey(String),
    /// The signature is not of what it says.
    #[error("its signature is wrong: it was changed after it was signed")]
    Forged,
}

impl Envelope {
    fn sign(checkpoint: &Checkpoint, key: &InstallationKey) -> Result<Self, IndexError> {
        let failed = |error| IndexError::Query(format!("checkpoint: {error}"));
        let payload = serde_json::to_vec(checkpoint).map_err(failed)?;
        let signature = Signature {
            keyid: key.id.clone(),
            algorithm: ALGORITHM.to_owned(),
            sig: STANDARD.encode(key.sign(&encoded(&payload))),
        };
        let payload = STANDARD.encode(payload);
        Ok(Self { payload_type: PAYLOAD_TYPE.to_owned(), payload, signatures: vec![signature] })
    }

    fn payload(&self) -> Result<Vec<u8>, CheckpointFault> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(CheckpointFault::Unreadable(format!("its payload is {:?}", self.payload_type)));
        }
        STANDARD.decode(&self.payload).map_err(|error| CheckpointFault::Unreadable(error.to_string()))
    }
}

impl FromStr for Envelope {
    type Err = CheckpointFault;

    fn from_str(text: &str) -> Result<Self, CheckpointFault> {
        serde_json::from_str(text).map_err(|error| CheckpointFault::Unreadable(error.to_string()))
    }
}

/// What DSSE signs (its pre-authentication encoding).
fn encoded(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Index {
    /// Signs the newest entry; `None` while the audit is empty. Signing the same entry again changes nothing.
    ///
    /// # Errors
    /// When rows or the key could not be read or written.
    pub async fn take_checkpoint(&self) -> Result<Option<Envelope>, IndexError> {
        let key = self.installation_key().await?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("checkpoint").await?;
        let (seq, link) = newest(&mut transaction).await?;
        if seq == 0 {
            return Ok(None);
        }
        let at = self.inner.clock.now();
        let envelope = Envelope::sign(&Checkpoint { seq, link: link.to_hex(), at }, &key)?;
        let text = serde_json::to_string(&envelope);
        let text = text.map_err(|error| IndexError::Query(format!("checkpoint: {error}")))?;
        let sql =
            "INSERT INTO checkpoint (seq, at_us, envelope) VALUES ($1, $2, $3) ON CONFLICT (seq) DO NOTHING";
        let query = sql::query(sql).bind(seq).bind(at.as_micros()).bind(text);
        query.execute(&mut transaction).await.map_err(not_kept)?;
        transaction.commit().await.map_err(not_kept)?;
        self.newest_checkpoint().await
    }

    /// Takes the checkpoint of the day when it is due.
    ///
    /// # Errors
    /// As [`Index::take_checkpoint`].
    pub async fn take_daily_checkpoint(&self) -> Result<(), IndexError> {
        let sql = "SELECT max(at_us) AS at_us FROM checkpoint";
        let row = sql::query(sql).fetch_one(&self.inner.reader).await.map_err(not_kept)?;
        let last = Columns { table: "checkpoint", row: &row }.wall_or_null("at_us")?;
        if last.is_none_or(|last| self.inner.clock.now() >= last.plus(PAUSE)) {
            self.take_checkpoint().await?;
        }
        Ok(())
    }

    /// The newest checkpoint that was taken.
    ///
    /// # Errors
    /// When the row could not be read.
    pub async fn newest_checkpoint(&self) -> Result<Option<Envelope>, IndexError> {
        let sql = "SELECT envelope FROM checkpoint ORDER BY seq DESC LIMIT 1";
        let row = sql::query(sql).fetch_optional(&self.inner.reader).await.map_err(not_kept)?;
        row.map(|row| Columns { table: "checkpoint", row: &row }.json("envelope")).transpose()
    }

    /// What an envelope says, if a key of this installation signed it.
    ///
    /// # Errors
    /// When the keys could not be read; the inner error says why the envelope proves nothing.
    pub async fn open_envelope(
        &self,
        envelope: &Envelope,
    ) -> Result<Result<Checkpoint, CheckpointFault>, IndexError> {
        let keys = self.signing_keys().await?;
        let Some(signature) = envelope.signatures.first() else {
            return Ok(Err(CheckpointFault::Unreadable("it has no signature".to_owned())));
        };
        let known = keys.iter().find(|key| key.id == signature.keyid && key.algorithm == signature.algorithm);
        let Some(key) = known else { return Ok(Err(CheckpointFault::UnknownKey(signature.keyid.clone()))) };
        let payload = match envelope.payload() {
            Ok(payload) => payload,
            Err(fault) => return Ok(Err(fault)),
        };
        let bytes = STANDARD.decode(&signature.sig).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        if !bytes.is_some_and(|bytes| key.verifies(&encoded(&payload), &bytes)) {
            return Ok(Err(CheckpointFault::Forged));
        }
        Ok(serde_json::from_slice(&payload).map_err(|error| CheckpointFault::Unreadable(error.to_string())))
    }
}

fn not_kept(source: sqlx::Error) -> IndexError {
    IndexError::Database { doing: "keep a checkpoint", table: "checkpoint", source }
}
