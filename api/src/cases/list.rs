//! The list of cases, and how many stand where.

use std::collections::BTreeMap;

use anjian_casework::case::CaseState;
use anjian_domain::{SiteId, Viewer, ViolationId};
use anjian_indexer::{CaseQuery, Cursor, SearchWords};
use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::cases::views::CasePageView;
use crate::http::problem::{Problem, ProblemView};
use crate::http::query::{Both, Query, many, one};
use crate::shared::Shared;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseFilterParams {
    /// Site; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Vec<String>)]
    site: Vec<SiteId>,
    /// Where it stands; may repeat.
    #[serde(default, deserialize_with = "many")]
    #[param(value_type = Vec<String>)]
    stage: Vec<CaseState>,
    /// The account of the officer in charge.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    assignee: Option<String>,
    /// `true`: only those that are not over.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<bool>)]
    open: Option<bool>,
    /// Those that hold this violation, or did.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    violation: Option<ViolationId>,
    /// Words that all occur in the name of the site, or in those of a step.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, max_length = 100)]
    words: Option<SearchWords>,
    /// Open ones whose last day is before this one.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>, format = "date")]
    due_before: Option<Date>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CasePageParams {
    /// 1 to 200; 50 without.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default, deserialize_with = "one")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// How many cases stand where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseCountsView {
    /// By where they stand; what nothing stands in is left out.
    stages: BTreeMap<&'static str, u64>,
}

impl CaseFilterParams {
    fn query(self) -> CaseQuery {
        CaseQuery {
            sites: self.site,
            stages: self.stage,
            assignee: self.assignee,
            is_open_only: self.open.unwrap_or(false),
            violation: self.violation,
            words: self.words,
            due_before: self.due_before,
            ..CaseQuery::default()
        }
    }
}

/// Lists cases, the newest change first.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    operation_id = "list_cases",
    tag = "cases",
    params(CaseFilterParams, CasePageParams),
    responses(
        (status = OK, body = CasePageView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(Both(filters, page)): Query<Both<CaseFilterParams, CasePageParams>>,
) -> Result<Json<CasePageView>, Problem> {
    let limit = page.limit.unwrap_or(50);
    if !(1..=CaseQuery::MAX_LIMIT).contains(&limit) {
        return Err(Problem::query("limit", format!("limit: give 1 to {}", CaseQuery::MAX_LIMIT)));
    }
    let query = CaseQuery { limit, cursor: page.cursor, ..filters.query() };
    Ok(Json((&shared.index.cases(&viewer, &query).await?).into()))
}

/// Counts cases by where they stand.
#[utoipa::path(
    get,
    path = "/api/v1/cases/counts",
    operation_id = "count_cases",
    tag = "cases",
    params(CaseFilterParams),
    responses(
        (status = OK, body = CaseCountsView),
        (status = BAD_REQUEST, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn counts(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(filters): Query<CaseFilterParams>,
) -> Result<Json<CaseCountsView>, Problem> {
    let counts = shared.index.count_cases(&viewer, &filters.query()).await?;
    let stages = counts.into_iter().map(|(stage, count)| (stage.as_str(), count)).collect();
    Ok(Json(CaseCountsView { stages }))
}
