//! A draft of a case is opened.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::accounts::gate::Signed;
use crate::cases::act::NewProposalView;
use crate::cases::detail_view::CaseDetailView;
use crate::cases::one::shown;
use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// Opens a draft about violations and findings of one site.
#[utoipa::path(
    post,
    path = "/api/v1/cases",
    operation_id = "open_case",
    tag = "cases",
    request_body = NewProposalView,
    responses(
        (status = CREATED, body = CaseDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Another case holds one of them, or it is not possible now",
            body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Body(asked): Body<NewProposalView>,
) -> Result<(StatusCode, Json<CaseDetailView>), Problem> {
    let (members, proposal) = asked.read()?;
    let id = shared.index.open_case(&asker.viewer, &members, &proposal, &shared.rules).await?;
    Ok((StatusCode::CREATED, Json(shown(&asker, &shared, id).await?)))
}
