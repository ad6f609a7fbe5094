//! Dismissing many violations with one reason: each has its own outcome.

use anjian_casework::Version;
use anjian_casework::verdict::{Act, Finding, Way};
use anjian_domain::{Viewer, ViolationId};
use anjian_indexer::VerdictAct;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::shared::Shared;
use crate::verdicts::one::unfit;
use crate::verdicts::views::{FindingView, VerdictView};

/// Members of one dismissal.
const MOST: usize = 200;

/// What is dismissed, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DismissalView {
    /// At most 200.
    members: Vec<MemberView>,
    finding: FindingView,
}

/// One violation of a dismissal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberView {
    #[schema(value_type = String, format = "uuid")]
    id: ViolationId,
    /// The version that the page showed.
    version: u32,
}

/// What became of each member, in the order in which they were sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutcomesView {
    items: Vec<OutcomeView>,
}

/// What became of one member: its verdict, or why it has none.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutcomeView {
    id: String,
    #[schema(required)]
    verdict: Option<VerdictView>,
    #[schema(required)]
    problem: Option<ProblemView>,
}

/// Dismisses many violations with one reason. Confirming is done one by one.
#[utoipa::path(
    post,
    path = "/api/v1/verdicts",
    operation_id = "dismiss_many",
    tag = "verdicts",
    request_body = DismissalView,
    responses(
        (status = OK, body = OutcomesView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn dismiss(
    viewer: Viewer,
    State(shared): State<Shared>,
    Body(asked): Body<DismissalView>,
) -> Result<Json<OutcomesView>, Problem> {
    if asked.members.is_empty() || asked.members.len() > MOST {
        return Err(Problem::body_key("members", &format!("send 1 to {MOST} members")));
    }
    let finding = asked.finding.read().ok_or_else(unfit)?;
    let mut items = Vec::with_capacity(asked.members.len());
    for member in asked.members {
        items.push(outcome(&viewer, &shared, member, &finding).await);
    }
    Ok(Json(OutcomesView { items }))
}

async fn outcome(viewer: &Viewer, shared: &Shared, member: MemberView, finding: &Finding) -> OutcomeView {
    let act = Act::Judge { finding: finding.clone(), change_reason: String::new() };
    let wanted = VerdictAct { act, seen: Version(member.version), way: Way::Bulk, shown: None };
    let policy = shared.rules.verdicts;
    let (verdict, problem) = match shared.index.act_on_verdict(viewer, member.id, &wanted, policy).await {
        Ok(state) => (Some(VerdictView::new(&state, shared.clock.now(), policy)), None),
        Err(error) => (None, Some(Problem::from(error).view())),
    };
    OutcomeView { id: member.id.to_string(), verdict, problem }
}
