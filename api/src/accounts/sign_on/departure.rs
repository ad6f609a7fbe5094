//! The way to the provider.

/// Where to go, and what has to come back.
pub(crate) struct Departure {
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}
