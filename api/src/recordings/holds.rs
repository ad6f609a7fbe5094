//! Ranges of a camera that retention must not touch: who put them, why, and who lifted them.

use anjian_domain::{CameraId, Viewer};
use anjian_indexer::{Hold, HoldQuery, NewHold, WhichHolds};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::cameras::find;
use crate::http::body::Body;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Limit, Query, one, word};
use crate::http::span::Rfc3339;
use crate::shared::Shared;

/// Letters of a name or a reason.
const LONGEST_TEXT: usize = 2_000;
const HOLDS_A_PAGE: u16 = 100;
const MAX_HOLDS: u16 = 500;

/// What to keep for ever, and who says so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHoldView {
    camera: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    from: Rfc3339,
    /// RFC 3339; does not belong to it.
    #[schema(value_type = String, format = "date-time")]
    to: Rfc3339,
    /// Name of the person. Counts while nobody signs in; once there are accounts, the account counts instead.
    who: String,
    /// Such as the number of the case.
    why: String,
}

/// A range that is kept until the hold is lifted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldView {
    id: i64,
    camera: String,
    #[schema(format = "date-time")]
    from: String,
    #[schema(format = "date-time")]
    to: String,
    who: String,
    why: String,
    #[schema(format = "date-time")]
    put_at: String,
    /// Null while it holds.
    #[schema(required)]
    lifted: Option<LiftView>,
}

/// The end of a hold.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiftView {
    #[schema(format = "date-time")]
    at: String,
    who: String,
    why: String,
}

/// Holds, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldsView {
    items: Vec<HoldView>,
    /// Pass it as `before` for the next page; null on the last.
    #[schema(required)]
    next_before: Option<i64>,
}

/// The keys that choose holds.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldParams {
    /// Of this camera.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    camera: Option<CameraId>,
    /// `standing` (when not given) or `all`, lifted ones too.
    #[serde(default, deserialize_with = "word")]
    #[param(inline)]
    which: Option<Which>,
    /// How many a page; 100 when not given.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500)]
    limit: Option<Limit<MAX_HOLDS>>,
    /// `next_before` of the page before.
    #[serde(default, deserialize_with = "one")]
    before: Option<i64>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    Standing,
    All,
}

/// Who lifts a hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiftParams {
    /// Name of the person. Counts while nobody signs in; once there are accounts, the account counts instead.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, required)]
    who: Option<String>,
    /// Why it need not be kept any longer.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = String, required)]
    why: Option<String>,
}

/// Keeps a range of a camera until the hold is lifted.
#[utoipa::path(
    post,
    path = "/api/v1/holds",
    tag = "recordings",
    request_body = NewHoldView,
    responses(
        (status = CREATED, body = HoldView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    viewer: Viewer,
    State(shared): State<Shared>,
    Body(asked): Body<NewHoldView>,
) -> Result<Response, Problem> {
    let camera = find::camera(&viewer, &shared, &asked.camera).await?.camera;
    let hold = NewHold {
        camera,
        from: asked.from.0,
        to: asked.to.0,
        who: said("who", &asked.who)?,
        why: said("why", &asked.why)?,
    };
    if hold.from >= hold.to {
        return Err(Problem::Body("to: must be after from".to_owned()));
    }
    let hold = shared.index.put_hold(&viewer, &hold).await?;
    let address = format!("/api/v1/holds/{}", hold.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, address)], Json(HoldView::from(hold))).into_response())
}

/// Lists holds, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/holds",
    operation_id = "list_holds",
    tag = "recordings",
    params(HoldParams),
    responses(
        (status = OK, body = HoldsView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(params): Query<HoldParams>,
) -> Result<Json<HoldsView>, Problem> {
    let query = params.query();
    let found = shared.index.holds(&viewer, &query).await?;
    let is_full = found.len() == usize::from(query.limit);
    let next_before = found.last().filter(|_| is_full).map(|hold| hold.id);
    Ok(Json(HoldsView { items: found.into_iter().map(HoldView::from).collect(), next_before }))
}

/// One hold, lifted or not.
#[utoipa::path(
    get,
    path = "/api/v1/holds/{id}",
    tag = "recordings",
    params(("id" = i64, Path, description = "Number")),
    responses(
        (status = OK, body = HoldView),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn one_hold(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<HoldView>, Problem> {
    let id = id_of(&id)?;
    let hold = shared.index.hold(&viewer, id).await?.ok_or_else(|| unknown(id))?;
    Ok(Json(hold.into()))
}

/// Lifts a hold: retention may take the range again. It stays on record, with who lifted it and why.
#[utoipa::path(
    delete,
    path = "/api/v1/holds/{id}",
    tag = "recordings",
    params(("id" = i64, Path, description = "Number"), LiftParams),
    responses(
        (status = OK, body = HoldView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
        (status = NOT_FOUND, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn lift(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(params): Query<LiftParams>,
) -> Result<Json<HoldView>, Problem> {
    let given = |key, text: Option<String>| said(key, &text.unwrap_or_default()).map_err(|_| missing(key));
    let (who, why) = (given("who", params.who)?, given("why", params.why)?);
    let id = id_of(&id)?;
    let hold = shared.index.lift_hold(&viewer, id, &who, &why).await?.ok_or_else(|| unknown(id))?;
    Ok(Json(hold.into()))
}

impl HoldParams {
    fn query(self) -> HoldQuery {
        let which = match self.which.unwrap_or(Which::Standing) {
            Which::Standing => WhichHolds::Standing,
            Which::All => WhichHolds::All,
        };
        let limit = self.limit.map_or(HOLDS_A_PAGE, |limit| limit.0);
        HoldQuery { camera: self.camera, which, limit, before: self.before }
    }
}

/// A text that says something.
fn said(key: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Body(format!("{key}: is needed: a hold is kept on record with it")));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Problem::Body(format!("{key}: at most {LONGEST_TEXT} letters")));
    }
    Ok(text.to_owned())
}

fn missing(key: &str) -> Problem {
    let reason = format!("{key}: is needed, {LONGEST_TEXT} letters at most: a hold is lifted on record");
    Problem::query(key, reason)
}

fn id_of(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::Id { what: "hold", text: text.to_owned() })
}

fn unknown(id: i64) -> Problem {
    Problem::NotFound(format!("there is no hold {id}: /api/v1/holds?which=all lists them"))
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let lift =
            |lift: anjian_indexer::Lift| LiftView { at: lift.at.to_string(), who: lift.who, why: lift.why };
        Self {
            id: hold.id,
            camera: hold.camera.to_string(),
            from: hold.from.to_string(),
            to: hold.to.to_string(),
            who: hold.who,
            why: hold.why,
            put_at: hold.put_at.to_string(),
            lifted: hold.lifted.map(lift),
        }
    }
}
