//! Who asks: the one place that makes the [`Viewer`] of a request.
//!
//! Today there is one: everybody who reaches the server, with all rights; the server listens on loopback unless it is
//! told otherwise. Accounts, roles and scopes will come in here and nowhere else: each route that shows or changes what
//! belongs to a site takes the viewer as an argument and hands it to every query.

use std::convert::Infallible;

use anjian_domain::Viewer;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::shared::Shared;

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, shared: &Shared) -> Result<Self, Infallible> {
        Ok(shared.viewer.clone())
    }
}
