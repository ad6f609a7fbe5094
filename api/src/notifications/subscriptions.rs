//! Subscriptions: one's own, and for an administrator everybody's.

use anjian_casework::Version;
use anjian_indexer::{SubscriptionError, SubscriptionId};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::gate::Signed;
use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::notifications::views::{
    DeliveriesView, MadeSubscriptionView, NewSubscriptionView, SecretView, SubscriptionSettingsView,
    SubscriptionView, SubscriptionsView,
};
use crate::shared::Shared;

/// A change of a subscription.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SubscriptionChangeView {
    /// The version that the page showed.
    version: u32,
    #[serde(flatten)]
    settings: SubscriptionSettingsView,
}

/// Lists subscriptions with whether their messages arrive.
#[utoipa::path(
    get,
    path = "/api/v1/subscriptions",
    operation_id = "list_subscriptions",
    tag = "notifications",
    responses((status = OK, body = SubscriptionsView))
)]
pub(crate) async fn list(
    Signed(asker): Signed,
    State(shared): State<Shared>,
) -> Result<Json<SubscriptionsView>, Problem> {
    let rows = shared.index.subscriptions(&asker.viewer).await?;
    Ok(Json(SubscriptionsView { items: rows.iter().map(SubscriptionView::from).collect() }))
}

/// Makes a subscription. A webhook's secret is answered once.
#[utoipa::path(
    post,
    path = "/api/v1/subscriptions",
    operation_id = "add_subscription",
    tag = "notifications",
    request_body = NewSubscriptionView,
    responses(
        (status = CREATED, body = MadeSubscriptionView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "No such account", body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Too many", body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn add(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Small(asked): Small<NewSubscriptionView>,
) -> Result<(StatusCode, Json<MadeSubscriptionView>), Problem> {
    let account = asked.account.unwrap_or_else(|| asker.viewer.account().to_owned());
    let settings = asked.settings.read()?;
    let (row, secret) = shared.index.add_subscription(&asker.viewer, &account, &settings).await?;
    let made = MadeSubscriptionView { item: SubscriptionView::from(&row), secret: worded(&secret) };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Changes a subscription; what was given up is tried again.
#[utoipa::path(
    put,
    path = "/api/v1/subscriptions/{id}",
    operation_id = "change_subscription",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    request_body = SubscriptionChangeView,
    responses(
        (status = OK, body = SubscriptionView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Changed meanwhile", body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Small(asked): Small<SubscriptionChangeView>,
) -> Result<Json<SubscriptionView>, Problem> {
    let (id, settings) = (id_of(&id)?, asked.settings.read()?);
    let row = shared.index.change_subscription(&asker.viewer, id, Version(asked.version), &settings).await?;
    Ok(Json(SubscriptionView::from(&row)))
}

/// Ends a subscription. Its deliveries stay on record.
#[utoipa::path(
    delete,
    path = "/api/v1/subscriptions/{id}",
    operation_id = "end_subscription",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    shared.index.end_subscription(&asker.viewer, id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message as soon as can be.
#[utoipa::path(
    post,
    path = "/api/v1/subscriptions/{id}/test",
    operation_id = "test_subscription",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = ACCEPTED),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "One waits already", body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn test(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    shared.index.test_subscription(&asker.viewer, id_of(&id)?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Makes a new secret for a webhook. The one before signs as well until it is forgotten.
#[utoipa::path(
    post,
    path = "/api/v1/subscriptions/{id}/secret",
    operation_id = "change_subscription_secret",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = SecretView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_secret(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<SecretView>, Problem> {
    let secret = shared.index.change_secret(&asker.viewer, id_of(&id)?).await?;
    Ok(Json(SecretView { secret: worded(&secret) }))
}

/// Forgets the old secret of a webhook.
#[utoipa::path(
    delete,
    path = "/api/v1/subscriptions/{id}/secret",
    operation_id = "forget_old_secret",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn forget_secret(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    shared.index.forget_old_secret(&asker.viewer, id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest deliveries of a subscription.
#[utoipa::path(
    get,
    path = "/api/v1/subscriptions/{id}/deliveries",
    operation_id = "list_deliveries",
    tag = "notifications",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = DeliveriesView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn deliveries(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<DeliveriesView>, Problem> {
    let id = id_of(&id)?;
    shared.index.subscription(&asker.viewer, id).await?.ok_or(SubscriptionError::Unknown)?;
    let rows = shared.index.deliveries_of(id).await?;
    Ok(Json(DeliveriesView { items: rows.iter().map(Into::into).collect() }))
}

/// As the libraries of Standard Webhooks take it.
fn worded(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

fn id_of(text: &str) -> Result<SubscriptionId, Problem> {
    text.parse().map(SubscriptionId).map_err(|_| Problem::path("id", format!("{text:?} is no UUID")))
}
