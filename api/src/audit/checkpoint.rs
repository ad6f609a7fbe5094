//! A signed statement of the audit's newest entry, to be kept outside of this machine.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::problem::{Problem, ProblemView};
use crate::recordings::media::NOT_KEPT;
use crate::shared::Shared;

/// Signs the newest entry of the audit: a DSSE envelope. Kept outside of this machine it shows later whether the audit was written
/// anew (`anjian check --audit --against FILE`).
#[utoipa::path(
    post,
    path = "/api/v1/audit/checkpoint",
    operation_id = "take_checkpoint",
    tag = "audit",
    responses(
        (status = OK, body = Object, content_type = "application/json"),
        (status = FORBIDDEN, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn checkpoint(State(shared): State<Shared>) -> Result<Response, Problem> {
    let taken = shared.index.take_checkpoint().await?;
    let envelope = taken.ok_or_else(|| Problem::NotFound("nothing stands in the audit yet".to_owned()))?;
    let name = "attachment; filename=\"anjian-audit-checkpoint.json\"";
    let headers = [(header::CONTENT_DISPOSITION, name)];
    Ok((headers, [(header::CACHE_CONTROL, NOT_KEPT)], Json(envelope)).into_response())
}
