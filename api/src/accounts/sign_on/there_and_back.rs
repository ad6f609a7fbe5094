//! The routes: the way to the provider and back.

use std::time::Duration;

use anjian_indexer::Credentials;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

use crate::accounts::cookie::Cookie;
use crate::accounts::door::Login;
use crate::accounts::session::{begin, shortened};
use crate::accounts::sign_on::departure::Departure;
use crate::accounts::sign_on::provider::Provider;
use crate::http::client::Client;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// How long somebody may take at the provider.
const AWAY: Duration = Duration::from_secs(600);
/// What the page's address says when the way back failed; the page has the words.
const REFUSED: &str = "/?sign_on=refused";
const FAILED: &str = "/?sign_on=failed";

/// What the provider sends along, as far as it is read: providers add keys of their own.
#[derive(Deserialize)]
struct Arrival {
    /// By which the provider tells who it was.
    code: Option<String>,
    /// As it was given to the browser.
    state: Option<String>,
    /// Why the provider refuses.
    error: Option<String>,
}

/// Sends the browser to the provider.
#[utoipa::path(
    get,
    path = "/api/v1/sign-on/start",
    operation_id = "start_sign_on",
    tag = "accounts",
    responses(
        (status = SEE_OTHER, description = "To the provider, or back to the page when it does not answer"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn start(State(shared): State<Shared>, client: Client) -> Result<Response, Problem> {
    let login = shared.door.login()?;
    let provider = provider(login)?;
    // Each way costs the provider work as well.
    login.attempts.count_network(client.address).map_err(Problem::TooMany)?;
    match provider.depart().await {
        Ok(Departure { address, state, nonce, verifier }) => {
            let cookie = Cookie::SignOn.set(&format!("{state}.{nonce}.{verifier}"), AWAY.as_secs(), client);
            let cookie = cookie.map(|cookie| (header::SET_COOKIE, cookie));
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)], AppendHeaders(cookie)).into_response())
        }
        Err(reason) => {
            tracing::warn!(%reason, "single sign-on: the provider does not answer");
            Ok(to(FAILED))
        }
    }
}

/// Signs in whom the provider sent back. `code` and `state` are the provider's, or `error`.
#[utoipa::path(
    get,
    path = "/api/v1/sign-on/return",
    operation_id = "return_from_sign_on",
    tag = "accounts",
    responses(
        (status = SEE_OTHER, description = "To the page, signed in or with the reason why not"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn arrive(
    State(shared): State<Shared>,
    client: Client,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let login = shared.door.login()?;
    let provider = provider(login)?;
    // Each way costs the provider work as well.
    login.attempts.count_network(client.address).map_err(Problem::TooMany)?;
    let name = match identify(provider, &headers, client, &uri).await {
        Ok(name) => name,
        Err(reason) => {
            tracing::warn!(%reason, "single sign-on failed");
            return Ok(to(FAILED));
        }
    };
    let Some(Credentials { account, .. }) = shared.index.credentials(&name).await? else {
        shared.index.log_failed_login(&shortened(&name), Some(client.address), "single sign-on").await?;
        return Ok(to(REFUSED));
    };
    // Who signs in at the provider has no use for it, and would have to change it first.
    let account = shared.index.forgo_one_time_password(account, Some(client.address)).await?;
    let token = begin(&shared, login, &account, client, &headers).await?;
    let cookies = [
        Cookie::Session.set(&token.text, login.settings.longest.as_secs(), client),
        Cookie::SignOn.remove(client),
    ];
    let cookies = cookies.into_iter().flatten().map(|cookie| (header::SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies.collect::<Vec<_>>()), to("/")).into_response())
}

/// Who the provider says it is, if what came back belongs to what was sent.
async fn identify(
    provider: &Provider,
    headers: &HeaderMap,
    client: Client,
    uri: &Uri,
) -> Result<String, String> {
    let Query(Arrival { code, state, error }) =
        Query::try_from_uri(uri).map_err(|error| error.to_string())?;
    if let Some(error) = error {
        return Err(format!("the provider refuses: {}", shortened(&error)));
    }
    let sent =
        Cookie::SignOn.read(headers, client).ok_or("the browser did not begin here, or took too long")?;
    let [expected, nonce, verifier] = parts(sent).ok_or("the browser's cookie is damaged")?;
    if state.as_deref() != Some(expected) {
        return Err("the answer belongs to another attempt".to_owned());
    }
    let code = code.ok_or("the provider sent no code")?;
    provider.identify(code, nonce.to_owned(), verifier.to_owned()).await
}

fn parts(cookie: &str) -> Option<[&str; 3]> {
    cookie.split('.').collect::<Vec<_>>().try_into().ok()
}

fn provider(login: &Login) -> Result<&Provider, Problem> {
    let missing = || Problem::NotFound("this server has no single sign-on".to_owned());
    login.provider.as_ref().ok_or_else(missing)
}

fn to(address: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
