//! Tokens of programs: one's own, and those of the installation.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::roles::Action;
use anjian_domain::Viewer;
use anjian_indexer::WhoseTokens;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::credentials::ProgramToken;
use crate::accounts::gate::Signed;
use crate::accounts::views::{ScopeView, TokenView};
use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// Longest life of a token, days.
const MAX_DAYS: u16 = 366;

/// Tokens that did not end, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokensView {
    items: Vec<TokenView>,
}

/// A token that is made for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOwnTokenView {
    /// What it is for.
    name: String,
    /// What it may do; never more than its owner.
    #[schema(value_type = Vec<String>)]
    actions: BTreeSet<Action>,
    #[schema(minimum = 1, maximum = 366)]
    days: u16,
}

/// A token that is made for the installation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTokenView {
    /// What it is for.
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    actions: BTreeSet<Action>,
    scope: ScopeView,
    #[schema(minimum = 1, maximum = 366)]
    days: u16,
}

/// A token, shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeTokenView {
    /// What a program sends: `Authorization: Bearer …`
    token: String,
    item: TokenView,
}

/// Lists one's own tokens.
#[utoipa::path(
    get,
    path = "/api/v1/account/tokens",
    operation_id = "list_own_tokens",
    tag = "accounts",
    responses((status = OK, body = TokensView))
)]
pub(crate) async fn list_own(
    viewer: Viewer,
    State(shared): State<Shared>,
) -> Result<Json<TokensView>, Problem> {
    listed(&viewer, &shared, WhoseTokens::Own).await
}

/// Makes a token of one's own.
#[utoipa::path(
    post,
    path = "/api/v1/account/tokens",
    operation_id = "add_own_token",
    tag = "accounts",
    request_body = NewOwnTokenView,
    responses(
        (status = CREATED, body = MadeTokenView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add_own(
    State(shared): State<Shared>,
    Signed(asker): Signed,
    Small(asked): Small<NewOwnTokenView>,
) -> Result<(StatusCode, Json<MadeTokenView>), Problem> {
    let NewOwnTokenView { name, actions, days } = asked;
    if let Some(other) = actions.iter().find(|action| asker.rights.may(**action).is_err()) {
        return Err(Problem::Forbidden(*other));
    }
    let asked = Asked { name, actions, scope: None, days };
    make(&asker.viewer, &shared, WhoseTokens::Own, asked).await
}

/// Ends a token of one's own.
#[utoipa::path(
    delete,
    path = "/api/v1/account/tokens/{id}",
    operation_id = "end_own_token",
    tag = "accounts",
    params(("id" = String, Path, description = "As the list gives it")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end_own(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    end(&viewer, &shared, WhoseTokens::Own, &id).await
}

/// Lists the tokens of the installation.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    operation_id = "list_tokens",
    tag = "accounts",
    responses((status = OK, body = TokensView))
)]
pub(crate) async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Json<TokensView>, Problem> {
    listed(&viewer, &shared, WhoseTokens::Installation).await
}

/// Makes a token of the installation.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    operation_id = "add_token",
    tag = "accounts",
    request_body = NewTokenView,
    responses(
        (status = CREATED, body = MadeTokenView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add(
    viewer: Viewer,
    State(shared): State<Shared>,
    Small(asked): Small<NewTokenView>,
) -> Result<(StatusCode, Json<MadeTokenView>), Problem> {
    let NewTokenView { name, actions, scope, days } = asked;
    let asked = Asked { name, actions, scope: Some(scope), days };
    make(&viewer, &shared, WhoseTokens::Installation, asked).await
}

/// Ends a token of the installation.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    operation_id = "end_token",
    tag = "accounts",
    params(("id" = String, Path, description = "As the list gives it")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end_one(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    end(&viewer, &shared, WhoseTokens::Installation, &id).await
}

struct Asked {
    name: String,
    actions: BTreeSet<Action>,
    scope: Option<ScopeView>,
    days: u16,
}

async fn listed(viewer: &Viewer, shared: &Shared, whose: WhoseTokens) -> Result<Json<TokensView>, Problem> {
    let found = shared.index.tokens(viewer, whose).await?;
    Ok(Json(TokensView { items: found.into_iter().map(Into::into).collect() }))
}

async fn make(
    viewer: &Viewer,
    shared: &Shared,
    whose: WhoseTokens,
    asked: Asked,
) -> Result<(StatusCode, Json<MadeTokenView>), Problem> {
    if !(1..=MAX_DAYS).contains(&asked.days) {
        return Err(Problem::body_key("days", &format!("a token lives 1 to {MAX_DAYS} days")));
    }
    let scope = asked.scope.map(ScopeView::read).transpose()?;
    let ends_at = shared.clock.now().plus(Duration::from_secs(u64::from(asked.days) * 86_400));
    let token = ProgramToken::new(asked.name, asked.actions, scope, ends_at)?;
    let item = shared.index.add_token(viewer, whose, &token.new).await?.into();
    Ok((StatusCode::CREATED, Json(MadeTokenView { token: token.text, item })))
}

async fn end(viewer: &Viewer, shared: &Shared, whose: WhoseTokens, id: &str) -> Result<StatusCode, Problem> {
    if shared.index.end_token(viewer, whose, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::NotFound("there is no such token".to_owned()))
    }
}
