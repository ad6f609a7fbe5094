//! A finding is recorded.

use anjian_casework::case::FindingId;
use anjian_domain::{Behaviour, CameraId, SiteId, Viewer};
use anjian_indexer::{AttachmentId, NewFinding};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::findings::views::{SiteFindingView, unknown};
use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::http::span::Rfc3339;
use crate::shared::Shared;

/// What an officer found on site, as the phone sends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFindingView {
    /// UUID that the phone makes once and sends again with every attempt: a finding that is sent twice is recorded once.
    #[schema(value_type = String, format = "uuid")]
    id: FindingId,
    #[schema(value_type = String)]
    site: SiteId,
    /// The camera that watches the place.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    camera: Option<CameraId>,
    /// What was broken; without, the words say it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    behaviour: Option<Behaviour>,
    /// What was found, 1 to 2000 characters.
    words: String,
    /// Where on the premises, 1 to 200 characters.
    place: String,
    /// When, by the clock of the phone.
    #[schema(value_type = String, format = "date-time")]
    found_at: Rfc3339,
    /// 1 to 5 that you sent to the site before (`POST /api/v1/sites/{id}/attachments`).
    #[schema(value_type = Vec<String>)]
    attachments: Vec<AttachmentId>,
}

/// Records a finding on site.
#[utoipa::path(
    post,
    path = "/api/v1/findings",
    operation_id = "record_finding",
    tag = "findings",
    request_body = NewFindingView,
    responses(
        (status = CREATED, body = SiteFindingView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "You are recused, or another account used the id", body = ProblemView,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn record(
    viewer: Viewer,
    State(shared): State<Shared>,
    Body(asked): Body<NewFindingView>,
) -> Result<(StatusCode, Json<SiteFindingView>), Problem> {
    let Rfc3339(found_at) = asked.found_at;
    let new = NewFinding {
        id: asked.id,
        site: asked.site,
        camera: asked.camera,
        behaviour: asked.behaviour,
        words: asked.words,
        place: asked.place,
        found_at,
        attachments: asked.attachments,
    };
    shared.index.record_finding(&viewer, &new).await?;
    let found = shared.index.finding(&viewer, new.id).await?.ok_or_else(unknown)?;
    Ok((StatusCode::CREATED, Json((&found).into())))
}
