//! Random tokens. The database holds their digests only.

use anjian_indexer::{IndexError, random_bytes};
use sha2::{Digest, Sha256};

/// What programs' tokens begin with, so that scanners of sources find one that was left there.
const PREFIX: &str = "anj_";
/// Letters that nobody mistakes for each other.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// A token, and what is stored of it.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) digest: [u8; 32],
}

impl Token {
    /// Of a session: 256 bits.
    pub(crate) fn of_session() -> Result<Self, IndexError> {
        Self::with_prefix("")
    }

    /// Of a program.
    pub(crate) fn of_program() -> Result<Self, IndexError> {
        Self::with_prefix(PREFIX)
    }

    fn with_prefix(prefix: &str) -> Result<Self, IndexError> {
        let text = format!("{prefix}{}", hex::encode(random_bytes::<32>()?));
        let digest = digest(&text);
        Ok(Self { text, digest })
    }
}

/// What is stored of a token.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// A short random name.
pub(crate) fn new_id() -> Result<String, IndexError> {
    Ok(hex::encode(random_bytes::<8>()?))
}

/// A password that a person types once: 80 bits in groups of four.
pub(crate) fn one_time_password() -> Result<String, IndexError> {
    let letters = random_bytes::<16>()?.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}
