//! The verdict of one violation.

use anjian_casework::Version;
use anjian_casework::verdict::{Act, Way};
use anjian_domain::Viewer;
use anjian_indexer::{VerdictAct, VerdictError};
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::body::Small;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Query, one};
use crate::shared::Shared;
use crate::verdicts::views::{FindingView, VerdictView};
use crate::violations::list::id_of;

/// A verdict as it is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewVerdictView {
    /// The version that the page showed; 0 when nobody judged it yet.
    version: u32,
    finding: FindingView,
    /// Why it replaces the one that stands; not for the first.
    #[serde(default)]
    change_reason: String,
    /// What the officer was shown before.
    #[serde(default)]
    shown: Option<ShownView>,
}

/// What an officer was shown before judging, and for how long. Stands in the audit.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownView {
    /// How long the violation was on the screen, milliseconds.
    #[serde(default)]
    for_ms: u32,
    /// How much of its clip was played, milliseconds.
    #[serde(default)]
    clip_ms: u32,
    /// Whether its picture had arrived.
    #[serde(default)]
    picture: bool,
}

/// Which version is signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignView {
    /// The version that the page showed.
    version: u32,
}

/// Which version is undone.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UndoParams {
    /// The version that the page showed.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = u32, required)]
    version: Option<u32>,
}

/// Where the verdict of a violation stands.
#[utoipa::path(
    get,
    path = "/api/v1/violations/{id}/verdict",
    tag = "verdicts",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    responses(
        (status = OK, body = VerdictView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn verdict(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<VerdictView>, Problem> {
    let state = shared.index.verdict(&viewer, id_of(&id)?).await?.ok_or(VerdictError::Unknown)?;
    Ok(Json(VerdictView::new(&state, shared.clock.now(), shared.rules.verdicts)))
}

/// Gives a verdict. It counts outside the inbox when it can be undone no longer.
#[utoipa::path(
    post,
    path = "/api/v1/violations/{id}/verdict",
    operation_id = "give_verdict",
    tag = "verdicts",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    request_body = NewVerdictView,
    responses(
        (status = OK, body = VerdictView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Somebody changed it meanwhile, or it is not possible now",
            body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn give(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Small(asked): Small<NewVerdictView>,
) -> Result<Json<VerdictView>, Problem> {
    let NewVerdictView { version, finding, change_reason, shown } = asked;
    let finding = finding.read().ok_or_else(unfit)?;
    let shown = shown.map(|shown| serde_json::json!(shown));
    let act = Act::Judge { finding, change_reason };
    let wanted = VerdictAct { act, seen: Version(version), way: Way::Single, shown };
    acted(&viewer, &shared, &id, wanted).await
}

/// Takes one's own verdict back, within the window for that.
#[utoipa::path(
    delete,
    path = "/api/v1/violations/{id}/verdict",
    operation_id = "undo_verdict",
    tag = "verdicts",
    params(("id" = String, Path, description = "UUID", format = "uuid"), UndoParams),
    responses(
        (status = OK, body = VerdictView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn undo(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(params): Query<UndoParams>,
) -> Result<Json<VerdictView>, Problem> {
    let missing = || Problem::query("version", "version: send the one that was shown");
    let seen = Version(params.version.ok_or_else(missing)?);
    acted(&viewer, &shared, &id, VerdictAct { act: Act::Undo, seen, way: Way::Single, shown: None }).await
}

/// Signs another officer's verdict.
#[utoipa::path(
    post,
    path = "/api/v1/violations/{id}/verdict/second",
    operation_id = "sign_verdict",
    tag = "verdicts",
    params(("id" = String, Path, description = "UUID", format = "uuid")),
    request_body = SignView,
    responses(
        (status = OK, body = VerdictView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
        (status = CONFLICT, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Small(asked): Small<SignView>,
) -> Result<Json<VerdictView>, Problem> {
    let seen = Version(asked.version);
    acted(&viewer, &shared, &id, VerdictAct { act: Act::SignSecond, seen, way: Way::Single, shown: None })
        .await
}

pub(crate) fn unfit() -> Problem {
    Problem::body_key("finding", &"a dismissal has a reason, a confirmation has none and no words")
}

async fn acted(
    viewer: &Viewer,
    shared: &Shared,
    id: &str,
    wanted: VerdictAct,
) -> Result<Json<VerdictView>, Problem> {
    let policy = shared.rules.verdicts;
    let state = shared.index.act_on_verdict(viewer, id_of(id)?, &wanted, policy).await?;
    Ok(Json(VerdictView::new(&state, shared.clock.now(), policy)))
}
