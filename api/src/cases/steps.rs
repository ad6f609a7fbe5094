//! Somebody takes a step of a case.

use anjian_casework::Version;
use anjian_casework::case::{Act, MemberProof, Proof};
use anjian_indexer::{CaseError, CaseId, CaseProof, CaseStep};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::asker::Asker;
use crate::accounts::gate::Signed;
use crate::cases::act::{ActView, VisitView, Wanted};
use crate::cases::detail_view::CaseDetailView;
use crate::cases::one::shown;
use crate::cases::views::id_of;
use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;

/// A step as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStepView {
    /// The version that the page showed.
    version: u32,
    act: ActView,
}

/// Takes a step. Which ones are possible, `possible` of the case says.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/steps",
    operation_id = "step_case",
    tag = "cases",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    request_body = NewStepView,
    responses(
        (status = OK, body = CaseDetailView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = FORBIDDEN, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Changed meanwhile, or not possible now",
            body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn step(
    Signed(asker): Signed,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Body(asked): Body<NewStepView>,
) -> Result<Json<CaseDetailView>, Problem> {
    let id = id_of(&id)?;
    asker.require(asked.act.step().action())?;
    let seen = Version(asked.version);
    let wanted = match asked.act.read()? {
        Wanted::Act { act, words, attachments } => CaseStep { act, seen, words, attachments },
        Wanted::Recheck { on_site } => {
            let attachments = on_site.iter().flat_map(|visit| visit.attachments.clone()).collect();
            let act = Act::Recheck { proofs: proofs(&asker, &shared, id, on_site).await? };
            CaseStep { act, seen, words: String::new(), attachments }
        }
    };
    shared.index.step_case(&asker.viewer, id, &wanted, &shared.rules).await?;
    Ok(Json(shown(&asker, &shared, id).await?))
}

/// One proof for each violation: of a visit, or what the cameras prove.
async fn proofs(
    asker: &Asker,
    shared: &Shared,
    id: CaseId,
    on_site: Option<VisitView>,
) -> Result<Vec<MemberProof>, Problem> {
    let viewer = &asker.viewer;
    if let Some(VisitView { on, words, .. }) = on_site {
        let case = shared.index.case(viewer, id).await?.ok_or(CaseError::Unknown)?.case;
        let proof = |member| MemberProof { member, proof: Proof::OnSite { on, words: words.clone() } };
        return Ok(case.members.into_iter().map(proof).collect());
    }
    let found = shared.index.case_proofs(viewer, id, &shared.rules).await?.unwrap_or_default();
    let missing = found.iter().find_map(|proof| proof.found.err());
    CaseProof::all(&found).ok_or_else(|| match missing {
        Some(why) => CaseError::Unproven(why).into(),
        None => CaseError::Unknown.into(),
    })
}
