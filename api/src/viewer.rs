//! Who asks: the one place that makes the [`Viewer`] of a request.
//!
//! Today there is one viewer: everybody who reaches the server, with all rights. The server listens on loopback by
//! default. Accounts, roles and scopes will come in here and nowhere else. Each route that shows or changes what belongs
//! to a site takes the viewer as an argument and hands it to every query. Health, metrics, the OpenAPI document and the
//! page's files need none.

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
