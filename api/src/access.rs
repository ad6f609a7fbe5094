//! Who may ask for what: the one place that decides it.
//!
//! Today everybody who reaches the server is an inspector and sees every site; the server listens on loopback
//! unless it is told otherwise. Roles, sites a viewer may see, and signing in will be decided here and nowhere
//! else: each route takes the [`Inspector`] that it needs as an argument.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// A viewer who may see violations, their evidence and the cameras of every site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inspector;

impl<S: Send + Sync> FromRequestParts<S> for Inspector {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}
