//! Who may connect to the clip server.

/// Who may connect, and how.
#[derive(Clone, Default)]
pub(super) struct Access {
    /// User and password.
    pub(super) credentials: Option<(String, String)>,
    /// Certificate and key.
    pub(super) pem: Option<String>,
}
