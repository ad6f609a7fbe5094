//! What became of a violation's clip and pictures, as answers show it.

use anjian_indexer::{ClipRow, ClipState, Expired, ExpiredBy};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;

use crate::http::schema::one_of;

/// What became of a violation's clip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClipStateView {
    /// Whether it is there, and where.
    #[schema(schema_with = clip_states)]
    pub(crate) state: &'static str,
    /// Beginning of what it shows.
    #[schema(format = "date-time", required)]
    pub(crate) from: Option<String>,
    /// End of what it shows.
    #[schema(format = "date-time", required)]
    pub(crate) to: Option<String>,
    /// What is missing of it, or why there is none.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// When it expired; null unless it did.
    #[schema(required)]
    pub(crate) expired: Option<ExpiredView>,
}

/// When evidence expired, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpiredView {
    #[schema(format = "date-time")]
    pub(crate) at: String,
    /// Why.
    #[schema(schema_with = policies)]
    pub(crate) by: &'static str,
}

fn clip_states() -> Object {
    let description = "`due`: it can be had soon after the violation closed; `recorded`: it lies in the recording; `cut`: it \
        is a file of its own, because its recording expired; `none`: there is nothing to cut it from; `expired`: it is gone.";
    one_of(description, ClipState::ALL.map(ClipState::as_str))
}

fn policies() -> Object {
    let description = "`age`: it was older than evidence that nobody confirmed is kept; `size`: all evidence together was \
        too large; `recording`: the recording in which it lay expired.";
    one_of(description, ExpiredBy::ALL.map(ExpiredBy::as_str))
}

impl From<&ClipRow> for ClipStateView {
    fn from(row: &ClipRow) -> Self {
        Self {
            state: row.state.as_str(),
            from: row.from.map(|at| at.to_string()),
            to: row.to.map(|at| at.to_string()),
            reason: row.reason.clone(),
            expired: row.expired.map(ExpiredView::from),
        }
    }
}

impl From<Expired> for ExpiredView {
    fn from(expired: Expired) -> Self {
        Self { at: expired.at.to_string(), by: expired.by.as_str() }
    }
}
