//! The session of this browser: who is signed in, signing in, signing out.

use std::time::Duration;

use anjian_indexer::{AccountRow, Credentials, NewSession};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::accounts::attempts::Attempt;
use crate::accounts::cookie::Cookie;
use crate::accounts::door::{DemoAccount, Door, Login};
use crate::accounts::gate::{Present, Signed};
use crate::accounts::token::{Token, new_id};
use crate::accounts::totp;
use crate::accounts::views::OwnAccountView;
use crate::http::body::Small;
use crate::http::client::Client;
use crate::http::problem::{Problem, ProblemView};
use crate::http::schema::one_of;
use crate::shared::Shared;

/// A browser stays known for a year.
const DEVICE_AGE: Duration = Duration::from_secs(365 * 24 * 3_600);
/// Longest name of a browser that is kept, in characters.
const MAX_AGENT: usize = 200;

/// Who is signed in here, and how one signs in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Whether people sign in; `none` where everybody on this machine may do everything.
    #[schema(schema_with = logins)]
    login: &'static str,
    /// Null: nobody is signed in.
    #[schema(required)]
    account: Option<OwnAccountView>,
    /// Accounts to try, with their passwords; only where this is a demonstration.
    demo: Vec<DemoAccount>,
    /// Name of the provider of a single sign-on; null when there is none.
    #[schema(required)]
    single_sign_on: Option<String>,
}

fn logins() -> Object {
    one_of(
        "Whether people sign in; `none` where everybody on this machine may do everything.",
        ["required", "none"],
    )
}

/// What proves who somebody is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginView {
    account: String,
    password: String,
    /// Six digits, for accounts with a second factor.
    #[serde(default)]
    code: Option<String>,
}

/// Who is signed in here.
#[utoipa::path(get, path = "/api/v1/session", tag = "accounts", responses((status = OK, body = SessionView)))]
pub(crate) async fn session(State(shared): State<Shared>, Present(asker): Present) -> Json<SessionView> {
    let account = asker.as_deref().map(Into::into);
    let (login, demo, single_sign_on) = match &shared.door {
        Door::Open(_) => ("none", Vec::new(), None),
        Door::Login(login) => ("required", login.settings.demo.clone(), login.sign_on_name()),
    };
    Json(SessionView { login, account, demo, single_sign_on })
}

/// Signs in. Whoever was signed in here before is not any more.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "accounts",
    request_body = LoginView,
    responses(
        (status = NO_CONTENT, description = "A cookie holds the session"),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, body = ProblemView, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_in(
    State(shared): State<Shared>,
    client: Client,
    headers: HeaderMap,
    Present(before): Present,
    Small(asked): Small<LoginView>,
) -> Result<Response, Problem> {
    let login = shared.door.login()?;
    let name = asked.account.trim().to_owned();
    let device = Cookie::Device.read(&headers, client).and_then(|cookie| login.devices.known(cookie, &name));
    let attempt = Attempt { account: &name, address: client.address, device: device.as_deref() };
    login.attempts.count(attempt).map_err(Problem::TooMany)?;
    let account = match prove(&shared, login, asked, device.is_some()).await {
        Ok(account) => account,
        Err((problem, cause)) => {
            if let Some(cause) = cause {
                shared.index.log_failed_login(&shortened(&name), Some(client.address), cause).await?;
            }
            return Err(problem);
        }
    };
    if let Some((asker, session)) = before.as_deref().and_then(|asker| Some((asker, asker.session.as_ref()?)))
    {
        shared.index.log_out(&asker.viewer, &session.session.id).await?;
    }
    let token = begin(&shared, login, &account, client, &headers).await?;
    let device = device.map_or_else(new_id, Ok)?;
    let device = login.devices.cookie(&device, account.name.as_str());
    let cookies = [
        Cookie::Session.set(&token.text, login.settings.longest.as_secs(), client),
        Cookie::Device.set(&device, DEVICE_AGE.as_secs(), client),
    ];
    let cookies = cookies.into_iter().flatten().map(|cookie| (header::SET_COOKIE, cookie));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(cookies.collect::<Vec<_>>())).into_response())
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "accounts",
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_out(
    State(shared): State<Shared>,
    client: Client,
    Signed(asker): Signed,
) -> Result<Response, Problem> {
    let session = asker.session.as_ref().ok_or(Problem::NoLogin)?;
    shared.index.log_out(&asker.viewer, &session.session.id).await?;
    let cookie = Cookie::Session.remove(client).map(|cookie| (header::SET_COOKIE, cookie));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(cookie)).into_response())
}

/// The account, if everything fits. Else the answer, and what the audit is told: nothing, where the account only has to say more.
async fn prove(
    shared: &Shared,
    login: &Login,
    asked: LoginView,
    is_known: bool,
) -> Result<AccountRow, (Problem, Option<&'static str>)> {
    let silent = |problem: Problem| (problem, None);
    let found = shared.index.credentials(asked.account.trim()).await.map_err(|error| silent(error.into()))?;
    let stored = found.as_ref().and_then(|found| found.password.clone());
    let is_right = login.passwords.is_right(asked.password, stored, is_known).await.map_err(silent)?;
    let Some(Credentials { account, .. }) = found.filter(|_| is_right) else {
        return Err((Problem::Login, Some("password")));
    };
    if account.has_totp {
        let Some(code) = asked.code.filter(|code| !code.is_empty()) else {
            return Err(silent(Problem::CodeNeeded));
        };
        let is_right = totp::take(shared, account.name.as_str(), &code).await.map_err(silent)?;
        if !is_right {
            return Err((Problem::Code, Some("code")));
        }
    }
    Ok(account)
}

pub(crate) async fn begin(
    shared: &Shared,
    login: &Login,
    account: &AccountRow,
    client: Client,
    headers: &HeaderMap,
) -> Result<Token, Problem> {
    let token = Token::of_session()?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let new = NewSession {
        digest: token.digest,
        id: new_id()?,
        address: Some(client.address),
        agent: agent.chars().take(MAX_AGENT).collect(),
        ends_at: shared.clock.now().plus(login.settings.longest),
    };
    shared.index.begin_session(account, &new).await?;
    Ok(token)
}

/// What strangers write stands in the audit for good: not more of it than a name may have.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
