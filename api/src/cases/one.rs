//! One case.

use anjian_casework::case::Step;
use anjian_casework::roles::Action;
use anjian_indexer::{CaseError, CaseId};
use axum::Json;
use axum::extract::{Path, State};

use crate::accounts::asker::Asker;
use crate::accounts::gate::Signed;
use crate::cases::detail_view::CaseDetailView;
use crate::cases::views::id_of;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// One case with everything that is on record.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}",
    operation_id = "one_case",
    tag = "cases",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = CaseDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<CaseDetailView>, Problem> {
    shown(&asker, &shared, id_of(&id)?).await.map(Json)
}

/// A case as the asker sees it, with the steps that they may take.
pub(crate) async fn shown(asker: &Asker, shared: &Shared, id: CaseId) -> Result<CaseDetailView, Problem> {
    let viewer = &asker.viewer;
    let detail = shared.index.case(viewer, id).await?.ok_or(CaseError::Unknown)?;
    let deliveries = match asker.require(Action::SeeDeliveries) {
        Ok(_) => shared.index.deliveries(viewer, id).await?,
        Err(_) => Vec::new(),
    };
    let may = |step: &Step| asker.require(step.action()).is_ok();
    let possible = detail.case.state.steps().filter(may).map(Step::as_str).collect();
    Ok(CaseDetailView::new(&detail, &deliveries, possible))
}
