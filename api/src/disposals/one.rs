//! What goes or went with one case, and the signatures under it.

use anjian_domain::Viewer;
use anjian_indexer::{CaseId, DisposalError};
use axum::Json;
use axum::extract::{Path, State};

use crate::cases::views::id_of;
use crate::disposals::views::{DisposalDetailView, DisposalSigningView};
use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// What goes with a case, or went.
#[utoipa::path(
    get,
    path = "/api/v1/disposals/{id}",
    operation_id = "one_disposal",
    tag = "disposals",
    params(("id" = String, Path, description = "UUID of the case", format = "uuid")),
    responses(
        (status = OK, body = DisposalDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one_disposal(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<DisposalDetailView>, Problem> {
    shown(&viewer, &shared, id_of(&id)?).await.map(Json)
}

/// Signs that a case goes. The second signature, by another officer, disposes of it: evidence, attachments and words go, digests stay.
#[utoipa::path(
    post,
    path = "/api/v1/disposals/{id}/signatures",
    operation_id = "sign_disposal",
    tag = "disposals",
    params(("id" = String, Path, description = "UUID of the case", format = "uuid")),
    request_body = DisposalSigningView,
    responses(
        (status = OK, body = DisposalDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Its term is not over, a hold keeps it, it changed since it was seen, or you cannot sign it",
            body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Body(signing): Body<DisposalSigningView>,
) -> Result<Json<DisposalDetailView>, Problem> {
    let id = id_of(&id)?;
    shared.index.sign_disposal(&viewer, id, &signing.seen, shared.rules.keep).await?;
    shown(&viewer, &shared, id).await.map(Json)
}

async fn shown(viewer: &Viewer, shared: &Shared, id: CaseId) -> Result<DisposalDetailView, Problem> {
    let disposal = shared.index.disposal(viewer, id, shared.rules.keep).await?;
    Ok(DisposalDetailView::of(&disposal.ok_or(DisposalError::Unknown)?)?)
}
