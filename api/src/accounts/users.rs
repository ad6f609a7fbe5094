//! Accounts, for who administers them.

use std::collections::BTreeSet;

use anjian_casework::roles::Action;
use anjian_domain::{Account, Role, Viewer};
use anjian_indexer::{AccountError, AccountSettings, HashedPassword};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::credentials::ONE_TIME;
use crate::accounts::token::one_time_password;
use crate::accounts::views::{AccountView, ScopeView, SessionsView};
use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// Accounts, by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountsView {
    items: Vec<AccountView>,
}

/// An account that is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccountView {
    name: String,
    #[serde(default)]
    shown_name: String,
    #[schema(value_type = String)]
    role: Role,
    scope: ScopeView,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    grants: BTreeSet<Action>,
    #[serde(default)]
    certificate: String,
}

/// What an account becomes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedAccountView {
    shown_name: String,
    #[schema(value_type = String)]
    role: Role,
    scope: ScopeView,
    #[schema(value_type = Vec<String>)]
    grants: BTreeSet<Action>,
    certificate: String,
    is_active: bool,
    /// For the audit.
    #[serde(default)]
    why: String,
}

/// What else a reset does.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetView {
    /// Also removes the second factor.
    #[serde(default)]
    also_totp: bool,
}

/// A new account with the password of its first login.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeAccountView {
    account: AccountView,
    /// Shown once; counts for three days.
    one_time_password: String,
}

/// The password of the next login.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneTimePasswordView {
    /// Shown once; counts for three days.
    one_time_password: String,
}

/// Lists accounts.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    operation_id = "list_accounts",
    tag = "accounts",
    responses((status = OK, body = AccountsView))
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<AccountsView>, Problem> {
    let items = shared.index.accounts(&viewer).await?.iter().map(Into::into).collect();
    Ok(Json(AccountsView { items }))
}

/// Makes an account.
#[utoipa::path(
    post,
    path = "/api/v1/accounts",
    operation_id = "add_account",
    tag = "accounts",
    request_body = NewAccountView,
    responses(
        (status = CREATED, body = MadeAccountView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add(
    viewer: Viewer,
    State(shared): State<Shared>,
    Small(asked): Small<NewAccountView>,
) -> Result<(StatusCode, Json<MadeAccountView>), Problem> {
    let name: Account = asked.name.parse().map_err(|error| Problem::body_key("name", &error))?;
    let NewAccountView { shown_name, role, grants, certificate, .. } = asked;
    let scope = asked.scope.read()?;
    let settings = AccountSettings { shown_name, role, scope, grants, certificate, is_active: true };
    let (password, hashed) = one_time(&shared).await?;
    let made = shared.index.add_account(&viewer, &name, &settings, &hashed).await?;
    let view = MadeAccountView { account: (&made).into(), one_time_password: password };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes an account. What it may do changes with its next request.
#[utoipa::path(
    put,
    path = "/api/v1/accounts/{name}",
    operation_id = "change_account",
    tag = "accounts",
    params(("name" = String, Path, description = "Name")),
    request_body = ChangedAccountView,
    responses(
        (status = OK, body = AccountView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Small(asked): Small<ChangedAccountView>,
) -> Result<Json<AccountView>, Problem> {
    let name = named(&name)?;
    let ChangedAccountView { shown_name, role, grants, certificate, is_active, why, .. } = asked;
    let scope = asked.scope.read()?;
    let settings = AccountSettings { shown_name, role, scope, grants, certificate, is_active };
    let changed = shared.index.change_account(&viewer, &name, &settings, why.trim()).await?;
    Ok(Json((&changed).into()))
}

/// Gives an account a new password and signs it out everywhere.
#[utoipa::path(
    post,
    path = "/api/v1/accounts/{name}/reset",
    operation_id = "reset_account",
    tag = "accounts",
    params(("name" = String, Path, description = "Name")),
    request_body = ResetView,
    responses(
        (status = OK, body = OneTimePasswordView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn reset(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Small(asked): Small<ResetView>,
) -> Result<Json<OneTimePasswordView>, Problem> {
    let name = named(&name)?;
    let (one_time_password, hashed) = one_time(&shared).await?;
    shared.index.reset_account(&viewer, &name, &hashed, asked.also_totp).await?;
    Ok(Json(OneTimePasswordView { one_time_password }))
}

/// Browsers in which an account is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{name}/sessions",
    operation_id = "list_sessions",
    tag = "accounts",
    params(("name" = String, Path, description = "Name")),
    responses((status = OK, body = SessionsView))
)]
pub(crate) async fn sessions(
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<Json<SessionsView>, Problem> {
    let idle = shared.door.login()?.settings.idle;
    Ok(Json(SessionsView::new(shared.index.sessions(&name, idle).await?, None)))
}

/// Signs an account out everywhere.
#[utoipa::path(
    delete,
    path = "/api/v1/accounts/{name}/sessions",
    operation_id = "end_sessions",
    tag = "accounts",
    params(("name" = String, Path, description = "Name")),
    responses((status = NO_CONTENT))
)]
pub(crate) async fn end_sessions(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    shared.index.end_sessions(&viewer, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(name: &str) -> Result<Account, Problem> {
    name.parse().map_err(|_| Problem::Account(AccountError::Unknown(name.to_owned())))
}

async fn one_time(shared: &Shared) -> Result<(String, HashedPassword), Problem> {
    let password = one_time_password()?;
    let ends_at = shared.clock.now().plus(ONE_TIME);
    let passwords = &shared.door.login()?.passwords;
    let hashed = passwords.hash(password.clone(), true, Some(ends_at)).await?;
    Ok((password, hashed))
}
