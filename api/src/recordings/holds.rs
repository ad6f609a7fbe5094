//! Ranges of a camera that retention must not touch: who put them, why, and who lifted them.

use anjian_domain::Viewer;
use anjian_indexer::{Hold, HoldQuery, NewHold, WhichHolds};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::cameras::find;
use crate::http::body::moment;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{one, pairs};
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
    #[schema(format = "date-time")]
    from: String,
    /// RFC 3339; does not belong to it.
    #[schema(format = "date-time")]
    to: String,
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
    next_before: Option<i64>,
}

/// The keys that choose holds; for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the keys; `list` reads them")]
pub(crate) struct HoldParams {
    /// Of this camera.
    camera: Option<String>,
    /// `standing` (when not given) or `all`, lifted ones too.
    which: Option<String>,
    /// How many a page; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
    /// `next_before` of the page before.
    before: Option<i64>,
}

/// Who lifts a hold; for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the keys; `lift` reads them")]
pub(crate) struct LiftParams {
    /// Name of the person. Counts while nobody signs in; once there are accounts, the account counts instead.
    who: String,
    /// Why it need not be kept any longer.
    why: String,
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
    asked: Result<Json<NewHoldView>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(asked) = asked.map_err(|rejection| Problem::Body(rejection.body_text()))?;
    let camera = find::camera(&viewer, &shared, &asked.camera).await?.camera;
    let hold = NewHold {
        camera,
        from: moment("from", &asked.from)?,
        to: moment("to", &asked.to)?,
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
    RawQuery(raw): RawQuery,
) -> Result<Json<HoldsView>, Problem> {
    let query = query_of(raw.as_deref())?;
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
    RawQuery(raw): RawQuery,
) -> Result<Json<HoldView>, Problem> {
    let pairs = pairs(raw.as_deref(), &["who", "why"])?;
    let given = |key| said(key, one(&pairs, key)?.unwrap_or_default()).map_err(|_| missing(key));
    let (who, why) = (given("who")?, given("why")?);
    let id = id_of(&id)?;
    let hold = shared.index.lift_hold(&viewer, id, &who, &why).await?.ok_or_else(|| unknown(id))?;
    Ok(Json(hold.into()))
}

fn query_of(raw: Option<&str>) -> Result<HoldQuery, Problem> {
    let pairs = pairs(raw, &["camera", "which", "limit", "before"])?;
    let no_id = |text: &str| Problem::query("camera", format!("camera: {text:?} is not an id"));
    let camera = one(&pairs, "camera")?.map(|text| text.parse().map_err(|_| no_id(text))).transpose()?;
    let which = match one(&pairs, "which")? {
        None | Some("standing") => WhichHolds::Standing,
        Some("all") => WhichHolds::All,
        Some(other) => {
            return Err(Problem::query("which", format!("which: {other:?} is none: use standing or all")));
        }
    };
    let limit = one(&pairs, "limit")?.map_or(Some(HOLDS_A_PAGE), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=MAX_HOLDS).contains(limit));
    let limit = limit.ok_or_else(|| {
        Problem::query("limit", format!("limit: is not a whole number of 1 to {MAX_HOLDS}"))
    })?;
    let no_place =
        |text: &str| Problem::query("before", format!("before: {text:?} is not the number of a hold"));
    let before = one(&pairs, "before")?.map(|text| text.parse().map_err(|_| no_place(text))).transpose()?;
    Ok(HoldQuery { camera, which, limit, before })
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
