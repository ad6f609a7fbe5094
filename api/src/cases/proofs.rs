//! What the cameras prove of a rectification.

use anjian_casework::case::Unproven;
use anjian_domain::Viewer;
use anjian_indexer::{CaseError, CaseProof};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cases::views::id_of;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// What the camera of one violation proves since the last rectification.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseProofView {
    violation: String,
    /// Whether it proves that the rectification holds.
    proven: bool,
    /// Seconds that are asked for.
    asked_s: u64,
    /// Seconds in which it watched persons while the rule stayed quiet.
    watched_s: u64,
    /// Seconds in which it watched, and nobody was there.
    empty_s: u64,
    /// Seconds in which it was blind.
    blind_s: u64,
    /// When the rule was broken again; null when it was not.
    #[schema(format = "date-time", required)]
    broken_at: Option<String>,
}

/// What the cameras prove, violation by violation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseProofsView {
    items: Vec<CaseProofView>,
}

/// What the cameras prove since the last rectification of a case. Empty before there is one.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/proofs",
    operation_id = "case_proofs",
    tag = "cases",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = CaseProofsView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn proofs(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<CaseProofsView>, Problem> {
    let id = id_of(&id)?;
    shared.index.case(&viewer, id).await?.ok_or(CaseError::Unknown)?;
    let found = shared.index.case_proofs(&viewer, id, &shared.rules).await?.unwrap_or_default();
    let asked_s = shared.rules.policy.quiet.as_secs();
    Ok(Json(CaseProofsView { items: found.iter().map(|proof| view(proof, asked_s)).collect() }))
}

fn view(proof: &CaseProof, asked_s: u64) -> CaseProofView {
    let (watched_s, empty_s, blind_s, broken_at) = match proof.found {
        Ok(camera) => (camera.watched().as_secs(), 0, 0, None),
        Err(Unproven::TooShort { watched_s, empty_s, blind_s, .. }) => (watched_s, empty_s, blind_s, None),
        Err(Unproven::Broken { at }) => (0, 0, 0, Some(at.to_string())),
    };
    let proven = proof.found.is_ok();
    CaseProofView {
        violation: proof.violation.to_string(),
        proven,
        asked_s,
        watched_s,
        empty_s,
        blind_s,
        broken_at,
    }
}
