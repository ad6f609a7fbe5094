//! The gate before every route: who asks, and whether they may. Everything that comes later takes its word.

use std::sync::Arc;

use anjian_casework::roles::Rights;
use anjian_domain::{Role, Viewer};
use anjian_indexer::{AccountRow, FoundSession, FoundToken};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::accounts::access::{self, Access};
use crate::accounts::asker::Asker;
use crate::accounts::cookie::Cookie;
use crate::accounts::door::{Door, Login};
use crate::accounts::token::{Token, digest};
use crate::audit::sight::Sight;
use crate::http::client::Client;
use crate::http::problem::Problem;
use crate::shared::Shared;

/// Whether asking keeps a session from ending for want of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Counts,
    /// What a page asks by itself.
    Passes,
}

/// Who asks, if anybody signed in. For routes that anybody may ask for.
#[derive(Clone)]
pub(crate) struct Present(pub(crate) Option<Arc<Asker>>);

/// Lets a request through, or refuses it.
pub(crate) async fn pass(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    match admit(&shared, &mut request).await {
        Ok(Admitted { asker, renewed, sight }) => {
            let mut response = next.run(request).await;
            if let Some((asker, sight)) = asker.zip(sight)
                && Sight::is_shown(response.status())
            {
                let order = sight.order;
                let seen = sight.by(asker.viewer.clone(), shared.clock.now());
                if let Err(problem) = shared.witness.note(seen, order).await {
                    return problem.into_response();
                }
            }
            // A route that sets a session of its own knows better.
            if let Some(cookie) = renewed.filter(|_| !response.headers().contains_key(header::SET_COOKIE)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// A request that may go on.
struct Admitted {
    asker: Option<Arc<Asker>>,
    /// The cookie of a token that was renewed.
    renewed: Option<HeaderValue>,
    /// What the answer will show of evidence.
    sight: Option<Sight>,
}

/// Puts who asks into the request.
async fn admit(shared: &Shared, request: &mut Request) -> Result<Admitted, Problem> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    // The table is complete, or a test fails; what it lacks stays shut.
    let access = access::of(request.method(), path).ok_or(Problem::Internal("the route is not listed"))?;
    let client = Client::of(request.extensions());
    let usage = if access == Access::Anybody { Use::Passes } else { Use::Counts };
    let found = identify(shared, request.headers(), client, usage).await?;
    check(access, found.as_ref().map(|(asker, _)| asker))?;
    let (asker, renewed) = found.unzip();
    let (asker, sight) = (asker.map(Arc::new), Sight::of(access, request));
    request.extensions_mut().insert(Present(asker.clone()));
    Ok(Admitted { asker, renewed: renewed.flatten(), sight })
}

fn check(access: Access, asker: Option<&Asker>) -> Result<(), Problem> {
    if access == Access::Anybody {
        return Ok(());
    }
    let asker = asker.ok_or(Problem::SignedOut)?;
    let is_one_time = asker.session.as_ref().is_some_and(|session| session.account.is_one_time);
    if is_one_time && access != Access::Arriving {
        return Err(Problem::PasswordChange);
    }
    let Access::Any(actions) = access else { return Ok(()) };
    let mut refusal = Problem::SignedOut;
    for action in actions.iter().rev() {
        match asker.require(*action) {
            Ok(_) => return Ok(()),
            Err(problem) => refusal = problem,
        }
    }
    Err(refusal)
}

/// Whether these headers still are the asker's, with the same rights: for answers that go on for hours.
pub(crate) async fn is_still(shared: &Shared, headers: &HeaderMap, client: Client, asker: &Asker) -> bool {
    match identify(shared, headers, client, Use::Passes).await {
        Ok(Some((now, _))) => now.viewer == asker.viewer && now.rights == asker.rights,
        Ok(None) => false,
        // Nobody is sent away because the index is busy.
        Err(problem) => !matches!(problem, Problem::SignedOut),
    }
}

async fn identify(
    shared: &Shared,
    headers: &HeaderMap,
    client: Client,
    usage: Use,
) -> Result<Option<(Asker, Option<HeaderValue>)>, Problem> {
    let login = match &shared.door {
        Door::Open(viewer) => {
            let (viewer, rights) = (viewer.clone().at(client.address), Rights::of(viewer.role()));
            return Ok(Some((Asker { viewer, rights, session: None }, None)));
        }
        Door::Login(login) => login,
    };
    if let Some(token) = bearer(headers) {
        let found = shared.index.find_token(&digest(token)).await?.ok_or(Problem::SignedOut)?;
        return Ok(Some((by_token(shared, found, client).await?, None)));
    }
    let Some(token) = Cookie::Session.read(headers, client) else { return Ok(None) };
    let digest = digest(token);
    let found = match usage {
        Use::Counts => shared.index.find_session(&digest, login.settings.idle).await?,
        Use::Passes => shared.index.peek_session(&digest, login.settings.idle).await?,
    };
    let Some(found) = found else { return Ok(None) };
    let is_due = found.is_stale && usage == Use::Counts;
    let renewed = if is_due { renew(shared, login, &digest, &found, client).await? } else { None };
    Ok(Some((by_session(shared, found, client).await?, renewed)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn by_session(shared: &Shared, found: FoundSession, client: Client) -> Result<Asker, Problem> {
    let settings = &found.account.settings;
    let scope = shared.index.scope_of(&settings.scope).await?;
    let viewer = Viewer::new(found.account.name.as_str(), settings.role, scope);
    let viewer = viewer.map_err(|_| Problem::SignedOut)?.at(client.address);
    Ok(Asker { viewer, rights: found.account.rights()?, session: Some(found) })
}

/// A token asks for its owner, under that name and within that role; it can never do more than its owner.
async fn by_token(shared: &Shared, found: FoundToken, client: Client) -> Result<Asker, Problem> {
    let FoundToken { token, owner } = found;
    let owned = owner.as_ref().map(AccountRow::rights).transpose()?;
    let is_owned = |action: &_| owned.as_ref().is_none_or(|rights| rights.may(*action).is_ok());
    let actions = token.actions.iter().copied().filter(is_owned);
    let rights = Rights::with(Role::Service, actions).map_err(|_| Problem::SignedOut)?;
    let scope = owner.as_ref().map_or(&token.scope, |owner| &owner.settings.scope);
    let scope = shared.index.scope_of(scope).await?;
    let (account, role) = match owner {
        Some(owner) => (owner.name.to_string(), owner.settings.role),
        None => (format!("token {}", token.name), Role::Service),
    };
    let viewer = Viewer::new(&account, role, scope).map_err(|_| Problem::SignedOut)?;
    Ok(Asker { viewer: viewer.at(client.address), rights, session: None })
}

async fn renew(
    shared: &Shared,
    login: &Login,
    old: &[u8; 32],
    found: &FoundSession,
    client: Client,
) -> Result<Option<HeaderValue>, Problem> {
    let new = Token::of_session()?;
    let is_mine = shared.index.renew_session(old, &new.digest, found.account.rights_version).await?;
    Ok(is_mine.then(|| Cookie::Session.set(&new.text, login.settings.longest.as_secs(), client)).flatten())
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        Ok(present(parts)?.viewer.clone())
    }
}

impl FromRequestParts<Shared> for Present {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self(None)))
    }
}

/// Who asks, for routes that tell or change something of the asker.
pub(crate) struct Signed(pub(crate) Arc<Asker>);

impl FromRequestParts<Shared> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        present(parts).map(Self)
    }
}

fn present(parts: &Parts) -> Result<Arc<Asker>, Problem> {
    parts.extensions.get::<Present>().and_then(|present| present.0.clone()).ok_or(Problem::SignedOut)
}
