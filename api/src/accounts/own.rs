//! My account: password and sessions.

use anjian_domain::Viewer;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::attempts::Attempt;
use crate::accounts::gate::Signed;
use crate::accounts::views::SessionsView;
use crate::accounts::weakness::{self, Weakness};
use crate::http::body::Small;
use crate::http::client::Client;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// The password that one has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    pub(crate) password: String,
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasswordView {
    current: String,
    new: String,
}

/// Changes the own password. Other browsers of the account are signed out.
#[utoipa::path(
    put,
    path = "/api/v1/account/password",
    tag = "accounts",
    request_body = NewPasswordView,
    responses(
        (status = NO_CONTENT),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn password(
    State(shared): State<Shared>,
    client: Client,
    Signed(asker): Signed,
    Small(asked): Small<NewPasswordView>,
) -> Result<Response, Problem> {
    let session = asker.session.as_ref().ok_or(Problem::NoLogin)?;
    prove(&shared, &asker.viewer, client, asked.current.clone()).await?;
    weakness::check(&asked.new, asker.viewer.account())?;
    if asked.new == asked.current {
        return Err(Problem::Password(Weakness::Same));
    }
    let hashed = shared.door.login()?.passwords.hash(asked.new, false, None).await?;
    shared.index.change_own_password(&asker.viewer, &session.session.id, &hashed).await?;
    // The next request finds the session's token older than the password, and gets a new one.
    Ok((StatusCode::NO_CONTENT, AppendHeaders(None::<(header::HeaderName, String)>)).into_response())
}

/// Browsers in which the own account is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/account/sessions",
    tag = "accounts",
    responses((status = OK, body = SessionsView))
)]
pub(crate) async fn sessions(
    State(shared): State<Shared>,
    Signed(asker): Signed,
) -> Result<Json<SessionsView>, Problem> {
    let idle = shared.door.login()?.settings.idle;
    let found = shared.index.sessions(asker.viewer.account(), idle).await?;
    let this = asker.session.as_ref().map(|session| session.session.id.as_str());
    Ok(Json(SessionsView::new(found, this)))
}

/// Signs the own account out in one browser.
#[utoipa::path(
    delete,
    path = "/api/v1/account/sessions/{id}",
    operation_id = "end_own_session",
    tag = "accounts",
    params(("id" = String, Path, description = "As the list gives it")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end_session(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if shared.index.end_own_session(&viewer, &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::NotFound("there is no such session of yours".to_owned()))
    }
}

/// # Errors
/// When the password is not the viewer's, or was tried too often.
pub(crate) async fn prove(
    shared: &Shared,
    viewer: &Viewer,
    client: Client,
    password: String,
) -> Result<(), Problem> {
    let login = shared.door.login()?;
    let attempt = Attempt { account: viewer.account(), address: client.address, device: Some("signed in") };
    login.attempts.count(attempt).map_err(Problem::TooMany)?;
    let stored = shared.index.credentials(viewer.account()).await?.and_then(|found| found.password);
    if login.passwords.is_right(password, stored, true).await? { Ok(()) } else { Err(Problem::Login) }
}
